// SPDX-License-Identifier: MIT
// usage: node out/scripts/knownLimits.js --update: writes the table of docs/known-limits.md from the rows that are `unimplemented`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AARCH64_INSTRUCTION_SET, book3sInstructionSet } from '../src/cpu/index.js';
import { MARK, writeGenerated } from './generatedSection.js';

const UPDATE = 'npm run docs:update';

/** The instructions that stop a session, one line for each reason, in the order of the tables. */
const limits = (): string =>
  [limitsOf('A64', AARCH64_INSTRUCTION_SET.rows), limitsOf('POWER', book3sInstructionSet('ppc64').rows)].join('\n');

function limitsOf(name: string, rows: typeof AARCH64_INSTRUCTION_SET.rows): string {
  const byReason = new Map<string, Set<string>>();
  let implemented = 0;
  for (const { name, support } of rows) {
    if (support.kind === 'implemented') implemented++;
    else byReason.set(support.reason, (byReason.get(support.reason) ?? new Set()).add(name));
  }
  const lines = [...byReason].map(([reason, names]) => `| ${[...names].join('; ')} | ${reason} |`);
  return `\n${implemented} rows of ${name} are implemented.\n\n| instructions | why they stop the session |\n| --- | --- |\n${lines.join('\n')}\n`;
}

/** Compares docs/known-limits.md with the rows. */
export function checkKnownLimits(root: string): readonly string[] {
  const [, generated] = readFileSync(join(root, 'docs', 'known-limits.md'), 'utf8').split(MARK(UPDATE));
  if (generated === undefined) return [`docs/known-limits.md: the line '${MARK(UPDATE)}' is missing.`];
  return generated.trim() === limits().trim() ? [] : [`docs/known-limits.md: the table is out of date; run ${UPDATE}.`];
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--update')) {
  const path = join(fileURLToPath(new URL('../../', import.meta.url)), 'docs', 'known-limits.md');
  writeFileSync(path, writeGenerated(readFileSync(path, 'utf8'), UPDATE, limits()));
}
