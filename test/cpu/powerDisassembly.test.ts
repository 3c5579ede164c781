// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { disassemblePower } from '../../src/cpu/power/book3s/disassembly.js';
import { parseDisassemblyTable } from '../support/disassemblyTable.js';
import { POWER_ROWS } from '../support/powerWords.js';

const TABLE = parseDisassemblyTable(readFileSync(new URL('../../../test/vectors/disassembly.power9.txt', import.meta.url), 'utf8'));

/** Rows that binutils has under no name for power9; the last four ended with version 2.07. */
const UNKNOWN_TO_OBJDUMP: readonly string[] = ['mftb', 'doze', 'nap', 'sleep', 'rvwinkle'];

test('ST-PWR-020 every recorded word reads as GNU objdump writes it for power9, extended mnemonics included', () => {
  const differences = TABLE.map(({ word, address, text }) => ({
    word: word.toString(16),
    ours: disassemblePower(word, BigInt(address)).text,
    theirs: text,
  })).filter(({ ours, theirs }) => ours !== theirs);
  assert.deepEqual(differences, []);
});

test('ST-PWR-021 the recorded table has words of every row that objdump knows', () => {
  const recorded = new Set(TABLE.map(({ word }) => disassemblePower(word, 0n).row));
  const missing = POWER_ROWS.filter(row => row.support.kind === 'implemented' && !recorded.has(row)).map(({ name }) => name);
  assert.deepEqual(missing, UNKNOWN_TO_OBJDUMP);
});

test('ST-PWR-022 a word that no row matches has no row and reads .long', () => {
  assert.deepEqual(disassemblePower(0x0000_0000, 0n), { text: '.long 0x0' });
});
