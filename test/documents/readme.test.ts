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
