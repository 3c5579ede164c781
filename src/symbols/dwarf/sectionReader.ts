// SPDX-License-Identifier: MIT
import { ByteReader, type Endianness } from '../../base/index.js';

/** Unit lengths from here on are escapes (DWARF, 32-Bit and 64-Bit DWARF Formats). */
const FIRST_RESERVED_LENGTH = 0xffff_fff0;
const DWARF_64_ESCAPE = 0xffff_ffff;
/** A LEB128 number of 64 bits has ten bytes; more are padding. */
const MAXIMUM_LEB_BYTES = 32;

/** The length that begins a unit, and the format it selects. */
export interface InitialLength {
  /** Size of section offsets in the unit, in bytes. */
  readonly offsetSize: 4 | 8;
  /** Where the unit ends in its section; not past the section's end. */
  readonly end: number;
  /** Whether the length pointed past the section's end. */
  readonly isTruncated: boolean;
}

/** Reads a DWARF section. Adds the standard's own kinds of number to `ByteReader`, and small numbers as `number`. */
export class SectionReader extends ByteReader {
  /** Reads from `position` up to `end` of `bytes`; offsets stay those of the section. */
  constructor(bytes: Uint8Array, endianness: Endianness, position = 0, end = bytes.length) {
    super(end >= bytes.length ? bytes : bytes.subarray(0, Math.max(0, end)), endianness, position);
    if (position > this.length) this.overrun = true;
  }

  /** The bytes of a LEB128 number, without its end of padding: [first, last]. */
  #leb(): { readonly value: bigint; readonly bits: number; readonly isNegative: boolean } {
    let value = 0n;
    for (let count = 0; ; count++) {
      const byte = this.u8();
      if (count < 10) value |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if ((byte & 0x80) === 0) return { value, bits: 7 * (count + 1), isNegative: (byte & 0x40) !== 0 };
      if (count >= MAXIMUM_LEB_BYTES) {
        this.overrun = true;
        return { value: 0n, bits: 7, isNegative: false };
      }
    }
  }

  override uleb(): bigint {
    const byte = this.bytes[this.position];
    if (byte !== undefined && byte < 0x80 && !this.overrun) {
      this.position++;
      return BigInt(byte);
    }
    return BigInt.asUintN(64, this.#leb().value);
  }

  override sleb(): bigint {
    const { value, bits, isNegative } = this.#leb();
    return BigInt.asIntN(64, isNegative && bits < 70 ? value - (1n << BigInt(bits)) : value);
  }

  /** An unsigned LEB128 number that should be small: an index, a count, a length. Above 2^53 it is cut to the largest safe integer. */
  ulebNumber(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < MAXIMUM_LEB_BYTES; count++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return Math.min(value, Number.MAX_SAFE_INTEGER);
      scale *= 128;
    }
    this.overrun = true;
    return 0;
  }

  /** A signed LEB128 number that should be small. */
  slebNumber(): number {
    const value = this.sleb();
    return Number(value);
  }

  /** Passes over a LEB128 number. */
  skipLeb(): void {
    while ((this.u8() & 0x80) !== 0);
  }

  /** Three bytes (DW_FORM_strx3, DW_FORM_addrx3). */
  u24(): number {
    const first = this.u8();
    const second = this.u8();
    const third = this.u8();
    return this.endianness === 'little' ? first | (second << 8) | (third << 16) : (first << 16) | (second << 8) | third;
  }

  /** An unsigned number of `size` bytes as an offset or index; above 2^53 it is cut to the largest safe integer. */
  offset(size: number): number {
    if (size === 4) return this.u32();
    const value = this.unsigned(size);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.MAX_SAFE_INTEGER;
  }

  /** The length at the start of a unit; `undefined` if it is reserved or the section ends inside it. */
  initialLength(): InitialLength | undefined {
    let length: number = this.u32();
    let offsetSize: 4 | 8 = 4;
    if (length === DWARF_64_ESCAPE) {
      offsetSize = 8;
      length = this.offset(8);
    } else if (length >= FIRST_RESERVED_LENGTH) {
      return undefined;
    }
    if (this.overrun) return undefined;
    const isTruncated = length > this.length - this.position;
    return { offsetSize, end: isTruncated ? this.length : this.position + length, isTruncated };
  }
}
