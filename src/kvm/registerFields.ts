// SPDX-License-Identifier: MIT
// Single bits of the registers that the hypervisor itself sets and tests, by the manual's names (Arm DDI 0487). 32-bit masks where the register's upper half is RES0.

/** SPSR_EL2 and PSTATE. */
// prettier-ignore
export const PSTATE = { SS: 1 << 21, D: 1 << 9, A: 1 << 8, I: 1 << 7, F: 1 << 6, nRW: 1 << 4, MODE: 0x1f, EL: 0xc } as const;

/** PSTATE.M of the modes that a vCPU without AArch32 may be in. */
export const PSTATE_MODE = { EL0t: 0b0000, EL1t: 0b0100, EL1h: 0b0101 } as const;

/** MDSCR_EL1. */
export const MDSCR = { SS: 1n << 0n, KDE: 1n << 13n, MDE: 1n << 15n } as const;

/** MDCR_EL2. */
// prettier-ignore
export const MDCR = {
  TPMCR: 1n << 5n,
  TPM: 1n << 6n,
  TDE: 1n << 8n,
  TDA: 1n << 9n,
  TDOSA: 1n << 10n,
  TDRA: 1n << 11n,
  TPMS: 1n << 14n,
} as const;

/** HCR_EL2. */
// prettier-ignore
export const HCR = {
  VM: 1n << 0n,
  FMO: 1n << 3n,
  IMO: 1n << 4n,
  AMO: 1n << 5n,
  VSE: 1n << 8n,
  TWI: 1n << 13n,
  TWE: 1n << 14n,
  TID3: 1n << 18n,
  TSC: 1n << 19n,
  RW: 1n << 31n,
} as const;

/** OSLSR_EL1. */
export const OSLSR = { OSLM_IMPLEMENTED: 0x8n, OSLK: 0x2n } as const;

/** SCTLR_EL1: byte order of data at EL0 and EL1. */
export const SCTLR = { E0E: 1n << 24n, EE: 1n << 25n } as const;

/** ESR_EL2: IL, and the ISS of a Data Abort. */
// prettier-ignore
export const ESR = {
  IL: 1 << 25,
  ISV: 1 << 24,
  SAS_SHIFT: 22,
  SAS: 0x3,
  SSE: 1 << 21,
  SRT_SHIFT: 16,
  SRT: 0x1f,
  SF: 1 << 15,
  FnV: 1 << 10,
  CM: 1 << 8,
  S1PTW: 1 << 7,
  WnR: 1 << 6,
  FSC: 0x3f,
  EXTERNAL_ABORT: 0x10,
  FSC_TYPE: 0x3c,
  TRANSLATION_FAULT: 0x04,
  WFX_IS_WFE: 0x1,
} as const;

/** ESR_EL2, ISS of a trapped MSR or MRS. */
// prettier-ignore
export const SYS64 = {
  OP0_SHIFT: 20,
  OP0: 0x3,
  OP2_SHIFT: 17,
  OP2: 0x7,
  OP1_SHIFT: 14,
  OP1: 0x7,
  CRN_SHIFT: 10,
  CRN: 0xf,
  RT_SHIFT: 5,
  RT: 0x1f,
  CRM_SHIFT: 1,
  CRM: 0xf,
  IS_READ: 0x1,
} as const;

const encoding = (op0: number, op1: number, CRn: number, CRm: number, op2: number): number =>
  (op0 << 14) | (op1 << 11) | (CRn << 7) | (CRm << 3) | op2;

/** Packed encodings of the system registers that the hypervisor handles by name. */
// prettier-ignore
export const SYSREG = {
  MDCCINT_EL1: encoding(2, 0, 0, 2, 0),
  MDSCR_EL1: encoding(2, 0, 0, 2, 2),
  OSLAR_EL1: encoding(2, 0, 1, 0, 4),
  OSLSR_EL1: encoding(2, 0, 1, 1, 4),
  DBGAUTHSTATUS_EL1: encoding(2, 0, 7, 14, 6),
  DBGVCR32_EL2: encoding(2, 4, 0, 7, 0),
  MPIDR_EL1: encoding(3, 0, 0, 0, 5),
  ID_AA64PFR0_EL1: encoding(3, 0, 0, 4, 0),
  ID_AA64DFR0_EL1: encoding(3, 0, 0, 5, 0),
  SCTLR_EL1: encoding(3, 0, 1, 0, 0),
} as const;

/** DBGBVR<n>_EL1 for op2 4, DBGBCR 5, DBGWVR 6, DBGWCR 7. */
export const debugRegister = (slot: number, op2: 4 | 5 | 6 | 7): number => encoding(2, 0, 0, slot, op2);
