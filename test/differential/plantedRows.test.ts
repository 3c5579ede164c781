// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { InstructionRow } from '../../src/cpu/decode/row.js';
import { OBSERVABLE_ROWS, RECORDING_PATH, VECTORS_PER_VARIANT, vectorInputs } from '../vectors/aarch64.js';
import { differencesFromQemu } from '../vectors/deviations.js';
import { type Mutation, mutated, plantedDecoder, plantedRow } from '../vectors/plantedRow.js';
import { ReferenceSubject } from '../vectors/referenceSubject.js';
import { decodeOutcomes, readRecording } from '../vectors/vectorFile.js';

const recordings = new Map(
  readRecording(readFileSync(join(import.meta.dirname, '../../..', RECORDING_PATH))).rows.map(row => [row.name, row]),
);
const vectors = new Map(
  OBSERVABLE_ROWS.map(row => {
    const { inputs } = vectorInputs(row);
    const outcomes = decodeOutcomes(inputs, recordings.get(row.name)?.bytes ?? new Uint8Array());
    return [row.name, inputs.map((input, n) => [input, outcomes[n]] as const)];
  }),
);

/** Whether some vector shows that `row` is wrong; `stride` 64 looks at one of each variant. */
function isCaught(row: InstructionRow, stride = 1): boolean {
  const subject = new ReferenceSubject(plantedDecoder(row));
  return (vectors.get(row.name) ?? []).some(([input, expected], n) => {
    if (n % stride !== 0) return false;
    if (expected === undefined) return false;
    try {
      return differencesFromQemu(input, expected, subject.run(input)).found.length > 0;
    } catch {
      // A mutation may break a rule that the printer checks; then it need not be caught by results.
      return true;
    }
  });
}

test('ST-VEC-006 the vectors of ADC and SBC find a row that ignores the carry', () => {
  assert.ok(isCaught(plantedRow()));
});

/** `value`, after the use has been counted. */
const counted = <T>(_use: void, value: T): T => value;

/** One wrong computation each; `count` is raised whenever the wrong one is used. */
const MUTATIONS: Readonly<Record<string, (count: () => void) => Mutation>> = {
  'add computes or': count => e => ({ add: (a, b) => counted(count(), e.or(a, b)) }),
  'subtract computes exclusive or': count => e => ({ subtract: (a, b) => counted(count(), e.xor(a, b)) }),
  'signExtend extends with zeros': count => e => ({ signExtend: (a, bits) => counted(count(), e.zeroExtend(a, bits)) }),
  'shiftRightSigned shifts zeros in': count => e => ({ shiftRightSigned: (a, n) => counted(count(), e.shiftRightUnsigned(a, n)) }),
  'rotateRight loses bits': count => e => ({ rotateRight: (a, n) => counted(count(), e.shiftRightUnsigned(a, n)) }),
  'lessSigned compares unsigned': count => e => ({ lessSigned: (a, b) => counted(count(), e.lessUnsigned(a, b)) }),
  'divideSigned divides unsigned': count => e => ({ divideSigned: (a, b) => counted(count(), e.divideUnsigned(a, b)) }),
  'multiplyHighSigned multiplies unsigned': count => e => ({
    multiplyHighSigned: (a, b) => counted(count(), e.multiplyHighUnsigned(a, b)),
  }),
  'select takes the other value': count => e => ({ select: (c, a, b) => counted(count(), e.select(c, b, a)) }),
  'branchByIf goes the other way': count => e => ({ branchByIf: (c, offset) => counted(count(), e.branchByIf(e.negate(c), offset)) }),
  'loadPair swaps its values': count => e => ({
    loadPair: (address, access) => {
      count();
      const [first, second] = e.loadPair(address, access);
      return [second, first];
    },
  }),
  'storePair swaps its values': count => e => ({
    storePair: (address, access, first, second) => counted(count(), e.storePair(address, access, second, first)),
  }),
  'store writes nothing': count => () => ({ store: count }),
};

for (const [name, make] of Object.entries(MUTATIONS)) {
  test(`ST-VEC-007 the vectors find every row in which ${name}`, () => {
    const missed: string[] = [];
    let users = 0;
    for (const row of OBSERVABLE_ROWS) {
      let uses = 0;
      const wrong = mutated(
        row,
        make(() => {
          uses++;
        }),
      );
      const isCaughtEarly = isCaught(wrong, VECTORS_PER_VARIANT);
      if (uses === 0) continue;
      users++;
      if (!isCaughtEarly && !isCaught(wrong)) missed.push(row.name);
    }
    assert.ok(users > 0, 'No row computes this; the mutation tests nothing.');
    assert.deepEqual(missed, []);
  });
}
