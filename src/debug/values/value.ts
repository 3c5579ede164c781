// SPDX-License-Identifier: MIT
import { type Endianness, failure, hex, type Result, success, virtualAddress } from '../../base/index.js';
import {
  evaluateExpression,
  evaluateNumber,
  type Member,
  type Piece,
  type StructureType,
  sizeOf,
  type Type,
  underlyingType,
  type Variable,
} from '../../symbols/index.js';
import type { FrameContext } from '../frames/frameContext.js';
import { isFloat } from './cTypes.js';
import { bytesOf, bytesOfFloat, floatOf, unsignedOf } from './scalar.js';

/** Where the bytes of a value are. */
export type ValuePlace =
  | { readonly kind: 'memory'; readonly address: bigint }
  /** Spread over registers, memory and constants, as a location expression says; the value starts `byteOffset` bytes into the object. */
  | { readonly kind: 'pieces'; readonly pieces: readonly Piece[]; readonly byteOffset: number }
  /** A single-precision number in the register with this DWARF number, which holds it as a double-precision one. */
  | { readonly kind: 'singleInDouble'; readonly register: number }
  /** A machine register by name: `$x0`. */
  | { readonly kind: 'register'; readonly name: string }
  /** A result of computing. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** There is no value; the message says why, in angle brackets when it is shown. */
  | { readonly kind: 'missing'; readonly message: string };

/** Bits of a value's bytes: the member of a structure that has no bytes of its own. Counted from the least significant bit. */
export interface BitRange {
  readonly shift: number;
  readonly bits: number;
}

/** A typed object or number of the guest. */
export interface Value {
  readonly type: Type;
  readonly place: ValuePlace;
  readonly bitField?: BitRange | undefined;
}

/** Larger values are never read as a whole. */
export const MAXIMUM_VALUE_BYTES = 1 << 20;

/** Where `variable` is in the frame. */
export function variableValue(variable: Variable, frame: FrameContext): Value {
  const type = variable.type;
  const location = variable.locationAt(frame.lookupPc);
  const missing = (message: string): Value => ({ type, place: { kind: 'missing', message } });
  switch (location.kind) {
    case 'expression': {
      const outcome = evaluateExpression(location.expression, frame.evaluation);
      if (outcome.kind !== 'pieces') return missing(outcome.message);
      return piecesValue(type, outcome.pieces, frame.debug?.supplement?.floatsAsDoubles);
    }
    case 'constantBytes':
      return { type, place: { kind: 'bytes', bytes: location.bytes } };
    case 'constantNumber':
      return { type, place: { kind: 'bytes', bytes: bytesOf(location.value, sizeOf(type) ?? 8, frame.endianness) } };
    case 'optimizedOut':
      return missing('optimized out');
    case 'unreadable':
      return missing(location.message);
  }
}

/** A value of `type` at `pieces`; one piece of memory becomes a plain address. `doubles` are the registers that hold all floats as doubles. */
export function piecesValue(type: Type, pieces: readonly Piece[], doubles?: ReadonlySet<number>): Value {
  const [first] = pieces;
  if (first === undefined || (pieces.length === 1 && first.location.kind === 'optimizedOut')) {
    return { type, place: { kind: 'missing', message: 'optimized out' } };
  }
  if (pieces.length === 1 && first.location.kind === 'memory' && first.bitOffset === 0) {
    return { type, place: { kind: 'memory', address: first.location.address } };
  }
  const size = sizeOf(type);
  if (pieces.length === 1 && first.location.kind === 'register' && doubles?.has(first.location.register) === true) {
    if (isFloat(underlyingType(type)) && size === SINGLE_BYTES) {
      return { type, place: { kind: 'singleInDouble', register: first.location.register } };
    }
  }
  // The end of the only piece is that of the object: a part of it is found from there where bits count from the most significant one.
  const sized = pieces.map(piece => (piece.bitSize === undefined && size !== undefined ? { ...piece, bitSize: 8 * size } : piece));
  return { type, place: { kind: 'pieces', pieces: sized, byteOffset: 0 } };
}

const SINGLE_BYTES = 4;
const DOUBLE_BYTES = 8;

/** The bytes of `value` in the order of memory (whole bytes around a bit-field); the refusal's message is without angle brackets. */
export function readValue(value: Value, frame: FrameContext): Result<Uint8Array> {
  const size = storageBytes(value);
  if (value.place.kind === 'missing') return failure('missing', value.place.message);
  if (size === undefined) return failure('incomplete', 'incomplete type');
  if (size > MAXIMUM_VALUE_BYTES) return failure('size', `${size} bytes are too many to read at once`);
  return readPart(value.place, 0, size, frame);
}

/** The bytes that `readValue` gives: the type's size, or the fewest around a bit-field. */
export function storageBytes(value: Value): number | undefined {
  if (value.bitField) return Math.ceil((value.bitField.shift + value.bitField.bits) / 8);
  return value.place.kind === 'bytes' ? value.place.bytes.length : sizeOf(value.type);
}

/** `size` bytes from `offset` on in the object at `place`. */
export function readPart(place: ValuePlace, offset: number, size: number, frame: FrameContext): Result<Uint8Array> {
  switch (place.kind) {
    case 'memory': {
      const bytes = frame.readMemory(virtualAddress(place.address + BigInt(offset)), size);
      return bytes ? success(bytes) : failure('memory', `cannot read ${size} bytes at ${hex(place.address + BigInt(offset))}`);
    }
    case 'bytes':
      if (offset + size > place.bytes.length) return failure('missing', 'not in this value');
      return success(place.bytes.subarray(offset, offset + size));
    case 'singleInDouble': {
      const bytes = frame.readRegisterBytes(place.register);
      const single = bytes && bytesOfFloat(floatOf(bytes, 'little'), SINGLE_BYTES, frame.endianness);
      return single ? success(single.subarray(offset, offset + size)) : failure('register', 'the register is not saved');
    }
    case 'register': {
      const register = frame.readNamedRegister(place.name);
      return register
        ? success(bytesOf(register.value >> BigInt(8 * offset), size, frame.endianness))
        : failure('register', `${place.name} is not available`);
    }
    case 'pieces':
      return readPieces(place.pieces, place.byteOffset + offset, size, frame);
    case 'missing':
      return failure('missing', place.message);
  }
}

/** How far the `bits` bits from `first` on of a thing of `total` bits, in the order of memory, are from its least significant bit. */
const shiftOf = (first: number, bits: number, total: number, endianness: Endianness): number =>
  endianness === 'little' ? first : total - first - bits;

const shifted = (value: bigint, left: number): bigint => (left >= 0 ? value << BigInt(left) : value >> BigInt(-left));

function readPieces(pieces: readonly Piece[], offset: number, size: number, frame: FrameContext): Result<Uint8Array> {
  let gathered = 0n;
  const wantedStart = offset * 8;
  const wantedEnd = wantedStart + size * 8;
  let start = 0;
  for (const piece of pieces) {
    const bits = piece.bitSize ?? Math.max(0, wantedEnd - start);
    const end = start + bits;
    if (end > wantedStart && start < wantedEnd) {
      const part = pieceBits(piece, bits, frame);
      if (!part.ok) return part;
      gathered |= shifted(part.value, shiftOf(start - wantedStart, bits, size * 8, frame.endianness));
    }
    start = end;
  }
  if (start < wantedEnd) return failure('missing', 'optimized out');
  return success(bytesOf(gathered, size, frame.endianness));
}

/** The bits of one piece as a number. Bit offsets count as memory does; in registers and values from the least significant bit always. */
function pieceBits(piece: Piece, bits: number, frame: FrameContext): Result<bigint> {
  const { location, bitOffset } = piece;
  const cut = (value: bigint): Result<bigint> => success(BigInt.asUintN(bits, value >> BigInt(bitOffset)));
  const inMemoryOrder = (bytes: Uint8Array): Result<bigint> => {
    const shift = shiftOf(bitOffset, bits, 8 * bytes.length, frame.endianness);
    return success(BigInt.asUintN(bits, shifted(unsignedOf(bytes, frame.endianness), -shift)));
  };
  switch (location.kind) {
    case 'register': {
      const bytes = frame.readRegisterBytes(location.register);
      return bytes ? cut(unsignedOf(bytes, 'little')) : failure('register', 'the register is not saved');
    }
    case 'memory': {
      const size = Math.ceil((bitOffset + bits) / 8);
      const bytes = size <= MAXIMUM_VALUE_BYTES ? frame.readMemory(location.address, size) : undefined;
      return bytes ? inMemoryOrder(bytes) : failure('memory', `cannot read ${size} bytes at ${hex(location.address)}`);
    }
    case 'value':
      return cut(location.value);
    case 'implicit':
      return inMemoryOrder(location.bytes);
    case 'implicitPointer':
      return failure('pointer', 'synthetic pointer');
    case 'optimizedOut':
      return failure('missing', 'optimized out');
  }
}

/** Stores `bytes` over the whole of `value` (for bit-fields: the bytes around, already merged). */
export function writeValue(value: Value, bytes: Uint8Array, frame: FrameContext): Result<undefined> {
  const { place } = value;
  switch (place.kind) {
    case 'memory':
      return frame.writeMemory(virtualAddress(place.address), bytes);
    case 'singleInDouble': {
      const double = bytesOfFloat(floatOf(bytes, frame.endianness), DOUBLE_BYTES, 'little');
      return double ? frame.writeRegisterBytes(place.register, double) : failure('readOnly', 'The number has no double-precision value.');
    }
    case 'register':
      return frame.writeNamedRegister(place.name, unsignedOf(bytes, frame.endianness));
    case 'pieces':
      return writePieces(place.pieces, place.byteOffset, bytes, frame);
    case 'bytes':
      return failure('readOnly', 'A computed value cannot be changed.');
    case 'missing':
      return failure('readOnly', `A value that is not there (${place.message}) cannot be changed.`);
  }
}

function writePieces(pieces: readonly Piece[], offset: number, bytes: Uint8Array, frame: FrameContext): Result<undefined> {
  const writtenStart = offset * 8;
  const writtenEnd = writtenStart + bytes.length * 8;
  const number = unsignedOf(bytes, frame.endianness);
  let start = 0;
  for (const piece of pieces) {
    const bits = piece.bitSize ?? Math.max(0, writtenEnd - start);
    const end = start + bits;
    const from = Math.max(start, writtenStart);
    const to = Math.min(end, writtenEnd);
    if (from < to) {
      const shift = shiftOf(from - writtenStart, to - from, bytes.length * 8, frame.endianness);
      const part = BigInt.asUintN(to - from, number >> BigInt(shift));
      const outcome = writePieceBits(piece, bits, part, from - start, to - from, frame);
      if (!outcome.ok) return outcome;
    }
    start = end;
  }
  return success(undefined);
}

/** Stores `part`, `bits` bits, over those from `offset` on of a piece of `pieceSize` bits. */
function writePieceBits(
  piece: Piece,
  pieceSize: number,
  part: bigint,
  offset: number,
  bits: number,
  frame: FrameContext,
): Result<undefined> {
  const { location, bitOffset } = piece;
  const merge = (old: bigint, shift: number): bigint => (old & ~(((1n << BigInt(bits)) - 1n) << BigInt(shift))) | (part << BigInt(shift));
  switch (location.kind) {
    case 'register': {
      const old = frame.readRegisterBytes(location.register);
      if (!old) return failure('readOnly', 'The register that holds the value is not saved in this frame.');
      const shift = bitOffset + shiftOf(offset, bits, pieceSize, frame.endianness);
      return frame.writeRegisterBytes(location.register, bytesOf(merge(unsignedOf(old, 'little'), shift), old.length, 'little'));
    }
    case 'memory': {
      const size = Math.ceil((bitOffset + offset + bits) / 8);
      const old = frame.readMemory(location.address, size);
      if (!old) return failure('memory', `${size} bytes at ${hex(location.address)} cannot be read.`);
      const shift = shiftOf(bitOffset + offset, bits, 8 * size, frame.endianness);
      return frame.writeMemory(location.address, bytesOf(merge(unsignedOf(old, frame.endianness), shift), size, frame.endianness));
    }
    case 'value':
    case 'implicit':
    case 'implicitPointer':
      return failure('readOnly', 'The compiler keeps this value nowhere: it is computed from others and cannot be changed.');
    case 'optimizedOut':
      return failure('readOnly', 'The value is optimized out.');
  }
}

/** The object `bytes` further into the object at `place`. */
function movedPlace(place: ValuePlace, bytes: number, size: number | undefined): ValuePlace {
  switch (place.kind) {
    case 'memory':
      return { kind: 'memory', address: BigInt.asUintN(64, place.address + BigInt(bytes)) };
    case 'pieces':
      return { ...place, byteOffset: place.byteOffset + bytes };
    case 'bytes':
      return { kind: 'bytes', bytes: place.bytes.subarray(bytes, size === undefined ? undefined : bytes + size) };
    case 'register':
    case 'singleInDouble':
      return { kind: 'missing', message: 'a part of a register' };
    case 'missing':
      return place;
  }
}

/** The member `member` of the structure `value`. */
export function memberValue(value: Value, member: Member, frame: FrameContext): Value {
  const type = member.type;
  if (member.dynamicOffset) {
    if (value.place.kind !== 'memory') return { type, place: { kind: 'missing', message: 'the offset of the member is not known' } };
    const outcome = evaluateNumber(member.dynamicOffset, frame.evaluation, [value.place.address]);
    if (outcome.kind !== 'number') return { type, place: { kind: 'missing', message: outcome.message } };
    return { type, place: { kind: 'memory', address: outcome.value } };
  }
  if (member.bitSize === undefined) return { type, place: movedPlace(value.place, member.bitOffset >> 3, sizeOf(type)) };
  // The storage is the fewest bytes around the field.
  const firstByte = member.bitOffset >> 3;
  const firstBit = member.bitOffset & 7;
  const bytes = Math.ceil((firstBit + member.bitSize) / 8);
  return {
    type,
    place: movedPlace(value.place, firstByte, bytes),
    bitField: { shift: shiftOf(firstBit, member.bitSize, 8 * bytes, frame.endianness), bits: member.bitSize },
  };
}

/** Element `index` of an array of `type` elements that starts where `value` does. */
export function elementValue(value: Value, element: Type, index: bigint): Value {
  const size = sizeOf(element) ?? 1;
  if (value.place.kind === 'memory') {
    return { type: element, place: { kind: 'memory', address: BigInt.asUintN(64, value.place.address + index * BigInt(size)) } };
  }
  if (index < 0n || index > BigInt(MAXIMUM_VALUE_BYTES))
    return { type: element, place: { kind: 'missing', message: 'outside of the array' } };
  return { type: element, place: movedPlace(value.place, Number(index) * size, size) };
}

/** The member called `name` of `type`, through anonymous structures: the path to it, outermost first. */
export function findMember(type: StructureType, name: string, depth = 0): readonly Member[] | undefined {
  for (const member of type.members) if (member.name === name) return [member];
  if (depth > 16) return undefined;
  for (const member of type.members) {
    if (member.name !== undefined && !member.isBase) continue;
    const inner = underlyingType(member.type);
    const rest = inner.kind === 'structure' ? findMember(inner, name, depth + 1) : undefined;
    if (rest) return [member, ...rest];
  }
  return undefined;
}
