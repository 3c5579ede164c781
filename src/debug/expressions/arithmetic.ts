// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import { sizeOf, type Type } from '../../symbols/index.js';
import { commonType, INT, isFloat, promoted, wrapInteger } from '../values/cTypes.js';
import { toInteger } from '../values/scalarValue.js';
import type { BinaryOperator } from './syntaxTree.js';

/** A number with the C type it has as the result of an operator; the type is without typedefs. */
export interface TypedNumber {
  readonly type: Type;
  readonly number: bigint | number;
}

const COMPARISONS: readonly BinaryOperator[] = ['<', '>', '<=', '>=', '==', '!='];
const INTEGER_ONLY: readonly BinaryOperator[] = ['%', '<<', '>>', '&', '^', '|'];

/** `number` converted to the arithmetic type `type`. */
export function converted(type: Type, number: bigint | number): bigint | number | undefined {
  if (isFloat(type)) return sizeOf(type) === 4 ? Math.fround(Number(number)) : Number(number);
  const integer = toInteger(number);
  return integer === undefined ? undefined : wrapInteger(type, integer);
}

/** `left operator right` on numbers (pointers are the evaluator's business), with C's conversions. */
export function applyBinary(operator: BinaryOperator, left: TypedNumber, right: TypedNumber): Result<TypedNumber> {
  const isShift = operator === '<<' || operator === '>>';
  const type = isShift ? promoted(left.type) : commonType(left.type, right.type);
  if (INTEGER_ONLY.includes(operator) && (isFloat(type) || isFloat(promoted(right.type)))) {
    return failure('type', `"${operator}" needs whole numbers.`);
  }
  const a = converted(type, left.number);
  const b = isShift ? converted(promoted(right.type), right.number) : converted(type, right.number);
  if (a === undefined || b === undefined) return failure('type', 'A number without a value cannot become an integer.');
  if (COMPARISONS.includes(operator)) return success({ type: INT, number: compare(operator, a, b) ? 1n : 0n });
  if (typeof a === 'number' || typeof b === 'number') {
    const result = floatResult(operator, Number(a), Number(b));
    return success({ type, number: sizeOf(type) === 4 ? Math.fround(result) : result });
  }
  if ((operator === '/' || operator === '%') && b === 0n) return failure('division', 'Division by zero.');
  const width = BigInt((sizeOf(type) ?? 4) * 8);
  // A shift as wide as the type is undefined in C; as A64's LSLV does it: modulo the width.
  const amount = isShift ? ((b % width) + width) % width : 0n;
  const result = integerResult(operator, a, isShift ? amount : b);
  return success({ type, number: wrapInteger(type, result) });
}

function compare(operator: BinaryOperator, a: bigint | number, b: bigint | number): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '==':
      // Both have the same JavaScript type: they have been converted to one C type.
      return a === b;
    default:
      return a !== b;
  }
}

function floatResult(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      return a / b;
  }
}

function integerResult(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    case '&':
      return a & b;
    case '^':
      return a ^ b;
    default:
      return a | b;
  }
}

/** `-x`, `+x`, `~x`. */
export function applyUnary(operator: '-' | '+' | '~', operand: TypedNumber): Result<TypedNumber> {
  const type = promoted(operand.type);
  const number = converted(type, operand.number);
  if (number === undefined) return failure('type', 'A number without a value cannot become an integer.');
  if (typeof number === 'number') {
    return operator === '~' ? failure('type', '"~" needs a whole number.') : success({ type, number: operator === '-' ? -number : number });
  }
  const result = operator === '-' ? -number : operator === '~' ? ~number : number;
  return success({ type, number: wrapInteger(type, result) });
}

/** The type of an integer literal (C, Integer constants). */
export function literalType(
  value: bigint,
  suffix: string,
  isDecimal: boolean,
  types: { readonly int: Type; readonly unsignedInt: Type; readonly long: Type; readonly unsignedLong: Type },
): Type {
  const isUnsigned = suffix.includes('u');
  const isLong = suffix.includes('l');
  if (!isLong && !isUnsigned && value < 1n << 31n) return types.int;
  if (!isLong && (isUnsigned || !isDecimal) && value < 1n << 32n) return types.unsignedInt;
  return !isUnsigned && value < 1n << 63n ? types.long : types.unsignedLong;
}

/** Whether `number` counts as true. */
export const isTrue = (number: bigint | number): boolean => number !== 0n && number !== 0;
