// SPDX-License-Identifier: MIT
import { ByteReader, type Endianness } from '../../base/index.js';

/** GNU assembler, Object Attributes: the format of the section, and the tag of attributes that hold for the whole file. */
const FORMAT_VERSION = 0x41;
const TAG_FILE = 1;
const VENDOR = 'gnu';

/** The numbers of `.gnu.attributes` for the whole file, by tag. Empty if there are none or they are damaged. Odd tags are texts and left out. */
export function gnuAttributes(bytes: Uint8Array, endianness: Endianness): ReadonlyMap<number, number> {
  const attributes = new Map<number, number>();
  const reader = new ByteReader(bytes, endianness);
  if (reader.u8() !== FORMAT_VERSION) return attributes;
  while (!reader.atEnd) {
    const start = reader.position;
    const end = start + reader.u32();
    if (reader.string() === VENDOR) readVendor(new ByteReader(bytes.subarray(0, end), endianness, reader.position), attributes);
    // A length that leads back would never end.
    if (end <= start) break;
    reader.position = end;
  }
  return attributes;
}

function readVendor(reader: ByteReader, attributes: Map<number, number>): void {
  while (!reader.atEnd) {
    const start = reader.position;
    const tag = reader.uleb();
    const end = start + reader.u32();
    if (tag === BigInt(TAG_FILE))
      readAttributes(new ByteReader(reader.bytes.subarray(0, end), reader.endianness, reader.position), attributes);
    if (end <= start) return;
    reader.position = end;
  }
}

function readAttributes(reader: ByteReader, attributes: Map<number, number>): void {
  while (!reader.atEnd) {
    const tag = Number(reader.uleb());
    if (tag % 2 === 1) reader.string();
    else {
      const value = Number(reader.uleb());
      if (!reader.overrun) attributes.set(tag, value);
    }
  }
}
