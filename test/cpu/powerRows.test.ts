// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overlaps } from '../../src/cpu/decode/overlaps.js';
import { pseudoRandomWords, sampleWords } from '../../src/cpu/decode/sampleWords.js';
import { variantsOf } from '../../src/cpu/decode/variants.js';
import { buildInterpreter, Interpreter } from '../../src/cpu/interpreter/index.js';
import type { Slot } from '../../src/cpu/operations/emitter.js';
import { POWER_CPU_MODELS, xerMaskOf } from '../../src/cpu/power/book3s/cpuModels.js';
import { book3sInstructionSet, POWER_MODES, type PowerModeName, powerInstructionSet } from '../../src/cpu/power/book3s/instructionSet.js';
import { POWER_ROUTINES } from '../../src/cpu/power/common/instructions/routines.js';
import { FACILITIES_SLOT, XER_MASK_SLOT } from '../../src/cpu/power/common/registers/stateLayout.js';
import { executeReference, type ReferenceMemory } from '../../src/cpu/reference/referencePrinter.js';
import { slot } from '../../src/cpu/state/stateLayout.js';
import { POWER_ROWS } from '../support/powerWords.js';
import { WINDOW_CONTENT } from '../vectors/inputs.js';
import { type PowerOutcome, powerDifferences, SLOT_END, STATE, STATE_WORDS, WINDOW } from '../vectors/power/observation.js';
import { PowerInterpreter, PowerReference } from '../vectors/power/subjects.js';

const MODES = Object.keys(POWER_MODES) as readonly PowerModeName[];
const EVERYWHERE: ReferenceMemory = { faultOf: () => undefined, read: address => address & 0xffn, write: () => undefined };
const STATE_SLOTS = 512;

/** Rows that are more special than another one; it has their encodings otherwise. */
const EXPECTED_OVERLAPS: readonly (readonly [specific: string, general: string])[] = [
  ...['XER', 'LR', 'CTR', 'VRSAVE', 'TAR'].map(name => [`mfspr (${name})`, 'mfspr'] as const),
  ...['XER', 'LR', 'CTR', 'VRSAVE', 'TAR'].map(name => [`mtspr (${name})`, 'mtspr'] as const),
];

for (const mode of MODES) {
  test(`ST-PWR-001 random legal words of every implemented row keep the rules of the emitter (${mode})`, () => {
    const random = pseudoRandomWords(2);
    const routines = new Set<string>(POWER_ROUTINES);
    for (const row of book3sInstructionSet(mode).rows) {
      if (row.support.kind !== 'implemented') continue;
      for (const word of [...sampleWords(row, 10, random()), ...variantsOf(row).map(variant => variant.word)]) {
        const content = new Map<Slot, bigint>();
        for (let n = 16; n < STATE_SLOTS; n++) content.set(slot(n), (BigInt(random()) << 32n) | BigInt(random()));
        content.set(FACILITIES_SLOT, 0xffn);
        const state = { read: (at: Slot) => content.get(at) ?? 0n, write: (at: Slot, value: bigint) => content.set(at, value) };
        const outcome = executeReference(row, word, 0x4000n, state, EVERYWHERE);
        if (outcome.kind === 'leave') assert.ok(routines.has(outcome.routine), `${row.name} leaves to ${outcome.routine}`);
      }
    }
  });

  test(`ST-PWR-002 the module of the mode is valid WebAssembly (${mode})`, () => {
    const set = book3sInstructionSet(mode);
    assert.doesNotThrow(() => new Interpreter(set, buildInterpreter(set.rows, set.routines, set)));
  });
}

test('ST-PWR-003 no word matches two rows, but for the overlaps that are listed', () => {
  const implemented = POWER_ROWS.filter(({ support }) => support.kind === 'implemented');
  assert.deepEqual(
    overlaps(implemented).map(({ specific, general }) => [specific, general]),
    EXPECTED_OVERLAPS,
  );
});

test('ST-PWR-007 a word of an implemented row is decoded to that row, whatever unimplemented ones share its low bits', () => {
  const { decode } = book3sInstructionSet('ppc64');
  for (const row of POWER_ROWS.filter(({ support }) => support.kind === 'implemented')) {
    const specific = EXPECTED_OVERLAPS.filter(([, general]) => general === row.name).map(([name]) => name);
    for (const word of sampleWords(row, 20, 5)) {
      const found = decode(word);
      assert.ok(found?.name === row.name || specific.includes(found?.name ?? ''), `${row.name} is decoded as ${found?.name}`);
    }
  }
});

test('ST-PWR-004 every row has a name of its own', () => {
  assert.equal(new Set(POWER_ROWS.map(({ name }) => name)).size, POWER_ROWS.length);
});

test('ST-PWR-005 what came with version 3.0 is illegal on power8', () => {
  const [power8, power9] = [POWER_CPU_MODELS.power8, POWER_CPU_MODELS.power9].map(model => powerInstructionSet(model, 'ppc64'));
  const modsw = 0x7c64_2e16; // modsw r3,r4,r5
  assert.deepEqual([power8?.decode(modsw)?.name, power9?.decode(modsw)?.name], [undefined, 'modsw']);
  assert.equal(power8?.decode(0x7c64_2a14)?.name, 'add');
});

test('ST-PWR-006 XER of power8 has neither OV32 nor CA32', () => {
  assert.deepEqual(
    [POWER_CPU_MODELS.power8, POWER_CPU_MODELS.power9].map(model => xerMaskOf(model) & 0x000c_0000n),
    [0n, 0x000c_0000n],
  );
  assert.notEqual(XER_MASK_SLOT, undefined);
});

const MAX = 0xffff_ffff_ffff_ffffn;

interface Expectation {
  readonly before?: Readonly<Record<number, bigint>>;
  readonly after?: Readonly<Record<number, bigint>>;
  readonly pc?: bigint;
}

/** One instruction in 32-bit mode, on both printers; no program in QEMU's user mode can show it. */
function in32BitMode(title: string, word: number, { before = {}, after = {}, pc = SLOT_END }: Expectation): void {
  test(title, () => {
    const state = new BigUint64Array(STATE_WORDS);
    for (const [index, content] of Object.entries(before)) state[Number(index)] = content;
    const expectedState = state.slice();
    for (const [index, content] of Object.entries(after)) expectedState[Number(index)] = content;
    const expected: PowerOutcome = { ending: { kind: 'retired', pc }, state: expectedState, changes: [] };
    for (const mode of ['ppc32', 'ppc32le'] as const) {
      const set = book3sInstructionSet(mode);
      for (const subject of [new PowerReference(set, mode), new PowerInterpreter(set, mode)])
        assert.deepEqual(powerDifferences(expected, subject.run({ words: [word], state })), [], subject.name);
    }
  });
}
const CR0 = { LT: 8n << 28n, GT: 4n << 28n, EQ: 2n << 28n } as const;
const XER = { CA: 1n << 29n, CA32: 1n << 18n, OV: 1n << 30n, OV32: 1n << 19n, SO: 1n << 31n } as const;
const LAST_WORD = SLOT_END - 4n;

in32BitMode('ST-PWR-010 in 32-bit mode CR0 records the lower half of a result', 0x7c64_2a15, {
  before: { 4: 0x1_7fff_ffffn, 5: 1n },
  after: { 3: 0x1_8000_0000n, [STATE.CR]: CR0.LT },
});
in32BitMode('ST-PWR-011 in 32-bit mode both carries come out of bit 32', 0x7c64_2814, {
  before: { 4: 0xffff_ffffn, 5: 1n },
  after: { 3: 0x1_0000_0000n, [STATE.XER]: XER.CA | XER.CA32 },
});
in32BitMode('ST-PWR-012 in 32-bit mode a carry out of bit 0 alone is none', 0x7c64_2814, {
  before: { 4: (MAX << 32n) & MAX, 5: 1n << 32n },
  after: { 3: 0n, [STATE.XER]: 0n },
});
in32BitMode('ST-PWR-013 in 32-bit mode overflow is that of the lower half', 0x7c64_2e14, {
  before: { 4: 0x7fff_ffffn, 5: 1n },
  after: { 3: 0x8000_0000n, [STATE.XER]: XER.SO | XER.OV | XER.OV32 },
});
in32BitMode('ST-PWR-014 in 32-bit mode an effective address has 32 bits', 0x8864_0000, {
  before: { 4: (0x1234n << 32n) | (WINDOW + 8n * BigInt(WINDOW_CONTENT.indexOf(MAX))) },
  after: { 3: 0xffn },
});
in32BitMode('ST-PWR-015 in 32-bit mode the count register is tested with 32 bits', 0x4240_fff0, {
  before: { [STATE.CTR]: (5n << 32n) | 1n },
  after: { [STATE.CTR]: 5n << 32n },
  pc: LAST_WORD - 16n,
});
in32BitMode('ST-PWR-016 in 32-bit mode a branch to a register goes to its lower half', 0x4e80_0020, {
  before: { [STATE.LR]: (7n << 32n) | 0x5002_0100n },
  pc: 0x5002_0100n,
});
