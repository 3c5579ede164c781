import type { SectionReader } from './sectionReader.js';
import type { DwarfSections } from './sections.js';
/** A file as the header of a line number program lists it. */
export interface LineFile {
    readonly name: string;
    /** Index into the directories. */
    readonly directory: number;
    readonly md5: string | undefined;
}
/** The header of a line number program (DWARF, The Line Number Program Header). */
export interface LineProgramHeader {
    /** Where it begins in `.debug_line`. */
    readonly position: number;
    readonly end: number;
    readonly programPosition: number;
    readonly version: number;
    readonly addressSize: number;
    readonly minimumInstructionBytes: number;
    readonly maximumOperations: number;
    readonly defaultIsStatement: boolean;
    readonly lineBase: number;
    readonly lineRange: number;
    readonly opcodeBase: number;
    readonly standardOpcodeLengths: readonly number[];
    /** By the number that rows use; in versions before 5, number 0 is the compilation directory. */
    readonly directories: readonly (string | undefined)[];
    /** By the number that rows use; before version 5 they count from 1. */
    readonly files: readonly (LineFile | undefined)[];
    /** DW_LNE_define_file: adds the file that stands at the reader. */
    defineFile(reader: SectionReader): void;
}
/** What the unit tells the header: the size of addresses before version 5, and its string tables. */
export interface LineProgramUnit {
    readonly addressSize: number;
    stringAtIndex(index: number): string | undefined;
}
/** Reads the header at `position` of `.debug_line`; `undefined` with a problem if it is not usable. */
export declare function readLineProgramHeader(sections: DwarfSections, position: number, unit: LineProgramUnit): LineProgramHeader | undefined;
