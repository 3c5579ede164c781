// SPDX-License-Identifier: MIT
import type { Slot } from '../../../operations/emitter.js';
import { FIRST_REGISTER_INDEX, slot, ZERO_SLOT } from '../../../state/stateLayout.js';

const FIRST = FIRST_REGISTER_INDEX;
const slots = (first: number, count: number): readonly Slot[] => Array.from({ length: count }, (_, n) => slot(FIRST + first + n));

/** General-purpose registers 0 to 31. */
export const GENERAL_SLOTS: readonly Slot[] = slots(0, 32);
export const LR_SLOT = slot(FIRST + 32);
export const CTR_SLOT = slot(FIRST + 33);
/** XER[SO] as 0 or 1. */
export const SO_SLOT = slot(FIRST + 34);
/** The overflow of the last operation that reports it: XER[OV] is bit 0 of the word (msb0), XER[OV32] bit 32. */
export const OVERFLOW_SLOT = slot(FIRST + 35);
/** The carries of the last operation that reports them: XER[CA] is bit 0 of the word (msb0), XER[CA32] bit 32. */
export const CARRY_SLOT = slot(FIRST + 36);
/** The other bits of XER, at their places. */
export const XER_REST_SLOT = slot(FIRST + 37);
/** The bits of XER that this model has. */
export const XER_MASK_SLOT = slot(FIRST + 38);
/** The reservation: bytes (0: none), address, and the data that was there; a quadword in two halves. */
export const RESERVE_BYTES_SLOT = slot(FIRST + 39);
export const RESERVE_ADDRESS_SLOT = slot(FIRST + 40);
export const RESERVE_HIGH_SLOT = slot(FIRST + 41);
export const RESERVE_LOW_SLOT = slot(FIRST + 42);
/** Which facilities a program may use now, by `FACILITY`: what MSR, FSCR and HFSCR say, kept by the owner of those. */
export const FACILITIES_SLOT = slot(FIRST + 43);
export const VRSAVE_SLOT = slot(FIRST + 44);
export const TAR_SLOT = slot(FIRST + 45);
export const MSR_SLOT = slot(FIRST + 46);
export const FPSCR_SLOT = slot(FIRST + 47);
export const VSCR_SLOT = slot(FIRST + 48);

/** A condition register field: how it came to be; see `conditionRegister.ts`. */
export interface ConditionFieldSlots {
  readonly a: Slot;
  readonly b: Slot;
  readonly kind: Slot;
}
const FIRST_CONDITION = 56;
/** CR fields 0 to 7. */
export const CONDITION_SLOTS: readonly ConditionFieldSlots[] = Array.from({ length: 8 }, (_, n) => ({
  a: slot(FIRST + FIRST_CONDITION + n),
  b: slot(FIRST + FIRST_CONDITION + 8 + n),
  kind: slot(FIRST + FIRST_CONDITION + 16 + n),
}));

const FIRST_VECTOR_SCALAR = FIRST_CONDITION + 24;
/** Doublewords 0 and 1 of vector-scalar registers 0 to 63, side by side. FPR n is doubleword 0 of VSR n, VR n is VSR 32 + n. */
const VECTOR_SCALAR_SLOTS = slots(FIRST_VECTOR_SCALAR, 128);
export const VSR_HIGH_SLOTS: readonly Slot[] = VECTOR_SCALAR_SLOTS.filter((_, n) => n % 2 === 0);
export const VSR_LOW_SLOTS: readonly Slot[] = VECTOR_SCALAR_SLOTS.filter((_, n) => n % 2 === 1);

/** First slot of the special purpose registers that no row touches; their table hands out the rest. */
export const FIRST_SYSTEM_INDEX = FIRST + FIRST_VECTOR_SCALAR + 128;

/** Bits of `FACILITIES_SLOT`. */
export const FACILITY = { FP: 1n, VEC: 2n, VSX: 4n, TAR: 8n } as const;
/** A facility that can be unavailable, by the book's name. */
export type Facility = keyof typeof FACILITY;

/** General-purpose register n, as source or destination. */
export const GPR = (n: number): Slot => GENERAL_SLOTS[n] ?? ZERO_SLOT;
/** (RA|0): register n, or zero for n = 0. A source only. */
export const RAor0 = (n: number): Slot => (n === 0 ? ZERO_SLOT : GPR(n));
