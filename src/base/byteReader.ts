// SPDX-License-Identifier: MIT
/** The byte order of a piece of data. */
export type Endianness = 'little' | 'big';

/**
 * Reads numbers from bytes in one byte order and never throws: a read past the end answers
 * zero and marks the reader as `overrun`, which the caller looks at once, at the end of a record.
 */
export class ByteReader {
  readonly #view: DataView;
  readonly #little: boolean;
  /** Whether some read went past the end. Values read since then are zeros. */
  overrun = false;

  /** Reads `bytes` from `position` (a byte offset) on. */
  constructor(
    readonly bytes: Uint8Array,
    readonly endianness: Endianness,
    public position = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = endianness === 'little';
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Whether there is nothing left to read, or a read has gone past the end. */
  get atEnd(): boolean {
    return this.overrun || this.position >= this.bytes.length;
  }

  #take(size: number): number | undefined {
    const at = this.position;
    if (this.overrun || at < 0 || at + size > this.bytes.length) {
      this.overrun = true;
      return undefined;
    }
    this.position = at + size;
    return at;
  }

  u8(): number {
    const at = this.#take(1);
    return at === undefined ? 0 : this.#view.getUint8(at);
  }

  i8(): number {
    const at = this.#take(1);
    return at === undefined ? 0 : this.#view.getInt8(at);
  }

  u16(): number {
    const at = this.#take(2);
    return at === undefined ? 0 : this.#view.getUint16(at, this.#little);
  }

  u32(): number {
    const at = this.#take(4);
    return at === undefined ? 0 : this.#view.getUint32(at, this.#little);
  }

  i32(): number {
    const at = this.#take(4);
    return at === undefined ? 0 : this.#view.getInt32(at, this.#little);
  }

  u64(): bigint {
    const at = this.#take(8);
    return at === undefined ? 0n : this.#view.getBigUint64(at, this.#little);
  }

  i64(): bigint {
    const at = this.#take(8);
    return at === undefined ? 0n : this.#view.getBigInt64(at, this.#little);
  }

  /** An unsigned number of `size` bytes: 1, 2, 4 or 8. Any other size is an overrun. */
  unsigned(size: number): bigint {
    switch (size) {
      case 1:
        return BigInt(this.u8());
      case 2:
        return BigInt(this.u16());
      case 4:
        return BigInt(this.u32());
      case 8:
        return this.u64();
      default:
        this.overrun = true;
        return 0n;
    }
  }

  /** An unsigned LEB128 number, cut to 64 bits. */
  uleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift < 70n) value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return BigInt.asUintN(64, value);
    }
  }

  /** A signed LEB128 number, cut to 64 bits. */
  sleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift < 70n) value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return BigInt.asIntN(64, (byte & 0x40) === 0 ? value : value - (1n << (shift + 7n)));
    }
  }

  /** The UTF-8 text up to the next zero byte, or up to the end (an overrun). Broken UTF-8 becomes replacement characters. */
  string(): string {
    const end = this.overrun ? -1 : this.bytes.indexOf(0, this.position);
    if (end < 0) {
      this.overrun = true;
      return '';
    }
    const text = decoder.decode(this.bytes.subarray(this.position, end));
    this.position = end + 1;
    return text;
  }

  /** A view of the next `size` bytes; empty after an overrun. */
  slice(size: number): Uint8Array {
    const at = size >= 0 ? this.#take(size) : undefined;
    if (at === undefined) {
      this.overrun = true;
      return this.bytes.subarray(0, 0);
    }
    return this.bytes.subarray(at, at + size);
  }

  skip(size: number): void {
    this.#take(size);
  }
}

const decoder = new TextDecoder();
