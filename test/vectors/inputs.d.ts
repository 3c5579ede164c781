import type { Decoder } from '../../src/cpu/decode/decisionTree.js';
import { type InstructionRow } from '../../src/cpu/decode/row.js';
import type { Variant } from '../../src/cpu/decode/variants.js';
import { type RunInput } from './observation.js';
import { Random } from './random.js';
/** To be raised whenever this file makes other inputs; a recording knows with which version it was made. */
export declare const GENERATOR_VERSION = 1;
/** The window as every run finds it: interesting numbers and random ones, in 64-bit words. */
export declare const WINDOW_CONTENT: BigUint64Array;
/**
 * Whether `word` needs more than registers and memory: exception generation, exception return and the system
 * instructions other than the hints that do nothing and the barriers. These hand over to a routine.
 */
export declare function isSystemWork(word: number): boolean;
/** Which registers `word` needs to hold something in particular, by number (31: SP); what makes most runs reach memory or code. */
export declare function preparedRegisters(random: Random, word: number): ReadonlyMap<number, bigint>;
/** Words to run before `word` so that it can do what it is for: a store-exclusive wants its load-exclusive. */
export declare function preludeOf(random: Random, word: number): readonly number[];
/** One run of an allocated word of `variant`; `undefined` if hardly any word of it is allocated. */
export declare function anyInput(random: Random, variant: Variant, decode: Decoder): RunInput | undefined;
/** The inputs of all variants of a row, and a hash of what they follow from. */
export interface RowInputs {
    readonly inputs: readonly RunInput[];
    /** Of the row's name and pattern, the generator's version and every input. */
    readonly hash: string;
}
/** `count` inputs for each of `variants`, which are those of one row. The same on every machine. */
export declare function inputsOf(row: InstructionRow, variants: readonly Variant[], count: number, decode: Decoder): RowInputs;
