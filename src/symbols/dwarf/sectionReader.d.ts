import { ByteReader, type Endianness } from '../../base/index.js';
/** The length that begins a unit, and the format it selects. */
export interface InitialLength {
    /** Size of section offsets in the unit, in bytes. */
    readonly offsetSize: 4 | 8;
    /** Where the unit ends in its section; not past the section's end. */
    readonly end: number;
    /** Whether the length pointed past the section's end. */
    readonly isTruncated: boolean;
}
/** Reads a DWARF section. Adds the standard's own kinds of number to `ByteReader`, and small numbers as `number`. */
export declare class SectionReader extends ByteReader {
    #private;
    /** Reads from `position` up to `end` of `bytes`; offsets stay those of the section. */
    constructor(bytes: Uint8Array, endianness: Endianness, position?: number, end?: number);
    uleb(): bigint;
    sleb(): bigint;
    /** An unsigned LEB128 number that should be small: an index, a count, a length. Above 2^53 it is cut to the largest safe integer. */
    ulebNumber(): number;
    /** A signed LEB128 number that should be small. */
    slebNumber(): number;
    /** Passes over a LEB128 number. */
    skipLeb(): void;
    /** Three bytes (DW_FORM_strx3, DW_FORM_addrx3). */
    u24(): number;
    /** An unsigned number of `size` bytes as an offset or index; above 2^53 it is cut to the largest safe integer. */
    offset(size: number): number;
    /** The length at the start of a unit; `undefined` if it is reserved or the section ends inside it. */
    initialLength(): InitialLength | undefined;
}
