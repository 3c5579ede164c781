// SPDX-License-Identifier: MIT
import { packSystemRegister, type SystemRegisterEncoding } from '../abi/arm64/registerIds.js';
import { DEBUG_REGISTER_ROWS } from './debugRegisterRows.js';
import { injectUndefined } from './injection.js';
import { SYSREG } from './registerFields.js';
import { checkSystemRegisterTable, type RegisterStorage, type SystemRegisterRow } from './systemRegisterTable.js';
import type { Arm64VcpuState } from './vcpuState.js';

// The whole AArch64 table and the invariant one (Linux 6.1: arch/arm64/kvm/sys_regs.c), but for facilities that no CPU model here has.

const DEBUG_VERSION = 0xfn;
const DEBUG_VERSION_ARMV8 = 6n;
const PMU_VERSION = 0xfn << 8n;
const STATISTICAL_PROFILING_VERSION = 0xfn << 32n;
const TRACE_BUFFER = 0xfn << 44n;
const GIC_INTERFACE = 0xfn << 24n;

/** read_id_reg(): what the guest may know of the host's identification register. */
function guestIdentification(vcpu: Arm64VcpuState, encoding: number): bigint {
  const value = vcpu.pe.systemRegister(encoding) ?? 0n;
  switch (encoding) {
    case SYSREG.ID_AA64DFR0_EL1:
      return (value & ~(DEBUG_VERSION | PMU_VERSION | STATISTICAL_PROFILING_VERSION | TRACE_BUFFER)) | DEBUG_VERSION_ARMV8;
    case SYSREG.ID_AA64PFR0_EL1:
      return value & ~GIC_INTERFACE;
    default:
      return value;
  }
}

/** A constant for user space: writing the same value is granted, another one refused. */
const constant = (get: (vcpu: Arm64VcpuState) => bigint): RegisterStorage => ({ get, set: (vcpu, value) => value === get(vcpu) });

/**
 * A register that the processing element keeps, and resets. One that it cannot change (MPIDR_EL1, which Linux lets user space
 * choose; here it follows from the vCPU's id) takes its own value only, so that no write is lost silently.
 */
const inHardware = (encoding: number): RegisterStorage => {
  const get = (vcpu: Arm64VcpuState): bigint => vcpu.pe.systemRegister(encoding) ?? 0n;
  return { get, set: (vcpu, value) => vcpu.pe.setSystemRegister(encoding, value) || value === get(vcpu) };
};

/** Reset happens in `ProcessingElement.reset`, which knows the values. */
const resetByHardware = (): void => undefined;

const identification = (name: string, CRm: number, op2: number): SystemRegisterRow => {
  const encoding: SystemRegisterEncoding = { op0: 3, op1: 0, CRn: 0, CRm, op2 };
  const storage = constant(vcpu => guestIdentification(vcpu, packSystemRegister(encoding)));
  return {
    name,
    ...encoding,
    access: (vcpu, access) => {
      if (access.isWrite) {
        injectUndefined(vcpu);
        return false;
      }
      access.value = storage.get(vcpu);
      return true;
    },
    storage,
    reset: resetByHardware,
  };
};

/** The names of the identification space CRm 1 to 7; the rest of it is unallocated and reads as zero. */
// prettier-ignore
const IDENTIFICATION_NAMES: readonly (readonly string[])[] = [
  ['ID_PFR0_EL1', 'ID_PFR1_EL1', 'ID_DFR0_EL1', 'ID_AFR0_EL1', 'ID_MMFR0_EL1', 'ID_MMFR1_EL1', 'ID_MMFR2_EL1', 'ID_MMFR3_EL1'],
  ['ID_ISAR0_EL1', 'ID_ISAR1_EL1', 'ID_ISAR2_EL1', 'ID_ISAR3_EL1', 'ID_ISAR4_EL1', 'ID_ISAR5_EL1', 'ID_MMFR4_EL1', 'ID_ISAR6_EL1'],
  ['MVFR0_EL1', 'MVFR1_EL1', 'MVFR2_EL1', '', 'ID_PFR2_EL1', 'ID_DFR1_EL1', 'ID_MMFR5_EL1', ''],
  ['ID_AA64PFR0_EL1', 'ID_AA64PFR1_EL1', '', '', 'ID_AA64ZFR0_EL1', 'ID_AA64SMFR0_EL1', '', ''],
  ['ID_AA64DFR0_EL1', 'ID_AA64DFR1_EL1', '', '', 'ID_AA64AFR0_EL1', 'ID_AA64AFR1_EL1', '', ''],
  ['ID_AA64ISAR0_EL1', 'ID_AA64ISAR1_EL1', 'ID_AA64ISAR2_EL1', '', '', '', '', ''],
  ['ID_AA64MMFR0_EL1', 'ID_AA64MMFR1_EL1', 'ID_AA64MMFR2_EL1', '', '', '', '', ''],
];

const IDENTIFICATION_ROWS = IDENTIFICATION_NAMES.flatMap((names, line) =>
  names.map((name, op2) => identification(name === '' ? `ID_UNALLOCATED(${line + 1},${op2})` : name, line + 1, op2)),
);

const hardware = (name: string, op0: number, op1: number, CRn: number, CRm: number, op2: number): SystemRegisterRow => ({
  name, op0, op1, CRn, CRm, op2, storage: inHardware(packSystemRegister({ op0, op1, CRn, CRm, op2 })), reset: resetByHardware,
}); // biome-ignore format: one row

/** sys_reg_descs: what KVM traps or lists, ascending. */
// prettier-ignore
export const SYSTEM_REGISTER_ROWS: readonly SystemRegisterRow[] = [
  ...DEBUG_REGISTER_ROWS,
  hardware('MPIDR_EL1', 3, 0, 0, 0, 5),
  ...IDENTIFICATION_ROWS,
  hardware('SCTLR_EL1', 3, 0, 1, 0, 0),
  hardware('ACTLR_EL1', 3, 0, 1, 0, 1),
  hardware('CPACR_EL1', 3, 0, 1, 0, 2),
  hardware('TTBR0_EL1', 3, 0, 2, 0, 0),
  hardware('TTBR1_EL1', 3, 0, 2, 0, 1),
  hardware('TCR_EL1', 3, 0, 2, 0, 2),
  hardware('AFSR0_EL1', 3, 0, 5, 1, 0),
  hardware('AFSR1_EL1', 3, 0, 5, 1, 1),
  hardware('ESR_EL1', 3, 0, 5, 2, 0),
  hardware('FAR_EL1', 3, 0, 6, 0, 0),
  hardware('PAR_EL1', 3, 0, 7, 4, 0),
  hardware('MAIR_EL1', 3, 0, 10, 2, 0),
  hardware('AMAIR_EL1', 3, 0, 10, 3, 0),
  hardware('VBAR_EL1', 3, 0, 12, 0, 0),
  hardware('CONTEXTIDR_EL1', 3, 0, 13, 0, 1),
  hardware('TPIDR_EL1', 3, 0, 13, 0, 4),
  hardware('CNTKCTL_EL1', 3, 0, 14, 1, 0),
  hardware('CSSELR_EL1', 3, 2, 0, 0, 0),
  hardware('TPIDR_EL0', 3, 3, 13, 0, 2),
  hardware('TPIDRRO_EL0', 3, 3, 13, 0, 3),
];

const invariant = (name: string, op1: number, op2: number, CRm = 0): SystemRegisterRow => {
  const encoding = { op0: 3, op1, CRn: 0, CRm, op2 };
  return {
    name,
    ...encoding,
    storage: constant(vcpu => vcpu.pe.systemRegister(packSystemRegister(encoding)) ?? 0n),
    reset: resetByHardware,
  };
};

/** invariant_sys_regs: the host's constants that user space may compare but not change. */
// prettier-ignore
export const INVARIANT_ROWS: readonly SystemRegisterRow[] = [
  invariant('MIDR_EL1', 0, 0),
  invariant('REVIDR_EL1', 0, 6),
  invariant('CLIDR_EL1', 1, 1),
  invariant('AIDR_EL1', 1, 7),
  invariant('CTR_EL0', 3, 1),
];

/** Linux: kvm_sys_reg_table_init(). The sentence that refuses to start KVM, or `undefined`. */
export const checkSystemRegisterTables = (
  tables: { readonly system: readonly SystemRegisterRow[]; readonly invariant: readonly SystemRegisterRow[] } = {
    system: SYSTEM_REGISTER_ROWS,
    invariant: INVARIANT_ROWS,
  },
): string | undefined => checkSystemRegisterTable(tables.system, 'needsReset') ?? checkSystemRegisterTable(tables.invariant, 'noReset');
