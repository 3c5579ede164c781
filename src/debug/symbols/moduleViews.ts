// SPDX-License-Identifier: MIT
import { type VirtualAddress, virtualAddress } from '../../base/index.js';
import { type ElfFile, type ElfSymbol, PT, SHF, STB, STT, type SymbolFile } from '../../symbols/index.js';
import type { LoadedFile } from './programSymbols.js';

/** A section that is part of the guest's memory. */
export interface SectionView {
  readonly name: string;
  readonly address: VirtualAddress;
  /** Bytes in memory. */
  readonly size: bigint;
  readonly isWritable: boolean;
  readonly isExecutable: boolean;
}

/** What a symbol names. */
export const SYMBOL_KINDS = ['function', 'object', 'other'] as const;

export type SymbolKind = (typeof SYMBOL_KINDS)[number];

/** A program or symbol file that is known to the debugger. */
export interface ModuleView {
  readonly path: string;
  readonly hasDebugInformation: boolean;
  readonly firstAddress: VirtualAddress | undefined;
  /** By address. */
  readonly sections: readonly SectionView[];
  readonly symbolCounts: Readonly<Record<SymbolKind, number>>;
  /** What is damaged in it, a sentence each. */
  readonly problems: readonly string[];
}

/** A symbol of a file. */
export interface SymbolView {
  readonly name: string;
  readonly kind: SymbolKind;
  /** Of a function: its first instruction. */
  readonly address: VirtualAddress;
  /** Bytes; 0 if the file does not tell. */
  readonly size: bigint;
  readonly binding: 'global' | 'weak' | 'local';
  readonly section: string | undefined;
  /** Where a function or a variable is declared; of code without debug information of functions, the line that it comes from. */
  readonly source: { readonly path: string; readonly line: number } | undefined;
}

/** Which symbols of a file are wanted: of this kind, with `text` in their name, whatever its case. */
export interface SymbolFilter {
  readonly kind?: SymbolKind | undefined;
  readonly text?: string | undefined;
}

export const moduleView = ({ path, file }: LoadedFile): ModuleView => {
  const symbols = sortedSymbols(file.elf);
  const count = (kind: SymbolKind): number => symbols.filter(symbol => kindOf(symbol) === kind).length;
  return {
    path,
    hasDebugInformation: file.hasDebugInformation,
    firstAddress: file.elf.segments
      .filter(segment => segment.type === PT.PT_LOAD)
      .map(segment => segment.address)
      .sort(byValue)[0],
    sections: file.elf.sections
      .filter(({ flags }) => (flags & SHF.SHF_ALLOC) !== 0)
      .map(({ name, address, size, flags }) => ({
        name,
        address,
        size,
        isWritable: (flags & SHF.SHF_WRITE) !== 0,
        isExecutable: (flags & SHF.SHF_EXECINSTR) !== 0,
      }))
      .sort((a, b) => byValue(a.address, b.address)),
    symbolCounts: { function: count('function'), object: count('object'), other: count('other') },
    problems: file.problems.map(problem => `${problem.section} at offset ${problem.offset}: ${problem.message}`),
  };
};

/** Symbols `start` … `start + count - 1` of those that pass the filter, by address, and how many pass in all. */
export function symbolPage(
  { file }: LoadedFile,
  { kind, text = '' }: SymbolFilter,
  start: number,
  count: number,
): { readonly symbols: readonly SymbolView[]; readonly total: number } {
  const wanted = text.toLowerCase();
  const passing = sortedSymbols(file.elf).filter(
    symbol => (kind === undefined || kindOf(symbol) === kind) && (wanted === '' || symbol.name.toLowerCase().includes(wanted)),
  );
  return { symbols: passing.slice(start, start + count).map(symbol => symbolView(file, symbol)), total: passing.length };
}

const byValue = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const sorted = new WeakMap<ElfFile, readonly ElfSymbol[]>();

/** Symbols with a place and a name, by address and then by name. A kernel has a hundred thousand: they are sorted once. */
function sortedSymbols(elf: ElfFile): readonly ElfSymbol[] {
  let symbols = sorted.get(elf);
  if (symbols === undefined) {
    symbols = elf.symbols.all
      .filter(({ name, sectionIndex }) => name !== '' && sectionIndex !== 0)
      .sort((a, b) => byValue(a.entryPoint, b.entryPoint) || (a.name < b.name ? -1 : 1));
    sorted.set(elf, symbols);
  }
  return symbols;
}

const kindOf = ({ type }: ElfSymbol): SymbolKind => (type === STT.STT_FUNC ? 'function' : type === STT.STT_OBJECT ? 'object' : 'other');

function symbolView({ elf, debug }: SymbolFile, symbol: ElfSymbol): SymbolView {
  const kind = kindOf(symbol);
  const position =
    kind === 'object'
      ? debug.globalsNamed(symbol.name).find(({ declaration }) => declaration !== undefined)?.declaration
      : (debug.functionAt(symbol.entryPoint)?.declaration ?? debug.lineRowAt(symbol.entryPoint));
  return {
    name: symbol.name,
    kind,
    address: virtualAddress(symbol.entryPoint),
    size: symbol.size,
    binding: symbol.binding === STB.STB_LOCAL ? 'local' : symbol.binding === STB.STB_WEAK ? 'weak' : 'global',
    section: elf.sections.find(({ index }) => index === symbol.sectionIndex)?.name,
    source: position === undefined || position.line === 0 ? undefined : { path: position.file.path, line: position.line },
  };
}
