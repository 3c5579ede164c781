// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import {
  AARCH64_INSTRUCTION_SET,
  aarch64InstructionSet,
  buildInterpreter,
  CPU_MODELS,
  EngineShare,
  Interpreter,
} from '../../src/cpu/index.js';
import type { DebugRegisterSet } from '../../src/kvm/arm64/debugRegisterSet.js';
import {
  arm64,
  arm64VcpuInit,
  CORE_REGISTER_IDS,
  type Fidelity,
  KVM_EXIT,
  KVM_GUESTDBG,
  Kvm,
  kvm_guest_debug,
  kvm_irq_level,
  kvm_userspace_memory_region,
  kvmQuirks,
  systemRegisterId,
  type Vcpu,
  type Vm,
} from '../../src/kvm/index.js';

// A guest for tests: RAM, vCPUs that start at CODE in EL1h, and instructions as words.

export const RAM_BASE = 0x4000_0000;
export const RAM_BYTES = 0x4_0000;
/** Where the first instruction of every guest is. */
export const CODE = RAM_BASE + 0x1000;
/** Where VBAR_EL1 points in guests that take exceptions. */
export const VECTORS = RAM_BASE + 0x800;
/** A page of data, apart from the code. */
export const DATA = RAM_BASE + 0x1_0000;
/** An address outside memory. */
export const DEVICE = 0x0900_0000;

// System registers by op0, op1, CRn, CRm and op2, as `systemRegisterId` takes them.
export const DBGBVR0 = 0x8004;
export const MDSCR = 0x8012;
export const OSLAR = 0x8084;
export const OSLSR = 0x808c;
export const OSDLR_EL1 = 0x809c;
export const ESR_EL1 = 0xc290;
export const FAR_EL1 = 0xc300;
export const VBAR = 0xc600;
export const ISR_EL1 = 0xc608;

const { rows, routines } = AARCH64_INSTRUCTION_SET;
const image = buildInterpreter(rows, routines, AARCH64_INSTRUCTION_SET);

export interface GuestOptions {
  readonly fidelity?: Fidelity;
  readonly model?: keyof typeof CPU_MODELS;
  readonly vcpus?: number;
  readonly hostDebugRegisters?: DebugRegisterSet;
  /** Instruction words at CODE. */
  readonly code?: readonly number[];
}

export interface Guest {
  readonly kvm: Kvm;
  readonly vm: Vm;
  readonly vcpu: Vcpu;
  readonly vcpus: readonly Vcpu[];
  /** Puts instruction words at a guest address. */
  put(address: number, words: readonly number[]): void;
  read64(address: number): bigint;
  write64(address: number, value: bigint): void;
}

/** A running machine without devices. vCPUs but the first are powered off. */
export function guest(options: GuestOptions = {}): Guest {
  const engine = new Interpreter(aarch64InstructionSet(CPU_MODELS[options.model ?? 'cortex-a57']), image);
  const ram = engine.allocateRam(RAM_BYTES);
  assert.ok(ram !== undefined);
  const kvm = new Kvm({
    architecture: arm64({
      share: new EngineShare(engine),
      model: CPU_MODELS[options.model ?? 'cortex-a57'],
      ...(options.hostDebugRegisters && { hostDebugRegisters: options.hostDebugRegisters }),
    }),
    quirks: kvmQuirks(options.fidelity ?? 'exact'),
  });
  const created = kvm.createVm();
  assert.ok(created.ok);
  const vm = created.value;
  const region = {
    slot: 0,
    flags: 0,
    guest_phys_addr: BigInt(RAM_BASE),
    memory_size: BigInt(RAM_BYTES),
    userspace_addr: BigInt(ram.hostOffset),
  };
  assert.equal(vm.setUserMemoryRegion(kvm_userspace_memory_region.make(region)), 0);
  const vcpus = Array.from({ length: options.vcpus ?? 1 }, (_, n) => {
    const vcpu = vm.createVcpu(n);
    assert.ok(vcpu.ok);
    assert.equal(vcpu.value.call('KVM_ARM_VCPU_INIT', arm64VcpuInit(vm, n === 0 ? 'running' : 'poweredOff')), 0);
    setRegister(vcpu.value, 'pc', BigInt(CODE));
    return vcpu.value;
  });
  const [vcpu] = vcpus;
  assert.ok(vcpu !== undefined);
  const view = () => new DataView(engine.memory.buffer, ram.hostOffset, RAM_BYTES);
  const put = (address: number, words: readonly number[]): void => {
    for (const [n, word] of words.entries()) view().setUint32(address - RAM_BASE + 4 * n, word, true);
    engine.invalidateCode(ram.hostOffset + address - RAM_BASE, 4 * words.length);
  };
  put(CODE, options.code ?? []);
  return {
    kvm,
    vm,
    vcpu,
    vcpus,
    put,
    read64: address => view().getBigUint64(address - RAM_BASE, true),
    write64: (address, value) => view().setBigUint64(address - RAM_BASE, value, true),
  };
}

const idOf = (name: string): bigint => {
  const id = CORE_REGISTER_IDS.get(name);
  assert.ok(id !== undefined, name);
  return id;
};

export function register(vcpu: Vcpu, name: string): bigint {
  const value = vcpu.getOneRegValue(idOf(name));
  assert.ok(value !== undefined, vcpu.lastFailure?.message);
  return value;
}

export const setRegister = (vcpu: Vcpu, name: string, value: bigint | number): void =>
  assert.equal(vcpu.setOneRegValue(idOf(name), BigInt(value)), 0, vcpu.lastFailure?.message);

export function systemRegister(vcpu: Vcpu, packed: number): bigint {
  const value = vcpu.getOneRegValue(systemRegisterId(packed));
  assert.ok(value !== undefined, vcpu.lastFailure?.message);
  return value;
}

export const setSystemRegister = (vcpu: Vcpu, packed: number, value: bigint | number): void =>
  assert.equal(vcpu.setOneRegValue(systemRegisterId(packed), BigInt(value)), 0);

/** KVM_SET_GUEST_DEBUG with `control` and, for USE_HW, slots by number. */
export function guestDebug(
  vcpu: Vcpu,
  control: number,
  slots: { readonly breakpoints?: readonly bigint[]; readonly watchpoints?: readonly (readonly [value: bigint, control: bigint])[] } = {},
): number {
  const bytes = kvm_guest_debug.make({ control });
  const debug = kvm_guest_debug.over(bytes);
  slots.breakpoints?.forEach((address, n) => {
    debug.dbg_bvr[n] = address;
    debug.dbg_bcr[n] = BREAKPOINT_CONTROL;
  });
  slots.watchpoints?.forEach(([value, word], n) => {
    debug.dbg_wvr[n] = value;
    debug.dbg_wcr[n] = word;
  });
  return vcpu.setGuestDebug(bytes);
}

/** DBGBCR of an A64 address breakpoint at EL1 and EL0. */
export const BREAKPOINT_CONTROL = 0x1e7n;
export const STEP = KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.SINGLESTEP;
/** hsr of a software step exception after a normal instruction. */
export const STEP_HSR = 0xcb00_0022;

/** One KVM_RUN that must end in a debug exit; answers its hsr. */
export function runToDebugExit(vcpu: Vcpu): number {
  assert.equal(vcpu.run(), 0);
  assert.equal(vcpu.kvmRun.exit_reason, KVM_EXIT.DEBUG);
  return vcpu.kvmRun.debug_hsr;
}

/** Raises or lowers the IRQ input of vCPU `index`. */
export const irq = (vm: Vm, index: number, level: 0 | 1): void =>
  assert.equal(vm.irqLine(kvm_irq_level.make({ irq: index << 16, level })), 0);
