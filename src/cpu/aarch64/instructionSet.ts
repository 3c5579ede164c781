// SPDX-License-Identifier: MIT
import { buildDecoder } from '../decode/decisionTree.js';
import { instruction } from '../decode/row.js';
import type { InstructionSet } from '../interpreter/interpreter.js';
import { A64_ROWS } from './instructions/index.js';
import { A64_ROUTINES } from './instructions/routines.js';

/** What a word means that no row matches: the Undefined Instruction exception. */
const undefinedRow = instruction('UNDEFINED', 'word:32', {
  operands: () => ({}),
  execute: e => e.leave('UNDEFINED', e.constant(0n)),
  assembly: ({ word }) => ['.inst', `0x${word.toString(16).padStart(8, '0')}`],
});

/** A64 as the interpreter and its generator take it. */
export const AARCH64_INSTRUCTION_SET: InstructionSet = {
  rows: [...A64_ROWS, undefinedRow],
  decode: buildDecoder(A64_ROWS),
  undefinedRow,
  routines: A64_ROUTINES,
};
