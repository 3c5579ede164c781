// SPDX-License-Identifier: MIT
import { buildDecoder, type Decoder } from '../decode/decisionTree.js';
import { fieldsOf, instruction } from '../decode/row.js';
import type { InstructionSet } from '../interpreter/interpreter.js';
import type { CpuModel } from './cpuModels.js';
import { featuresOf } from './features.js';
import { FREQUENT_SEQUENCES } from './frequentSequences.generated.js';
import { A64_ROWS } from './instructions/index.js';
import { A64_ROUTINES } from './instructions/routines.js';
import { FLAGS_A_SLOT, FLAGS_B_SLOT, FLAGS_KIND_SLOT } from './registers/stateLayout.js';

/** What a word means that no row matches: the Undefined Instruction exception. */
const undefinedRow = instruction('UNDEFINED', 'word:32', {
  operands: () => ({}),
  execute: e => e.leave('UNDEFINED', e.constant(0n)),
  assembly: ({ word }) => ['.inst', `0x${word.toString(16).padStart(8, '0')}`],
});

/** A64 as the interpreter and its generator take it: all features. */
export const AARCH64_INSTRUCTION_SET: InstructionSet = {
  rows: [...A64_ROWS, undefinedRow],
  decode: buildDecoder(A64_ROWS),
  undefinedRow,
  routines: A64_ROUTINES,
  instructionEndianness: 'little',
  frequentSequences: FREQUENT_SEQUENCES,
  unnamedSlots: [FLAGS_KIND_SLOT, FLAGS_A_SLOT, FLAGS_B_SLOT],
};

/** A64 as a core of `model` has it: what needs a feature that it has not is UNDEFINED. The rows, and so the generated interpreter, are the same. */
export function aarch64InstructionSet(model: CpuModel): InstructionSet {
  const features = featuresOf(model);
  const decode: Decoder = word => {
    const row = AARCH64_INSTRUCTION_SET.decode(word);
    const feature = row?.feature(fieldsOf(row.encoding, word));
    return feature === undefined || features.has(feature) ? row : undefined;
  };
  return { ...AARCH64_INSTRUCTION_SET, decode };
}
