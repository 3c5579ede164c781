// SPDX-License-Identifier: MIT
import type { decode } from '../../registers/describeRegister.js';
import type { DBGBCR_EL1, DBGWCR_EL1 } from '../registers/debugRegisters.js';

/** The decoded control registers. */
export type BreakpointControl = ReturnType<typeof decode<(typeof DBGBCR_EL1)['fields'][number]>>;
export type WatchpointControl = ReturnType<typeof decode<(typeof DBGWCR_EL1)['fields'][number]>>;

/** HMC, SSC and PMC (or PAC) that Armv8.0 reserves: [HMC, SSC, PxC]; `undefined` matches any. */
const RESERVED_COMBINATIONS: readonly (readonly [HMC: number, SSC: number, PxC: readonly number[]])[] = [
  [0, 0b11, [0b00, 0b01, 0b10, 0b11]],
  [1, 0b00, [0b00, 0b10]],
  [1, 0b01, [0b00, 0b10]],
  [1, 0b10, [0b10]],
  [1, 0b11, [0b01, 0b10, 0b11]],
];
const NON_SECURE_EXCLUDED = 0b10;

/**
 * Arm DDI 0487, AArch64.StateMatch() without the link, for a Non-secure PE whose EL1 is AArch64.
 * `isPrivileged`: the access has the rights of EL1.
 */
export function stateMatches(HMC: number, SSC: number, PxC: number, isPrivileged: boolean): boolean {
  // CONSTRAINED UNPREDICTABLE: a reserved combination. Choice: the breakpoint or watchpoint is disabled.
  if (RESERVED_COMBINATIONS.some(([hmc, ssc, pxc]) => hmc === HMC && ssc === SSC && pxc.includes(PxC))) return false;
  // HMC 0 and PxC 00 selects AArch32 modes only; no privilege bit is set, so nothing matches.
  if (SSC === NON_SECURE_EXCLUDED) return false;
  return (PxC & (isPrivileged ? 0b01 : 0b10)) !== 0;
}
