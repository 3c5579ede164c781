// SPDX-License-Identifier: MIT

/**
 * The out-of-line routines that A64 rows leave to, and their payloads:
 *
 *   SVC, HVC, SMC, BRK, HLT  imm16
 *   UNDEFINED, ERET          0 (UNDEFINED is also what a word without a row means)
 *   MRS, MSR, SYS, SYSL      op0 15:14, op1 13:11, CRn 10:7, CRm 6:3, op2 2:0, Rt 20:16
 *   MSR immediate            op1 9:7, CRm 6:3, op2 2:0
 *   WFI, WFE, SEV, SEVL      0
 *   ISB, DSB                 0 (the rows of DSB and DMB do nothing: all accesses are in program order already)
 *   unimplemented            0
 */
export const A64_ROUTINES = [
  'SVC',
  'HVC',
  'SMC',
  'BRK',
  'HLT',
  'UNDEFINED',
  'ERET',
  'MRS',
  'MSR',
  'MSR immediate',
  'SYS',
  'SYSL',
  'WFI',
  'WFE',
  'SEV',
  'SEVL',
  'ISB',
  'DSB',
  'unimplemented',
] as const;

/** Name of an out-of-line routine. */
export type A64Routine = (typeof A64_ROUTINES)[number];
