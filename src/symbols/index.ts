// SPDX-License-Identifier: MIT
/**
 * symbols: what the files of a guest program say about it. ELF (headers, sections, symbols) and DWARF 2 to 5
 * (functions, variables, types, lines, location expressions, call frame information).
 *
 * It knows register numbers but no registers, addresses but no memory, and nothing of machines or debuggers:
 * whoever evaluates an expression brings the frame. Nothing here throws on a damaged file; what could be read
 * is returned, the rest is in `problems` with section and offset.
 *
 * Start reading at `symbolFile.ts`; `model/debugInformation.ts` is what a debugger asks; below it
 * `dwarf/` has one file for each section or mechanism of the standard, `elf/` the container, and `abi/` what differs by
 * processor: register numbers and frames.
 */

export { AAPCS64 } from './abi/aarch64.js';
export { ELF_V1, ELF_V2 } from './abi/power64.js';
export * from './abi/processorSupplement.js';
export { processorSupplementOf } from './abi/supplementOf.js';
export { DW_ATE, DW_LANG } from './dwarf/constants.js';
export * from './dwarf/expression.js';
export { evaluateExpression } from './dwarf/expressionEvaluator.js';
export { evaluateNumber, type NumberEvaluation } from './dwarf/expressionNumber.js';
export * from './dwarf/unwindRow.js';
export { EM, ET, PF, PT, SHF, SHT, STB, STT } from './elf/constants.js';
export * from './elf/elfFile.js';
export type { ElfSymbol, ElfSymbolTable, SymbolOffset } from './elf/elfSymbolTable.js';
export { type ElfFailure, parseElf } from './elf/parseElf.js';
export * from './model/compilationUnit.js';
export * from './model/debugInformation.js';
export { frameBaseValue, resolveEntryValue } from './model/frameValues.js';
export * from './model/scope.js';
export * from './model/sourceLine.js';
export * from './model/type.js';
export { spellType } from './model/typeSpelling.js';
export * from './model/unitDescription.js';
export { MAXIMUM_PROBLEMS, type Problem } from './problem.js';
export { openSymbolFile, type SymbolFile } from './symbolFile.js';
