// SPDX-License-Identifier: MIT
import { POWER_CPU_MODELS, xerMaskOf } from '../../../src/cpu/power/book3s/cpuModels.js';
import type { RecordedModel } from './inputs.js';
import { type PowerInput, type PowerOutcome, powerDifferences, SLOT_END, STATE } from './observation.js';

/** Where QEMU does something else than the Power ISA says, or makes a choice that the book leaves open and that is not ours. */
export interface PowerDeviation {
  readonly name: string;
  readonly reason: string;
  readonly concerns: (word: number) => boolean;
  /** `expected` as it would be without the deviation; itself if it does not apply. */
  readonly corrected: (expected: PowerOutcome, input: PowerInput, model: RecordedModel) => PowerOutcome;
}

const field = (word: number, first: number, last: number): number => (word >>> (31 - last)) & (2 ** (last - first + 1) - 1);
const isDivde = (word: number): boolean => field(word, 0, 5) === 31 && field(word, 22, 30) === 425;
const [OV, OV32, SO] = [1n << 30n, 1n << 19n, 1n << 31n];
const SMALLEST = -(2n ** 63n);
const CR0 = { shift: 28n, EQ: 2n } as const;

/** stq, stxv, and stxvd2x with its kin. */
const isQuadwordStore = (word: number): boolean =>
  (field(word, 0, 5) === 62 && field(word, 30, 31) === 2) ||
  (field(word, 0, 5) === 61 && field(word, 29, 31) === 5) ||
  (field(word, 0, 5) === 31 && [972, 908, 940, 1004, 396].includes(field(word, 21, 30)));

/** lq (QEMU 7.2), lxv, and lxvd2x with its kin. */
const isQuadwordLoad = (word: number): boolean =>
  field(word, 0, 5) === 56 ||
  (field(word, 0, 5) === 61 && field(word, 29, 31) === 1) ||
  (field(word, 0, 5) === 31 && [844, 780, 812, 876, 268, 300].includes(field(word, 21, 30)));

/** divde whose quotient has more than 63 bits, as the book has it, with RT as we have chosen. */
function divdeOutOfRange(expected: PowerOutcome, { words, state }: PowerInput, model: RecordedModel): PowerOutcome {
  const word = words.at(-1) ?? 0;
  const [RT, RA, RB] = [field(word, 6, 10), field(word, 11, 15), field(word, 16, 20)];
  const divisor = BigInt.asIntN(64, state[RB] ?? 0n);
  if (divisor === 0n) return expected;
  const quotient = (BigInt.asIntN(64, state[RA] ?? 0n) << 64n) / divisor;
  if (quotient >= SMALLEST && quotient < -SMALLEST) return expected;
  const corrected = state.slice();
  corrected[RT] = 0n;
  const isReported = field(word, 21, 21) === 1;
  const XER = ((state[STATE.XER] ?? 0n) | (isReported ? SO | OV | OV32 : 0n)) & xerMaskOf(POWER_CPU_MODELS[model]);
  corrected[STATE.XER] = XER;
  if (field(word, 31, 31) === 1) {
    const CR = (state[STATE.CR] ?? 0n) & 0x0fff_ffffn;
    corrected[STATE.CR] = CR | ((CR0.EQ | (XER >> 31n)) << CR0.shift);
  }
  return { ending: { kind: 'retired', pc: SLOT_END }, state: corrected, changes: [] };
}

const LAST_ADDRESS = 2n ** 64n - 1n;
const OPCODE_31 = 31;
/** Extended opcodes of stbcx., sthcx., stwcx., stdcx. and stqcx. */
const STORE_CONDITIONALS = [694, 726, 150, 214, 182];

/** Those that a random comparison meets, but too rarely for the recorded vectors. */
export const RARE_DEVIATIONS: readonly PowerDeviation[] = [
  {
    name: 'a store conditional to the last address',
    reason:
      'QEMU notes "no reservation" as address 2^64 - 1 and stores there, misaligned or to no memory; without a reservation it must not.',
    concerns: word => field(word, 0, 5) === OPCODE_31 && STORE_CONDITIONALS.includes(field(word, 21, 30)),
    corrected: (expected, { words, state }) => {
      const word = words.at(-1) ?? 0;
      const RA = field(word, 11, 15);
      const EA = BigInt.asUintN(64, (RA === 0 ? 0n : (state[RA] ?? 0n)) + (state[field(word, 16, 20)] ?? 0n));
      const hasTried = expected.ending.kind === 'alignment' || expected.ending.kind === 'memory';
      if (!hasTried || EA !== LAST_ADDRESS || words.length > 1) return expected;
      const failed = state.slice();
      failed[STATE.CR] = ((state[STATE.CR] ?? 0n) & 0x0fff_ffffn) | (((state[STATE.XER] ?? 0n) >> 31n) << CR0.shift);
      return { ending: { kind: 'retired', pc: SLOT_END }, state: failed, changes: [] };
    },
  },
];

/** All known ones that the recorded vectors meet. One that no vector needs any more makes a test fail. */
export const POWER_DEVIATIONS: readonly PowerDeviation[] = [
  {
    name: 'half a quadword is stored',
    reason:
      'A store of a quadword of which one half faults has already stored the other one; here an instruction that faults has changed nothing.',
    concerns: isQuadwordStore,
    corrected: expected => (expected.ending.kind === 'memory' && expected.changes.length > 0 ? { ...expected, changes: [] } : expected),
  },
  {
    name: 'half a quadword is loaded',
    reason:
      'A load of a quadword of which one half faults has already written the other one; here an instruction that faults has changed nothing.',
    concerns: isQuadwordLoad,
    corrected: (expected, { state }) => (expected.ending.kind === 'memory' ? { ...expected, state } : expected),
  },
  {
    name: 'divde of more than 63 bits',
    reason: 'QEMU sees an overflow only where the unsigned quotient has more than 64 bits, and otherwise leaves what fits of it in RT.',
    concerns: isDivde,
    corrected: divdeOutOfRange,
  },
  {
    name: 'xxspltib on a processor of version 2.07',
    reason: 'QEMU does not ask whether the processor has the instruction, which came with version 3.0.',
    concerns: word => field(word, 0, 5) === 60 && field(word, 11, 12) === 0 && field(word, 21, 30) === 360,
    corrected: (expected, { state }, model) => (model === 'power8' ? { ending: { kind: 'illegal' }, state, changes: [] } : expected),
  },
];

/** What differs after the known deviations, and which of them were needed for that. */
export function differencesFromQemuPower(
  input: PowerInput,
  expected: PowerOutcome,
  actual: PowerOutcome,
  model: RecordedModel = 'power9',
): { readonly found: readonly string[]; readonly used: readonly PowerDeviation[] } {
  const found = powerDifferences(expected, actual);
  if (found.length === 0) return { found, used: [] };
  const word = input.words.at(-1) ?? 0;
  for (const deviation of [...POWER_DEVIATIONS, ...RARE_DEVIATIONS]) {
    if (!deviation.concerns(word)) continue;
    if (powerDifferences(deviation.corrected(expected, input, model), actual).length === 0) return { found: [], used: [deviation] };
  }
  return { found, used: [] };
}
