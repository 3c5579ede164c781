// SPDX-License-Identifier: MIT
import type { VirtualAddress } from '../../base/index.js';

/** A symbol of `.symtab`. */
export interface ElfSymbol {
  readonly name: string;
  /** What the file gives as its value. For a function of the 64-bit ELF V1 ABI for Power this is its descriptor, not its code. */
  readonly address: VirtualAddress;
  /** The first instruction of a function: where the descriptor leads, if it has one. `address` for all else. */
  readonly entryPoint: VirtualAddress;
  /**
   * Where callers come in that have set up what the function finds from its own address (64-bit ELF V2 ABI for Power, local entry point): all
   * callers run through it. `entryPoint` where a function has but one entry.
   */
  readonly localEntryPoint: VirtualAddress;
  /** Size in bytes; 0 if the file does not tell. */
  readonly size: bigint;
  /** An `STT` value. */
  readonly type: number;
  /** An `STB` value. */
  readonly binding: number;
  /** Section index; `SHN` values for the special ones. */
  readonly sectionIndex: number;
}

/** A symbol and the distance of an address from its start. */
export interface SymbolOffset {
  readonly symbol: ElfSymbol;
  readonly offset: bigint;
}

/** The symbols of one file. Mapping symbols of the Arm ABI (`$x`, `$d`, …), files and sections are left out. */
export interface ElfSymbolTable {
  readonly all: readonly ElfSymbol[];
  /** The symbols of this name: globals before weak ones before locals. */
  named(name: string): readonly ElfSymbol[];
  /**
   * The symbol that `address` belongs to, code or descriptor: one whose size covers it, else the nearest before it that has no size, in the same section.
   * Among several, functions before objects before untyped ones, and globals before locals.
   */
  at(address: bigint): SymbolOffset | undefined;
  /** `<symbol+0x10>`, `<symbol>` at offset 0; `undefined` if no symbol owns `address`. */
  describe(address: bigint): string | undefined;
}
