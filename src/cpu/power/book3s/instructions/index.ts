// SPDX-License-Identifier: MIT
import { BRANCHES } from '../../common/instructions/branches.js';
import { CONDITION_REGISTER_LOGICAL } from '../../common/instructions/conditionRegisterLogical.js';
import { FIXED_POINT_ARITHMETIC } from '../../common/instructions/fixedPointArithmetic.js';
import { FIXED_POINT_COMPARE } from '../../common/instructions/fixedPointCompare.js';
import { FIXED_POINT_LOADS_AND_STORES } from '../../common/instructions/fixedPointLoadsAndStores.js';
import { FIXED_POINT_LOGICAL } from '../../common/instructions/fixedPointLogical.js';
import { FLOATING_POINT_STORAGE } from '../../common/instructions/floatingPointStorage.js';
import { MOVE_REGISTERS } from '../../common/instructions/moveRegisters.js';
import type { PowerRow } from '../../common/instructions/power.js';
import { ROTATE_AND_SHIFT } from '../../common/instructions/rotateAndShift.js';
import { STORAGE_CONTROL } from '../../common/instructions/storageControl.js';
import { OTHER } from './otherEncodings.js';
import { QUADWORDS } from './quadword.js';
import { SYSTEM_INSTRUCTIONS } from './system.js';
import { VECTOR } from './vector.js';
import { VECTOR_SCALAR } from './vectorScalar.js';

/** All rows of a server processor of Power ISA 2.07 or 3.0, in the order of the books. A word without a row is illegal. */
export const BOOK3S_ROWS: readonly PowerRow[] = [
  ...BRANCHES,
  ...CONDITION_REGISTER_LOGICAL,
  ...FIXED_POINT_LOADS_AND_STORES,
  ...QUADWORDS,
  ...FIXED_POINT_ARITHMETIC,
  ...FIXED_POINT_COMPARE,
  ...FIXED_POINT_LOGICAL,
  ...ROTATE_AND_SHIFT,
  ...MOVE_REGISTERS,
  ...STORAGE_CONTROL,
  ...FLOATING_POINT_STORAGE,
  ...VECTOR,
  ...VECTOR_SCALAR,
  ...SYSTEM_INSTRUCTIONS,
  ...OTHER,
];
