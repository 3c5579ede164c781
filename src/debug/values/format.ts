// SPDX-License-Identifier: MIT
import { hex, virtualAddress } from '../../base/index.js';
import { type EnumerationType, type Member, type StructureType, sizeOf, type Type, underlyingType } from '../../symbols/index.js';
import type { FrameContext } from '../frames/frameContext.js';
import { DOUBLE, isBoolean, isCharacter, isDoublePair } from './cTypes.js';
import { doublesOf } from './scalar.js';
import { loadScalar } from './scalarValue.js';
import { elementValue, memberValue, readPart, readValue, type Value } from './value.js';
import type { ValueFormat } from './valueView.js';

/** How much of a structure, array or string one line shows. */
const PREVIEW_MEMBERS = 6;
const PREVIEW_DEPTH = 2;
const PREVIEW_STRING = 200;

/** What the text of a value may ask of the symbols: the name of an address. */
export type DescribeAddress = (address: bigint) => string | undefined;

/** `value` on one line. Reads only what it shows. */
export function valueText(value: Value, frame: FrameContext, format: ValueFormat, describe: DescribeAddress, depth = 0): string {
  const type = underlyingType(value.type);
  if (value.place.kind === 'missing') return `<${value.place.message}>`;
  switch (type.kind) {
    case 'structure':
      if (type.isDeclaration) return '<incomplete type>';
      return depth >= PREVIEW_DEPTH ? '{…}' : structureText(type, value, frame, format, describe, depth);
    case 'array': {
      if (isCharacter(type.element) && type.dimensions.length === 1 && (format === 'natural' || format === 'string'))
        return arrayString(value, type.dimensions[0]?.count, frame);
      return depth >= PREVIEW_DEPTH ? '{…}' : arrayText(value, frame, format, describe, depth);
    }
    case 'function':
      return value.place.kind === 'memory' ? addressText(value.place.address, describe) : '<function>';
    case 'void':
      return 'void';
    case 'unknown':
      return '<unknown type>';
    default: {
      const scalar = loadScalar(value, frame);
      if (!scalar.ok) return `<${scalar.error.message}>`;
      return scalarText(value, type, scalar.value, frame, format, describe);
    }
  }
}

function scalarText(
  value: Value,
  type: Type,
  scalar: bigint | number,
  frame: FrameContext,
  format: ValueFormat,
  describe: DescribeAddress,
): string {
  if (typeof scalar === 'number') return isDoublePair(type) ? doublePairText(value, frame) : floatText(scalar, type);
  const bits = value.bitField?.bits ?? (sizeOf(type) ?? 8) * 8;
  const bare = BigInt.asUintN(bits, scalar);
  switch (format) {
    case 'hexadecimal':
      return hex(bare);
    case 'binary':
      return `0b${bare.toString(2)}`;
    case 'octal':
      return bare === 0n ? '0' : `0${bare.toString(8)}`;
    case 'decimal':
      return scalar.toString();
    case 'character':
      return characterText(bare);
    case 'natural':
    case 'string':
      break;
  }
  if (type.kind === 'pointer') return pointerText(type.target, scalar, frame, describe);
  if (type.kind === 'enumeration') return enumeratorText(type, scalar);
  if (isBoolean(type)) return scalar === 0n ? 'false' : scalar === 1n ? 'true' : `${scalar}`;
  if (isCharacter(value.type)) return `${scalar} ${characterText(bare)}`;
  return scalar.toString();
}

/** Both doubles, as their sum has no exact number of ours: `0.3333333333333333 + 1.8503717077085938e-17`. */
function doublePairText(value: Value, frame: FrameContext): string {
  const bytes = readValue(value, frame);
  if (!bytes.ok) return `<${bytes.error.message}>`;
  const [larger, smaller] = doublesOf(bytes.value, frame.endianness);
  const text = floatText(larger, DOUBLE);
  if (smaller === 0 || !Number.isFinite(larger)) return text;
  return `${text} ${smaller < 0 ? '-' : '+'} ${floatText(Math.abs(smaller), DOUBLE)}`;
}

/** The shortest text that reads back as the same number of the type's size. */
function floatText(value: number, type: Type): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  if (sizeOf(type) !== 4) return `${value}`;
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return `${shorter}`;
  }
  return `${value}`;
}

const ESCAPED: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  27: '\\e',
  92: '\\\\',
};

function letter(code: number, quote: string): string {
  const escaped = ESCAPED[code];
  if (escaped) return escaped;
  const text = String.fromCodePoint(code);
  if (text === quote) return `\\${quote}`;
  return code < 32 || (code >= 127 && code < 160) ? `\\x${code.toString(16).padStart(2, '0')}` : text;
}

/** A character in quotes, `'\\n'`; a number that is none, in hexadecimal. */
export const characterText = (value: bigint): string => (value <= 0x10ffffn ? `'${letter(Number(value), "'")}'` : hex(value));

function enumeratorText(type: EnumerationType, value: bigint): string {
  const exact = type.enumerators.find(enumerator => enumerator.value === value);
  if (exact) return exact.name;
  const flags: string[] = [];
  let rest = value;
  for (const enumerator of type.enumerators) {
    const isOneBit = enumerator.value > 0n && (enumerator.value & (enumerator.value - 1n)) === 0n;
    if (!isOneBit || (rest & enumerator.value) === 0n) continue;
    flags.push(enumerator.name);
    rest &= ~enumerator.value;
  }
  return flags.length > 0 && rest === 0n ? flags.join(' | ') : `${value}`;
}

function addressText(address: bigint, describe: DescribeAddress): string {
  const symbol = address === 0n ? undefined : describe(address);
  return symbol ? `${hex(address)} ${symbol}` : hex(address);
}

function pointerText(target: Type, address: bigint, frame: FrameContext, describe: DescribeAddress): string {
  const bare = BigInt.asUintN(64, address);
  if (isCharacter(target) && bare !== 0n) {
    const text = stringAt(bare, PREVIEW_STRING, frame);
    return text === undefined ? `${hex(bare)} <cannot be read>` : `${hex(bare)} ${text}`;
  }
  return addressText(bare, describe);
}

/** The zero-terminated string at `address` in quotes, cut with `…` after `limit` bytes; `undefined` if not even one byte can be read. */
export function stringAt(address: bigint, limit: number, frame: FrameContext): string | undefined {
  const bytes: number[] = [];
  for (let at = address; bytes.length < limit; ) {
    // Never read across a granule that may be missing: 64 bytes divide every page.
    const chunk = 64 - Number(at % 64n);
    const read = frame.readMemory(virtualAddress(at), chunk);
    if (!read) return bytes.length === 0 ? undefined : `${quoted(bytes)}<cannot read ${hex(at)}>`;
    const end = read.indexOf(0);
    bytes.push(...(end < 0 ? read : read.subarray(0, end)));
    if (end >= 0) return quoted(bytes);
    at += BigInt(chunk);
  }
  return `${quoted(bytes.slice(0, limit))}…`;
}

function quoted(bytes: readonly number[]): string {
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  if (!text.includes('\ufffd')) return `"${[...text].map(character => letter(character.codePointAt(0) ?? 0, '"')).join('')}"`;
  return `"${bytes.map(byte => (byte < 128 ? letter(byte, '"') : `\\x${byte.toString(16)}`)).join('')}"`;
}

function arrayString(value: Value, count: number | undefined, frame: FrameContext): string {
  const size = Math.min(count ?? 0, PREVIEW_STRING);
  if (size === 0) return '""';
  const read = readPart(value.place, 0, size, frame);
  if (!read.ok) return `<${read.error.message}>`;
  // Zeros at the end fill the array; zeros in the middle are part of what it holds.
  let end = read.value.length;
  while (end > 0 && read.value[end - 1] === 0) end--;
  return `${quoted([...read.value.subarray(0, end)])}${(count ?? 0) > size ? '…' : ''}`;
}

function structureText(
  type: StructureType,
  value: Value,
  frame: FrameContext,
  format: ValueFormat,
  describe: DescribeAddress,
  depth: number,
): string {
  const shown = type.members.slice(0, PREVIEW_MEMBERS).map((member: Member) => {
    const text = valueText(memberValue(value, member, frame), frame, format, describe, depth + 1);
    return member.name === undefined ? text : `${member.name} = ${text}`;
  });
  if (type.members.length > PREVIEW_MEMBERS) shown.push('…');
  return `{${shown.join(', ')}}`;
}

/** The element type of an array by its outermost dimension, and how many there are. */
export function arrayElements(type: Type): { readonly element: Type; readonly count: number | undefined } | undefined {
  const array = underlyingType(type);
  if (array.kind !== 'array') return undefined;
  const [first, ...rest] = array.dimensions;
  const element: Type =
    rest.length === 0 ? array.element : { ...array, offset: -1, element: array.element, dimensions: rest, statedBytes: undefined };
  return { element, count: first?.count };
}

function arrayText(value: Value, frame: FrameContext, format: ValueFormat, describe: DescribeAddress, depth: number): string {
  const array = arrayElements(value.type);
  if (!array) return '{}';
  const { element, count = 0 } = array;
  const shown: string[] = [];
  for (let index = 0; index < Math.min(count, PREVIEW_MEMBERS); index++) {
    shown.push(valueText(elementValue(value, element, BigInt(index)), frame, format, describe, depth + 1));
  }
  if (count > PREVIEW_MEMBERS) shown.push('…');
  return `{${shown.join(', ')}}`;
}

/** Whether people can open a value of this type: it has children. */
export function hasChildren(type: Type): boolean {
  const seen = underlyingType(type);
  if (seen.kind === 'structure') return seen.members.length > 0;
  if (seen.kind === 'array') return true;
  if (seen.kind !== 'pointer') return false;
  const target = underlyingType(seen.target);
  return (
    target.kind !== 'void' &&
    target.kind !== 'function' &&
    !(target.kind === 'structure' && target.isDeclaration) &&
    target.kind !== 'unknown'
  );
}
