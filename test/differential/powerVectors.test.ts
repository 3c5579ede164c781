// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { InstructionRow } from '../../src/cpu/decode/row.js';
import { variantsOf } from '../../src/cpu/decode/variants.js';
import { POWER_CPU_MODELS } from '../../src/cpu/power/book3s/cpuModels.js';
import { book3sInstructionSet, powerInstructionSet } from '../../src/cpu/power/book3s/instructionSet.js';
import { mutated } from '../vectors/plantedRow.js';
import { POWER_DEVIATIONS, type PowerDeviation } from '../vectors/power/deviations.js';
import {
  NOT_COMPARED,
  observableRows,
  observableVariants,
  powerInputsOf,
  RECORDED_MODELS,
  RECORDED_MODES,
  type RecordedMode,
  type RecordedModel,
  VECTORS_PER_VARIANT,
} from '../vectors/power/inputs.js';
import { STATE_WORDS } from '../vectors/power/observation.js';
import { decodePowerOutcomes, recordingPath } from '../vectors/power/recording.js';
import { runPowerVectors } from '../vectors/power/runPowerVectors.js';
import { PowerInterpreter, PowerReference } from '../vectors/power/subjects.js';
import { readRecording } from '../vectors/vectorFile.js';

const ROOT = join(import.meta.dirname, '../../..');
const MAXIMUM_RECORDING_BYTES = 5_000_000;
const RECORD = 'run node out/scripts/recordPowerVectors.js.';

const TARGETS = RECORDED_MODES.flatMap(mode => RECORDED_MODELS.map(model => ({ mode, model })));
const fileOf = (mode: RecordedMode, model: RecordedModel) => readFileSync(join(ROOT, recordingPath(mode, model)));
const recordingsOf = (mode: RecordedMode, model: RecordedModel) =>
  new Map(readRecording(fileOf(mode, model)).rows.map(row => [row.name, row]));
const needed = new Set<PowerDeviation>();

for (const { mode, model } of TARGETS) {
  const set = powerInstructionSet(POWER_CPU_MODELS[model], mode);
  const recordings = recordingsOf(mode, model);
  const subjects = [
    new PowerReference(set, mode, model),
    new PowerInterpreter(set, mode, { model }),
    new PowerInterpreter(set, mode, { model, path: 'slow' }),
  ];
  for (const row of observableRows(mode)) {
    test(`ST-PVEC-001 both printers do what QEMU did for '${row.name}' (${model}, ${mode})`, () => {
      const { inputs, hash } = powerInputsOf(row, mode, model);
      const recording = recordings.get(row.name);
      assert.ok(recording !== undefined, `There are no vectors of '${row.name}'; ${RECORD}`);
      assert.equal(recording.hash, hash, `The vectors of '${row.name}' are of other inputs; ${RECORD}`);
      const expected = decodePowerOutcomes(inputs, recording.bytes);
      for (const subject of subjects) {
        const { failures, examples, used } = runPowerVectors(subject, row.name, inputs, expected, model);
        for (const deviation of used) needed.add(deviation);
        assert.equal(failures, 0, `${failures} of ${inputs.length} vectors differ.\n${examples.join('\n')}`);
      }
    });
  }

  test(`ST-PVEC-002 every observable variant of every row has at least 64 vectors (${model}, ${mode})`, () => {
    const short = observableRows(mode).filter(
      row => (recordings.get(row.name)?.count ?? 0) < VECTORS_PER_VARIANT * observableVariants(row, mode).length,
    );
    assert.deepEqual(
      short.map(({ name }) => name),
      [],
    );
  });

  test(`ST-PVEC-005 a row without vectors is unimplemented, hands over to a routine, or is listed with a reason (${model}, ${mode})`, () => {
    const observed = new Set(observableRows(mode));
    const reference = new PowerReference(set, mode);
    for (const row of set.rows) {
      if (row.support.kind !== 'implemented' || observed.has(row) || row.name in NOT_COMPARED) continue;
      for (const { word } of variantsOf(row)) {
        const { ending } = reference.run({ words: [word], state: new BigUint64Array(STATE_WORDS) });
        assert.ok(['left', 'illegal', 'alignment'].includes(ending.kind), `'${row.name}' ran to an end in itself.`);
      }
    }
  });
}

test('ST-PVEC-003 the recordings are smaller than 5 MB together and hold no row that does not exist', () => {
  assert.ok(TARGETS.reduce((sum, { mode, model }) => sum + fileOf(mode, model).length, 0) < MAXIMUM_RECORDING_BYTES);
  for (const { mode, model } of TARGETS) {
    const names = new Set(observableRows(mode).map(({ name }) => name));
    assert.deepEqual(
      [...recordingsOf(mode, model).keys()].filter(name => !names.has(name)),
      [],
    );
  }
});

test('ST-PVEC-004 every listed deviation of QEMU is needed by some vector, and every row listed as not compared exists', () => {
  assert.deepEqual(
    POWER_DEVIATIONS.filter(deviation => !needed.has(deviation)).map(({ name }) => name),
    [],
  );
  const names = new Set(book3sInstructionSet('ppc64').rows.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(NOT_COMPARED).filter(name => !names.has(name)),
    [],
  );
});

/** `row` as it is wrong in one operation of the emitter. */
const WRONG_ROWS: readonly (readonly [name: string, row: string, wrong: (row: InstructionRow) => InstructionRow])[] = [
  ['adde ignores the carry', 'adde', row => mutated(row, e => ({ shiftRightUnsigned: () => e.constant(0n) }))],
  [
    'lwbrx loads in the guest’s order',
    'lwbrx',
    row => mutated(row, e => ({ load: (a, access) => e.load(a, { ...access, isByteReversed: false }) })),
  ],
  ['cmpl compares signed numbers', 'cmpl', row => mutated(row, () => ({ xor: a => a }))],
  ['rlwinm rotates by nothing', 'rlwinm', row => mutated(row, () => ({ rotateRight: a => a }))],
  [
    'bc branches where it should not',
    'bc (condition)',
    row => mutated(row, e => ({ branchByIf: (c, offset) => e.branchByIf(e.negate(c), offset) })),
  ],
];

for (const [title, name, wrong] of WRONG_ROWS) {
  test(`ST-PVEC-006 the vectors find a planted row in which ${title}`, () => {
    for (const mode of RECORDED_MODES) {
      const set = book3sInstructionSet(mode);
      const row = set.rows.find(candidate => candidate.name === name);
      assert.ok(row !== undefined, `There is no row '${name}'.`);
      const planted = wrong(row);
      const subject = new PowerReference({ decode: word => (set.decode(word) === row ? planted : set.decode(word)) }, mode);
      const { inputs } = powerInputsOf(row, mode);
      const expected = decodePowerOutcomes(inputs, recordingsOf(mode, 'power9').get(name)?.bytes ?? new Uint8Array());
      assert.ok(runPowerVectors(subject, name, inputs, expected).failures > 0);
    }
  });
}
