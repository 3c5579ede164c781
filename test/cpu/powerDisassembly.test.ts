// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { disassemblePower } from '../../src/cpu/power/book3s/disassembly.js';
import { branchTarget, powerInstruction } from '../../src/cpu/power/book3s/instructions/instructionNature.js';
import { parseDisassemblyTable } from '../support/disassemblyTable.js';
import { POWER_ROWS } from '../support/powerWords.js';
import { ppc, SPR } from './powerWords.js';

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

// biome-ignore format: a table
for (const [text, word, expected] of [
  ['b .-8',         0x4bff_fff8, { goesTo: 'relative', target: 0xff8n,  isConditional: false, leavesLink: false }],
  ['bla 0x200',     0x4800_0203, { goesTo: 'absolute', target: 0x200n,  isConditional: false, leavesLink: true }],
  ['beq .+16',      0x4182_0010, { goesTo: 'relative', target: 0x1010n, isConditional: true,  leavesLink: false }],
  ['bdnza 0x40',    0x4200_0042, { goesTo: 'absolute', target: 0x40n,   isConditional: true,  leavesLink: false }],
  ['blr',           0x4e80_0020, { goesTo: 'lr',       target: 0x3000n, isConditional: false, leavesLink: false }],
  ['bctrl',         0x4e80_0421, { goesTo: 'ctr',      target: 0x4000n, isConditional: false, leavesLink: true }],
  ['bctar',         0x4e80_0460, { goesTo: 'tar',      target: 0x5000n, isConditional: false, leavesLink: false }],
] as const) {
  test(`ST-PWR-023 a branch says where it goes to if it is taken, and whether it leaves a link: ${text}`, () => {
    const { branch, isReturn } = powerInstruction(word);
    assert.ok(branch);
    const { goesTo, isConditional, leavesLink } = branch;
    const target = branchTarget(branch, 0x1000n, { lr: 0x3003n, ctr: 0x4000n, tar: () => 0x5000n });
    assert.deepEqual({ goesTo, target, isConditional, leavesLink }, expected);
    assert.equal(isReturn, false);
  });
}

test('ST-PWR-024 an instruction word says whether problem state can execute it; moves of special purpose registers by the number', () => {
  const privileged = [ppc.mfmsr(3), ppc.rfid(), ppc.slbmte(3, 4), ppc.mfspr(3, SPR.SRR0), ppc.mtspr(3, SPR.SRR1)];
  const open = [ppc.addi(3, 0, 1), ppc.mfspr(3, 8), ppc.mtspr(3, 9), ppc.sc(0), 0];
  assert.deepEqual(
    [...privileged, ...open].map(word => powerInstruction(word).isPrivileged),
    [...privileged.map(() => true), ...open.map(() => false)],
  );
});
