import type { VirtualAddress } from '../../base/index.js';
/** A source file that the line tables name. One object for each path, so files may be compared by identity. */
export interface SourceFile {
    /** Compilation directory, include directory and name joined and normalised, with `/` between; absolute if the compiler said so. */
    readonly path: string;
    /** MD5 of the file in lower-case hexadecimal, if DWARF 5 tells it. */
    readonly md5: string | undefined;
}
/** A place in a source file. */
export interface SourcePosition {
    readonly file: SourceFile;
    /** From 1; 0 means that the code belongs to no line. */
    readonly line: number;
    /** From 1; 0 means the whole line. */
    readonly column: number;
}
/** A row of a line table: the instructions in [address, endAddress) come from this place. */
export interface LineRow extends SourcePosition {
    readonly address: VirtualAddress;
    /** Where the next row begins. Equal to `address` if a later row describes the same instruction. */
    readonly endAddress: VirtualAddress;
    /** A recommended place for a breakpoint on the line. */
    readonly isStatement: boolean;
    readonly isBasicBlock: boolean;
    /** The function's arguments are in place here. */
    readonly isPrologueEnd: boolean;
    readonly isEpilogueBegin: boolean;
    readonly discriminator: number;
    readonly isa: number;
}
