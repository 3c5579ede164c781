import type { ProblemList } from '../problem.js';
import type { ElfFile } from './elfFile.js';
import type { ElfSymbolTable } from './elfSymbolTable.js';
/** Reads `.symtab` (or `.dynsym` if there is none) of `elf`. */
export declare function readSymbolTable(elf: ElfFile, problems: ProblemList): ElfSymbolTable;
