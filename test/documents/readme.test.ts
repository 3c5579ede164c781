// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseScript } from '../../src/dap/index.js';
import { playScript } from '../../src/entries/debugCommand.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test('ST-DOC-001 the first steps that the README prints play to their end and show a value, a slot and a step', async () => {
  const readme = readFileSync(`${ROOT}README.md`, 'utf8');
  const script = /```\n(# file[\s\S]*?)```/.exec(readme)?.[1];
  assert.ok(script !== undefined, 'The README has no script that begins with "# file".');
  const { statements, problems } = parseScript(script);
  assert.deepEqual(problems, []);
  const lines: string[] = [];
  const program = `${ROOT}samples/counter/counter.aarch64.O0.elf`;
  const { problem } = await playScript({ program, settings: {}, statements, print: line => lines.push(line) });
  assert.equal(problem, undefined);
  const transcript = lines.join('\n');
  for (const expected of [/delta = 1/, /counter: 1 → 3/, /watchpoint 0/, /ARM64 software step/]) assert.match(transcript, expected);
  assert.doesNotMatch(transcript, / refused/);
});

const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'];

test("ST-DOC-002 README and CHANGELOG tell how many samples are bundled, as the samples' index has them", () => {
  const { samples } = JSON.parse(readFileSync(`${ROOT}samples/index.json`, 'utf8')) as { readonly samples: readonly unknown[] };
  const number = NUMBERS[samples.length] ?? String(samples.length);
  assert.ok(
    readFileSync(`${ROOT}README.md`, 'utf8').includes(`${number} bare-metal programs are bundled`),
    `the README does not say ${number}`,
  );
  assert.ok(
    readFileSync(`${ROOT}CHANGELOG.md`, 'utf8').includes(`and ${number.toLowerCase()} sample guests`),
    `the CHANGELOG does not say ${number}`,
  );
});
