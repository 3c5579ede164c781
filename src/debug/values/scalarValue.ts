// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import { sizeOf, underlyingType } from '../../symbols/index.js';
import type { FrameContext } from '../frames/frameContext.js';
import { isBoolean, isDoublePair, isFloat, isInteger, isSigned, wrapInteger } from './cTypes.js';
import { bytesOf, bytesOfDoublePair, bytesOfFloat, scalarOf, unsignedOf } from './scalar.js';
import { readValue, type Value, writeValue } from './value.js';

/** The number that `value` is: integers, pointers, enumerators as bigint (negative where the type is signed), floating point as number. */
export function loadScalar(value: Value, frame: FrameContext): Result<bigint | number> {
  const type = underlyingType(value.type);
  if (type.kind === 'array' || type.kind === 'function') {
    if (value.place.kind === 'memory') return success(value.place.address);
    return failure('type', 'The array is not in memory and has no address.');
  }
  if (!isInteger(type) && !isFloat(type) && type.kind !== 'pointer') return failure('type', 'The value is not a number.');
  const bytes = readValue(value, frame);
  if (!bytes.ok) return bytes;
  if (!value.bitField) return success(scalarOf(type, bytes.value, frame.endianness));
  const { shift, bits } = value.bitField;
  const field = BigInt.asUintN(bits, unsignedOf(bytes.value, frame.endianness) >> BigInt(shift));
  return success(isSigned(type) ? BigInt.asIntN(bits, field) : field);
}

/** Stores the number `scalar` in `value`, converted to its type as C converts on assignment. */
export function storeScalar(value: Value, scalar: bigint | number, frame: FrameContext): Result<undefined> {
  const type = underlyingType(value.type);
  const size = sizeOf(type);
  if (size === undefined || (!isInteger(type) && !isFloat(type) && type.kind !== 'pointer')) {
    return failure('type', 'Only numbers and pointers can be changed.');
  }
  if (isFloat(type)) {
    const number = Number(scalar);
    const bytes = isDoublePair(type) ? bytesOfDoublePair(number, frame.endianness) : bytesOfFloat(number, size, frame.endianness);
    return bytes ? writeValue(value, bytes, frame) : failure('type', `Floating-point numbers of ${size} bytes cannot be written.`);
  }
  const integer = toInteger(scalar, isBoolean(type));
  if (integer === undefined) return failure('type', `${scalar} has no value as an integer.`);
  const wrapped = wrapInteger(type, integer);
  if (!value.bitField) return writeValue(value, bytesOf(wrapped, size, frame.endianness), frame);
  const old = readValue(value, frame);
  if (!old.ok) return old;
  const { shift, bits } = value.bitField;
  const mask = ((1n << BigInt(bits)) - 1n) << BigInt(shift);
  const merged = (unsignedOf(old.value, frame.endianness) & ~mask) | ((wrapped << BigInt(shift)) & mask);
  return writeValue(value, bytesOf(merged, old.value.length, frame.endianness), frame);
}

/** A number cut to an integer toward zero; `undefined` for infinities and NaN. A fraction is true as `_Bool`. */
export function toInteger(scalar: bigint | number, isForBoolean = false): bigint | undefined {
  if (typeof scalar === 'bigint') return scalar;
  if (isForBoolean) return scalar === 0 ? 0n : 1n;
  return Number.isFinite(scalar) ? BigInt(Math.trunc(scalar)) : undefined;
}
