// SPDX-License-Identifier: MIT
import { CONDITIONAL_REGISTER } from './conditionalRegister.js';
import { LOGICAL_AND_ARITHMETIC_REGISTER } from './logicalAndArithmeticRegister.js';
import { ONE_TO_THREE_SOURCES } from './oneToThreeSources.js';

/** Arm DDI 0487, Data Processing -- Register. */
export const DATA_PROCESSING_REGISTER = [...LOGICAL_AND_ARITHMETIC_REGISTER, ...CONDITIONAL_REGISTER, ...ONE_TO_THREE_SOURCES];
