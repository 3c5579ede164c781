// SPDX-License-Identifier: MIT
import type { InstructionRow } from '../../decode/row.js';
import { ATOMICS } from './atomics.js';
import { BRANCHES_AND_EXCEPTIONS } from './branches.js';
import { DATA_PROCESSING_IMMEDIATE } from './dataProcessingImmediate.js';
import { DATA_PROCESSING_REGISTER } from './dataProcessingRegister.js';
import { FLOATING_POINT_AND_SIMD } from './floatingPoint.js';
import { LOADS_AND_STORES } from './loadsAndStores.js';
import { SYSTEM } from './system.js';

/**
 * All rows of A64, in the order of the groups of Arm DDI 0487, A64 instruction set encoding: what Armv8.0
 * allocates, LSE atomics, LOR and CRC32. A word without a row is UNDEFINED.
 */
export const A64_ROWS: readonly InstructionRow[] = [
  ...DATA_PROCESSING_IMMEDIATE,
  ...BRANCHES_AND_EXCEPTIONS,
  ...SYSTEM,
  ...LOADS_AND_STORES,
  ...ATOMICS,
  ...DATA_PROCESSING_REGISTER,
  ...FLOATING_POINT_AND_SIMD,
];
