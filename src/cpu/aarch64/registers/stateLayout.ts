// SPDX-License-Identifier: MIT
import type { Slot } from '../../operations/emitter.js';
import { FIRST_REGISTER_INDEX, SINK_SLOT, slot, ZERO_SLOT } from '../../state/stateLayout.js';

const FIRST = FIRST_REGISTER_INDEX;

/** Slot of general-purpose register Xn, n from 0 to 30. */
export const GENERAL_SLOTS: readonly Slot[] = Array.from({ length: 31 }, (_, n) => slot(FIRST + n));
/** The stack pointer in use: SP_EL0 or SP_EL1 by PSTATE. The other one is in its system register's slot. */
export const SP_SLOT = slot(FIRST + 31);
/** How NZCV follows from the two flag operands: see `flags.ts`. */
export const FLAGS_KIND_SLOT = slot(FIRST + 32);
export const FLAGS_A_SLOT = slot(FIRST + 33);
export const FLAGS_B_SLOT = slot(FIRST + 34);
/** The exclusives monitor: bytes marked (0: open access), address, and the data that was there. */
export const EXCLUSIVE_BYTES_SLOT = slot(FIRST + 35);
export const EXCLUSIVE_ADDRESS_SLOT = slot(FIRST + 36);
export const EXCLUSIVE_LOW_SLOT = slot(FIRST + 37);
export const EXCLUSIVE_HIGH_SLOT = slot(FIRST + 38);
/** PSTATE without NZCV, in the layout of SPSR_ELx. */
export const PSTATE_SLOT = slot(FIRST + 39);
/** First slot of the system registers; their table hands out the rest. */
export const FIRST_SYSTEM_INDEX = FIRST + 48;

/** Register n of a source operand: register 31 is the zero register. */
export const X = (n: number): Slot => GENERAL_SLOTS[n] ?? ZERO_SLOT;
/** Register n of a destination operand: register 31 swallows the result. */
export const toX = (n: number): Slot => GENERAL_SLOTS[n] ?? SINK_SLOT;
/** Register n where register 31 is the stack pointer, as source or destination. */
export const XorSP = (n: number): Slot => GENERAL_SLOTS[n] ?? SP_SLOT;
