// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pseudoRandomWords, sampleWords } from '../../src/cpu/decode/sampleWords.js';
import { INTERRUPT, MSR_BIT, POWER_CPU_MODELS, powerInstruction } from '../../src/cpu/index.js';
import { POWER_ROWS } from '../support/powerWords.js';
import { CODE, DATA, LE, MSR_REAL, PowerGuest, PR, RAM_BYTES } from './powerGuest.js';
import { ppc, SPR } from './powerWords.js';

const { FP, VEC, VSX } = MSR_BIT;
/** Extended forms without an encoder of their own. */
const STVX = 0x7c00_29ce; // stvx v0,0,r5
const STXVD2X = 0x7c00_2f98; // stxvd2x vs0,0,r5
const VOR = 0x1021_0c84; // vor v1,v1,v1
const XXLOR = 0xf021_0c90; // xxlor vs1,vs1,vs1
const STFD = 0xd825_0000; // stfd f1,0(r5)
const FMR = 0xfc20_1090; // fmr f1,f2
const MFVSRD_F = 0x7c23_0066; // mfvsrd r3,f1
const MFVSRD_V = 0x7c23_0067; // mfvsrd r3,v1
const LXV_V = 0xf405_0009; // lxv v0,0(r5), version 3.0
const LXV_F = 0xf405_0001; // lxv vs0,0(r5), version 3.0
const STXV_V = 0xf405_000d; // stxv v0,0(r5), version 3.0

type Case = readonly [name: string, word: number, bit: bigint, vector: bigint, models: readonly (keyof typeof POWER_CPU_MODELS)[]];
const BOTH = ['power8', 'power9'] as const;
const V3 = ['power9'] as const;

// biome-ignore format: a table
const CASES: readonly Case[] = [
  ['lfd',                     ppc.lfd(1, 5, 0),    FP,  0x800n, BOTH],
  ['stfd',                    STFD,                FP,  0x800n, BOTH],
  ['fmr',                     FMR,                 FP,  0x800n, BOTH],
  ['mfvsrd of an FPR',        MFVSRD_F,            FP,  0x800n, BOTH],
  ['lvx',                     ppc.lvx(0, 0, 5),    VEC, 0xf20n, BOTH],
  ['stvx',                    STVX,                VEC, 0xf20n, BOTH],
  ['vor',                     VOR,                 VEC, 0xf20n, BOTH],
  ['mfvsrd of a VR',          MFVSRD_V,            VEC, 0xf20n, BOTH],
  ['lxvd2x',                  ppc.lxvd2x(0, 0, 5), VSX, 0xf40n, BOTH],
  ['stxvd2x',                 STXVD2X,             VSX, 0xf40n, BOTH],
  ['xxlor',                   XXLOR,               VSX, 0xf40n, BOTH],
  ['lxv of a VR',             LXV_V,               VEC, 0xf20n, V3],
  ['lxv of the lower half',   LXV_F,               VSX, 0xf40n, V3],
  ['stxv of a VR',            STXV_V,              VEC, 0xf20n, V3],
];

/** A guest before `word`, with MSR[bits] added. */
function before(word: number, bits: bigint, model: keyof typeof POWER_CPU_MODELS): PowerGuest {
  const guest = new PowerGuest([word], { model: POWER_CPU_MODELS[model] });
  guest.pe.msr = MSR_REAL | bits;
  guest.setGpr(3, 7n);
  guest.setGpr(5, DATA);
  return guest;
}

for (const [name, word, bit, vector, models] of CASES) {
  const others = (FP | VEC | VSX) & ~bit;

  test(`ST-PSYS-050 without its bit in MSR an instruction of a unit is that unit's interrupt and changes nothing: ${name}`, () => {
    for (const model of models) {
      const guest = before(word, others, model);
      guest.poke64(DATA, 5n);
      guest.run(1);
      assert.deepEqual(
        [guest.pe.pc, guest.spr(SPR.SRR0), guest.spr(SPR.SRR1), guest.pe.msr, guest.gpr(3), guest.peek64(DATA)],
        [vector, CODE, MSR_REAL | others, MSR_REAL, 7n, 5n],
        model,
      );
    }
  });

  test(`ST-PSYS-051 with its bit in MSR, and no other, an instruction of a unit completes: ${name}`, () => {
    for (const model of models) {
      const guest = before(word, bit, model);
      guest.run(1);
      assert.deepEqual([guest.pe.pc, guest.pe.msr], [CODE + 4n, MSR_REAL | bit], model);
    }
  });

  test(`ST-PSYS-052 what HFSCR withholds ends the run as Hypervisor Facility Unavailable with its cause: ${name}`, () => {
    for (const model of models) {
      const guest = before(word, bit, model);
      guest.setSpr(SPR.HFSCR, guest.spr(SPR.HFSCR) & ~3n);
      guest.pe.msr = MSR_REAL | bit;
      const exit = guest.run(1);
      assert.ok(exit.kind === 'interrupt', model);
      assert.deepEqual([exit.vector, guest.pe.pc, guest.spr(SPR.HFSCR) >> 56n], [0xf80, CODE, bit === FP ? 0n : 1n], model);
    }
  });
}

test('ST-PSYS-053 TAR that FSCR does not allow in problem state is Facility Unavailable with its cause', () => {
  const [READ_TAR, TAR_CAUSE] = [815, 8n];
  const guest = new PowerGuest([ppc.mfspr(3, READ_TAR)]);
  guest.setSpr(SPR.FSCR, 0n);
  guest.pe.msr = MSR_REAL | PR;
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.FSCR) >> 56n, guest.spr(SPR.SRR0)], [0xf60n, TAR_CAUSE, CODE]);
});

/** What an instruction that says so may bring; the hypervisor has what is no RAM, and words that are no instructions, which it hands on. */
const BROUGHT: Readonly<Record<'nothing' | 'storageInterrupts', readonly number[]>> = {
  nothing: [],
  storageInterrupts: [
    ...[INTERRUPT.dataStorage, INTERRUPT.dataSegment, INTERRUPT.alignment, INTERRUPT.program],
    ...[INTERRUPT.hypervisorDataStorage, INTERRUPT.hypervisorEmulationAssistance],
  ],
};
/** Addresses for the general registers: RAM with and without alignment, its end, and where nothing is. */
const ADDRESSES = [0n, DATA, DATA + 0x123n, DATA + 0xffdn, BigInt(RAM_BYTES) - 3n, 0x0fff_ffff_f000n, 0xffff_ffff_ffff_fffcn] as const;

for (const [name, model] of Object.entries(POWER_CPU_MODELS))
  test(`ST-PSYS-054 an instruction brings no interrupt but those that its row tells of (${name})`, () => {
    const random = pseudoRandomWords(7);
    const guest = new PowerGuest([0], { model });
    const found = new Set<number>();
    for (const row of POWER_ROWS) {
      if (row.support.kind !== 'implemented') continue;
      for (const word of sampleWords(row, 12, random())) {
        const { mayBring } = powerInstruction(word);
        if (mayBring === 'anything') continue;
        const isLittle = random() % 2 === 0;
        guest.poke32(CODE, word, isLittle);
        guest.pe.pc = CODE;
        guest.pe.msr = MSR_REAL | (isLittle ? LE : 0n) | (random() % 2 === 0 ? PR : 0n);
        for (let n = 0; n < 32; n++) guest.setGpr(n, ADDRESSES[random() % ADDRESSES.length] ?? 0n);
        const before = guest.pe.interruptsTaken;
        const exit = guest.run(1);
        const what = `${row.name} ${word.toString(16)}`;
        const vector = guest.pe.interruptsTaken > before ? Number(guest.pe.pc) : exit.kind === 'interrupt' ? exit.vector : undefined;
        assert.ok(vector !== undefined || exit.kind === 'budget', `${what}: ${exit.kind}`);
        if (vector === undefined) continue;
        assert.ok(
          BROUGHT[mayBring].some(each => each === vector),
          `${what}: 0x${vector.toString(16)}`,
        );
        found.add(vector);
      }
    }
    // Without translation, the others do not come.
    assert.deepEqual([...found].sort(), [INTERRUPT.alignment, INTERRUPT.hypervisorDataStorage].sort());
  });
