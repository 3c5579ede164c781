// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseScript } from '../../src/dap/index.js';
import { playScript } from '../../src/entries/debugCommand.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a session with a script that the README prints says. */
async function transcriptOf(script: string, program: string): Promise<string> {
  const { statements, problems } = parseScript(script);
  assert.deepEqual(problems, []);
  const lines: string[] = [];
  const { problem } = await playScript({ program: `${ROOT}samples/${program}`, settings: {}, statements, print: line => lines.push(line) });
  assert.equal(problem, undefined);
  return lines.join('\n');
}

function firstSteps(): string {
  const script = /```\n(# file[\s\S]*?)```/.exec(readFileSync(`${ROOT}README.md`, 'utf8'))?.[1];
  assert.ok(script !== undefined, 'The README has no script that begins with "# file".');
  return script;
}

test('ST-DOC-001 the first steps that the README prints play to their end and show a value, a slot and a step', async () => {
  const transcript = await transcriptOf(firstSteps(), 'counter/counter.aarch64.O0.elf');
  for (const expected of [/delta = 1/, /counter: 1 → 3/, /watchpoint 0/, /ARM64 software step/]) assert.match(transcript, expected);
  assert.doesNotMatch(transcript, / refused/);
});

test('ST-DOC-004 without mode=hardware the first steps of the README play on POWER of either byte order, and show a step of KVM-HV or KVM-PR', async () => {
  const script = firstSteps().replace(' mode=hardware', '');
  for (const [isa, launch, step] of [
    ['ppc64', 'launch', /by POWER HV Trace, stw /],
    ['ppc64le', 'launch', /by POWER HV Trace, stw /],
    ['ppc64', 'launch kvm=pr', /by KVM-PR single step, stw /],
  ] as const) {
    const transcript = await transcriptOf(script.replace(/^launch$/m, launch), `counter/counter.${isa}.O0.elf`);
    for (const expected of [/delta = 1/, /counter: 1 → 3/, step]) assert.match(transcript, expected);
    assert.doesNotMatch(transcript, / refused/);
  }
});

test('ST-DOC-005 the index of decisions has each of them by its title, in order', () => {
  const folder = `${ROOT}docs/decisions/`;
  const pages = readdirSync(folder)
    .filter(name => /^\d{4}-/.test(name))
    .sort();
  const lines = pages.map(name => {
    const [, number, title] = /^# (\d+)\. (.*)/.exec(readFileSync(folder + name, 'utf8')) ?? [];
    return `${number}. [${title}](${name})`;
  });
  const index = readFileSync(`${folder}README.md`, 'utf8')
    .split('\n')
    .filter(line => /^\d/.test(line));
  assert.deepEqual(index, lines);
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
