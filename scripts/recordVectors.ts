// SPDX-License-Identifier: MIT
// Records the execution vectors from QEMU into test/vectors/aarch64/vectors.br; see the README there.
// usage: node out/scripts/recordVectors.js
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { observeInputs, QEMU_CPU, qemuVersion, ROOT } from '../test/oracle/recorder/qemu.js';
import { OBSERVABLE_ROWS, RECORDING_PATH, vectorInputs } from '../test/vectors/aarch64.js';
import { encodeOutcomes, type RowRecording, writeRecording } from '../test/vectors/vectorFile.js';

const version = qemuVersion();
if (version === undefined) {
  console.error('qemu-system-aarch64 is not installed; the vectors can only be recorded from it.');
  process.exit(1);
}
const rows: RowRecording[] = [];
const planned = OBSERVABLE_ROWS.map(row => ({ row, ...vectorInputs(row) }));
const observed = observeInputs(planned.flatMap(({ inputs }) => inputs));
if (!observed.ok) {
  console.error(observed.error.message);
  process.exit(1);
}
let from = 0;
for (const { row, inputs, hash } of planned) {
  const outcomes = observed.value.slice(from, from + inputs.length);
  from += inputs.length;
  rows.push({ name: row.name, hash, count: inputs.length, bytes: encodeOutcomes(inputs, outcomes) });
}
const file = writeRecording({ source: `${version}, ${QEMU_CPU}`, rows });
writeFileSync(join(ROOT, RECORDING_PATH), file);
console.log(`${from} vectors of ${rows.length} rows, ${file.length} bytes, from ${version}`);
