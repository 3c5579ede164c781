// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DBGBCR_EL1, DBGWCR_EL1, MDSCR_EL1 } from '../../src/cpu/aarch64/registers/debugRegisters.js';
import { encode } from '../../src/cpu/registers/describeRegister.js';
import { A64, DATA, Guest, PSTATE, RAM, seen, TDE, VECTORS } from './guestOnEngine.js';

const MDE = encode(MDSCR_EL1, { MDE: 'enabled' });
const KDE_MDE = encode(MDSCR_EL1, { MDE: 'enabled', KDE: 'enabled' });
const BREAKPOINT = encode(DBGBCR_EL1, { E: 'enabled', PMC: 'EL1AndEL0', BAS: 0b1111 });
const watch = (LSC: 'loads' | 'stores' | 'loadsAndStores', BAS = 0xff) => encode(DBGWCR_EL1, { E: 'enabled', PAC: 'EL1AndEL0', LSC, BAS });
const STEP = 'ESR 0xcb000022';
const STEP_NOT_VALID = 'ESR 0xca000022';

function watched(words: readonly number[], value: bigint, control: bigint, address = DATA): Guest {
  const guest = new Guest(words);
  guest.pe.MDCR_EL2 = TDE;
  guest.set('MDSCR_EL1', MDE);
  guest.set('DBGWVR0_EL1', value);
  guest.set('DBGWCR0_EL1', control);
  guest.pe.setX(1, address);
  return guest;
}

test('ARM-HW-07 a breakpoint fires before its instruction executes, with ELR at it', () => {
  const guest = new Guest([A64.nop, A64['add x4, x4, #1'], A64.nop]);
  guest.pe.MDCR_EL2 = TDE;
  guest.set('MDSCR_EL1', MDE);
  guest.set('DBGBVR2_EL1', RAM + 4n);
  guest.set('DBGBCR2_EL1', BREAKPOINT);
  assert.deepEqual([seen(guest.pe.run(10)), guest.pe.pc, guest.pe.x(4), guest.pe.retired], ['ESR 0xc2000022', RAM + 4n, 0n, 1]);
  guest.set('DBGBCR2_EL1', 0n);
  assert.deepEqual([guest.pe.run(1).kind, guest.pe.x(4)], ['budget', 1n]);
});

test('ARM-HW-02 with ELd EL1 a breakpoint in EL1 needs KDE and PSTATE.D clear, and MDE', () => {
  for (const [mdscr, pstate, isHit] of [
    [KDE_MDE, PSTATE.EL1hUnmasked, true],
    [KDE_MDE, PSTATE.EL1h, false],
    [MDE, PSTATE.EL1hUnmasked, false],
    [KDE_MDE & ~MDE, PSTATE.EL1hUnmasked, false],
    [MDE, PSTATE.EL0, true],
  ] as const) {
    const guest = new Guest([A64.nop, A64.nop]);
    guest.set('MDSCR_EL1', mdscr);
    guest.set('DBGBVR0_EL1', RAM);
    guest.set('DBGBCR0_EL1', BREAKPOINT);
    guest.pe.pstate = pstate;
    guest.pe.run(1);
    assert.equal(guest.get('ESR_EL1'), isHit ? (pstate === 0 ? 0xc200_0022n : 0xc600_0022n) : 0n, `${mdscr} ${pstate}`);
  }
});

test('ARM-HW-05 with TDE a breakpoint hits in EL1 with PSTATE.D set and KDE clear', () => {
  const guest = new Guest([A64.nop]);
  guest.pe.MDCR_EL2 = TDE;
  guest.set('MDSCR_EL1', MDE);
  guest.set('DBGBVR0_EL1', RAM);
  guest.set('DBGBCR0_EL1', BREAKPOINT);
  assert.equal(seen(guest.pe.run(1)), 'ESR 0xc2000022');
});

test('ARM-REG-15 the OS lock stops breakpoints and steps but not BRK', () => {
  const guest = new Guest([A64['add x4, x4, #1'], A64['brk #4']]);
  guest.armStep();
  guest.set('MDSCR_EL1', MDE | 1n);
  guest.set('DBGBVR0_EL1', RAM);
  guest.set('DBGBCR0_EL1', BREAKPOINT);
  guest.set('OSLAR_EL1', 1n);
  assert.deepEqual([seen(guest.pe.run(10)), guest.pe.x(4)], ['ESR 0xf2000004', 1n]);
});

test('ARM-HW-03 BRK goes to EL1 without TDE and to EL2 with it', () => {
  const guest = new Guest([A64['brk #0']]);
  guest.pe.run(1);
  assert.deepEqual([guest.get('ESR_EL1'), guest.pe.elr_el1], [0xf200_0000n, RAM]);
  guest.pe.pc = RAM;
  guest.pe.MDCR_EL2 = TDE;
  assert.equal(seen(guest.pe.run(1)), 'ESR 0xf2000000');
});

test('ARM-HW-06 a breakpoint on a BRK fires first, then the BRK at the same pc', () => {
  const guest = new Guest([A64['brk #0']]);
  guest.set('MDSCR_EL1', KDE_MDE);
  guest.set('DBGBVR0_EL1', RAM);
  guest.set('DBGBCR0_EL1', BREAKPOINT);
  guest.pe.pstate = PSTATE.EL1hUnmasked;
  guest.pe.run(1);
  assert.equal(guest.get('ESR_EL1'), 0xc600_0022n);
  guest.poke32(VECTORS + 0x200n, A64.eret);
  guest.pe.spsr_el1 = BigInt(PSTATE.EL1h);
  guest.pe.run(2);
  assert.deepEqual([guest.get('ESR_EL1'), guest.pe.elr_el1], [0xf200_0000n, RAM]);
});

test('ARM-HW-09 a store watchpoint stops before memory changes, with FAR in the watched bytes', () => {
  const guest = watched([A64['str w2, [x1, #4]']], DATA, watch('stores', 0xf0));
  guest.pe.setX(2, 0x1234n);
  const exit = guest.pe.run(5);
  assert.deepEqual(
    [seen(exit), exit.kind === 'exception' && exit.FAR, guest.pe.pc, guest.peek64(DATA)],
    ['ESR 0xd2000062', DATA + 4n, RAM, 0n],
  );
  guest.set('DBGWCR0_EL1', 0n);
  guest.pe.run(1);
  assert.equal(guest.peek64(DATA), 0x1234_0000_0000n);
});

test('ARM-HW-08 any byte of an access suffices, no byte outside does, and the second element of a pair counts', () => {
  for (const [word, control, address, expected] of [
    [A64['strb w2, [x1, #5]'], watch('stores', 0x20), DATA, 'ESR 0xd2000062'],
    [A64['strb w2, [x1, #5]'], watch('stores', 0x1f), DATA, 'budget'],
    [A64['strb w2, [x1, #5]'], watch('loads'), DATA, 'budget'],
    [A64['ldr x2, [x1]'], watch('loads', 0x80), DATA, 'ESR 0xd2000022'],
    [A64['ldp x2, x3, [x1]'], watch('loads'), DATA - 8n, 'ESR 0xd2000022'],
    [A64['ldp x2, x3, [x1]'], watch('loads'), DATA - 16n, 'budget'],
    [A64['strb w2, [x1]'], encode(DBGWCR_EL1, { E: 1, PAC: 3, LSC: 2, BAS: 0xff, MASK: 6 }), DATA + 63n, 'ESR 0xd2000062'],
    [A64['strb w2, [x1]'], encode(DBGWCR_EL1, { E: 1, PAC: 3, LSC: 2, BAS: 0xff, MASK: 6 }), DATA + 64n, 'budget'],
    [A64['strb w2, [x1]'], encode(DBGWCR_EL1, { E: 1, PAC: 3, LSC: 2, BAS: 0xff, MASK: 2 }), DATA, 'budget'],
    [A64['strb w2, [x1]'], watch('stores', 0x81), DATA + 3n, 'ESR 0xd2000062'],
  ] as const) {
    assert.equal(seen(watched([word], DATA, control, address).pe.run(1)), expected, `${word.toString(16)} ${control.toString(16)}`);
  }
});

test('ARM-HW-08 a second element is still compared when only the first one passes through the hull unmatched', () => {
  // Watched for EL0 only at the first element, for EL1 at the second one.
  const guest = watched([A64['ldp x2, x3, [x1]']], DATA, encode(DBGWCR_EL1, { E: 1, PAC: 'EL0', LSC: 1, BAS: 0xff }));
  guest.set('DBGWVR1_EL1', DATA + 8n);
  guest.set('DBGWCR1_EL1', watch('loads'));
  const exit = guest.pe.run(1);
  assert.deepEqual([seen(exit), exit.kind === 'exception' && exit.FAR], ['ESR 0xd2000022', DATA + 8n]);
});

test('ARM-HW-10 STTR at EL1 counts as EL0, and an atomic reports a read if reads are watched', () => {
  const asEL0 = encode(DBGWCR_EL1, { E: 1, PAC: 'EL0', LSC: 'stores', BAS: 0xff });
  assert.equal(seen(watched([A64['sttr w2, [x1]']], DATA, asEL0).pe.run(1)), 'ESR 0xd2000062');
  assert.equal(watched([A64['strb w2, [x1]']], DATA, asEL0).pe.run(1).kind, 'budget');
  assert.equal(seen(watched([A64['ldadd x2, x3, [x1]']], DATA, watch('loadsAndStores')).pe.run(1)), 'ESR 0xd2000022');
  assert.equal(seen(watched([A64['ldadd x2, x3, [x1]']], DATA, watch('stores')).pe.run(1)), 'ESR 0xd2000062');
});

test('ARM-HW-24 each armed step retires one instruction or enters one exception', () => {
  const guest = new Guest([A64['add x4, x4, #1'], A64['svc #1'], A64.nop]);
  const step = (): unknown[] => {
    guest.armStep();
    return [seen(guest.pe.run(1000)), guest.pe.pc, guest.pe.pstate & PSTATE.SS];
  };
  assert.deepEqual(step(), [STEP, RAM + 4n, 0]);
  assert.deepEqual(step(), [STEP_NOT_VALID, VECTORS + 0x200n, 0]);
  assert.deepEqual([guest.pe.spsr_el1 & BigInt(PSTATE.SS), guest.pe.retired], [0n, 2]);
  guest.poke32(VECTORS + 0x200n, A64.eret);
  assert.equal(step()[1], RAM + 8n);
});

test('ARM-HW-24 a step onto an instruction that faults stops at the vector with SPSR_EL1.SS set', () => {
  const guest = new Guest([A64['udf #0']]);
  guest.armStep();
  assert.deepEqual([seen(guest.pe.run(9)), guest.pe.pc, guest.pe.spsr_el1], [STEP_NOT_VALID, VECTORS + 0x200n, 0x20_03c5n]);
});

test('ARM-HW-25 after advance over a trapped instruction the next run reports the step with nothing executed', () => {
  const guest = new Guest([A64['mrs x0, mdscr_el1'], A64['add x4, x4, #1']]);
  guest.armStep();
  assert.equal(seen(guest.pe.run(9)), 'ESR 0x62240005');
  assert.notEqual(guest.pe.pstate & PSTATE.SS, 0);
  guest.pe.advance();
  assert.deepEqual([seen(guest.pe.run(9)), guest.pe.pc, guest.pe.x(4)], [STEP_NOT_VALID, RAM + 4n, 0n]);
});

test('ARM-HW-29 stepping a load-exclusive reports EX and the exception return clears the monitor', () => {
  const guest = new Guest([A64['ldxr x2, [x1]'], 0xc803_7c22, A64.nop]); // stxr w3, x2, [x1]
  guest.pe.setX(1, DATA);
  guest.armStep();
  assert.equal(seen(guest.pe.run(9)), 'ESR 0xcb000062');
  guest.armStep();
  assert.deepEqual([seen(guest.pe.run(9)), guest.pe.x(3)], [STEP, 1n]);
});

test('ARM-HW-30 a step that starts with a takeable interrupt lands on its vector', () => {
  const guest = new Guest([A64['add x4, x4, #1']]);
  guest.pe.pstate = PSTATE.EL1hUnmasked;
  guest.pe.setVirtualInterrupt('IRQ', true);
  guest.armStep();
  assert.deepEqual(
    [seen(guest.pe.run(9)), guest.pe.pc, guest.pe.x(4), guest.pe.spsr_el1],
    [STEP_NOT_VALID, VECTORS + 0x280n, 0n, 0x20_0005n],
  );
});

test('ARM-HW-36 a watchpoint that hits during a step is reported as the watchpoint, with the step still armed', () => {
  const guest = watched([A64['ldr x2, [x1]']], DATA, watch('loads'));
  guest.set('MDSCR_EL1', MDE | 1n);
  guest.pe.pstate |= PSTATE.SS;
  assert.deepEqual([seen(guest.pe.run(9)), guest.pe.pstate & PSTATE.SS], ['ESR 0xd2000022', PSTATE.SS]);
});

test('ST-PE-021 a guest steps its own EL0 program: ERET with SPSR.SS, one instruction, step exception at EL1', () => {
  const guest = new Guest([A64.eret, A64['add x4, x4, #1'], A64['add x4, x4, #1']]);
  guest.set('MDSCR_EL1', 1n);
  guest.pe.elr_el1 = RAM + 4n;
  guest.pe.spsr_el1 = BigInt(PSTATE.SS);
  guest.pe.run(3);
  assert.deepEqual([guest.pe.pc, guest.get('ESR_EL1'), guest.pe.elr_el1, guest.pe.x(4)], [VECTORS + 0x400n, 0xcb00_0022n, RAM + 8n, 1n]);
});

test('ST-PE-022 an unlinked context breakpoint fires at the first instruction in its context, a linked one only where it links', () => {
  const context = encode(DBGBCR_EL1, { E: 1, PMC: 'EL1AndEL0', BAS: 0xf, BT: 'contextID' });
  const guest = new Guest([A64.nop, A64.nop]);
  guest.pe.MDCR_EL2 = TDE;
  guest.set('MDSCR_EL1', MDE);
  guest.set('CONTEXTIDR_EL1', 7n);
  guest.set('DBGBVR5_EL1', 8n);
  guest.set('DBGBCR5_EL1', context);
  assert.equal(guest.pe.run(1).kind, 'budget');
  guest.set('DBGBVR5_EL1', 7n);
  assert.equal(seen(guest.pe.run(1)), 'ESR 0xc2000022');
  guest.set('DBGBCR5_EL1', encode(DBGBCR_EL1, { E: 1, PMC: 'EL1AndEL0', BAS: 0xf, BT: 'linkedContextID' }));
  assert.equal(guest.pe.run(1).kind, 'budget');
  guest.pe.pc = RAM;
  guest.set('DBGBVR0_EL1', RAM);
  guest.set('DBGBCR0_EL1', encode(DBGBCR_EL1, { E: 1, PMC: 'EL1AndEL0', BAS: 0xf, BT: 'linkedAddress', LBN: 5 }));
  assert.equal(seen(guest.pe.run(1)), 'ESR 0xc2000022');
  guest.set('CONTEXTIDR_EL1', 9n);
  assert.equal(guest.pe.run(1).kind, 'budget');
});

test('ST-PE-023 an engine breakpoint stops before its instruction and is passed over once', () => {
  const guest = new Guest([A64['add x4, x4, #1'], A64['add x4, x4, #1'], 0x17ff_fffe]); // b RAM
  guest.pe.setEngineBreakpoints([{ id: 9, address: RAM + 4n }]);
  const exit = guest.pe.run(100);
  assert.deepEqual(exit, { kind: 'engine', cause: 'breakpoint', ids: [9], address: RAM + 4n, access: undefined });
  assert.equal(guest.pe.run(100).kind, 'engine');
  guest.pe.passOverEngineStops();
  assert.deepEqual([guest.pe.run(100).kind, guest.pe.x(4), guest.pe.pc], ['engine', 3n, RAM + 4n]);
  guest.pe.setEngineBreakpoints([]);
  assert.equal(guest.pe.run(100).kind, 'budget');
});

test('ST-PE-024 an engine watchpoint stops before the access, also outside RAM, and is passed over once', () => {
  const guest = new Guest([A64['strb w2, [x1, #5]'], A64['strb w2, [x1, #5]']]);
  guest.pe.setX(1, DATA);
  guest.pe.setEngineWatchpoints([
    { id: 3, start: DATA + 4n, bytes: 4, onRead: false, onWrite: true },
    { id: 1, start: DATA, bytes: 4, onRead: true, onWrite: true },
    { id: 4, start: 0x0900_0000n, bytes: 8, onRead: false, onWrite: true },
  ]);
  assert.deepEqual(guest.pe.run(9), { kind: 'engine', cause: 'watchpoint', ids: [3], address: DATA + 5n, access: 'store' });
  guest.pe.passOverEngineStops();
  assert.deepEqual([guest.pe.run(9).kind, guest.pe.pc], ['engine', RAM + 4n]);
  guest.pe.setX(1, 0x0900_0000n);
  assert.equal(guest.pe.run(9).kind, 'engine');
  guest.pe.passOverEngineStops();
  assert.equal(seen(guest.pe.run(9)), 'ESR 0x93020047');
});

test('ST-PE-025 writing the debug registers back and forth between runs decodes nothing again', () => {
  const guest = new Guest([A64['add x4, x4, #1'], 0x17ff_ffff]); // b RAM
  guest.pe.MDCR_EL2 = TDE;
  guest.set('DBGBVR0_EL1', RAM + 0x100n);
  guest.set('DBGBCR0_EL1', BREAKPOINT);
  guest.pe.run(100);
  const { decodes } = guest.engine.counters;
  for (let round = 0; round < 10; round++) {
    guest.set('DBGBCR0_EL1', 0n);
    guest.set('DBGBCR0_EL1', BREAKPOINT);
    guest.armStep();
    assert.equal(seen(guest.pe.run(100)), STEP);
  }
  assert.equal(guest.engine.counters.decodes, decodes);
});
