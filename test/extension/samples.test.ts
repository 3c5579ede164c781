// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkLaunchConfiguration } from '../../src/dap/index.js';
import { launchFileOf, parseSampleIndex, programsOf } from '../../src/extension/samples/sampleIndex.js';
import { connectInProcess, projectFile } from '../support/adapterConnection.js';

const INDEX = parseSampleIndex(readFileSync(projectFile('samples/index.json'), 'utf8'));

test('ST-EXT-040 each sample has a program, its sources and words on what it shows', () => {
  assert.equal(INDEX.samples.length >= 3, true);
  for (const sample of INDEX.samples) {
    assert.notEqual(programsOf(sample).length, 0, sample.name);
    assert.equal(
      sample.files.some(file => file.endsWith('.c')),
      true,
      sample.name,
    );
    assert.notEqual(sample.description, '', sample.name);
  }
});

test('ST-EXT-041 a copied sample launches from its launch file, and every source of the project is found in the copy', async () => {
  for (const sample of INDEX.samples) {
    const folder = mkdtempSync(join(tmpdir(), 'steptrap-sample-'));
    mkdirSync(join(folder, INDEX.shared.folder));
    for (const file of sample.files) cpSync(projectFile(`samples/${sample.name}/${file}`), join(folder, file));
    for (const file of INDEX.shared.files)
      cpSync(projectFile(`samples/${INDEX.shared.folder}/${file}`), join(folder, INDEX.shared.folder, file));
    writeFileSync(join(folder, 'launch.json'), launchFileOf(sample, INDEX));
    const { configurations } = JSON.parse(readFileSync(join(folder, 'launch.json'), 'utf8').replaceAll('${workspaceFolder}', folder));
    for (const configuration of configurations) {
      assert.equal(checkLaunchConfiguration(configuration).ok, true);
      const connection = connectInProcess();
      await connection.client.request('initialize', { adapterID: 'steptrap' });
      assert.equal((await connection.client.request('launch', configuration)).message, undefined, configuration.name);
      const sources: unknown[] = Object((await connection.client.request('loadedSources')).body['sources']);
      const missing = sources.filter(source => Object(source)['origin'] === 'not found').map(source => String(Object(source)['path']));
      assert.deepEqual(
        missing.filter(path => !path.startsWith('/usr/')),
        [],
      );
      await connection.close();
    }
    rmSync(folder, { recursive: true });
  }
});

test('ST-EXT-061 a sample for POWER, which has no breakpoint registers for code, has its breakpoints made as trap words', () => {
  for (const sample of INDEX.samples) {
    const { configurations } = JSON.parse(launchFileOf(sample, INDEX)) as {
      configurations: { program: string; breakpointMode?: string }[];
    };
    for (const { program, breakpointMode } of configurations)
      assert.equal(breakpointMode, program.includes('.aarch64.') ? undefined : 'software', program);
  }
});

test('ST-EXT-042 a sample that is opened for an instruction set launches its programs first, and loses none', () => {
  const [sample] = INDEX.samples.filter(({ name }) => name === 'counter');
  assert.ok(sample);
  const names = (isa?: string): readonly string[] =>
    (JSON.parse(launchFileOf(sample, INDEX, isa)) as { configurations: { name: string }[] }).configurations.map(({ name }) => name);
  assert.deepEqual(names('ppc64le').slice(0, 2), ['counter (ppc64le, -O0)', 'counter (ppc64le, -O2)']);
  assert.deepEqual([...names('ppc64le')].sort(), [...names()].sort());
});
