// SPDX-License-Identifier: MIT
import type { Emitter, Truth, Value } from '../../operations/emitter.js';
import { FLAGS_A_SLOT, FLAGS_B_SLOT, FLAGS_KIND_SLOT } from '../registers/stateLayout.js';

/**
 * NZCV is lazy: the state keeps how the flags came to be and two operands, and a condition is
 * worked out from those when somebody asks.
 *
 *   SUBTRACT  flags of a - b:  Z a = b, C a >= b unsigned, N sign of a - b, V signed overflow
 *   ADD       flags of a + b
 *   EXPLICIT  a holds NZCV in bits 31:28 as SPSR_ELx does; b is unused
 *
 * A 32-bit operation shifts its operands left by 32, which leaves all four flags as they are; a
 * logical operation is ADD of its result and zero (C = V = 0).
 */
export const FLAGS_KIND = { SUBTRACT: 0n, ADD: 1n, EXPLICIT: 2n } as const;

const NZCV_SHIFT = { N: 31n, Z: 30n, C: 29n, V: 28n } as const;

/** Condition codes by the low bits of their encoding; an odd code is the opposite of the even one before it (but 1111 is always, too). */
export const CONDITIONS = ['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le', 'al', 'nv'] as const;

/** An operand of a flag-setting operation of `sf` ? 64 : 32 bits, so that one set of rules serves both sizes. */
const aligned = (e: Emitter, sf: number, a: Value): Value => (sf ? a : e.shiftLeft(a, e.constant(32n)));

function keep(e: Emitter, kind: bigint, a: Value, b: Value): void {
  const keptA = e.let(a);
  const keptB = e.let(b);
  e.set(FLAGS_KIND_SLOT, e.constant(kind));
  e.set(FLAGS_A_SLOT, keptA);
  e.set(FLAGS_B_SLOT, keptB);
}

/** NZCV as `a - b` of `sf` ? 64 : 32 bits sets it. */
export const setFlagsOfSubtraction = (e: Emitter, sf: number, a: Value, b: Value): void =>
  keep(e, FLAGS_KIND.SUBTRACT, aligned(e, sf, a), aligned(e, sf, b));

/** NZCV as `a + b` sets it. */
export const setFlagsOfAddition = (e: Emitter, sf: number, a: Value, b: Value): void =>
  keep(e, FLAGS_KIND.ADD, aligned(e, sf, a), aligned(e, sf, b));

/** NZCV as a logical operation with this result sets it. */
export const setFlagsOfResult = (e: Emitter, sf: number, result: Value): void =>
  keep(e, FLAGS_KIND.ADD, aligned(e, sf, result), e.constant(0n));

/** NZCV from bits 31:28 of `nzcv`. */
export const setFlagsExplicitly = (e: Emitter, nzcv: Value): void => keep(e, FLAGS_KIND.EXPLICIT, nzcv, e.constant(0n));

/** NZCV as it is, in bits 31:28: what materialises the lazy flags. */
export const NZCV = (e: Emitter): Value => e.shared('NZCV', materialise);

function materialise(e: Emitter): Value {
  const kind = e.let(e.get(FLAGS_KIND_SLOT));
  const a = e.let(e.get(FLAGS_A_SLOT));
  return e.choose(
    e.equal(kind, e.constant(FLAGS_KIND.EXPLICIT)),
    () => e.and(a, e.constant(0xf000_0000n)),
    () => {
      const b = e.let(e.get(FLAGS_B_SLOT));
      const isSubtraction = e.equal(kind, e.constant(FLAGS_KIND.SUBTRACT));
      const result = e.let(e.select(isSubtraction, e.subtract(a, b), e.add(a, b)));
      // V: the operands' signs make the result's sign impossible.
      const overflow = e.select(isSubtraction, e.and(e.xor(a, b), e.xor(a, result)), e.and(e.xor(a, result), e.xor(b, result)));
      const carry = e.select(isSubtraction, e.fromTruth(e.negate(e.lessUnsigned(a, b))), e.fromTruth(e.lessUnsigned(result, a)));
      const sign = (v: Value): Value => e.shiftRightUnsigned(v, e.constant(63n));
      const at = (bit: Value, shift: bigint): Value => e.shiftLeft(bit, e.constant(shift));
      return e.or(
        e.or(at(sign(result), NZCV_SHIFT.N), at(e.fromTruth(e.isZero(result)), NZCV_SHIFT.Z)),
        e.or(at(carry, NZCV_SHIFT.C), at(sign(overflow), NZCV_SHIFT.V)),
      );
    },
  );
}

/** Bit `shift` of `nzcv`. */
const flag = (e: Emitter, nzcv: Value, shift: bigint): Truth => e.negate(e.isZero(e.and(nzcv, e.constant(1n << shift))));

/** Arm DDI 0487, ConditionHolds(), on materialised flags. `group` is cond[3:1]. */
function holdsInNZCV(e: Emitter, group: number, nzcv: Value): Truth {
  const { N, Z, C, V } = NZCV_SHIFT;
  const same = (): Truth => e.equal(e.fromTruth(flag(e, nzcv, N)), e.fromTruth(flag(e, nzcv, V)));
  switch (group) {
    case 0b000:
      return flag(e, nzcv, Z);
    case 0b001:
      return flag(e, nzcv, C);
    case 0b010:
      return flag(e, nzcv, N);
    case 0b011:
      return flag(e, nzcv, V);
    case 0b100:
      return e.both(flag(e, nzcv, C), e.negate(flag(e, nzcv, Z)));
    case 0b101:
      return same();
    default:
      return e.both(same(), e.negate(flag(e, nzcv, Z)));
  }
}

/** The same for the flags of `a - b`, which is what nearly every condition is asked of. `undefined` where there is no short form. */
function holdsAfterSubtraction(e: Emitter, group: number, a: Value, b: Value): Truth | undefined {
  switch (group) {
    case 0b000:
      return e.equal(a, b);
    case 0b001:
      return e.negate(e.lessUnsigned(a, b));
    case 0b010:
      return e.lessSigned(e.subtract(a, b), e.constant(0n));
    case 0b100:
      return e.lessUnsigned(b, a);
    case 0b101:
      return e.negate(e.lessSigned(a, b));
    case 0b110:
      return e.lessSigned(b, a);
    default:
      return undefined;
  }
}

/** Whether condition `cond` (4 bits, a control field) holds. */
export function ConditionHolds(e: Emitter, cond: number): Truth {
  if (cond >= 0b1110) return e.equal(e.constant(0n), e.constant(0n));
  const group = cond >> 1;
  const byFlags = (): Value =>
    e.shared(`ConditionHolds ${group}`, inner => inner.fromTruth(holdsInNZCV(inner, group, inner.let(NZCV(inner)))));
  const fast = (): Truth | undefined => holdsAfterSubtraction(e, group, e.get(FLAGS_A_SLOT), e.get(FLAGS_B_SLOT));
  const holds =
    fast() === undefined
      ? e.negate(e.isZero(byFlags()))
      : e.negate(
          e.isZero(
            e.choose(e.isZero(e.get(FLAGS_KIND_SLOT)), () => e.fromTruth(fast() ?? e.equal(e.constant(0n), e.constant(0n))), byFlags),
          ),
        );
  return cond & 1 ? e.negate(holds) : holds;
}
