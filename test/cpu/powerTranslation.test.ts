// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POWER_CPU_MODELS } from '../../src/cpu/power/book3s/cpuModels.js';
import { DR, EE, IR, MSR_REAL, PowerGuest, PR } from './powerGuest.js';
import { NOP, ppc, SPR } from './powerWords.js';

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const [PROCESS_TABLE, ROOT, SECOND, THIRD, FOURTH] = [0x4_0000n, 0x5_0000n, 0x6_0000n, 0x6_1000n, 0x6_2000n];
const [VALID, LEAF] = [1n << 63n, 1n << 62n];
const [R, C, PRIVILEGED, READ, WRITE, EXECUTE] = [0x100n, 0x80n, 8n, 4n, 2n, 1n];
const TEXT = 0x7_0000n;
const PAGE = 0x8_0000n;

/** A guest with radix translation of 52 bits: TEXT at 0x10000, PAGE at 0x20000 of process 1, and the same at quadrant 3. */
function radixGuest(words: readonly number[], entry: bigint): PowerGuest {
  const guest = new PowerGuest([]);
  const process = (pid: bigint, root: bigint) => guest.poke64(PROCESS_TABLE + pid * 16n, (2n << 61n) | (5n << 5n) | root | 13n);
  process(0n, ROOT);
  process(1n, ROOT);
  guest.poke64(ROOT, VALID | SECOND | 9n);
  guest.poke64(SECOND, VALID | THIRD | 9n);
  guest.poke64(THIRD, VALID | FOURTH | 9n);
  guest.poke64(FOURTH + 0x10n * 8n, VALID | LEAF | TEXT | READ | EXECUTE);
  guest.poke64(FOURTH + 0x20n * 8n, VALID | LEAF | PAGE | entry);
  words.forEach((word, n) => {
    guest.poke32(TEXT + BigInt(4 * n), word);
  });
  guest.pe.processScope = { kind: 'radix', processTable: PROCESS_TABLE, bytes: 0x1000n };
  guest.setSpr(SPR.PIDR, 1n);
  guest.pe.msr = MSR_REAL | IR | DR;
  guest.pe.pc = 0x1_0000n;
  guest.setGpr(5, 0x2_0000n);
  return guest;
}

test('ST-PMMU-001 radix translates loads and stores of both processes, and sets reference and change bits', () => {
  const guest = radixGuest([ppc.lwz(3, 5, 0), ppc.stw(4, 6, 8)], READ | WRITE);
  guest.poke32(PAGE, 0x77);
  guest.setGpr(4, 0x99n);
  guest.setGpr(6, 0xc000_0000_0002_0000n);
  guest.run(1);
  const read = guest.peek64(FOURTH + 0x100n) & (R | C);
  guest.run(1);
  const written = guest.peek64(FOURTH + 0x100n) & (R | C);
  assert.deepEqual([guest.gpr(3), guest.peek64(PAGE + 8n) >> 32n, read, written], [0x77n, 0x99n, R, R | C]);
});

for (const [title, word, entry, msr, status] of [
  ['no entry', ppc.lwz(3, 7, 0), READ, 0n, 0x4000_0000n],
  ['a store to a page that is for loads', ppc.stw(3, 5, 0), READ, 0n, 0x0a00_0000n],
  ["problem state's load of a privileged page", ppc.lwz(3, 5, 0), READ | PRIVILEGED, PR | EE, 0x0800_0000n],
] as const) {
  test(`ST-PMMU-002 what radix does not allow is a Data Storage interrupt with DSISR and DAR: ${title}`, () => {
    const guest = radixGuest([word], entry);
    guest.setGpr(7, 0x3_0000n);
    guest.pe.msr |= msr;
    guest.run(1);
    assert.deepEqual(
      [guest.pe.pc, hex(guest.spr(SPR.DSISR)), guest.spr(SPR.DAR)],
      [0x300n, hex(status), title === 'no entry' ? 0x3_0000n : 0x2_0000n],
    );
  });
}

test('ST-PMMU-003 a fetch that radix does not allow is an Instruction Storage interrupt with SRR1', () => {
  for (const [target, status] of [
    [0x2_0000n, 0x1000_0000n],
    [0x3_0000n, 0x4000_0000n],
  ] as const) {
    const guest = radixGuest([], READ);
    guest.pe.pc = target;
    guest.run(1);
    assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR0), hex(guest.spr(SPR.SRR1) & 0x783f_0000n)], [0x400n, target, hex(status)]);
  }
});

test('ST-PMMU-004 quadrants 1 and 2 and addresses beyond the tree are segment interrupts', () => {
  for (const address of [0x4000_0000_0000_0000n, 0x8000_0000_0000_0000n, 0x0010_0000_0000_0000n]) {
    const guest = radixGuest([ppc.lwz(3, 5, 0)], READ);
    guest.setGpr(5, address);
    guest.run(1);
    assert.deepEqual([guest.pe.pc, guest.spr(SPR.DAR)], [0x380n, address]);
    const fetching = radixGuest([], READ);
    fetching.pe.pc = address;
    fetching.run(1);
    assert.equal(fetching.pe.pc, 0x480n);
  }
});

test('ST-PMMU-005 an entry that has changed counts after tlbie', () => {
  const tlbie = 0x7c08_4a64; // tlbie r9,r0,2,0,0
  const guest = radixGuest([ppc.lwz(3, 5, 0), tlbie, ppc.lwz(4, 5, 0)], READ);
  guest.setSpr(SPR.LPCR, 1n << 10n);
  guest.poke32(PAGE, 1);
  guest.run(1);
  guest.poke64(FOURTH + 0x100n, 0n);
  guest.run(2);
  assert.deepEqual([guest.gpr(3), guest.pe.pc, hex(guest.spr(SPR.DSISR))], [1n, 0x300n, '0x40000000']);
});

test('ST-PMMU-006 a change of PIDR changes the translation', () => {
  const guest = radixGuest([ppc.mtspr(3, SPR.PIDR), ppc.lwz(4, 5, 0)], READ);
  guest.setGpr(3, 2n);
  guest.pe.processScope = { kind: 'radix', processTable: PROCESS_TABLE, bytes: 0x1000n };
  // Process 2 has an entry that is not valid; the text is fetched from quadrant 3.
  guest.pe.pc = 0xc000_0000_0001_0000n;
  guest.run(2);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.DAR)], [0x300n, 0x2_0000n]);
});

test('ST-PMMU-007 a page of 2 MB lies at the third level', () => {
  const guest = radixGuest([ppc.lwz(3, 6, 0x123c)], READ);
  guest.poke64(THIRD + 8n, VALID | LEAF | READ | 0n);
  guest.poke32(0x123cn, 0x55);
  guest.setGpr(6, 0x20_0000n);
  guest.run(1);
  assert.equal(guest.gpr(3), 0x55n);
});

test('ST-PMMU-008 translation can be on for data alone and for instructions alone', () => {
  const data = radixGuest([], READ);
  data.poke32(0x1_0000n, ppc.lwz(3, 5, 0));
  data.poke32(PAGE, 5);
  data.pe.msr = MSR_REAL | DR;
  data.run(1);
  const fetched = radixGuest([ppc.lwz(3, 5, 0)], READ);
  fetched.poke32(0x2_0000n, 6);
  fetched.pe.msr = MSR_REAL | IR;
  fetched.run(1);
  assert.deepEqual([data.gpr(3), fetched.gpr(3)], [5n, 6n]);
});

const HPT_BYTES = 0x4_0000;
const [SLB_VALID, VSID] = [1n << 27n, 0x123n];

/** A guest with a hashed page table: segment 0 is VSID 0x123 with 4 KB pages, TEXT at 0x10000, PAGE at 0x20000. */
function hashGuest(
  words: readonly number[],
  low: bigint,
  options: { hash?: 0 | 1; segment?: bigint } = {},
): { guest: PowerGuest; table: DataView } {
  const guest = new PowerGuest([], { model: POWER_CPU_MODELS.power8 });
  const table = new DataView(new ArrayBuffer(HPT_BYTES));
  enter(table, 0x1_0000n, TEXT | 0x2n, 0);
  enter(table, 0x2_0000n, PAGE | low, options.hash ?? 0);
  words.forEach((word, n) => {
    guest.poke32(TEXT + BigInt(4 * n), word);
  });
  guest.pe.processScope = { kind: 'hash', table };
  guest.pe.slb.write(0, SLB_VALID, (VSID << 12n) | (options.segment ?? 0n));
  guest.pe.msr = MSR_REAL | IR | DR;
  guest.pe.pc = 0x1_0000n;
  guest.setGpr(5, 0x2_0000n);
  return { guest, table };
}
function enter(table: DataView, ea: bigint, low: bigint, hash: 0 | 1): void {
  const at = place(ea, hash);
  table.setBigUint64(at, (VSID << 12n) | (hash === 1 ? 2n : 0n) | 1n);
  table.setBigUint64(at + 8, low);
}
const place = (ea: bigint, hash: 0 | 1): number => {
  const index = VSID ^ (ea >> 12n);
  return Number((hash === 1 ? ~index : index) & BigInt(HPT_BYTES / 128 - 1)) * 128;
};

test('ST-PMMU-010 the hashed page table translates through both hashes, and sets reference and change bits', () => {
  for (const hash of [0, 1] as const) {
    const { guest, table } = hashGuest([ppc.lwz(3, 5, 0), ppc.stw(4, 5, 8)], 2n, { hash });
    guest.poke32(PAGE, 0x77);
    guest.setGpr(4, 0x99n);
    guest.run(1);
    const read = table.getBigUint64(place(0x2_0000n, hash) + 8) & (R | C);
    guest.run(1);
    const written = table.getBigUint64(place(0x2_0000n, hash) + 8) & (R | C);
    assert.deepEqual([guest.gpr(3), guest.peek64(PAGE + 8n) >> 32n, read, written], [0x77n, 0x99n, R, R | C]);
  }
});

test('ST-PMMU-011 an address without a segment is a segment interrupt, without an entry a storage interrupt', () => {
  const { guest } = hashGuest([ppc.lwz(3, 6, 0)], 2n);
  guest.setGpr(6, 0x1000_0000n);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.DAR)], [0x380n, 0x1000_0000n]);
  const missing = hashGuest([ppc.lwz(3, 6, 0)], 2n).guest;
  missing.setGpr(6, 0x3_0000n);
  missing.run(1);
  assert.deepEqual([missing.pe.pc, hex(missing.spr(SPR.DSISR)), missing.spr(SPR.DAR)], [0x300n, '0x40000000', 0x3_0000n]);
});

test('ST-PMMU-012 protection follows pp and the key of the segment', () => {
  const [Ks, Kp] = [0x800n, 0x400n];
  const outcome = (word: number, pp: bigint, segment: bigint, isProblem: boolean): string => {
    const { guest } = hashGuest([word], pp, { segment });
    if (isProblem) guest.pe.msr |= PR | EE;
    guest.run(1);
    return guest.pe.pc === 0x1_0004n ? 'done' : hex(guest.spr(SPR.DSISR));
  };
  const [load, store] = [ppc.lwz(3, 5, 0), ppc.stw(3, 5, 0)];
  assert.deepEqual(
    [
      outcome(store, 0n, 0n, false),
      outcome(load, 0n, Ks, false),
      outcome(store, 1n, Ks, false),
      outcome(load, 1n, Ks, false),
      outcome(store, 2n, Kp, true),
      outcome(store, 3n, 0n, true),
      outcome(load, 0n, Kp, true),
      outcome(load, 0n, Kp, false),
      outcome(load, (1n << 63n) | 2n, 0n, false),
      outcome(store, (1n << 63n) | 2n, 0n, false),
    ],
    ['done', '0x8000000', '0xa000000', 'done', 'done', '0xa000000', '0x8000000', 'done', 'done', '0xa000000'],
  );
});

test('ST-PMMU-013 no-execute pages and segments, and guarded pages, are an Instruction Storage interrupt with SRR1[35]', () => {
  for (const [low, segment] of [
    [6n, 0n],
    [0xan, 0n],
    [2n, 0x200n],
  ] as const) {
    const { guest } = hashGuest([], low, { segment });
    guest.pe.pc = 0x2_0000n;
    guest.run(1);
    assert.deepEqual([guest.pe.pc, hex(guest.spr(SPR.SRR1) & 0x783f_0000n)], [0x400n, '0x10000000']);
  }
});

test('ST-PMMU-014 slbmte, slbmfee and slbie move and remove segments', () => {
  const guest = new PowerGuest([ppc.slbmte(3, 4), ppc.slbmfee(5, 4), ppc.slbie(6), ppc.slbmfee(7, 4)]);
  guest.setGpr(3, VSID << 12n);
  guest.setGpr(4, 0x5000_0000n | SLB_VALID | 9n);
  guest.setGpr(6, 0x5000_0000n);
  guest.run(4);
  assert.deepEqual([guest.gpr(5), guest.gpr(7)], [0x5000_0000n | SLB_VALID, 0n]);
});

test('ST-PMMU-015 a segment of 1 TB is found by its upper 24 bits and hashed twice', () => {
  const { guest, table } = hashGuest([NOP], 2n);
  const [B, ea] = [1n << 62n, 0x0123_0000_5000n];
  const offset = ea & 0xff_ffff_ffffn;
  const at = Number((VSID ^ (VSID << 25n) ^ (offset >> 12n)) & BigInt(HPT_BYTES / 128 - 1)) * 128;
  table.setBigUint64(at, B | (VSID << 24n) | ((offset >> 16n) & 0x3fff_ffff_ffff_ff80n) | 1n);
  table.setBigUint64(at + 8, PAGE | 2n);
  guest.pe.slb.write(1, ((ea >> 40n) << 40n) | SLB_VALID, B | (VSID << 24n));
  assert.equal(guest.pe.translateForDebugger(ea + 4n), PAGE + 4n);
});

test('ST-PMMU-016 a page of 64 KB is found by its LP', () => {
  const { guest, table } = hashGuest([NOP], 2n);
  const ea = 0x1000_2345n;
  const at = Number((0x55n ^ 0n) & BigInt(HPT_BYTES / 128 - 1)) * 128;
  table.setBigUint64(at, (0x55n << 12n) | 4n | 1n);
  table.setBigUint64(at + 8, 0x9_0000n | 0x1000n | 2n);
  guest.pe.slb.write(2, 0x1000_0000n | SLB_VALID, (0x55n << 12n) | 0x110n);
  assert.equal(guest.pe.translateForDebugger(ea), 0x9_2345n);
});
