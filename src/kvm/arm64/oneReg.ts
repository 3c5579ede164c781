// SPDX-License-Identifier: MIT
import { KVM_ARM_VCPU } from '../abi/arm64/constants.js';
import {
  CORE_REGISTER_IDS,
  coreRegisterId,
  KVM_REG_ARM_PSCI_VERSION,
  KVM_REGS_OFFSET,
  packSystemRegister,
  systemRegisterId,
} from '../abi/arm64/registerIds.js';
import type { ErrnoName } from '../abi/errno.js';
import { OneRegisterTable, type OneRegister as VcpuOneRegister } from '../vcpuRegisters.js';
import { defaultPsciVersion, KVM_ARM_PSCI } from './devices/psci.js';
import { PSTATE, PSTATE_MODE, SYSREG } from './registerFields.js';
import { INVARIANT_ROWS, SYSTEM_REGISTER_ROWS } from './systemRegisterRows.js';
import type { Arm64VcpuState } from './vcpuState.js';

type OneRegister = VcpuOneRegister<Arm64VcpuState>;
type Registers = Map<bigint, OneRegister>;

const coreName = (id: bigint): string => [...CORE_REGISTER_IDS].find(([, candidate]) => candidate === id)?.[0] ?? 'core register';

/** set_core_reg(): a mode that this vCPU cannot be in is refused. It has neither AArch32 nor EL2. */
function setPstate(vcpu: Arm64VcpuState, value: bigint): ErrnoName | undefined {
  const mode = Number(value & BigInt(PSTATE.MODE));
  if (mode !== PSTATE_MODE.EL0t && mode !== PSTATE_MODE.EL1t && mode !== PSTATE_MODE.EL1h) return 'EINVAL';
  vcpu.pe.pstate = Number(value & 0xffff_ffffn);
  return undefined;
}

/** A core register of 64 bits whose every value is taken. */
interface CoreRow {
  readonly offset: number;
  readonly get: (vcpu: Arm64VcpuState) => bigint;
  readonly put: (vcpu: Arm64VcpuState, value: bigint) => void;
}

/** A core register that the processing element has under a name of its own. */
const named = (offset: number, name: 'sp_el0' | 'pc' | 'sp_el1' | 'elr_el1' | 'spsr_el1'): CoreRow => ({
  offset,
  get: vcpu => vcpu.pe[name],
  put: (vcpu, value) => {
    vcpu.pe[name] = value;
  },
});

const AT = KVM_REGS_OFFSET;
const VECTOR_BYTES = 16;
const GENERAL: readonly CoreRow[] = Array.from({ length: 31 }, (_, n) => ({
  offset: AT.regs + 8 * n,
  get: vcpu => vcpu.pe.x(n),
  put: (vcpu, value) => vcpu.pe.setX(n, value),
}));
/** SPSR_abt, und, irq and fiq. */
const STORED_SPSR: readonly CoreRow[] = Array.from({ length: 4 }, (_, n) => ({
  offset: AT.spsr + 8 * (n + 1),
  get: vcpu => vcpu.otherSPSR[n] ?? 0n,
  put: (vcpu, value) => {
    vcpu.otherSPSR[n] = value;
  },
}));

function addCore(into: Registers, rows: readonly CoreRow[]): void {
  for (const { offset, get, put } of rows) {
    const id = coreRegisterId(offset);
    const set = (vcpu: Arm64VcpuState, value: bigint): undefined => {
      put(vcpu, value);
    };
    into.set(id, { id, name: coreName(id), bytes: 8, get, set });
  }
}

function addCoreRegisters(into: Registers): void {
  addCore(into, [...GENERAL, named(AT.sp, 'sp_el0'), named(AT.pc, 'pc')]);
  const pstate = coreRegisterId(AT.pstate);
  into.set(pstate, { id: pstate, name: coreName(pstate), bytes: 8, get: vcpu => BigInt(vcpu.pe.pstate), set: setPstate });
  addCore(into, [named(AT.sp_el1, 'sp_el1'), named(AT.elr_el1, 'elr_el1'), named(AT.spsr, 'spsr_el1'), ...STORED_SPSR]);
  for (let n = 0; n < 32; n++) addVector(into, n);
  addFloatingPointControl(into, coreRegisterId(AT.fpsr, 'U32'), SYSREG.FPSR);
  addFloatingPointControl(into, coreRegisterId(AT.fpcr, 'U32'), SYSREG.FPCR);
}

/** A SIMD register: bytes in the vCPU's storage. */
function addVector(into: Registers, n: number): void {
  const id = coreRegisterId(AT.vregs + VECTOR_BYTES * n, 'U128');
  const raw = (vcpu: Arm64VcpuState): Uint8Array => vcpu.fpsimd.subarray(VECTOR_BYTES * n, VECTOR_BYTES * (n + 1));
  into.set(id, { id, name: coreName(id), bytes: VECTOR_BYTES, raw, get: () => 0n, set: () => undefined });
}

/** FPSR and FPCR are system registers for the guest and core registers of 32 bits for user space. */
function addFloatingPointControl(into: Registers, id: bigint, encoding: number): void {
  const get = (vcpu: Arm64VcpuState): bigint => vcpu.pe.systemRegister(encoding) ?? 0n;
  const set = (vcpu: Arm64VcpuState, value: bigint): undefined => {
    vcpu.pe.setSystemRegister(encoding, value);
  };
  into.set(id, { id, name: coreName(id), bytes: 4, get, set });
}

function buildRegisters(): Registers {
  const registers: Registers = new Map();
  addCoreRegisters(registers);
  registers.set(KVM_REG_ARM_PSCI_VERSION, {
    id: KVM_REG_ARM_PSCI_VERSION,
    name: 'KVM_REG_ARM_PSCI_VERSION',
    bytes: 8,
    get: vcpu => BigInt(vcpu.vm.psciVersion ?? defaultPsciVersion(vcpu)),
    set: (vcpu, value) => {
      const version = Number(value);
      const is02 = version === KVM_ARM_PSCI.V0_2 || version === KVM_ARM_PSCI.V1_0 || version === KVM_ARM_PSCI.V1_1;
      if (!is02 && version !== KVM_ARM_PSCI.V0_1) return 'EINVAL';
      if (is02 !== vcpu.hasFeature(KVM_ARM_VCPU.PSCI_0_2)) return 'EINVAL';
      vcpu.vm.psciVersion = version;
      return undefined;
    },
  });
  for (const { storage, name, ...encoding } of [...INVARIANT_ROWS, ...SYSTEM_REGISTER_ROWS]) {
    if (storage === undefined) continue;
    const id = systemRegisterId(packSystemRegister(encoding));
    registers.set(id, { id, name, bytes: 8, get: storage.get, set: (vcpu, value) => (storage.set(vcpu, value) ? undefined : 'EINVAL') });
  }
  return registers;
}

const KVM_REGS_BYTES = 864;
const CLASS_SHIFT = 16n;
const CLASS_MASK = 0xfffn;
const CORE_CLASS = 0x010n;

/** Why there is no register `id`: a core register of another size is EINVAL, everything else ENOENT. */
function missingRegister(id: bigint): ErrnoName {
  const isCore = id >> 60n === 6n && ((id >> CLASS_SHIFT) & CLASS_MASK) === CORE_CLASS;
  return isCore && Number(id & 0xffffn) * 4 < KVM_REGS_BYTES ? 'EINVAL' : 'ENOENT';
}

/** What arm64 has of registers. */
export const ARM64_REGISTERS = new OneRegisterTable<Arm64VcpuState>([...buildRegisters().values()], missingRegister);
