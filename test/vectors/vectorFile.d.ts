import { type RunInput, type RunOutcome } from './observation.js';
/**
 * The recording: for each row a hash of its inputs and the outcomes as differences from them. The
 * inputs themselves are made again by `inputs.ts`. Brotli around: length of the index (32 bits), the
 * index in JSON, then the outcomes, row after row, little endian:
 *
 *   head      0 not simply retired to the next word, 1 NZCV changed, 2 memory changed, 7..3 number of registers changed
 *   ending    if head bit 0: kind, then by kind pc | nothing | address, flags, syndrome | class, syndrome
 *   NZCV      8 bits
 *   registers number (8 bits) and content (64)
 *   memory    count (8 bits), then for each 64-bit word its number (16) and content (64)
 */
export interface RowRecording {
    readonly name: string;
    readonly hash: string;
    readonly count: number;
    /** The outcomes of the row, to be given to `decodeOutcomes` with its inputs. */
    readonly bytes: Uint8Array;
}
/** A whole recording and what it was recorded from. */
export interface Recording {
    readonly source: string;
    readonly rows: readonly RowRecording[];
}
/** `outcomes` of `inputs`, packed. */
export declare function encodeOutcomes(inputs: readonly RunInput[], outcomes: readonly RunOutcome[]): Uint8Array;
/** The outcomes in `bytes`, which `encodeOutcomes` made from the same inputs. */
export declare function decodeOutcomes(inputs: readonly RunInput[], bytes: Uint8Array): readonly RunOutcome[];
/** The file of `recording`. */
export declare function writeRecording({ source, rows }: Recording): Uint8Array;
/** The recording in `file`, which `writeRecording` made. */
export declare function readRecording(file: Uint8Array): Recording;
