// SPDX-License-Identifier: MIT
import {
  ESR_ELx,
  FAULT_STATUS,
  HCR_EL2,
  ISS_DATA_ABORT,
  ISS_SYSTEM_REGISTER,
  ISS_WFX,
  MDCR_EL2,
  MDSCR_EL1,
  mask32,
  maskOf,
  OSLSR_EL1,
  position,
  SCTLR_EL1,
  SPSR_EL1,
  systemEncoding,
} from '../../cpu/index.js';

// The fields that the hypervisor itself sets and tests, worked out once from the register descriptions: numbers where a
// register is used as 32 bits, bigints where it has 64.

/** SPSR_EL2 and PSTATE. MODE is nRW with M, as the kernel's PSR_AA32_MODE_MASK; EL the Exception level within M. */
export const PSTATE = { SS: mask32(SPSR_EL1, 'SS'), MODE: mask32(SPSR_EL1, 'nRW') | mask32(SPSR_EL1, 'M'), EL: 0b1100 } as const;

/** PSTATE.M of the modes that a vCPU without AArch32 may be in. */
export const PSTATE_MODE = { EL0t: 0b0000, EL1t: 0b0100, EL1h: 0b0101 } as const;

/** MDSCR_EL1. */
export const MDSCR = { SS: maskOf(MDSCR_EL1, 'SS'), KDE: maskOf(MDSCR_EL1, 'KDE'), MDE: maskOf(MDSCR_EL1, 'MDE') } as const;

/** MDCR_EL2. */
export const MDCR = {
  TPMCR: maskOf(MDCR_EL2, 'TPMCR'),
  TPM: maskOf(MDCR_EL2, 'TPM'),
  TDE: maskOf(MDCR_EL2, 'TDE'),
  TDA: maskOf(MDCR_EL2, 'TDA'),
  TDOSA: maskOf(MDCR_EL2, 'TDOSA'),
  TDRA: maskOf(MDCR_EL2, 'TDRA'),
  TPMS: maskOf(MDCR_EL2, 'TPMS'),
} as const;

/** HCR_EL2. */
export const HCR = {
  VM: maskOf(HCR_EL2, 'VM'),
  FMO: maskOf(HCR_EL2, 'FMO'),
  IMO: maskOf(HCR_EL2, 'IMO'),
  AMO: maskOf(HCR_EL2, 'AMO'),
  VSE: maskOf(HCR_EL2, 'VSE'),
  TWI: maskOf(HCR_EL2, 'TWI'),
  TWE: maskOf(HCR_EL2, 'TWE'),
  TID3: maskOf(HCR_EL2, 'TID3'),
  TSC: maskOf(HCR_EL2, 'TSC'),
  RW: maskOf(HCR_EL2, 'RW'),
} as const;

/** OSLSR_EL1. */
export const OSLSR = { OSLM_IMPLEMENTED: maskOf(OSLSR_EL1, 'OSLM1'), OSLK: maskOf(OSLSR_EL1, 'OSLK') } as const;

/** SCTLR_EL1: byte order of data at EL0 and EL1. */
export const SCTLR = { E0E: maskOf(SCTLR_EL1, 'E0E'), EE: maskOf(SCTLR_EL1, 'EE') } as const;

/** ESR_EL2: IL, and the ISS of a Data Abort and of WFx. */
export const ESR = {
  IL: mask32(ESR_ELx, 'IL'),
  ISV: mask32(ISS_DATA_ABORT, 'ISV'),
  SAS: mask32(ISS_DATA_ABORT, 'SAS'),
  SAS_SHIFT: position(ISS_DATA_ABORT, 'SAS').low,
  SSE: mask32(ISS_DATA_ABORT, 'SSE'),
  SRT: mask32(ISS_DATA_ABORT, 'SRT'),
  SRT_SHIFT: position(ISS_DATA_ABORT, 'SRT').low,
  SF: mask32(ISS_DATA_ABORT, 'SF'),
  CM: mask32(ISS_DATA_ABORT, 'CM'),
  S1PTW: mask32(ISS_DATA_ABORT, 'S1PTW'),
  WnR: mask32(ISS_DATA_ABORT, 'WnR'),
  FSC: mask32(ISS_DATA_ABORT, 'DFSC'),
  /** DFSC and IFSC: the kind of fault without its level. */
  FSC_TYPE: 0b11_1100,
  TRANSLATION_FAULT: FAULT_STATUS.translationLevel0,
  /** Synchronous External abort, not on a translation table walk. */
  EXTERNAL_ABORT: 0b01_0000,
  WFX_IS_WFE: mask32(ISS_WFX, 'TI'),
} as const;

const trapField = (name: 'Op0' | 'Op1' | 'Op2' | 'CRn' | 'CRm' | 'Rt') => ({
  mask: mask32(ISS_SYSTEM_REGISTER, name),
  shift: position(ISS_SYSTEM_REGISTER, name).low,
});
const TRAP = {
  Op0: trapField('Op0'),
  Op1: trapField('Op1'),
  Op2: trapField('Op2'),
  CRn: trapField('CRn'),
  CRm: trapField('CRm'),
  Rt: trapField('Rt'),
} as const;
const IS_READ = mask32(ISS_SYSTEM_REGISTER, 'Direction');

/** ESR_EL2 of a trapped MSR or MRS: the packed encoding of the register. */
export const trappedEncoding = (esr: number): number =>
  systemEncoding(
    (esr & TRAP.Op0.mask) >>> TRAP.Op0.shift,
    (esr & TRAP.Op1.mask) >>> TRAP.Op1.shift,
    (esr & TRAP.CRn.mask) >>> TRAP.CRn.shift,
    (esr & TRAP.CRm.mask) >>> TRAP.CRm.shift,
    (esr & TRAP.Op2.mask) >>> TRAP.Op2.shift,
  );

/** ESR_EL2 of a trapped MSR or MRS: the general-purpose register, 31 for none. */
export const trappedRegister = (esr: number): number => (esr & TRAP.Rt.mask) >>> TRAP.Rt.shift;

/** ESR_EL2 of a trapped MSR or MRS: whether it is an MRS. */
export const isTrappedRead = (esr: number): boolean => (esr & IS_READ) !== 0;

/** Packed encodings of the system registers that the hypervisor handles by name. */
// prettier-ignore
export const SYSREG = {
  MDCCINT_EL1: systemEncoding(2, 0, 0, 2, 0),
  MDSCR_EL1: systemEncoding(2, 0, 0, 2, 2),
  DBGAUTHSTATUS_EL1: systemEncoding(2, 0, 7, 14, 6),
  MPIDR_EL1: systemEncoding(3, 0, 0, 0, 5),
  ID_AA64PFR0_EL1: systemEncoding(3, 0, 0, 4, 0),
  ID_AA64DFR0_EL1: systemEncoding(3, 0, 0, 5, 0),
  SCTLR_EL1: systemEncoding(3, 0, 1, 0, 0),
  FPCR: systemEncoding(3, 3, 4, 4, 0),
  FPSR: systemEncoding(3, 3, 4, 4, 1),
} as const;

/** DBGBVR<n>_EL1 for op2 4, DBGBCR 5, DBGWVR 6, DBGWCR 7. */
export const debugRegister = (slot: number, op2: 4 | 5 | 6 | 7): number => systemEncoding(2, 0, 0, slot, op2);
