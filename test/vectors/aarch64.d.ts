import type { InstructionRow } from '../../src/cpu/decode/row.js';
import { type Variant } from '../../src/cpu/decode/variants.js';
import { type RowInputs } from './inputs.js';
/** Vectors recorded for each variant of a row. */
export declare const VECTORS_PER_VARIANT = 64;
/** The recording, relative to the project's root. */
export declare const RECORDING_PATH = "test/vectors/aarch64/vectors.br";
export declare const decodeA64: import("../../src/cpu/decode/decisionTree.js").Decoder;
/** The variants of `row` that QEMU can be asked about: implemented, and not handed to a routine. */
export declare const observableVariants: (row: InstructionRow) => readonly Variant[];
/** The rows of which vectors are recorded. */
export declare const OBSERVABLE_ROWS: readonly InstructionRow[];
/** The inputs of the vectors of `row`. */
export declare const vectorInputs: (row: InstructionRow) => RowInputs;
