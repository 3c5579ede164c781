// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TerminalText } from '../../src/extension/console/terminalText.js';

test('ST-EXT-030 however the output is cut, each line feed follows exactly one added or given carriage return', () => {
  const guest = fc.array(fc.constantFrom('a', '\n', '\r', '\r\n', ''), { maxLength: 12 });
  fc.assert(
    fc.property(guest, chunks => {
      const text = new TerminalText();
      const shown = chunks.map(chunk => text.add(chunk)).join('');
      assert.equal(shown, chunks.join('').replace(/\r?\n/g, '\r\n'));
      assert.equal(text.kept, shown);
    }),
  );
});

test('ST-EXT-031 a guest that floods its console costs no more memory than the kept text, which begins with a whole line', () => {
  const text = new TerminalText();
  for (let line = 0; line < 60_000; line++) text.add(`line ${line}\n`);
  assert.equal(text.kept.length <= 1 << 18, true);
  assert.match(text.kept, /^line \d+\r\n/);
  assert.equal(text.kept.endsWith('line 59999\r\n'), true);
});
