// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The source folder of the tests: golden files lie there, not where the compiled tests run. */
const SESSIONS = fileURLToPath(new URL('../../../test/sessions/', import.meta.url));

/** Set by `npm run golden:update -- <filter>` and by nothing else. */
const isUpdating = process.env['STEPTRAP_UPDATE_GOLDEN'] === '1';

/**
 * Compares `lines` with the golden file `name`.golden.txt beside the session tests. A missing file fails
 * like a difference does, and leaves what came out as `name`.actual; only the update command writes goldens.
 */
export function expectGolden(name: string, lines: readonly string[]): void {
  const golden = `${SESSIONS}${name}.golden.txt`;
  const actual = `${SESSIONS}${name}.actual`;
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
    `There is no golden file ${name}.golden.txt; read ${name}.actual and run "npm run golden:update -- sessions".`,
  );
  assert.equal(text, expected, `The transcript of ${name} has changed.`);
}
