import { type LineProgramUnit } from '../dwarf/lineProgramHeader.js';
import type { DwarfSections } from '../dwarf/sections.js';
import { type SourceFiles } from './sourceFiles.js';
import type { LineRow, SourceFile } from './sourceLine.js';
/** The line table of one unit: header on construction, rows on first use. */
export declare class LineTable {
    #private;
    readonly sections: DwarfSections;
    readonly name: string;
    readonly directory: string;
    readonly sourceFiles: SourceFiles;
    /** Reads the table at `position` of `.debug_line`. `name` and `directory` are the unit's own, for what the table leaves out. */
    constructor(sections: DwarfSections, position: number | undefined, unit: LineProgramUnit, name: string, directory: string, sourceFiles: SourceFiles);
    /** Paths of the files by the number that rows and DW_AT_decl_file use. */
    file(number: number): SourceFile;
    get files(): readonly SourceFile[];
    /** All rows by address, in the program's order among equal ones, each with its end. */
    get rows(): readonly LineRow[];
}
/** The index of the first row whose address is above `address`. */
export declare function upperBound(rows: readonly LineRow[], address: bigint): number;
/** The row for the instruction at `address`: of several that begin there, the last, which is the only one with a size. */
export declare function rowAt(rows: readonly LineRow[], address: bigint): LineRow | undefined;
