// SPDX-License-Identifier: MIT
import type { Emitter, Value } from '../../../operations/emitter.js';

/** `byte` in all eight bytes. */
const everyByte = (byte: number): bigint => BigInt(byte) * 0x0101_0101_0101_0101n;

/** The number of zero bits below the lowest one bit; 64 for 0. `value` must be kept by `let`. */
export function countTrailingZeros(e: Emitter, value: Value): Value {
  const below = e.and(e.not(value), e.subtract(value, e.constant(1n)));
  return e.subtract(e.constant(64n), e.countLeadingZeros(below));
}

/** The number of one bits in each element of `bits` bits. */
export function populationOf(e: Emitter, value: Value, bits: 8 | 32 | 64): Value {
  const fold = (v: Value, distance: bigint, mask: bigint): Value => {
    const kept = e.let(v);
    return e.add(e.and(kept, e.constant(mask)), e.and(e.shiftRightUnsigned(kept, e.constant(distance)), e.constant(mask)));
  };
  const bytes = fold(fold(fold(value, 1n, everyByte(0x55)), 2n, everyByte(0x33)), 4n, everyByte(0x0f));
  if (bits === 8) return bytes;
  const words = fold(fold(bytes, 8n, 0x00ff_00ff_00ff_00ffn), 16n, 0x0000_ffff_0000_ffffn);
  return bits === 32 ? words : fold(words, 32n, 0xffff_ffffn);
}

/** In each element of `bits` bits: whether an odd number of its bytes have their least significant bit set. */
export function parityOf(e: Emitter, value: Value, bits: 32 | 64): Value {
  const fold = (v: Value, distance: bigint): Value => {
    const kept = e.let(v);
    return e.xor(kept, e.shiftRightUnsigned(kept, e.constant(distance)));
  };
  const words = fold(fold(e.and(value, e.constant(everyByte(1))), 16n), 8n);
  return bits === 32 ? e.and(words, e.constant(0x1_0000_0001n)) : e.and(fold(words, 32n), e.constant(1n));
}

/** 0x80 in each byte of `value` that is zero, and zeros elsewhere. */
export function zeroBytes(e: Emitter, value: Value): Value {
  const kept = e.let(value);
  const low = everyByte(0x7f);
  return e.not(e.or(e.or(e.add(e.and(kept, e.constant(low)), e.constant(low)), kept), e.constant(low)));
}

/** cmpb: all ones in each byte that is the same in `a` and `b`. */
export const byteCompare = (e: Emitter, a: Value, b: Value): Value =>
  e.multiply(e.shiftRightUnsigned(zeroBytes(e, e.xor(a, b)), e.constant(7n)), e.constant(0xffn));

/** bpermd: for each byte of `selectors` the bit of `source` that it names, counted from the most significant; 0 if it names none. */
export function bitPermute(e: Emitter, selectors: Value, source: Value): Value {
  const [keptSelectors, keptSource] = [e.let(selectors), e.let(source)];
  let permuted = e.constant(0n);
  for (let n = 0n; n < 8n; n++) {
    const index = e.let(e.zeroExtend(e.shiftRightUnsigned(keptSelectors, e.constant(8n * n)), 8));
    const bit = e.and(e.shiftRightUnsigned(keptSource, e.subtract(e.constant(63n), index)), e.constant(1n));
    const chosen = e.select(e.lessUnsigned(index, e.constant(64n)), bit, e.constant(0n));
    permuted = e.let(e.or(permuted, e.shiftLeft(chosen, e.constant(n))));
  }
  return permuted;
}
