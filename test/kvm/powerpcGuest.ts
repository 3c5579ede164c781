// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import {
  book3sInstructionSet,
  buildInterpreter,
  type Interpreter,
  type InterpreterImage,
  POWER_CPU_MODELS,
  POWER_MODE_NAMES,
  PowerEngineShare,
  type PowerModeName,
  powerInterpreter,
} from '../../src/cpu/index.js';
import {
  type Fidelity,
  Kvm,
  type KvmKind,
  kvm_userspace_memory_region,
  kvmQuirks,
  type PpcRegisterName,
  powerpc,
  ppc_kvm_guest_debug,
  ppc_kvm_regs,
  ppcRegisterId,
  type Vcpu,
  type Vm,
} from '../../src/kvm/index.js';
import { type RamWord, ramWord } from '../../src/vmm/index.js';

// A powerpc guest for tests: RAM from real address 0, big-endian code at CODE, translation off.

const images = Object.fromEntries(
  POWER_MODE_NAMES.map(mode => {
    const set = book3sInstructionSet(mode);
    return [mode, buildInterpreter(set.rows, set.routines, set)];
  }),
) as Record<PowerModeName, InterpreterImage>; // Every mode is a key, by construction.

export const RAM_BYTES = 0x10_0000;
/** Where the first instruction of every guest is. */
export const CODE = 0x1_0000;
const ALIGNMENT = 0x4_0000;
/** MSR[SF] and MSR[ME]: privileged, 64-bit, big-endian, translation off. */
export const MSR_REAL = 0x8000_0000_0000_1000n;

export interface PowerpcGuestOptions {
  readonly kind?: KvmKind;
  readonly fidelity?: Fidelity;
  readonly model?: keyof typeof POWER_CPU_MODELS;
  readonly vcpus?: number;
  /** Instruction words at CODE. */
  readonly code?: readonly number[];
  /** Bytes of user space's own behind the guest's RAM. */
  readonly userBytes?: number;
}

export interface PowerpcGuest {
  readonly kvm: Kvm;
  readonly engine: Interpreter;
  readonly vm: Vm;
  readonly vcpu: Vcpu;
  readonly vcpus: readonly Vcpu[];
  /** Puts instruction words at a real address. */
  put(address: number, words: readonly number[]): void;
  /** Where the guest's RAM begins in user space's memory. */
  readonly userOffset: bigint;
  /** User space's memory from there on. */
  user(): Uint8Array;
  /** A word of RAM by its real address. */
  wordAt(address: bigint): RamWord | undefined;
}

export function powerpcGuest(options: PowerpcGuestOptions = {}): PowerpcGuest {
  const model = POWER_CPU_MODELS[options.model ?? 'power9'];
  const engine = powerInterpreter(model, images);
  // A hashed page table of KVM-PR has to be aligned to 256 KiB.
  const unaligned = engine.allocateRam(RAM_BYTES + (options.userBytes ?? 0) + ALIGNMENT);
  assert.ok(unaligned !== undefined);
  const ram = { hostOffset: Math.ceil(unaligned.hostOffset / ALIGNMENT) * ALIGNMENT };
  const kvm = new Kvm({
    architecture: powerpc({ share: new PowerEngineShare(engine), model, kind: options.kind ?? 'hv' }),
    quirks: kvmQuirks(options.fidelity ?? 'exact'),
  });
  const created = kvm.createVm();
  assert.ok(created.ok);
  const vm = created.value;
  const region = { memory_size: BigInt(RAM_BYTES), userspace_addr: BigInt(ram.hostOffset) };
  assert.equal(vm.setUserMemoryRegion(kvm_userspace_memory_region.make(region)), 0);
  const put = (address: number, words: readonly number[]): void => {
    const view = new DataView(engine.memory.buffer, ram.hostOffset, RAM_BYTES);
    for (const [n, word] of words.entries()) view.setUint32(address + 4 * n, word, false);
    engine.invalidateCode(ram.hostOffset + address, 4 * words.length);
  };
  put(CODE, options.code ?? []);
  const vcpus = Array.from({ length: options.vcpus ?? 1 }, (_, n) => {
    const vcpu = vm.createVcpu(n);
    assert.ok(vcpu.ok);
    setRegs(vcpu.value, { pc: BigInt(CODE), msr: MSR_REAL });
    return vcpu.value;
  });
  const [vcpu] = vcpus;
  assert.ok(vcpu !== undefined);
  return {
    kvm,
    engine,
    vm,
    vcpu,
    vcpus,
    put,
    userOffset: BigInt(ram.hostOffset),
    user: () => engine.memory.subarray(ram.hostOffset),
    wordAt: address => (address >= 0n && address + 4n <= BigInt(RAM_BYTES) ? ramWord(engine, ram.hostOffset + Number(address)) : undefined),
  };
}

/** KVM_GET_REGS. */
export function regs(vcpu: Vcpu): ReturnType<typeof ppc_kvm_regs.over> {
  const bytes = ppc_kvm_regs.make();
  assert.equal(vcpu.call('KVM_GET_REGS', bytes), 0);
  return ppc_kvm_regs.over(bytes);
}

type ScalarRegs = Partial<Omit<ReturnType<typeof ppc_kvm_regs.over>, 'gpr'>>;

/** KVM_SET_REGS with some fields and GPRs changed. */
export function setRegs(vcpu: Vcpu, changes: ScalarRegs, gpr: Readonly<Record<number, bigint>> = {}): void {
  const bytes = ppc_kvm_regs.make();
  assert.equal(vcpu.call('KVM_GET_REGS', bytes), 0);
  const view = Object.assign(ppc_kvm_regs.over(bytes), changes);
  for (const [n, value] of Object.entries(gpr)) view.gpr[Number(n)] = value;
  assert.equal(vcpu.call('KVM_SET_REGS', bytes), 0);
}

export const oneReg = (vcpu: Vcpu, name: PpcRegisterName): bigint => {
  const value = vcpu.getOneRegValue(ppcRegisterId(name));
  assert.ok(value !== undefined, vcpu.lastFailure?.message);
  return value;
};
export const setOneReg = (vcpu: Vcpu, name: PpcRegisterName, value: bigint): number => vcpu.setOneRegValue(ppcRegisterId(name), value);

/** KVM_SET_GUEST_DEBUG with a control word. */
export const guestDebug = (vcpu: Vcpu, control: number): number => vcpu.setGuestDebug(ppc_kvm_guest_debug.make({ control }));
