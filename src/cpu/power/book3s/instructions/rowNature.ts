// SPDX-License-Identifier: MIT
import type { InstructionRow } from '../../../decode/row.js';
import { BRANCHES } from '../../common/instructions/branches.js';
import { CONDITION_REGISTER_LOGICAL } from '../../common/instructions/conditionRegisterLogical.js';
import { FIXED_POINT_ARITHMETIC } from '../../common/instructions/fixedPointArithmetic.js';
import { FIXED_POINT_COMPARE } from '../../common/instructions/fixedPointCompare.js';
import { FIXED_POINT_LOADS_AND_STORES } from '../../common/instructions/fixedPointLoadsAndStores.js';
import { FIXED_POINT_LOGICAL } from '../../common/instructions/fixedPointLogical.js';
import { ROTATE_AND_SHIFT } from '../../common/instructions/rotateAndShift.js';

const BRANCH_NAMES = /^(b|ba|bl|bla|bc|bca|bclr|bcctr|bctar)( |$)/;
/** How the names of all rows with storage operands begin. */
const STORAGE_NAMES = /^(l|st|dc|ic)/;

/** Whether MSR[BE] traces the instructions of `row`. */
export const isBranch = (row: InstructionRow): boolean => BRANCH_NAMES.test(row.name);
/** Whether the instructions of `row` may have an operand in storage. */
export const mayAccessStorage = (row: InstructionRow): boolean => STORAGE_NAMES.test(row.name);

/** Among the rows below: system calls, traps, the form of bcctr that is invalid, and what FSCR may withhold. */
const MAY_INTERRUPT = /^(sc|scv|tw|twi|td|tdi|bcctr \(counter.*|bctar.*)$/;

const NAMES: ReadonlySet<string> = new Set(
  [
    ...BRANCHES,
    ...CONDITION_REGISTER_LOGICAL,
    ...FIXED_POINT_ARITHMETIC,
    ...FIXED_POINT_COMPARE,
    ...FIXED_POINT_LOGICAL,
    ...ROTATE_AND_SHIFT,
  ].flatMap(({ name }) => (MAY_INTERRUPT.test(name) ? [] : [name])),
);

/**
 * Whether an instruction of `row`, once fetched, completes on every model: it changes nothing but general registers, CR, XER, LR, CTR and where the
 * program goes on. What came with a later version is illegal on some models.
 */
export const isRegisterOnly = (row: InstructionRow): boolean => NAMES.has(row.name) && row.feature({}) === undefined;

const ACCESS_NAMES: ReadonlySet<string> = new Set(FIXED_POINT_LOADS_AND_STORES.map(({ name }) => name));

/** Whether the instructions of `row` are loads and stores of general registers: they need no facility that can be unavailable. */
export const isFixedPointAccess = (row: InstructionRow): boolean => ACCESS_NAMES.has(row.name);
