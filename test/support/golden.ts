// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The source folder of the tests: golden files lie there, not where the compiled tests run. */
const TESTS = fileURLToPath(new URL('../../../test/', import.meta.url));

/** Set by `npm run golden:update -- <filter>` and by nothing else. */
const isUpdating = process.env['STEPTRAP_UPDATE_GOLDEN'] === '1';

/**
 * Compares `lines` with the golden file `name`.golden.txt in a folder of the tests. A missing file fails
 * like a difference does, and leaves what came out as `name`.actual; only the update command writes goldens.
 */
export function expectGolden(name: string, lines: readonly string[], folder: 'debug' | 'sessions' | 'syntaxes' = 'sessions'): void {
  const golden = `${TESTS}${folder}/${name}.golden.txt`;
  const actual = `${TESTS}${folder}/${name}.actual`;
  const text = `${lines.join('\n')}\n`;
  if (isUpdating) {
    writeFileSync(golden, text);
    return;
  }
  const expected = existsSync(golden) ? readFileSync(golden, 'utf8') : undefined;
  if (expected === text) {
    rmSync(actual, { force: true });
    return;
  }
  writeFileSync(actual, text);
  assert.notEqual(
    expected,
    undefined,
    `There is no golden file ${name}.golden.txt; read ${name}.actual and run "npm run golden:update -- ${folder}".`,
  );
  assert.equal(text, expected, `${name} has changed.`);
}
