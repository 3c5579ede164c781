// SPDX-License-Identifier: MIT
import { type Endianness, signed, unsigned } from '../../base/index.js';
import { DW_ATE, DW_OP } from './constants.js';

/** The type of a value on the stack: a base type, or the generic type (DWARF, General Operations). */
export interface ValueType {
  readonly bytes: number;
  /** A `DW_ATE` value; 0 for the generic type. */
  readonly encoding: number;
}

/** A value on the stack: `bits` is unsigned and cut to the size of the type. */
export interface TypedValue {
  readonly bits: bigint;
  readonly type: ValueType;
}

export const typedValue = (bits: bigint, type: ValueType): TypedValue => ({ bits: unsigned(bits, 8 * type.bytes), type });

const SIGNED_ENCODINGS: readonly number[] = [DW_ATE.DW_ATE_signed, DW_ATE.DW_ATE_signed_char, DW_ATE.DW_ATE_signed_fixed];

const isFloat = ({ encoding }: ValueType): boolean => encoding === DW_ATE.DW_ATE_float;

const isGeneric = ({ encoding }: ValueType): boolean => encoding === 0;

const asSigned = ({ bits, type }: TypedValue): bigint => signed(bits, 8 * type.bytes);

/** The number that a value is, with the sign of its type. Not for floats. */
const asNumber = (value: TypedValue): bigint => (SIGNED_ENCODINGS.includes(value.type.encoding) ? asSigned(value) : value.bits);

/** The same, with the generic type taken as signed: what division and comparison do. */
const asComparable = (value: TypedValue): bigint => (isGeneric(value.type) ? asSigned(value) : asNumber(value));

/** Applies an operation of one operand; `undefined` if it is not defined for its type. */
export function unaryOperation(operation: number, value: TypedValue): TypedValue | undefined {
  if (isFloat(value.type)) return undefined;
  switch (operation) {
    case DW_OP.DW_OP_abs: {
      const number = asComparable(value);
      return typedValue(number < 0n ? -number : number, value.type);
    }
    case DW_OP.DW_OP_neg:
      return typedValue(-value.bits, value.type);
    case DW_OP.DW_OP_not:
      return typedValue(~value.bits, value.type);
    default:
      return undefined;
  }
}

/** Applies an operation of two operands; comparisons answer in `generic`. `undefined` if it is not defined, as division by zero. */
export function binaryOperation(operation: number, left: TypedValue, right: TypedValue, generic: ValueType): TypedValue | undefined {
  if (isFloat(left.type) || isFloat(right.type)) return undefined;
  const result = (bits: bigint): TypedValue => typedValue(bits, left.type);
  const truth = (holds: boolean): TypedValue => typedValue(holds ? 1n : 0n, generic);
  const a = asComparable(left);
  const b = asComparable(right);
  // A shift by the width or more leaves only the fill.
  const distance = right.bits < 128n ? right.bits : 128n;
  const O = DW_OP;
  switch (operation) {
    case O.DW_OP_and:
      return result(left.bits & right.bits);
    case O.DW_OP_or:
      return result(left.bits | right.bits);
    case O.DW_OP_xor:
      return result(left.bits ^ right.bits);
    case O.DW_OP_plus:
      return result(left.bits + right.bits);
    case O.DW_OP_minus:
      return result(left.bits - right.bits);
    case O.DW_OP_mul:
      return result(left.bits * right.bits);
    case O.DW_OP_div:
      return b === 0n ? undefined : result(a / b);
    case O.DW_OP_mod:
      // The generic type is unsigned here, unlike for division.
      return right.bits === 0n ? undefined : result(asNumber(left) % asNumber(right));
    case O.DW_OP_shl:
      return result(left.bits << distance);
    case O.DW_OP_shr:
      return result(left.bits >> distance);
    case O.DW_OP_shra:
      return result(asSigned(left) >> distance);
    case O.DW_OP_eq:
      return truth(a === b);
    case O.DW_OP_ne:
      return truth(a !== b);
    case O.DW_OP_lt:
      return truth(a < b);
    case O.DW_OP_le:
      return truth(a <= b);
    case O.DW_OP_gt:
      return truth(a > b);
    case O.DW_OP_ge:
      return truth(a >= b);
    default:
      return undefined;
  }
}

/** DW_OP_convert: the same number in another type; `undefined` for floats of sizes that the host has not. */
export function convertValue(value: TypedValue, type: ValueType): TypedValue | undefined {
  if (!isFloat(value.type) && !isFloat(type)) return typedValue(asNumber(value), type);
  let number: number;
  if (isFloat(value.type)) {
    const float = floatOf(value);
    if (float === undefined) return undefined;
    number = float;
  } else {
    number = Number(asNumber(value));
  }
  if (isFloat(type)) return bitsOfFloat(number, type);
  return Number.isFinite(number) ? typedValue(BigInt(Math.trunc(number)), type) : undefined;
}

function floatOf({ bits, type }: TypedValue): number | undefined {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  if (type.bytes === 8) return view.getFloat64(0);
  return type.bytes === 4 ? view.getFloat32(4) : undefined;
}

function bitsOfFloat(number: number, type: ValueType): TypedValue | undefined {
  const view = new DataView(new ArrayBuffer(8));
  if (type.bytes === 8) view.setFloat64(0, number);
  else if (type.bytes === 4) view.setFloat32(4, number);
  else return undefined;
  return typedValue(view.getBigUint64(0), type);
}

/** The unsigned number that `bytes` are in the given order. */
export function numberOf(bytes: Uint8Array, endianness: Endianness): bigint {
  let value = 0n;
  for (let index = 0; index < bytes.length; index++) {
    const at = endianness === 'little' ? bytes.length - 1 - index : index;
    value = (value << 8n) | BigInt(bytes[at] ?? 0);
  }
  return value;
}
