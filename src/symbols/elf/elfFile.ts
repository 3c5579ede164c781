// SPDX-License-Identifier: MIT
import type { Endianness, PhysicalAddress, VirtualAddress } from '../../base/index.js';
import type { Problem } from '../problem.js';
import type { ElfSymbolTable } from './elfSymbolTable.js';

/** A program header with its bytes. */
export interface ElfSegment {
  /** A `PT` value. */
  readonly type: number;
  /** `PF` flags. */
  readonly flags: number;
  readonly fileOffset: number;
  readonly address: VirtualAddress;
  readonly physicalAddress: PhysicalAddress;
  /** The bytes in the file; what `memoryBytes` has more is zeros. */
  readonly bytes: Uint8Array;
  readonly memoryBytes: bigint;
}

/** A section header with its bytes. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  /** A `SHT` value. */
  readonly type: number;
  /** `SHF` flags. */
  readonly flags: number;
  readonly address: VirtualAddress;
  readonly fileOffset: number;
  /** Empty for SHT_NOBITS, and for compressed sections, which are refused with a problem. */
  readonly bytes: Uint8Array;
  /** Size in bytes as the header gives it (of SHT_NOBITS, in memory). */
  readonly size: bigint;
  readonly link: number;
  readonly info: number;
  readonly entryBytes: number;
}

/** An ELF file as read. Damaged parts are left out and named in `problems`. */
export interface ElfFile {
  readonly elfClass: 32 | 64;
  readonly endianness: Endianness;
  /** An `ET` value. */
  readonly type: number;
  /** An `EM` value. */
  readonly machine: number;
  readonly flags: number;
  /** The first instruction: where the descriptor leads, if the header names one (64-bit ELF V1 ABI for Power). */
  readonly entry: VirtualAddress;
  /** All program headers; `type` is `PT.PT_LOAD` for those to load. */
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly symbols: ElfSymbolTable;
  readonly problems: readonly Problem[];
  /** The first section of this name. */
  section(name: string): ElfSection | undefined;
}
