// SPDX-License-Identifier: MIT
// Records the execution vectors of POWER from QEMU into test/vectors/power/; see the README there.
// usage: node out/scripts/recordPowerVectors.js
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { observePower, qemuPowerVersion } from '../test/oracle/powerRecorder/qemu.js';
import {
  mayStore,
  observableRows,
  powerInputsOf,
  RECORDED_MODELS,
  RECORDED_MODES,
  type RecordedMode,
  type RecordedModel,
  usesVectors,
} from '../test/vectors/power/inputs.js';
import { encodePowerOutcomes, recordingPath } from '../test/vectors/power/recording.js';
import { type RowRecording, writeRecording } from '../test/vectors/vectorFile.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Records what QEMU does as `model` in `mode`. */
function record(mode: RecordedMode, model: RecordedModel): void {
  const version = qemuPowerVersion(mode);
  if (version === undefined) {
    console.error(`qemu-${mode} is not installed; the vectors can only be recorded from it.`);
    process.exit(1);
  }
  const planned = observableRows(mode).map(row => ({ row, ...powerInputsOf(row, mode, model) }));
  const runs = planned.flatMap(({ row, inputs }) =>
    inputs.map(input => ({
      ...input,
      hasVectors: usesVectors(row),
      memory: mayStore(row) ? ('undo' as const) : ('ignore' as const),
    })),
  );
  const observed = observePower(mode, runs, model);
  if (!observed.ok) {
    console.error(observed.error.message);
    process.exit(1);
  }
  const rows: RowRecording[] = [];
  let from = 0;
  for (const { row, inputs, hash } of planned) {
    const outcomes = observed.value.slice(from, from + inputs.length);
    from += inputs.length;
    rows.push({ name: row.name, hash, count: inputs.length, bytes: encodePowerOutcomes(inputs, outcomes) });
  }
  const file = writeRecording({ source: `${version}, ${model}`, rows });
  writeFileSync(join(root, recordingPath(mode, model)), file);
  console.log(`${from} vectors of ${rows.length} rows, ${file.length} bytes, from ${version}, ${model}`);
}

for (const mode of RECORDED_MODES) for (const model of RECORDED_MODELS) record(mode, model);
