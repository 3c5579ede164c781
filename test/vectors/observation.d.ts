/**
 * What one run of one to four instruction words is: what it starts from and what came of it. QEMU
 * and the printers both answer in these terms.
 *
 *   0x5000_0000 ┌──────────────┐ window: 64 KiB of memory, the only addresses that can be loaded and stored
 *   0x5002_0ff0 ├──────────────┤ up to four words; they end at the page's end, and nothing else there is code
 *   0x5003_0000 ├──────────────┤ QEMU only: vectors of EL1
 *               └──────────────┘
 */
export declare const WINDOW = 1342177280n;
export declare const WINDOW_BYTES = 65536;
export declare const SLOT_PAGE = 1342308352n;
export declare const PAGE_BYTES = 4096;
export declare const SLOT_END: bigint;
/** Address of the last word of every run. */
export declare const SLOT: bigint;
export declare const EL1_VECTORS = 1342373888n;
export declare const MAXIMUM_WORDS = 4;
/** X0 to X30, SP and NZCV in bits 31:28 as SPSR_ELx holds it. */
export declare const STATE_WORDS = 33;
export declare const STATE_SP = 31;
export declare const STATE_NZCV = 32;
/** What a run starts from. */
export interface RunInput {
    /** One to four instruction words, run in order; the last one is what the run is about. */
    readonly words: readonly number[];
    readonly state: BigUint64Array;
}
/** How a run ended. A run that does not retire leaves the pc at the word in question. */
export type Ending = {
    readonly kind: 'retired';
    readonly pc: bigint;
} | {
    readonly kind: 'undefined';
} | {
    readonly kind: 'memory';
    readonly address: bigint;
    readonly isWrite: boolean;
    readonly isAlignment: boolean;
    /** ISS[24:14] of the data abort where QEMU took it to EL2, otherwise not known. */
    readonly syndrome?: number;
} | {
    readonly kind: 'exception';
    readonly class: number;
    readonly syndrome: number;
}
/** A printer only: the word left to a routine, or stopped in a way that has no name here. */
 | {
    readonly kind: 'left';
    readonly routine: string;
    readonly payload: bigint;
};
/** A 64-bit word of the window that is not as it was. */
export interface Change {
    /** Byte offset in the window, a multiple of 8. */
    readonly offset: number;
    readonly content: bigint;
}
/** What came of a run. */
export interface RunOutcome {
    readonly ending: Ending;
    readonly state: BigUint64Array;
    /** Ascending by offset. */
    readonly changes: readonly Change[];
}
/** Something that runs inputs. */
export interface Subject {
    readonly name: string;
    run(input: RunInput): RunOutcome;
}
/** Name of a word of the state. */
export declare const stateName: (index: number) => string;
/** `ending` in words. */
export declare function describeEnding(ending: Ending): string;
/** What differs between two outcomes, a sentence each; empty if they agree. A syndrome is compared if both know it. */
export declare function differences(expected: RunOutcome, actual: RunOutcome): readonly string[];
/** `input` in words, for a failing test: the words, and of the state what is not zero. */
export declare function describeInput({ words, state }: RunInput): string;
