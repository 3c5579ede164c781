// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseScript } from '../../src/dap/index.js';
import { playScript } from '../../src/entries/debugCommand.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DOCUMENT = `${ROOT}docs/architecture.md`;

const PROGRAM = 'samples/selfstep/selfstep.ppc64.O0.elf';
const SCRIPT = `launch stopOnEntry=true kvm=hv
break selfstep.c:<serve>
start
continue
clear
trace kvm
stepIn granularity=instruction
anatomy`;

/** The records of the step of SCRIPT as the document has them: KVM's log, and the answer of `steptrap/stepAnatomy`. */
async function records(): Promise<string> {
  const lines: string[] = [];
  const { statements } = parseScript(SCRIPT);
  const { problem } = await playScript({ program: ROOT + PROGRAM, settings: {}, statements, print: line => lines.push(line) });
  assert.equal(problem, undefined);
  const log = lines.filter(line => line.startsWith('    · ')).map(line => line.slice('    · '.length));
  const anatomy = lines.slice(lines.findIndex(line => line.startsWith('    by POWER HV Trace'))).map(line => line.slice('    '.length));
  return `\`\`\`\n${anatomy.join('\n')}\n\`\`\`\n\nAnd KVM's log of it:\n\n\`\`\`\n${log.join('\n')}\n\`\`\`\n`;
}

const MARK = '<!-- generated below this line: npm run golden:update -- documents -->';

test('ST-DOC-003 the records of a Trace step in docs/architecture.md are those that a session has', async () => {
  const [text = '', generated] = readFileSync(DOCUMENT, 'utf8').split(`${MARK}\n`);
  const expected = await records();
  if (process.env['STEPTRAP_UPDATE_GOLDEN'] === '1') writeFileSync(DOCUMENT, `${text.trimEnd()}\n\n${MARK}\n\n${expected}`);
  else
    assert.equal(
      generated?.trim(),
      expected.trim(),
      'Run "npm run golden:update -- documents", and read whether the text above still fits.',
    );
});
