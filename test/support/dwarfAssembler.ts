// SPDX-License-Identifier: MIT
import type { Endianness } from '../../src/base/index.js';
import { DwarfSections, type SectionContents } from '../../src/symbols/dwarf/sections.js';
import { DebugInformationReader } from '../../src/symbols/model/debugInformationReader.js';
import { ProblemList } from '../../src/symbols/problem.js';
import { WorkBudget } from '../../src/symbols/workBudget.js';

/** Assembles the bytes of a section, each method named for what it appends. */
export class SectionAssembler {
  readonly #bytes: number[] = [];

  constructor(readonly endianness: Endianness = 'little') {}

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  get length(): number {
    return this.#bytes.length;
  }

  number(value: number | bigint, size: number): this {
    const bytes = Array.from({ length: size }, (_, index) =>
      Number((BigInt.asUintN(8 * size, BigInt(value)) >> BigInt(8 * index)) & 0xffn),
    );
    this.#bytes.push(...(this.endianness === 'little' ? bytes : bytes.reverse()));
    return this;
  }

  u8(...values: number[]): this {
    for (const value of values) this.number(value, 1);
    return this;
  }

  u16(value: number): this {
    return this.number(value, 2);
  }

  u32(value: number): this {
    return this.number(value, 4);
  }

  u64(value: number | bigint): this {
    return this.number(value, 8);
  }

  uleb(value: number | bigint): this {
    let rest = BigInt(value);
    do {
      this.#bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
      rest >>= 7n;
    } while (rest > 0n);
    return this;
  }

  sleb(value: number | bigint): this {
    let rest = BigInt(value);
    for (;;) {
      const byte = Number(rest & 0x7fn);
      rest >>= 7n;
      const isLast = (rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0);
      this.#bytes.push(byte | (isLast ? 0 : 0x80));
      if (isLast) return this;
    }
  }

  text(value: string): this {
    this.#bytes.push(...new TextEncoder().encode(value), 0);
    return this;
  }

  append(bytes: Uint8Array): this {
    this.#bytes.push(...bytes);
    return this;
  }

  /** A unit: its length (32-bit or 64-bit DWARF format) and what `body` appends. */
  unit(format: 32 | 64, body: (contents: SectionAssembler) => void): this {
    const contents = new SectionAssembler(this.endianness);
    body(contents);
    if (format === 64) this.u32(0xffff_ffff).u64(contents.length);
    else this.u32(contents.length);
    return this.append(contents.bytes);
  }
}

/** Starts a section. */
export const section = (endianness: Endianness = 'little'): SectionAssembler => new SectionAssembler(endianness);

/** An abbreviations table: `[tag, hasChildren, [attribute, form, implicit constant?]…]`, codes counted from 1. */
export function abbreviations(...entries: readonly (readonly [number, boolean, ...(readonly number[])[]])[]): SectionAssembler {
  const table = section();
  entries.forEach(([tag, hasChildren, ...attributes], index) => {
    table
      .uleb(index + 1)
      .uleb(tag)
      .u8(hasChildren ? 1 : 0);
    for (const [name = 0, form = 0, implicitValue] of attributes) {
      table.uleb(name).uleb(form);
      if (implicitValue !== undefined) table.sleb(implicitValue);
    }
    table.u8(0, 0);
  });
  return table.u8(0);
}

/** The header and entries of a unit of `.debug_info`. */
export function debugInfoUnit(
  {
    version = 5,
    format = 32,
    addressSize = 8,
    endianness = 'little',
  }: { version?: number; format?: 32 | 64; addressSize?: number; endianness?: Endianness },
  entries: (contents: SectionAssembler) => void,
): SectionAssembler {
  const offsetSize = format / 8;
  return section(endianness).unit(format, contents => {
    contents.u16(version);
    if (version >= 5) contents.u8(1, addressSize).number(0, offsetSize);
    else contents.number(0, offsetSize).u8(addressSize);
    entries(contents);
  });
}

/** Opens assembled sections. */
export function debugInformationOf(
  contents: Readonly<Record<string, SectionAssembler | Uint8Array>>,
  { endianness = 'little', addressSize = 8 }: { endianness?: Endianness; addressSize?: number } = {},
): DebugInformationReader {
  let bytes = 0;
  const map = new Map<string, SectionContents>();
  for (const [name, value] of Object.entries(contents)) {
    const data = value instanceof SectionAssembler ? value.bytes : value;
    map.set(name, { bytes: data, address: 0n });
    bytes += data.length;
  }
  return new DebugInformationReader(new DwarfSections(map, endianness, addressSize, new ProblemList(), new WorkBudget(bytes)));
}
