// SPDX-License-Identifier: MIT
import { A64_ROWS } from '../../src/cpu/aarch64/instructions/index.js';
import { buildDecoder } from '../../src/cpu/decode/decisionTree.js';
import { variantsOf } from '../../src/cpu/decode/variants.js';
import { inputsOf, isSystemWork } from './inputs.js';
/** Vectors recorded for each variant of a row. */
export const VECTORS_PER_VARIANT = 64;
/** The recording, relative to the project's root. */
export const RECORDING_PATH = 'test/vectors/aarch64/vectors.br';
export const decodeA64 = buildDecoder(A64_ROWS);
/** The variants of `row` that QEMU can be asked about: implemented, and not handed to a routine. */
export const observableVariants = (row) => row.support.kind === 'implemented' ? variantsOf(row).filter(variant => !isSystemWork(variant.word)) : [];
/** The rows of which vectors are recorded. */
export const OBSERVABLE_ROWS = A64_ROWS.filter(row => observableVariants(row).length > 0);
/** The inputs of the vectors of `row`. */
export const vectorInputs = (row) => inputsOf(row, observableVariants(row), VECTORS_PER_VARIANT, decodeA64);
//# sourceMappingURL=aarch64.js.map