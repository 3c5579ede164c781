// SPDX-License-Identifier: MIT
import { ByteReader, hex, virtualAddress } from '../../base/index.js';
import type { ProblemList } from '../problem.js';
import { EM, SHF, SHN, SHT, STB, STO_PPC64, STT } from './constants.js';
import type { ElfFile, ElfSection } from './elfFile.js';
import type { ElfSymbol, ElfSymbolTable, SymbolOffset } from './elfSymbolTable.js';
import { DESCRIPTOR_BYTES, type FunctionDescriptors, functionDescriptors } from './functionDescriptors.js';

/** "ELF for the Arm Architecture", Mapping symbols: `$x`, `$d`, `$a`, `$t`, each with an optional `.anything`. */
const MAPPING_SYMBOL = /^\$[xdat](\..*)?$/;

/** Which of several symbols at one address is shown, best first. */
const TYPE_ORDER: readonly number[] = [STT.STT_FUNC, STT.STT_GNU_IFUNC, STT.STT_OBJECT, STT.STT_NOTYPE];
const BINDING_ORDER: readonly number[] = [STB.STB_GLOBAL, STB.STB_GNU_UNIQUE, STB.STB_WEAK, STB.STB_LOCAL];

const rank = (order: readonly number[], value: number): number => (order.includes(value) ? order.indexOf(value) : order.length);

/** Reads `.symtab` (or `.dynsym` if there is none) of `elf`. */
export function readSymbolTable(elf: ElfFile, problems: ProblemList): ElfSymbolTable {
  const table = elf.sections.find(({ type }) => type === SHT.SHT_SYMTAB) ?? elf.sections.find(({ type }) => type === SHT.SHT_DYNSYM);
  const descriptors = functionDescriptors(elf);
  const symbols = table === undefined ? [] : readSymbols(elf, table, descriptors, problems);
  return new SymbolTable(symbols, elf.sections, descriptors);
}

function readSymbols(elf: ElfFile, table: ElfSection, descriptors: FunctionDescriptors | undefined, problems: ProblemList): ElfSymbol[] {
  const symbolBytes = elf.elfClass === 64 ? 24 : 16;
  const names = new ByteReader(elf.sections[table.link]?.bytes ?? new Uint8Array(), elf.endianness);
  if (names.length === 0 && table.bytes.length > 0) {
    problems.report(table.name, 0, `Section ${table.link}, which should hold the names of the symbols, does not exist or is empty.`);
  }
  const reader = new ByteReader(table.bytes, elf.endianness);
  const symbols: ElfSymbol[] = [];
  if (table.bytes.length % symbolBytes !== 0)
    problems.report(table.name, table.bytes.length, 'The symbol table ends inside an entry, which is ignored.');
  const count = Math.floor(table.bytes.length / symbolBytes);
  // Names may overlap (".text" in "rel.text"), so a few bytes of damage must not make every name as long as the table.
  let nameBudget = 16 * names.length + 65_536;
  for (let index = 1; index < count; index++) {
    reader.position = index * symbolBytes;
    const nameOffset = reader.u32();
    let address: bigint;
    let size: bigint;
    let info: number;
    let other: number;
    let sectionIndex: number;
    if (elf.elfClass === 64) {
      info = reader.u8();
      other = reader.u8();
      sectionIndex = reader.u16();
      address = reader.u64();
      size = reader.u64();
    } else {
      address = BigInt(reader.u32());
      size = BigInt(reader.u32());
      info = reader.u8();
      other = reader.u8();
      sectionIndex = reader.u16();
    }
    const type = info & 0xf;
    if (type === STT.STT_SECTION || type === STT.STT_FILE || nameOffset === 0) continue;
    names.position = nameOffset;
    names.overrun = false;
    const name = names.string();
    nameBudget -= name.length;
    if (names.overrun || nameBudget < 0) {
      problems.report(
        table.name,
        index * symbolBytes,
        `Symbol ${index} has its name at ${hex(nameOffset)}, where there is none. It is ignored.`,
      );
      if (nameBudget < 0) break;
      continue;
    }
    if (name === '' || MAPPING_SYMBOL.test(name)) continue;
    const entryPoint = descriptors?.entryPointAt(address) ?? virtualAddress(address);
    const localEntryPoint = virtualAddress(entryPoint + localEntryDistance(elf, other));
    symbols.push({ name, address: virtualAddress(address), entryPoint, localEntryPoint, size, type, binding: info >> 4, sectionIndex });
  }
  return symbols;
}

/** 64-bit ELF V2 ABI for Power, Symbol Values: bytes from the global to the local entry point; 0 where st_other tells of none. */
function localEntryDistance(elf: ElfFile, other: number): bigint {
  if (elf.machine !== EM.EM_PPC64) return 0n;
  const logarithm = (other & STO_PPC64.STO_PPC64_LOCAL_MASK) >> STO_PPC64.STO_PPC64_LOCAL_BIT;
  // 0 is one entry, 1 is one entry that leaves r2 alone, 7 is reserved.
  return logarithm < 2 || logarithm === 7 ? 0n : 1n << BigInt(logarithm);
}

/** A symbol at a place: its own, or that of the code that its descriptor leads to. */
interface Placed {
  readonly symbol: ElfSymbol;
  readonly address: bigint;
  /** Size in bytes of what is at `address`. */
  readonly size: bigint;
  readonly section: ElfSection | undefined;
}

class SymbolTable implements ElfSymbolTable {
  readonly all: readonly ElfSymbol[];
  readonly #byName = new Map<string, ElfSymbol[]>();
  /** Defined code and data, by address, then by how late they should win. */
  readonly #byAddress: readonly Placed[];
  /** For each of `#byAddress`, the highest end of it and all before it: where looking back may stop. */
  readonly #highestEnd: readonly bigint[];

  constructor(
    symbols: readonly ElfSymbol[],
    readonly sections: readonly ElfSection[],
    readonly descriptors: FunctionDescriptors | undefined,
  ) {
    this.all = symbols;
    for (const symbol of symbols) {
      const same = this.#byName.get(symbol.name);
      if (same === undefined) this.#byName.set(symbol.name, [symbol]);
      else same.push(symbol);
    }
    for (const same of this.#byName.values()) same.sort((a, b) => rank(BINDING_ORDER, a.binding) - rank(BINDING_ORDER, b.binding));
    this.#byAddress = symbols
      .filter(({ sectionIndex, type }) => this.#isPlace(sectionIndex) && type !== STT.STT_TLS)
      .flatMap(symbol => this.#places(symbol))
      .sort(
        (a, b) =>
          (a.address < b.address ? -1 : a.address > b.address ? 1 : 0) ||
          rank(TYPE_ORDER, b.symbol.type) - rank(TYPE_ORDER, a.symbol.type) ||
          rank(BINDING_ORDER, b.symbol.binding) - rank(BINDING_ORDER, a.symbol.binding) ||
          Number(this.#isCodeName(b.symbol)) - Number(this.#isCodeName(a.symbol)),
      );
    let highest = 0n;
    this.#highestEnd = this.#byAddress.map(({ address, size }) => {
      if (address + size > highest) highest = address + size;
      return highest;
    });
  }

  /** Whether the symbol lies in memory: absolute symbols are numbers, not places. */
  #isPlace(sectionIndex: number): boolean {
    if (sectionIndex === SHN.SHN_UNDEF || sectionIndex === SHN.SHN_ABS || sectionIndex === SHN.SHN_COMMON) return false;
    const section = this.sections[sectionIndex];
    return section === undefined || (section.flags & SHF.SHF_ALLOC) !== 0;
  }

  /** Where `symbol` is; the size of a function with a descriptor is the code's. */
  #places(symbol: ElfSymbol): Placed[] {
    const { address, entryPoint, size } = symbol;
    const section = this.sections[symbol.sectionIndex];
    if (address === entryPoint) return [{ symbol, address, size, section }];
    const code = this.sections.find(candidate => (candidate.flags & SHF.SHF_ALLOC) !== 0 && isInSection(candidate, entryPoint));
    return [
      { symbol, address, size: BigInt(DESCRIPTOR_BYTES), section },
      { symbol, address: entryPoint, size, section: code },
    ];
  }

  /** Whether this is the second name that the ABI with descriptors gives a function: that of its code, `.main` beside `main`. */
  #isCodeName({ name }: ElfSymbol): boolean {
    return this.descriptors !== undefined && name.startsWith('.');
  }

  named(name: string): readonly ElfSymbol[] {
    const found = this.#byName.get(name) ?? (this.descriptors && this.#byName.get(`.${name}`));
    return found ?? [];
  }

  at(address: bigint): SymbolOffset | undefined {
    let low = 0;
    let high = this.#byAddress.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const placed = this.#byAddress[middle];
      if (placed !== undefined && placed.address <= address) low = middle + 1;
      else high = middle;
    }
    let unsized: Placed | undefined;
    for (let index = low - 1; index >= 0; index--) {
      const placed = this.#byAddress[index];
      if (placed === undefined) break;
      if (address < placed.address + placed.size) return { symbol: placed.symbol, offset: address - placed.address };
      if (placed.size === 0n && unsized === undefined && (placed.section === undefined || isInSection(placed.section, address)))
        unsized = placed;
      // A symbol without size is nearer than any sized one that begins before it but does not cover the address.
      if ((this.#highestEnd[index] ?? 0n) <= address && unsized !== undefined) break;
      if ((this.#highestEnd[index] ?? 0n) <= address && placed.size !== 0n) break;
    }
    return unsized && { symbol: unsized.symbol, offset: address - unsized.address };
  }

  describe(address: bigint): string | undefined {
    const found = this.at(address);
    return found && `<${found.symbol.name}${found.offset === 0n ? '' : `+${hex(found.offset)}`}>`;
  }
}

/** Whether `address` lies in `section`. */
const isInSection = (section: ElfSection, address: bigint): boolean =>
  section.address <= address && address < section.address + section.size;
