// SPDX-License-Identifier: MIT
/** A word of `count` low ones. */
export const ones = (count: number): bigint => (1n << BigInt(count)) - 1n;

/** `value` cut to `bits`, unsigned. */
export const unsigned = (value: bigint, bits: number): bigint => BigInt.asUintN(bits, value);

/** The low `bits` of `value` read as a two's complement number. */
export const signed = (value: bigint, bits: number): bigint => BigInt.asIntN(bits, value);

/** The low `from` bits of `value`, sign extended to 64 bits and returned unsigned. */
export const signExtend = (value: bigint, from: number): bigint => BigInt.asUintN(64, BigInt.asIntN(from, value));

/** The number of one bits. */
export function populationCount(value: bigint): number {
  let count = 0;
  for (let rest = value; rest !== 0n; rest &= rest - 1n) count++;
  return count;
}

/** The low `count` bytes of `value` in the opposite order. */
export function reverseBytes(value: bigint, count: number): bigint {
  let reversed = 0n;
  for (let n = 0; n < count; n++) reversed = (reversed << 8n) | ((value >> BigInt(8 * n)) & 0xffn);
  return reversed;
}

/** `value` as `0x` and lower-case hexadecimal digits, padded to at least `digits`. */
export const hex = (value: bigint | number, digits = 1): string => `0x${value.toString(16).padStart(digits, '0')}`;
