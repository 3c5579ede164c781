import { type Result } from '../base/index.js';
import type { ElfFile } from './elf/elfFile.js';
import { type ElfFailure } from './elf/parseElf.js';
import type { DebugInformation } from './model/debugInformation.js';
import { DebugInformationReader } from './model/debugInformationReader.js';
import { type Problem } from './problem.js';
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
export declare function openSymbolFile(bytes: Uint8Array): Result<SymbolFile, ElfFailure>;
/** The debug information in the sections of `elf`, which is a file of `fileBytes`. */
export declare function openDebugInformation(elf: ElfFile, fileBytes: number): DebugInformationReader;
