// SPDX-License-Identifier: MIT
import { type SmallImmediate, small } from '../../decode/row.js';
import type { Emitter, Truth, Value } from '../../operations/emitter.js';
import { FLAGS_A_SLOT, FLAGS_B_SLOT, FLAGS_KIND_SLOT } from '../registers/stateLayout.js';

/**
 * NZCV is lazy: the state keeps how the flags came to be and two operands, and a condition is
 * worked out from those when somebody asks.
 *
 *   SUBTRACT  flags of a - b:  Z a = b, C a >= b unsigned, N sign of a - b, V signed overflow
 *   RESULT    flags of a logical result a: as SUBTRACT of 0, but C = 0
 *   ADD       flags of a + b
 *   EXPLICIT  a holds NZCV in bits 31:28 as SPSR_ELx does; b is unused
 *
 * A 32-bit operation shifts its operands left by 32, which leaves all four flags as they are. The first
 * two kinds are what compilers ask conditions of, and have short forms; the others are materialised first.
 */
export const FLAGS_KIND = { SUBTRACT: 0n, RESULT: 1n, ADD: 2n, EXPLICIT: 3n } as const;

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
  keep(e, FLAGS_KIND.RESULT, aligned(e, sf, result), e.constant(0n));

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
      const isSubtraction = e.lessUnsigned(kind, e.constant(FLAGS_KIND.ADD));
      const result = e.let(e.select(isSubtraction, e.subtract(a, b), e.add(a, b)));
      // V: the operands' signs make the result's sign impossible.
      const overflow = e.select(isSubtraction, e.and(e.xor(a, b), e.xor(a, result)), e.and(e.xor(a, result), e.xor(b, result)));
      const carry = e.select(
        isSubtraction,
        e.fromTruth(e.both(e.isZero(kind), e.negate(e.lessUnsigned(a, b)))),
        e.fromTruth(e.lessUnsigned(result, a)),
      );
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

/** The same for the flags of `a - b`, where C is set only if `hasCarry` allows it. */
function holdsAfterSubtraction(e: Emitter, group: number, a: Value, b: Value, hasCarry: Truth): Truth {
  switch (group) {
    case 0b000:
      return e.equal(a, b);
    case 0b001:
      return e.both(hasCarry, e.negate(e.lessUnsigned(a, b)));
    case 0b010:
      return e.lessSigned(e.subtract(a, b), e.constant(0n));
    case 0b011:
      return e.lessSigned(e.and(e.xor(a, b), e.xor(a, e.subtract(a, b))), e.constant(0n));
    case 0b100:
      return e.both(hasCarry, e.lessUnsigned(b, a));
    case 0b101:
      return e.negate(e.lessSigned(a, b));
    default:
      return e.lessSigned(b, a);
  }
}

/** Whether condition `cond` (4 bits, a control field) holds. */
export function ConditionHolds(e: Emitter, cond: number): Truth {
  if (cond >= 0b1110) return e.equal(e.constant(0n), e.constant(0n));
  const group = cond >> 1;
  const holds = e.choose(
    e.lessUnsigned(e.get(FLAGS_KIND_SLOT), e.constant(FLAGS_KIND.ADD)),
    () => e.fromTruth(holdsAfterSubtraction(e, group, e.get(FLAGS_A_SLOT), e.get(FLAGS_B_SLOT), e.isZero(e.get(FLAGS_KIND_SLOT)))),
    () => e.shared(`ConditionHolds ${group}`, inner => inner.fromTruth(holdsInNZCV(inner, group, inner.let(NZCV(inner))))),
  );
  return cond & 1 ? e.isZero(holds) : e.negate(e.isZero(holds));
}

/** Conditions that integer code seldom asks for: those of V alone, and the two that always hold. */
export const isRareCondition = (cond: number): boolean => cond >> 1 === 0b011 || cond >= 0b1110;

/** Kind and operands that have the flags `nzcv`; `b` is given in units of 2^48, so that both fit 16 bits. */
const OPERANDS_OF_FLAGS: Readonly<Record<number, readonly [kind: bigint, a: number, b: number]>> = {
  0: [FLAGS_KIND.SUBTRACT, 1, 0xffff],
  2: [FLAGS_KIND.SUBTRACT, 1, 0],
  4: [FLAGS_KIND.RESULT, 0, 0],
  6: [FLAGS_KIND.SUBTRACT, 0, 0],
  8: [FLAGS_KIND.SUBTRACT, 0, 1],
};

/** The operands of a row that may set NZCV to an immediate: worked out at decode time, in a kind with short forms where there is one. */
export function flagsOperands(nzcv: number): {
  readonly kind: SmallImmediate;
  readonly first: SmallImmediate;
  readonly second: SmallImmediate;
} {
  const [kind, first, second] = OPERANDS_OF_FLAGS[nzcv] ?? [FLAGS_KIND.EXPLICIT, nzcv << 12, 0];
  return { kind: small(Number(kind)), first: small(first), second: small(second) };
}

/** NZCV from the operands that `flagsOperands` worked out. */
export function setFlagsFromOperands(e: Emitter, kind: Value, first: Value, second: Value): void {
  const isExplicit = e.equal(kind, e.constant(FLAGS_KIND.EXPLICIT));
  e.set(FLAGS_KIND_SLOT, kind);
  e.set(FLAGS_A_SLOT, e.shiftLeft(first, e.select(isExplicit, e.constant(16n), e.constant(0n))));
  e.set(FLAGS_B_SLOT, e.shiftLeft(second, e.constant(48n)));
}
