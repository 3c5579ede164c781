// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pseudoRandomWords, sampleWords } from '../../src/cpu/decode/sampleWords.js';
import type { Slot } from '../../src/cpu/operations/emitter.js';
import { book3sInstructionSet, POWER_MODE_NAMES } from '../../src/cpu/power/book3s/instructionSet.js';
import { GENERAL_SLOTS } from '../../src/cpu/power/common/registers/stateLayout.js';
import { firstAccessOf } from '../../src/cpu/reference/firstAccess.js';
import { executeReference, type ReferenceMemory } from '../../src/cpu/reference/referencePrinter.js';
import { BE, CODE, DATA, DR, EE, MSR_REAL, PowerGuest, PR, SE } from './powerGuest.js';
import { NOP, ppc, SPR } from './powerWords.js';

/** The part of SRR1 that the Trace interrupt's requirements speak of. */
const TRACE_BITS = 0x781f_0000n;
const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** A guest with MSR[SE] set at `CODE`. */
function stepped(words: readonly number[], msr = MSR_REAL | SE): PowerGuest {
  const guest = new PowerGuest(words);
  guest.pe.msr = msr;
  guest.setGpr(5, DATA);
  return guest;
}

for (const [title, word, bits, operand] of [
  ['an ALU instruction', ppc.addi(3, 0, 1), 0x4000_0000n, 0n],
  ['a load', ppc.lwz(3, 5, 8), 0x5000_0000n, DATA + 8n],
  ['a store', ppc.stw(3, 5, 4), 0x4800_0000n, DATA + 4n],
  ['dcbz, a store', ppc.dcbz(0, 5), 0x4800_0000n, DATA],
  ['dcbf, a load', ppc.dcbf(0, 5), 0x5000_0000n, DATA],
  ['lmw, a load', ppc.lmw(30, 5, 0), 0x5000_0000n, DATA],
] as const) {
  test(`PPC-HV-06 Trace tells in SRR1 what was traced, in SIAR where, in SDAR its operand: ${title}`, () => {
    const guest = stepped([word]);
    guest.run(1);
    assert.deepEqual(
      [guest.pe.pc, guest.spr(SPR.SRR0), hex(guest.spr(SPR.SRR1) & TRACE_BITS), guest.spr(SPR.SIAR), guest.spr(SPR.SDAR), guest.pe.msr],
      [0xd00n, CODE + 4n, hex(bits), CODE, operand, MSR_REAL],
    );
  });
}

test('PPC-HV-06 a CIABR match sets SRR1[43] and neither load nor store', () => {
  const guest = new PowerGuest([NOP, ppc.lwz(3, 5, 0)]);
  guest.setGpr(5, DATA);
  guest.setSpr(SPR.CIABR, (CODE + 4n) | 2n);
  guest.run(2);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR0), hex(guest.spr(SPR.SRR1) & TRACE_BITS)], [0xd00n, CODE + 8n, '0x40100000']);
});

test('ST-PTRC-001 a traced branch has its target in SRR0, and SE stays in SRR1', () => {
  const guest = stepped([ppc.b(0x40)]);
  guest.run(1);
  assert.deepEqual([guest.spr(SPR.SRR0), guest.spr(SPR.SRR1) & SE, guest.pe.retired], [CODE + 0x40n, SE, 1]);
});

test('ST-PTRC-002 BE traces branches, taken or not, and nothing else', () => {
  const guest = new PowerGuest([NOP, ppc.bne(0x20)]);
  guest.pe.registers.cr = 0x2000_0000;
  guest.pe.msr = MSR_REAL | BE;
  guest.run(1);
  assert.equal(guest.pe.pc, CODE + 4n);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR0)], [0xd00n, CODE + 8n]);
  const taken = new PowerGuest([ppc.blr()]);
  taken.pe.registers.lr = DATA;
  taken.pe.msr = MSR_REAL | BE;
  taken.run(1);
  assert.deepEqual([taken.pe.pc, taken.spr(SPR.SRR0)], [0xd00n, DATA]);
});

test('PPC-HV-05 mtmsrd that sets SE is not traced, one that clears it is', () => {
  const setting = new PowerGuest([ppc.mtmsrd(3)]);
  setting.setGpr(3, MSR_REAL | SE);
  setting.run(1);
  assert.deepEqual([setting.pe.pc, setting.pe.msr], [CODE + 4n, MSR_REAL | SE]);
  const clearing = stepped([ppc.mtmsrd(3)]);
  clearing.setGpr(3, MSR_REAL);
  clearing.run(1);
  assert.deepEqual([clearing.pe.pc, clearing.spr(SPR.SRR0), clearing.spr(SPR.SRR1) & SE], [0xd00n, CODE + 4n, 0n]);
});

for (const [title, word, pc] of [
  ['sc', ppc.sc(0), 0xc00n],
  ['a trap that traps', ppc.trap(), 0x700n],
  ['an alignment fault', ppc.lwarx(3, 0, 6), 0x600n],
] as const) {
  test(`PPC-HV-07 what faults or causes an interrupt is not traced: ${title}`, () => {
    const guest = stepped([word]);
    guest.setGpr(6, 1n);
    guest.run(1);
    assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR1) & SE, guest.spr(SPR.SRR1) & 0x4000_0000n], [pc, SE, 0n]);
  });
}

test('ST-PTRC-003 rfid and rfscv are not traced, and the instruction that they return to is if SE was in the image', () => {
  const guest = stepped([ppc.rfid()]);
  guest.setSpr(SPR.SRR0, DATA);
  guest.setSpr(SPR.SRR1, MSR_REAL | SE);
  guest.poke32(DATA, NOP);
  guest.run(1);
  assert.equal(guest.pe.pc, DATA);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR0)], [0xd00n, DATA + 4n]);
});

test('ST-PTRC-004 sc 1 is not traced and leaves SE in MSR', () => {
  const guest = stepped([ppc.sc(1)]);
  const exit = guest.run(1);
  assert.deepEqual([exit.kind, guest.pe.pc, guest.pe.msr], ['interrupt', CODE + 4n, MSR_REAL | SE]);
});

test('ST-PTRC-005 Trace is taken before a pending interrupt that the instruction enables', () => {
  const guest = stepped([ppc.mtmsrd(3)]);
  guest.setGpr(3, MSR_REAL | SE | EE);
  guest.setSpr(SPR.DEC, 0xffff_ffffn);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR1) & EE], [0xd00n, EE]);
});

test('ST-PTRC-006 SIAR and SDAR stay while the performance monitor owns them', () => {
  const guest = stepped([NOP]);
  guest.setSpr(795, 1n << 26n);
  guest.setSpr(SPR.SIAR, 0x55n);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.SIAR)], [0xd00n, 0x55n]);
});

test('PPC-HV-42 CIABR traces after its instruction, a branch at its target, at the right privilege only', () => {
  const guest = new PowerGuest([ppc.b(0x40)]);
  guest.setSpr(SPR.CIABR, CODE | 2n);
  guest.run(1);
  assert.deepEqual([guest.pe.pc, guest.spr(SPR.SRR0), hex(guest.spr(SPR.SRR1) & TRACE_BITS)], [0xd00n, CODE + 0x40n, '0x40100000']);
  for (const PRIV of [0n, 1n, 3n]) {
    const other = new PowerGuest([ppc.b(0x40)]);
    other.setSpr(SPR.CIABR, CODE | PRIV);
    other.run(1);
    assert.equal(other.pe.pc, CODE + 0x40n, `PRIV ${PRIV}`);
  }
  const problem = new PowerGuest([NOP]);
  problem.pe.msr = MSR_REAL | PR;
  problem.setSpr(SPR.CIABR, CODE | 1n);
  problem.run(1);
  assert.equal(problem.pe.pc, 0xd00n);
});

test('PPC-HV-42 CIABR traces rfid, and neither sc nor what faults', () => {
  const traced = (word: number): bigint => {
    const guest = new PowerGuest([word]);
    guest.setSpr(SPR.SRR0, DATA);
    guest.setSpr(SPR.SRR1, MSR_REAL);
    guest.setSpr(SPR.CIABR, CODE | 2n);
    guest.run(1);
    return guest.pe.pc;
  };
  assert.deepEqual([traced(ppc.rfid()), traced(ppc.sc(0)), traced(ppc.trap())], [0xd00n, 0xc00n, 0x700n]);
});

const DAWRX = { DW: 0x40n, DR: 0x20n, WT: 0x10n, WTI: 0x8n, PNH: 0x2n, PRO: 0x1n } as const;
/** A guest whose DAWR0 watches `doublewords` doublewords from `DATA` + 16. */
function watched(words: readonly number[], control: bigint, doublewords = 1): PowerGuest {
  const guest = new PowerGuest(words);
  guest.setGpr(5, DATA);
  guest.setSpr(SPR.DAWR0, DATA + 16n);
  guest.setSpr(SPR.DAWRX0, control | (BigInt(doublewords - 1) << 10n));
  return guest;
}
const match = (guest: PowerGuest) => [guest.pe.pc, guest.spr(SPR.DAR), hex(guest.spr(SPR.DSISR))];

test('PPC-HV-45 a DAWR match is a Data Storage interrupt before the access, with the store bit for stores', () => {
  const load = watched([ppc.lwz(3, 5, 20)], DAWRX.DR | DAWRX.PNH | DAWRX.WTI);
  load.poke32(DATA + 20n, 7);
  load.run(1);
  assert.deepEqual([...match(load), load.gpr(3)], [0x300n, DATA + 20n, '0x400000', 0n]);
  const store = watched([ppc.stb(5, 5, 16)], DAWRX.DW | DAWRX.PNH | DAWRX.WTI);
  store.run(1);
  assert.deepEqual([...match(store), store.peek64(DATA + 16n)], [0x300n, DATA + 16n, '0x2400000', 0n]);
});

test('PPC-HV-45 an access beside the watched bytes, in the other direction or at another privilege does not match', () => {
  for (const [word, control] of [
    [ppc.lwz(3, 5, 24), DAWRX.DR | DAWRX.PNH | DAWRX.WTI],
    [ppc.lwz(3, 5, 12), DAWRX.DR | DAWRX.PNH | DAWRX.WTI],
    [ppc.stw(3, 5, 16), DAWRX.DR | DAWRX.PNH | DAWRX.WTI],
    [ppc.lwz(3, 5, 16), DAWRX.DR | DAWRX.PRO | DAWRX.WTI],
    [ppc.lwz(3, 5, 16), DAWRX.DR | DAWRX.PNH | DAWRX.WT],
    [ppc.dcbf(5, 6), DAWRX.DW | DAWRX.PNH | DAWRX.WTI],
  ] as const) {
    const guest = watched([word], control);
    guest.setGpr(6, 16n);
    guest.run(1);
    assert.equal(guest.pe.pc, CODE + 4n, word.toString(16));
  }
});

test('PPC-HV-45 WT = MSR[DR] is wanted unless WTI, a range has up to 64 doublewords and ends at 512 bytes', () => {
  const real = watched([ppc.lwz(3, 5, 16)], DAWRX.DR | DAWRX.PNH);
  real.run(1);
  assert.equal(real.pe.pc, 0x300n);
  const ranged = watched([ppc.lwz(3, 5, 0x1fc), ppc.lwz(3, 5, 0x200)], DAWRX.DR | DAWRX.PNH | DAWRX.WTI, 64);
  ranged.run(1);
  assert.deepEqual(match(ranged), [0x300n, DATA + 0x1fcn, '0x400000']);
  ranged.pe.pc = CODE + 4n;
  ranged.run(1);
  assert.equal(ranged.pe.pc, CODE + 8n);
});

test('PPC-HV-45 dcbz counts as a store, and a store that crosses into the watched bytes matches', () => {
  const zeroing = watched([ppc.dcbz(0, 5)], DAWRX.DW | DAWRX.PNH | DAWRX.WTI);
  zeroing.run(1);
  assert.deepEqual([zeroing.pe.pc, hex(zeroing.spr(SPR.DSISR))], [0x300n, '0x2400000']);
  const crossing = watched([ppc.std(3, 5, 12)], DAWRX.DW | DAWRX.PNH | DAWRX.WTI);
  crossing.run(1);
  assert.equal(crossing.pe.pc, 0x300n);
});

test('ST-PTRC-007 an engine breakpoint and an engine watchpoint end the run before the instruction, and are passed over once', () => {
  const guest = new PowerGuest([NOP, ppc.lwz(3, 5, 0), NOP]);
  guest.setGpr(5, DATA);
  guest.pe.setEngineBreakpoints([{ id: 4, address: CODE + 4n }]);
  guest.pe.setEngineWatchpoints([{ id: 9, start: DATA + 2n, bytes: 1, onRead: true, onWrite: false }]);
  const atBreakpoint = { ...guest.run(10) };
  guest.pe.passOverEngineStops('breakpoint');
  const atWatchpoint = { ...guest.run(10) };
  guest.pe.passOverEngineStops();
  guest.run(1);
  assert.deepEqual(
    [atBreakpoint, atWatchpoint, guest.pe.pc],
    [
      { kind: 'engine', cause: 'breakpoint', ids: [4], address: CODE + 4n, access: undefined },
      { kind: 'engine', cause: 'watchpoint', ids: [9], address: DATA + 2n, access: 'load' },
      CODE + 8n,
    ],
  );
});

test('ST-PTRC-008 a trap word that another word replaces while CIABR watches its place is run as it is then', () => {
  const guest = new PowerGuest([ppc.addi(3, 3, 1), ppc.b(-4)]);
  guest.setSpr(SPR.CIABR, CODE | 2n);
  guest.run(1);
  guest.poke32(CODE, ppc.addi(3, 3, 5));
  guest.pe.pc = CODE;
  guest.run(1);
  assert.deepEqual([guest.gpr(3), guest.pe.pc], [6n, 0xd00n]);
});

test('ST-PTRC-009 a match while translation is on follows MSR[DR] and WT', () => {
  const guest = watched([ppc.lwz(3, 5, 16)], DAWRX.DR | DAWRX.PNH | DAWRX.WT);
  guest.pe.msr = MSR_REAL | DR;
  guest.run(1);
  assert.deepEqual([guest.pe.pc, hex(guest.spr(SPR.DSISR))], [0x300n, '0x400000']);
});

test('ST-PTRC-010 the first access that is known from a word is the one that the reference makes, and plain loads and stores are known so', () => {
  const random = pseudoRandomWords(7);
  const registers = new Map<Slot, bigint>();
  const state = { read: (at: Slot) => registers.get(at) ?? 0n, write: () => undefined };
  const memory: ReferenceMemory = { faultOf: address => address, read: () => 0n, write: () => undefined };
  const known = new Set<string>();
  for (const mode of POWER_MODE_NAMES) {
    for (const row of book3sInstructionSet(mode).rows.filter(({ support }) => support.kind === 'implemented')) {
      for (const word of sampleWords(row, 5, random())) {
        const first = firstAccessOf(row, word);
        if (first === undefined) continue;
        for (const slot of GENERAL_SLOTS) registers.set(slot, (BigInt(random()) << 32n) | BigInt(random()));
        const outcome = executeReference(row, word, 0n, state, memory);
        assert.deepEqual(outcome, { kind: 'memory fault', address: first.address(state), access: first.access }, row.name);
        known.add(row.name);
      }
    }
  }
  for (const name of ['lbz', 'lwzu', 'lha', 'ldx', 'lwbrx', 'stb', 'stwux', 'std', 'stdu', 'lwarx', 'dcbz'])
    assert.ok(known.has(name), name);
});
