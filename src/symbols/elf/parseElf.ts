// SPDX-License-Identifier: MIT
import {
  ByteReader,
  type Endianness,
  type Failure,
  failure,
  hex,
  physicalAddress,
  type Result,
  success,
  virtualAddress,
} from '../../base/index.js';
import { type Problem, ProblemList } from '../problem.js';
import { ELFCLASS, ELFDATA, PT, SHF, SHN, SHT } from './constants.js';
import type { ElfFile, ElfSection, ElfSegment } from './elfFile.js';
import type { ElfSymbolTable } from './elfSymbolTable.js';
import { functionDescriptors } from './functionDescriptors.js';
import { readSymbolTable } from './readSymbolTable.js';

/** Why a file is not usable as ELF. */
export type ElfFailure = Failure<'notElf' | 'truncated' | 'unsupported'>;

const IDENT_BYTES = 16;
const EI_CLASS = 4;
const EI_DATA = 5;

/** Sizes of the structures, by class. */
const STRUCTURE_BYTES = {
  32: { header: 52, programHeader: 32, sectionHeader: 40 },
  64: { header: 64, programHeader: 56, sectionHeader: 64 },
} as const;

/** The numbers of the ELF header that the tables need. */
interface Header {
  readonly elfClass: 32 | 64;
  readonly endianness: Endianness;
  readonly type: number;
  readonly machine: number;
  readonly entry: bigint;
  readonly programHeaderOffset: bigint;
  readonly sectionHeaderOffset: bigint;
  readonly flags: number;
  readonly programHeaderBytes: number;
  readonly programHeaderCount: number;
  readonly sectionHeaderBytes: number;
  readonly sectionHeaderCount: number;
  readonly sectionNameIndex: number;
}

/** Reads an ELF file, 32 or 64 bits, either byte order. Refuses only what has no usable header; other damage is in `problems`. */
export function parseElf(bytes: Uint8Array): Result<ElfFile, ElfFailure> {
  const header = readHeader(bytes);
  if (!header.ok) return header;
  const problems = new ProblemList();
  return success(new ParsedElf(bytes, header.value, problems));
}

function readHeader(bytes: Uint8Array): Result<Header, ElfFailure> {
  if (bytes.length === 0) return failure('notElf', 'The file is empty, so it is no ELF file.');
  if (bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46) {
    return failure('notElf', 'The file is no ELF file: it does not begin with 0x7f "ELF".');
  }
  if (bytes.length < IDENT_BYTES) return failure('truncated', `The ELF file ends after ${bytes.length} bytes, inside its header.`);
  const classByte = bytes[EI_CLASS];
  if (classByte !== ELFCLASS.ELFCLASS32 && classByte !== ELFCLASS.ELFCLASS64) {
    return failure('unsupported', `The ELF file has class ${classByte}; 1 (32 bits) and 2 (64 bits) are known.`);
  }
  const dataByte = bytes[EI_DATA];
  if (dataByte !== ELFDATA.ELFDATA2LSB && dataByte !== ELFDATA.ELFDATA2MSB) {
    return failure('unsupported', `The ELF file has data encoding ${dataByte}; 1 (little-endian) and 2 (big-endian) are known.`);
  }
  const elfClass = classByte === ELFCLASS.ELFCLASS32 ? 32 : 64;
  const { header: headerBytes } = STRUCTURE_BYTES[elfClass];
  if (bytes.length < headerBytes) {
    return failure('truncated', `The ELF file ends after ${bytes.length} bytes, inside its header of ${headerBytes}.`);
  }
  const endianness = dataByte === ELFDATA.ELFDATA2LSB ? 'little' : 'big';
  const reader = new ByteReader(bytes, endianness, IDENT_BYTES);
  const wordBytes = elfClass / 8;
  const type = reader.u16();
  const machine = reader.u16();
  reader.skip(4); // e_version
  const entry = reader.unsigned(wordBytes);
  const programHeaderOffset = reader.unsigned(wordBytes);
  const sectionHeaderOffset = reader.unsigned(wordBytes);
  const flags = reader.u32();
  reader.skip(2); // e_ehsize
  return success({
    elfClass,
    endianness,
    type,
    machine,
    entry,
    programHeaderOffset,
    sectionHeaderOffset,
    flags,
    programHeaderBytes: reader.u16(),
    programHeaderCount: reader.u16(),
    sectionHeaderBytes: reader.u16(),
    sectionHeaderCount: reader.u16(),
    sectionNameIndex: reader.u16(),
  });
}

/** A section header before it has its name. */
type NamelessSection = Omit<ElfSection, 'name'> & { readonly nameOffset: number };

class ParsedElf implements ElfFile {
  readonly elfClass: 32 | 64;
  readonly endianness: Endianness;
  readonly type: number;
  readonly machine: number;
  readonly flags: number;
  readonly entry;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly #byName = new Map<string, ElfSection>();
  #symbols: ElfSymbolTable | undefined;

  constructor(
    readonly bytes: Uint8Array,
    header: Header,
    readonly problemList: ProblemList,
  ) {
    this.elfClass = header.elfClass;
    this.endianness = header.endianness;
    this.type = header.type;
    this.machine = header.machine;
    this.flags = header.flags;
    this.segments = this.#readSegments(header);
    this.sections = this.#readSections(header);
    for (const section of this.sections) if (!this.#byName.has(section.name)) this.#byName.set(section.name, section);
    this.entry = functionDescriptors(this)?.entryPointAt(header.entry) ?? virtualAddress(header.entry);
  }

  get problems(): readonly Problem[] {
    return this.problemList.all;
  }

  get symbols(): ElfSymbolTable {
    this.#symbols ??= readSymbolTable(this, this.problemList);
    return this.#symbols;
  }

  section(name: string): ElfSection | undefined {
    return this.#byName.get(name);
  }

  /** The part [offset, offset + size) of the file, cut where the file ends, with a problem if it was cut. */
  #part(offset: bigint, size: bigint, table: string, at: number, what: string): Uint8Array {
    const length = BigInt(this.bytes.length);
    if (offset + size > length) {
      this.problemList.report(
        table,
        at,
        `${what} is ${size} bytes at offset ${hex(offset)}, but the file has ${length} bytes. What is there is used.`,
      );
    }
    if (offset >= length) return this.bytes.subarray(0, 0);
    const end = offset + size > length ? length : offset + size;
    return this.bytes.subarray(Number(offset), Number(end));
  }

  /** A reader for each header of a table that lies in the file. */
  #headers(table: string, offset: bigint, stride: number, count: number, minimumStride: number): ByteReader[] {
    const readers: ByteReader[] = [];
    if (count === 0) return readers;
    if (stride < minimumStride) {
      this.problemList.report(table, 0, `An entry has ${stride} bytes, at least ${minimumStride} are needed. The table is ignored.`);
      return readers;
    }
    for (let index = 0; index < count; index++) {
      const at = offset + BigInt(index) * BigInt(stride);
      if (at + BigInt(stride) > BigInt(this.bytes.length)) {
        this.problemList.report(table, this.bytes.length, `The file ends inside entry ${index} of ${count}. The rest is ignored.`);
        break;
      }
      readers.push(new ByteReader(this.bytes, this.endianness, Number(at)));
    }
    return readers;
  }

  #readSegments(header: Header): ElfSegment[] {
    const table = 'program headers';
    const minimum = STRUCTURE_BYTES[header.elfClass].programHeader;
    const readers = this.#headers(table, header.programHeaderOffset, header.programHeaderBytes, header.programHeaderCount, minimum);
    return readers.map((reader, index) => {
      const at = reader.position;
      const wordBytes = header.elfClass / 8;
      const type = reader.u32();
      // The flags stand second in the 64-bit structure and next to last in the 32-bit one.
      let flags = wordBytes === 8 ? reader.u32() : 0;
      const fileOffset = reader.unsigned(wordBytes);
      const address = virtualAddress(reader.unsigned(wordBytes));
      const physical = physicalAddress(reader.unsigned(wordBytes));
      const fileBytes = reader.unsigned(wordBytes);
      const memoryBytes = reader.unsigned(wordBytes);
      if (wordBytes === 4) flags = reader.u32();
      const bytes = type === PT.PT_NULL ? this.bytes.subarray(0, 0) : this.#part(fileOffset, fileBytes, table, at, `Segment ${index}`);
      if (type === PT.PT_LOAD && memoryBytes < fileBytes) {
        this.problemList.report(table, at + 1, `Segment ${index} has ${fileBytes} bytes in the file but only ${memoryBytes} in memory.`);
      }
      return { type, flags, fileOffset: Number(fileOffset), address, physicalAddress: physical, bytes, memoryBytes };
    });
  }

  #readSections(header: Header): ElfSection[] {
    const table = 'section headers';
    if (header.sectionHeaderOffset === 0n) return [];
    const minimum = STRUCTURE_BYTES[header.elfClass].sectionHeader;
    const read = (count: number) =>
      this.#headers(table, header.sectionHeaderOffset, header.sectionHeaderBytes, count, minimum).map((reader, index) =>
        this.#readSection(reader, index, header.elfClass),
      );
    // Extended numbering: with SHN_LORESERVE sections or more, the count and the name index stand in the first header.
    let sections = header.sectionHeaderCount === 0 ? read(1) : read(header.sectionHeaderCount);
    const first = sections[0];
    const extendedCount = first?.size ?? 0n;
    if (header.sectionHeaderCount === 0 && extendedCount > 1n && extendedCount <= BigInt(this.bytes.length))
      sections = read(Number(extendedCount));
    const nameIndex = header.sectionNameIndex === SHN.SHN_XINDEX ? (first?.link ?? 0) : header.sectionNameIndex;
    const names = sections[nameIndex]?.bytes;
    if (sections.length > 0 && names === undefined) {
      this.problemList.report(table, 0, `Section ${nameIndex}, which should hold the names of the sections, does not exist.`);
    }
    return sections.map(({ nameOffset, ...section }) => {
      const reader = new ByteReader(names ?? new Uint8Array(), this.endianness, nameOffset);
      return { ...section, name: nameOffset === 0 ? '' : reader.string() };
    });
  }

  #readSection(reader: ByteReader, index: number, elfClass: 32 | 64): NamelessSection {
    const at = reader.position;
    const wordBytes = elfClass / 8;
    const nameOffset = reader.u32();
    const type = reader.u32();
    const flags = Number(reader.unsigned(wordBytes) & 0xffff_ffffn);
    const address = virtualAddress(reader.unsigned(wordBytes));
    const fileOffset = reader.unsigned(wordBytes);
    const size = reader.unsigned(wordBytes);
    const link = reader.u32();
    const info = reader.u32();
    reader.skip(wordBytes); // sh_addralign
    const entryBytes = Number(reader.unsigned(wordBytes) & 0xffff_ffffn);
    let bytes = this.bytes.subarray(0, 0);
    if ((flags & SHF.SHF_COMPRESSED) !== 0) {
      this.problemList.report(
        'section headers',
        at,
        `Section ${index} is compressed, which is not supported. Link with --compress-debug-sections=none.`,
      );
    } else if (type !== SHT.SHT_NOBITS && type !== SHT.SHT_NULL) {
      bytes = this.#part(fileOffset, size, 'section headers', at, `Section ${index}`);
    }
    return { index, nameOffset, type, flags, address, fileOffset: Number(fileOffset), bytes, size, link, info, entryBytes };
  }
}
