// SPDX-License-Identifier: MIT
import { isStoreExclusive } from './inputs.js';
import { differences, type RunInput, type RunOutcome, SLOT_END, STATE_SP } from './observation.js';

/** Where QEMU 7.2 does something else than the architecture says, or makes a choice that the architecture leaves open and that is not ours. */
export interface Deviation {
  readonly name: string;
  readonly reason: string;
  /** Which words it concerns, by the encodings of Arm DDI 0487. */
  readonly concerns: (word: number) => boolean;
  /** `expected` as it would be without the deviation; itself if it does not apply. */
  readonly corrected: (expected: RunOutcome, input: RunInput) => RunOutcome;
}

const AR = 1;
const LAST_ADDRESS = 2n ** 64n - 1n;
const isPairStore = (word: number): boolean => ((word >>> 27) & 0b111) === 0b101 && ((word >>> 26) & 1) === 0 && ((word >>> 22) & 1) === 0;
const isLimitedOrdering = (word: number): boolean => (word & 0x3fa0_8000) === 0x0880_0000;

/** All known ones. One that no vector needs any more makes a test fail. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    name: 'half a pair is stored',
    reason: 'STP whose second element faults has already stored the first one; here an instruction that faults has changed nothing.',
    concerns: isPairStore,
    corrected: expected => (expected.ending.kind === 'memory' && expected.changes.length > 0 ? { ...expected, changes: [] } : expected),
  },
  {
    name: 'LDLAR and STLLR without AR',
    reason: 'ISS.AR is 1 for every acquire and release, but QEMU takes it from bit 15, which limited ordering clears.',
    concerns: isLimitedOrdering,
    corrected: expected => {
      const { ending } = expected;
      if (ending.kind !== 'memory' || ending.syndrome === undefined || ending.syndrome === 0) return expected;
      return { ...expected, ending: { ...ending, syndrome: ending.syndrome | AR } };
    },
  },
  {
    name: 'an exclusive store to the last address',
    reason:
      'QEMU notes "no exclusive access is pending" as address 2^64 - 1, so that a store there passes without any load; it must fail with status 1.',
    concerns: isStoreExclusive,
    corrected: (expected, { words, state }) => {
      const { ending } = expected;
      if (ending.kind !== 'memory' || ending.address !== LAST_ADDRESS || words.length > 1) return expected;
      const status = ((words[0] ?? 0) >>> 16) & 31;
      const failed = state.slice();
      if (status < STATE_SP) failed[status] = 1n;
      return { ending: { kind: 'retired', pc: SLOT_END }, state: failed, changes: [] };
    },
  },
];

/** What differs after the known deviations, and which of them were needed for that. */
export function differencesFromQemu(
  input: RunInput,
  expected: RunOutcome,
  actual: RunOutcome,
): { readonly found: readonly string[]; readonly used: readonly Deviation[] } {
  const found = differences(expected, actual);
  if (found.length === 0) return { found, used: [] };
  const word = input.words.at(-1) ?? 0;
  for (const deviation of DEVIATIONS) {
    if (!deviation.concerns(word)) continue;
    if (differences(deviation.corrected(expected, input), actual).length === 0) return { found: [], used: [deviation] };
  }
  return { found, used: [] };
}
