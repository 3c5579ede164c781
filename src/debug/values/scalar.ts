// SPDX-License-Identifier: MIT
import type { Endianness } from '../../base/index.js';
import type { Type } from '../../symbols/index.js';
import { isDoublePair, isFloat, isSigned } from './cTypes.js';

/** The unsigned number in `bytes`. */
export function unsignedOf(bytes: Uint8Array, endianness: Endianness): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(bytes[endianness === 'little' ? index : bytes.length - 1 - index] ?? 0);
  }
  return value;
}

/** The low `size` bytes of `value` in the order of memory. */
export function bytesOf(value: bigint, size: number, endianness: Endianness): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0, rest = BigInt.asUintN(size * 8, value); index < size; index++, rest >>= 8n) {
    bytes[endianness === 'little' ? index : size - 1 - index] = Number(rest & 0xffn);
  }
  return bytes;
}

/** The floating-point number in `bytes` (2, 4, 8 or 16 of them; binary128 rounded toward zero to a double); NaN for other sizes. */
export function floatOf(bytes: Uint8Array, endianness: Endianness): number {
  const bits = unsignedOf(bytes, endianness);
  const view = new DataView(new ArrayBuffer(8));
  switch (bytes.length) {
    case 4:
      view.setUint32(0, Number(bits));
      return view.getFloat32(0);
    case 8:
      view.setBigUint64(0, bits);
      return view.getFloat64(0);
    case 2:
      return wideFloat(bits, 5, 10);
    case 16:
      return wideFloat(bits, 15, 112);
    default:
      return Number.NaN;
  }
}

/** The two doubles whose sum is the number, the larger one first. */
export const doublesOf = (bytes: Uint8Array, endianness: Endianness): readonly [number, number] => [
  floatOf(bytes.subarray(0, 8), endianness),
  floatOf(bytes.subarray(8, 16), endianness),
];

/** IEEE 754 interchange formats that JavaScript has no type for. */
function wideFloat(bits: bigint, exponentBits: number, fractionBits: number): number {
  const sign = (bits >> BigInt(exponentBits + fractionBits)) & 1n ? -1 : 1;
  const exponent = Number(BigInt.asUintN(exponentBits, bits >> BigInt(fractionBits)));
  const fraction = Number(BigInt.asUintN(fractionBits, bits)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** `value` as a pair of doubles. */
export function bytesOfDoublePair(value: number, endianness: Endianness): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(bytesOfFloat(value, 8, endianness) ?? []);
  return bytes;
}

/** `value` as `size` bytes of floating point (4 or 8); `undefined` for sizes that we cannot write. */
export function bytesOfFloat(value: number, size: number, endianness: Endianness): Uint8Array | undefined {
  const view = new DataView(new ArrayBuffer(8));
  if (size === 4) {
    view.setFloat32(0, value);
    return bytesOf(BigInt(view.getUint32(0)), 4, endianness);
  }
  if (size !== 8) return undefined;
  view.setFloat64(0, value);
  return bytesOf(view.getBigUint64(0), 8, endianness);
}

/** The number that `bytes` are as a value of the scalar type `type` (without typedefs): a bigint for integers and pointers, a number for floating point. */
export function scalarOf(type: Type, bytes: Uint8Array, endianness: Endianness): bigint | number {
  if (isDoublePair(type)) return doublesOf(bytes, endianness).reduce((sum, double) => sum + double);
  if (isFloat(type)) return floatOf(bytes, endianness);
  const value = unsignedOf(bytes, endianness);
  return isSigned(type) ? BigInt.asIntN(bytes.length * 8, value) : value;
}
