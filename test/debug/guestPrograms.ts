// SPDX-License-Identifier: MIT
import { A64 } from './wordGuest.js';

// The beginning of guests that several tests share.

/** Enables breakpoint 0 of the guest at x1, MDE set; x9 and x10 are used. */
export const GUEST_BREAKPOINT = [
  A64.movz(9, 0x1e7),
  A64.msr(0, 0, 0, 4, 1, 2), // DBGBVR0_EL1
  A64.msr(0, 0, 0, 5, 9, 2), // DBGBCR0_EL1
  A64.movz(10, 0xa000), // MDE, KDE
  A64.msr(0, 0, 2, 2, 10, 2), // MDSCR_EL1
  A64.msr(0, 1, 0, 4, 31, 2), // OSLAR_EL1: unlock
];
