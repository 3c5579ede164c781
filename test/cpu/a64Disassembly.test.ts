// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { disassemble } from '../../src/cpu/aarch64/disassembly.js';
import { A64_ROWS } from '../../src/cpu/aarch64/instructions/index.js';
import { parseDisassemblyTable } from '../support/disassemblyTable.js';

const TABLE = parseDisassemblyTable(readFileSync(new URL('../../../test/vectors/disassembly.aarch64.txt', import.meta.url), 'utf8'));

test('ST-A64-020 every recorded word reads as llvm-objdump writes it, aliases included', () => {
  const differences = TABLE.map(({ word, address, text }) => ({
    word: word.toString(16),
    ours: disassemble(word, BigInt(address)).text,
    theirs: text,
  })).filter(({ ours, theirs }) => ours !== theirs);
  assert.deepEqual(differences, []);
});

test('ST-A64-021 the recorded table has words of every implemented row', () => {
  const recorded = new Set(TABLE.map(({ word }) => disassemble(word, 0n).row));
  const missing = A64_ROWS.filter(row => row.support.kind === 'implemented' && !recorded.has(row)).map(row => row.name);
  assert.deepEqual(missing, []);
});

test('ST-A64-022 a word that no row matches has no row and reads <unknown>', () => {
  assert.deepEqual(disassemble(0xffff_ffff, 0n), { text: '<unknown>' });
});
