// SPDX-License-Identifier: MIT
import type { Emitter, Value } from '../../../operations/emitter.js';

const WORD = 32n;

/**
 * The quotient of `dividend` * 2^64 and `divisor`, unsigned; of no meaning unless `dividend` < `divisor`. Both must be kept by `let`. Schoolbook division
 * with digits of 32 bits (Knuth, The Art of Computer Programming, volume 2, algorithm D).
 */
export function longQuotient(e: Emitter, dividend: Value, divisor: Value): Value {
  const shift = e.let(e.countLeadingZeros(divisor));
  const normal = e.let(e.shiftLeft(divisor, shift));
  const [high, low] = [e.let(e.shiftRightUnsigned(normal, e.constant(WORD))), e.let(e.zeroExtend(normal, 32))];
  const first = e.let(e.shiftLeft(dividend, shift));
  const upper = digit(e, first, high, low);
  const rest = e.let(e.subtract(e.shiftLeft(first, e.constant(WORD)), e.multiply(upper, normal)));
  const lower = digit(e, rest, high, low);
  return e.add(e.shiftLeft(upper, e.constant(WORD)), lower);
}

/** The next digit of the quotient: estimated from the divisor's high digit, and at most two too large. */
function digit(e: Emitter, rest: Value, high: Value, low: Value): Value {
  let estimate = e.let(e.divideUnsigned(rest, high));
  let remainder = e.let(e.subtract(rest, e.multiply(estimate, high)));
  const hasUpperHalf = (v: Value) => e.negate(e.isZero(e.shiftRightUnsigned(v, e.constant(WORD))));
  for (let correction = 0; correction < 2; correction++) {
    const isProductLarger = e.lessUnsigned(e.shiftLeft(remainder, e.constant(WORD)), e.multiply(estimate, low));
    const isTooLarge = e.let(e.fromTruth(e.both(e.negate(hasUpperHalf(remainder)), e.either(hasUpperHalf(estimate), isProductLarger))));
    estimate = e.let(e.subtract(estimate, isTooLarge));
    remainder = e.let(e.add(remainder, e.multiply(isTooLarge, high)));
  }
  return estimate;
}
