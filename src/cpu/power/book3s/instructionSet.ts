// SPDX-License-Identifier: MIT
import { buildDecoder, type Decoder } from '../../decode/decisionTree.js';
import { type Fields, fieldsOf, type InstructionRow, instruction } from '../../decode/row.js';
import type { InstructionSet } from '../../interpreter/interpreter.js';
import type { ComputationMode } from '../common/instructions/pseudocode.js';
import { POWER_ROUTINES, type PowerRoutine } from '../common/instructions/routines.js';
import type { PowerCpuModel } from './cpuModels.js';
import { FREQUENT_SEQUENCES } from './frequentSequences.generated.js';
import { BOOK3S_ROWS } from './instructions/index.js';
import { isRareVariant } from './rareVariants.js';

/** What a word means that no row matches. */
const illegalRow = instruction('illegal', 'word:32', {
  operands: () => ({}),
  execute: e => e.leave('illegal' satisfies PowerRoutine, e.constant(0n)),
  assembly: ({ word }) => ['.long', `0x${word.toString(16)}`],
});

/** The computation modes, each with the name of its module. See docs/decisions/0009-power-modes-are-modules.md. */
export const POWER_MODES = {
  ppc64: { is64Bit: true, endianness: 'big' },
  ppc64le: { is64Bit: true, endianness: 'little' },
  ppc32: { is64Bit: false, endianness: 'big' },
  ppc32le: { is64Bit: false, endianness: 'little' },
} as const satisfies Readonly<Record<string, ComputationMode>>;
/** Name of a computation mode. */
export type PowerModeName = keyof typeof POWER_MODES;
/** The modes by their number in an engine: 2 if MSR[SF] is 0, and 1 more if MSR[LE] is 1. */
export const POWER_MODE_NAMES = ['ppc64', 'ppc64le', 'ppc32', 'ppc32le'] as const satisfies readonly PowerModeName[];

/** An instruction set that says how its module is printed. */
export interface PowerInstructionSet extends InstructionSet {
  readonly dataEndianness: ComputationMode['endianness'];
  readonly hasUnalignedAccesses: true;
}

// Rows are constants: what is made of them for a mode once stays so.
const made = new Map<PowerModeName, PowerInstructionSet>();

/** The server processors' instructions in `mode`, of all issues: what the interpreter and its generator take. */
export function book3sInstructionSet(mode: PowerModeName): PowerInstructionSet {
  const known = made.get(mode);
  if (known !== undefined) return known;
  const rows: readonly InstructionRow[] = BOOK3S_ROWS.map(row => ({
    ...row.inMode(POWER_MODES[mode]),
    isRare: (control: Fields) => isRareVariant(row.name, control),
  }));
  const { endianness } = POWER_MODES[mode];
  const set: PowerInstructionSet = {
    rows: [...rows, illegalRow],
    decode: buildDecoder(rows),
    undefinedRow: illegalRow,
    routines: POWER_ROUTINES,
    instructionEndianness: endianness,
    dataEndianness: endianness,
    hasUnalignedAccesses: true,
    frequentSequences: FREQUENT_SEQUENCES,
  };
  made.set(mode, set);
  return set;
}

/** The same as a core of `model` has it: what came with a later issue is illegal. */
export function powerInstructionSet(model: PowerCpuModel, mode: PowerModeName): PowerInstructionSet {
  const set = book3sInstructionSet(mode);
  if (model.version === 'v3.0') return set;
  const decode: Decoder = word => {
    const row = set.decode(word);
    return row?.feature(fieldsOf(row.encoding, word)) === undefined ? row : undefined;
  };
  return { ...set, decode };
}
