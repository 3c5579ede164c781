// SPDX-License-Identifier: MIT
/** Exception classes of ESR_ELx.EC (Arm DDI 0487, ESR_EL2), those that a guest of this PE can raise to EL2. */
// prettier-ignore
export const EC = {
  UNKNOWN: 0x00,
  WFX: 0x01,
  CP15_32: 0x03,
  CP15_64: 0x04,
  CP14_MR: 0x05,
  CP14_LS: 0x06,
  FP_ASIMD: 0x07,
  CP14_64: 0x0c,
  ILLEGAL_STATE: 0x0e,
  SVC64: 0x15,
  HVC64: 0x16,
  SMC64: 0x17,
  SYS64: 0x18,
  IABT_LOW: 0x20,
  IABT_CURRENT: 0x21,
  PC_ALIGNMENT: 0x22,
  DABT_LOW: 0x24,
  DABT_CURRENT: 0x25,
  SP_ALIGNMENT: 0x26,
  SERROR: 0x2f,
  BREAKPOINT_LOW: 0x30,
  SOFTSTEP_LOW: 0x32,
  WATCHPOINT_LOW: 0x34,
  BKPT32: 0x38,
  VECTOR32: 0x3a,
  BRK64: 0x3c,
} as const;

const EC_SHIFT = 26;

/** The exception class of a syndrome (32 bits). */
export const exceptionClass = (esr: number): number => esr >>> EC_SHIFT;

// prettier-ignore
const SENTENCES: ReadonlyMap<number, string> = new Map<number, string>([
  [EC.UNKNOWN, 'unknown reason'],
  [EC.WFX, 'trapped WFI or WFE'],
  [EC.HVC64, 'HVC'],
  [EC.SMC64, 'SMC'],
  [EC.SYS64, 'trapped MSR, MRS or system instruction'],
  [EC.IABT_LOW, 'Instruction Abort from a lower Exception level'],
  [EC.DABT_LOW, 'Data Abort from a lower Exception level'],
  [EC.BREAKPOINT_LOW, 'Breakpoint exception from a lower Exception level'],
  [EC.SOFTSTEP_LOW, 'Software Step exception from a lower Exception level'],
  [EC.WATCHPOINT_LOW, 'Watchpoint exception from a lower Exception level'],
  [EC.BKPT32, 'BKPT instruction execution in AArch32 state'],
  [EC.VECTOR32, 'Vector Catch exception from AArch32 state'],
  [EC.BRK64, 'BRK instruction execution in AArch64 state'],
]);

/** The manual's words for the exception class of `esr`. */
export const describeExceptionClass = (esr: number): string =>
  SENTENCES.get(exceptionClass(esr)) ?? `EC 0x${exceptionClass(esr).toString(16)}`;
