// SPDX-License-Identifier: MIT
import { type BaseType, DW_ATE, type PointerType, type Type, underlyingType } from '../../symbols/index.js';

const base = (name: string, encoding: number, bytes: number): BaseType => ({ kind: 'base', offset: -1, name, encoding, bytes });

/** The types of literals and operators where `long` has 64 bits (LP64), for programs without debug information and for what C makes up itself. */
export const INT = base('int', DW_ATE.DW_ATE_signed, 4);
export const UNSIGNED_INT = base('unsigned int', DW_ATE.DW_ATE_unsigned, 4);
export const LONG = base('long', DW_ATE.DW_ATE_signed, 8);
export const UNSIGNED_LONG = base('unsigned long', DW_ATE.DW_ATE_unsigned, 8);
export const CHAR = base('char', DW_ATE.DW_ATE_unsigned_char, 1);
export const DOUBLE = base('double', DW_ATE.DW_ATE_float, 8);
export const FLOAT = base('float', DW_ATE.DW_ATE_float, 4);
export const INT128 = base('__int128', DW_ATE.DW_ATE_signed, 16);
export const UNSIGNED_INT128 = base('unsigned __int128', DW_ATE.DW_ATE_unsigned, 16);

/** The base types that casts may name when no unit declares them. */
export const BUILT_IN_TYPES: ReadonlyMap<string, BaseType> = new Map([
  ['_Bool', base('_Bool', DW_ATE.DW_ATE_boolean, 1)],
  ['char', CHAR],
  ['signed char', base('signed char', DW_ATE.DW_ATE_signed_char, 1)],
  ['unsigned char', base('unsigned char', DW_ATE.DW_ATE_unsigned_char, 1)],
  ['short int', base('short', DW_ATE.DW_ATE_signed, 2)],
  ['short unsigned int', base('unsigned short', DW_ATE.DW_ATE_unsigned, 2)],
  ['int', INT],
  ['unsigned int', UNSIGNED_INT],
  ['long int', LONG],
  ['long unsigned int', UNSIGNED_LONG],
  ['long long int', base('long long', DW_ATE.DW_ATE_signed, 8)],
  ['long long unsigned int', base('unsigned long long', DW_ATE.DW_ATE_unsigned, 8)],
  ['__int128', INT128],
  ['__int128 unsigned', UNSIGNED_INT128],
  ['float', FLOAT],
  ['double', DOUBLE],
  ['uint8_t', base('uint8_t', DW_ATE.DW_ATE_unsigned_char, 1)],
  ['int8_t', base('int8_t', DW_ATE.DW_ATE_signed_char, 1)],
  ['uint16_t', base('uint16_t', DW_ATE.DW_ATE_unsigned, 2)],
  ['int16_t', base('int16_t', DW_ATE.DW_ATE_signed, 2)],
  ['uint32_t', base('uint32_t', DW_ATE.DW_ATE_unsigned, 4)],
  ['int32_t', base('int32_t', DW_ATE.DW_ATE_signed, 4)],
  ['uint64_t', base('uint64_t', DW_ATE.DW_ATE_unsigned, 8)],
  ['int64_t', base('int64_t', DW_ATE.DW_ATE_signed, 8)],
]);

/** A pointer of this data model to `target`. */
export const pointerTo = (target: Type): PointerType => ({ kind: 'pointer', offset: -1, form: 'pointer', bytes: 8, target });

const SIGNED_ENCODINGS: readonly number[] = [DW_ATE.DW_ATE_signed, DW_ATE.DW_ATE_signed_char, DW_ATE.DW_ATE_signed_fixed];
const CHARACTER_ENCODINGS: readonly number[] = [DW_ATE.DW_ATE_signed_char, DW_ATE.DW_ATE_unsigned_char, DW_ATE.DW_ATE_UTF];

/** Whether `type`, without typedefs, is floating point. */
export const isFloat = (type: Type): boolean => type.kind === 'base' && type.encoding === DW_ATE.DW_ATE_float;

/** Whether `type`, without typedefs, is floating point as the sum of two doubles (IBM extended double). */
export const isDoublePair = (type: Type): boolean => type.kind === 'base' && type.isDoublePair === true;

/** Whether `type`, without typedefs, is C's `_Bool`. */
export const isBoolean = (type: Type): boolean => type.kind === 'base' && type.encoding === DW_ATE.DW_ATE_boolean;

/** Whether people mean a letter by a value of `type`: the characters, but not `uint8_t`, which is a number. */
export const isCharacter = (type: Type): boolean => {
  if (type.kind === 'typedef' && /^u?int(_fast|_least)?8_t$/.test(type.name)) return false;
  if (type.kind === 'typedef' || type.kind === 'qualified') return isCharacter(type.target);
  return type.kind === 'base' && CHARACTER_ENCODINGS.includes(type.encoding) && !/^u?int8_t$/.test(type.name);
};

/** Whether `type`, without typedefs, is an integer in C's sense: base integers, characters, booleans, enumerations. */
export const isInteger = (type: Type): boolean =>
  type.kind === 'enumeration' || (type.kind === 'base' && !isFloat(type) && type.bytes <= 16);

/** Whether values of `type` are read as two's complement. */
export const isSigned = (type: Type): boolean =>
  type.kind === 'enumeration' ? type.isSigned : type.kind === 'base' && SIGNED_ENCODINGS.includes(type.encoding);

/** The type of arithmetic on `type` (C, Integer promotions): `int` for all that fits in it. */
export function promoted(type: Type): BaseType {
  const seen = underlyingType(type);
  if (seen.kind === 'base' && (isFloat(seen) || seen.bytes >= 4)) return seen;
  return seen.kind === 'enumeration' && seen.bytes >= 4 ? integerType(seen.bytes, seen.isSigned) : INT;
}

/** C, Usual arithmetic conversions: the type of `a + b`. */
export function commonType(a: Type, b: Type): BaseType {
  const left = promoted(a);
  const right = promoted(b);
  if (isFloat(left) || isFloat(right)) {
    if (!isFloat(right)) return left;
    return isFloat(left) && left.bytes >= right.bytes ? left : right;
  }
  const bytes = Math.max(left.bytes, right.bytes);
  const isUnsigned = [left, right].some(side => side.bytes === bytes && !isSigned(side));
  const result = left.bytes === bytes && isSigned(left) !== isUnsigned ? left : right;
  return result.bytes === bytes && isSigned(result) !== isUnsigned ? result : integerType(bytes, !isUnsigned);
}

function integerType(bytes: number, isSignedType: boolean): BaseType {
  if (bytes > 8) return isSignedType ? INT128 : UNSIGNED_INT128;
  if (bytes > 4) return isSignedType ? LONG : UNSIGNED_LONG;
  return isSignedType ? INT : UNSIGNED_INT;
}

/** `value` as a value of the integer type `type` (underlying): cut to its size, and negative if it is signed and says so. */
export function wrapInteger(type: Type, value: bigint): bigint {
  if (isBoolean(type)) return value === 0n ? 0n : 1n;
  const bytes = type.kind === 'base' || type.kind === 'enumeration' || type.kind === 'pointer' ? type.bytes : 8;
  return isSigned(type) ? BigInt.asIntN(bytes * 8, value) : BigInt.asUintN(bytes * 8, value);
}
