// SPDX-License-Identifier: MIT
import { type Result, success } from '../base/index.js';
import { processorSupplementOf } from './abi/supplementOf.js';
import { DWARF_SECTIONS, DwarfSections, type SectionContents } from './dwarf/sections.js';
import type { ElfFile } from './elf/elfFile.js';
import { type ElfFailure, parseElf } from './elf/parseElf.js';
import type { DebugInformation } from './model/debugInformation.js';
import { DebugInformationReader } from './model/debugInformationReader.js';
import { type Problem, ProblemList } from './problem.js';
import { WorkBudget } from './workBudget.js';

/** A program file: its container and what its debug sections say. */
export interface SymbolFile {
  readonly elf: ElfFile;
  /** Present even if the file has no debug sections: then everything it is asked is unknown. */
  readonly debug: DebugInformation;
  /** Whether the file has `.debug_info`. */
  readonly hasDebugInformation: boolean;
  /** Problems of the container and, as parts are read, of the debug sections. */
  readonly problems: readonly Problem[];
}

/** Opens a program file: headers and the list of units only, the rest when asked. Fails only where `parseElf` does. */
export function openSymbolFile(bytes: Uint8Array): Result<SymbolFile, ElfFailure> {
  const parsed = parseElf(bytes);
  if (!parsed.ok) return parsed;
  const elf = parsed.value;
  const debug = openDebugInformation(elf, bytes.length);
  return success({
    elf,
    debug,
    hasDebugInformation: (elf.section('.debug_info')?.bytes.length ?? 0) > 0,
    get problems() {
      return [...elf.problems, ...debug.problems];
    },
  });
}

/** The debug information in the sections of `elf`, which is a file of `fileBytes`. */
export function openDebugInformation(elf: ElfFile, fileBytes: number): DebugInformationReader {
  const contents = new Map<string, SectionContents>();
  for (const name of DWARF_SECTIONS) {
    const section = elf.section(name);
    if (section !== undefined) contents.set(name, { bytes: section.bytes, address: section.address });
  }
  const sections = new DwarfSections(contents, elf.endianness, elf.elfClass / 8, new ProblemList(), new WorkBudget(fileBytes));
  return new DebugInformationReader(sections, {
    supplement: processorSupplementOf(elf),
    localEntryPointOf: entryPoint => {
      const symbol = elf.symbols.at(entryPoint)?.symbol;
      return symbol?.entryPoint === entryPoint ? symbol.localEntryPoint : entryPoint;
    },
  });
}
