// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AARCH64_INSTRUCTION_SET } from '../../src/cpu/aarch64/instructionSet.js';
import { variantsOf } from '../../src/cpu/decode/variants.js';
import { decodeA64, OBSERVABLE_ROWS, observableVariants, RECORDING_PATH, VECTORS_PER_VARIANT, vectorInputs } from '../vectors/aarch64.js';
import { DEVIATIONS, type Deviation } from '../vectors/deviations.js';
import { InterpreterSubject } from '../vectors/interpreterSubject.js';
import type { Subject } from '../vectors/observation.js';
import { ReferenceSubject } from '../vectors/referenceSubject.js';
import { runVectors } from '../vectors/runVectors.js';
import { decodeOutcomes, readRecording } from '../vectors/vectorFile.js';

const ROOT = join(import.meta.dirname, '../../..');
const MAXIMUM_RECORDING_BYTES = 5_000_000;
const file = readFileSync(join(ROOT, RECORDING_PATH));
const recordings = new Map(readRecording(file).rows.map(row => [row.name, row]));
const subjects: readonly Subject[] = [
  new ReferenceSubject(decodeA64),
  new InterpreterSubject(AARCH64_INSTRUCTION_SET),
  new InterpreterSubject(AARCH64_INSTRUCTION_SET, { path: 'slow' }),
];
const needed = new Set<Deviation>();

for (const row of OBSERVABLE_ROWS) {
  test(`ST-VEC-001 both printers do what QEMU did for '${row.name}'`, () => {
    const { inputs, hash } = vectorInputs(row);
    const recording = recordings.get(row.name);
    assert.ok(recording !== undefined, `There are no vectors of '${row.name}'; run node out/scripts/recordVectors.js.`);
    assert.equal(recording.hash, hash, `The vectors of '${row.name}' are of other inputs; run node out/scripts/recordVectors.js.`);
    const expected = decodeOutcomes(inputs, recording.bytes);
    for (const subject of subjects) {
      const { failures, examples, used } = runVectors(subject, row.name, inputs, expected);
      for (const deviation of used) needed.add(deviation);
      assert.equal(failures, 0, `${failures} of ${inputs.length} vectors differ.\n${examples.join('\n')}`);
    }
  });
}

test('ST-VEC-002 every observable variant of every row has at least 64 vectors', () => {
  const short = OBSERVABLE_ROWS.filter(
    row => (recordings.get(row.name)?.count ?? 0) < VECTORS_PER_VARIANT * observableVariants(row).length,
  );
  assert.deepEqual(
    short.map(row => row.name),
    [],
  );
});

test('ST-VEC-003 the recording is smaller than 5 MB and holds no row that does not exist', () => {
  assert.ok(file.length < MAXIMUM_RECORDING_BYTES);
  const names = new Set(OBSERVABLE_ROWS.map(row => row.name));
  assert.deepEqual(
    [...recordings.keys()].filter(name => !names.has(name)),
    [],
  );
});

test('ST-VEC-004 every listed deviation of QEMU is needed by some vector', () => {
  assert.deepEqual(
    DEVIATIONS.filter(deviation => !needed.has(deviation)).map(deviation => deviation.name),
    [],
  );
});

test('ST-VEC-005 each row that is not observed is unimplemented or hands over to a routine in all its variants', () => {
  const others = AARCH64_INSTRUCTION_SET.rows.filter(row => row.support.kind === 'implemented' && !OBSERVABLE_ROWS.includes(row));
  for (const row of others) {
    for (const { word } of variantsOf(row)) {
      const outcome = subjects[0]?.run({ words: [word], state: new BigUint64Array(33) });
      assert.ok(outcome?.ending.kind === 'left' || outcome?.ending.kind === 'undefined', `'${row.name}' ran to an end in itself.`);
    }
  }
});
