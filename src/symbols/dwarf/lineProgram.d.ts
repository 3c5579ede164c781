import type { LineProgramHeader } from './lineProgramHeader.js';
import type { DwarfSections } from './sections.js';
/** Flags of a row, as the state machine's registers name them. */
export declare const LINE_ROW_FLAG: {
    readonly is_stmt: 1;
    readonly basic_block: 2;
    readonly end_sequence: 4;
    readonly prologue_end: 8;
    readonly epilogue_begin: 16;
};
/** Rows as the line number program appends them, column by column. `file` is the program's own number. */
export declare class LineMatrix {
    readonly address: bigint[];
    readonly file: number[];
    readonly line: number[];
    readonly column: number[];
    readonly flags: number[];
    readonly discriminator: number[];
    readonly isa: number[];
    get length(): number;
}
/** Runs the line number program of `header` (DWARF, The Line Number Program). Rows of unfinished sequences are dropped. */
export declare function runLineProgram(sections: DwarfSections, header: LineProgramHeader): LineMatrix;
