// SPDX-License-Identifier: MIT
import type { Emitter, Slot, Truth, Value } from '../../../operations/emitter.js';
import { CONDITION_SLOTS, SO_SLOT } from '../registers/stateLayout.js';

/**
 * The condition register is lazy: a field keeps two operands and a kind, and a bit of it is worked out when somebody asks.
 *
 *   kind 0, 1    LT a < b, GT a > b, EQ a = b as signed numbers; SO is the kind
 *   kind 16 up   the field is the low four bits of the kind; a and b mean nothing
 *
 * A comparison of words keeps its operands sign extended, one of unsigned numbers with their most significant bits inverted, so that
 * one rule serves all.
 */
export const EXPLICIT_FIELD = 16n;

/** Bits of a CR field by their numbers in the book. */
export const CONDITION_BIT = { LT: 0, GT: 1, EQ: 2, SO: 3 } as const;

/** The slots of a CR field as a row's operands: decided at decode time. */
export interface ConditionOperands {
  readonly CRa: Slot;
  readonly CRb: Slot;
  readonly CRkind: Slot;
}

/** The operands of a row that reads or writes CR field `n`. */
export function CRF(n: number): ConditionOperands {
  const { a, b, kind } = CONDITION_SLOTS[n & 7] ?? { a: SO_SLOT, b: SO_SLOT, kind: SO_SLOT };
  return { CRa: a, CRb: b, CRkind: kind };
}

const CR0 = CRF(0);

/** The slots of all fields, in order. */
export const CONDITION_SLOTS_OPERANDS: readonly ConditionOperands[] = CONDITION_SLOTS.map((_, n) => CRF(n));

/** Sets a field to the comparison of `a` and `b` as signed numbers, with a copy of XER[SO]. */
export function setComparison(e: Emitter, field: ConditionOperands, a: Value, b: Value): void {
  const [keptA, keptB] = [e.let(a), e.let(b)];
  e.set(field.CRa, keptA);
  e.set(field.CRb, keptB);
  e.set(field.CRkind, e.get(SO_SLOT));
}

/** CR0 as an instruction with Rc = 1 sets it, given its result as a signed number. */
export const setCR0 = (e: Emitter, result: Value): void => setComparison(e, CR0, result, e.constant(0n));

/** Sets a field to the low four bits of `nibble`, of which no others may be set. */
export const setField = (e: Emitter, kind: Slot, nibble: Value): void => e.set(kind, e.or(nibble, e.constant(EXPLICIT_FIELD)));

/** Whether bit `bit` (a control field, 0 to 3) of a field is set. */
export function conditionHolds(e: Emitter, { CRa, CRb, CRkind }: ConditionOperands, bit: number): Truth {
  const kindBit = (n: bigint): Value => e.and(e.shiftRightUnsigned(e.get(CRkind), e.constant(n)), e.constant(1n));
  if (bit === CONDITION_BIT.SO) return e.negate(e.isZero(kindBit(0n)));
  const compared = (): Truth => {
    const [a, b] = [e.get(CRa), e.get(CRb)];
    return bit === CONDITION_BIT.EQ ? e.equal(a, b) : bit === CONDITION_BIT.LT ? e.lessSigned(a, b) : e.lessSigned(b, a);
  };
  const holds = e.choose(
    e.lessUnsigned(e.get(CRkind), e.constant(EXPLICIT_FIELD)),
    () => e.fromTruth(compared()),
    () => kindBit(BigInt(CONDITION_BIT.SO - bit)),
  );
  return e.negate(e.isZero(holds));
}

/** The four bits of a field: LT 3, GT 2, EQ 1, SO 0, counted from the least significant. */
export function fieldBits(e: Emitter, { CRa, CRb, CRkind }: ConditionOperands): Value {
  const [a, b, kind] = [e.let(e.get(CRa)), e.let(e.get(CRb)), e.let(e.get(CRkind))];
  const order = e.select(e.lessSigned(a, b), e.constant(0b1000n), e.select(e.equal(a, b), e.constant(0b0010n), e.constant(0b0100n)));
  return e.select(e.lessUnsigned(kind, e.constant(EXPLICIT_FIELD)), e.or(order, kind), e.and(kind, e.constant(0b1111n)));
}

/** The whole condition register, in the low 32 bits. */
export const CR = (e: Emitter): Value => e.shared('CR', materialise);

function materialise(e: Emitter): Value {
  let whole = e.constant(0n);
  for (const field of CONDITION_SLOTS_OPERANDS) whole = e.let(e.or(e.shiftLeft(whole, e.constant(4n)), fieldBits(e, field)));
  return whole;
}
