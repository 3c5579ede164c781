// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../src/base/index.js';
import { KVM_EXIT, KVM_GUESTDBG } from '../../src/kvm/index.js';
import { SECONDARY, turnOn } from './allOn.js';
import { A64, CODE, DATA, VECTORS, WordGuest } from './wordGuest.js';

const hsr = (guest: WordGuest, vcpu = 0): number => guest.target.control.at(vcpu).vcpu.kvmRun.debug_hsr;
const control = (guest: WordGuest, vcpu = 0): number => guest.target.control.at(vcpu).vcpu.debugState.control;
/** PSTATE of EL0t with nothing masked. */
const EL0T = 0n;

test('S-080 ARM-HW-05 a hardware breakpoint stops EL1 code with PSTATE.D set', () => {
  const guest = new WordGuest([A64.nop, A64.nop, A64.here]);
  guest.breakAt('hardware', CODE + 4n);
  const stop = guest.continue();
  assert.deepEqual([stop.reason, stop.pc, hsr(guest)], ['breakpoint', CODE + 4n, 0xc200_0022]);
});

test('S-081 ARM-HW-34 a store from EL0 to watched bytes is reported with the requested address and both values', () => {
  const guest = new WordGuest([A64.strWord(0, 1, 4), A64.here], { registers: { x0: 7n, x1: DATA, pstate: EL0T } });
  const page = guest.target.control.at(0).vcpu;
  guest.watch('hardware', [DATA + 4n, 4, 'write']);
  const stop = guest.continue();
  assert.equal(stop.reason, 'watchpoint');
  assert.equal(stop.pc, CODE + 4n);
  assert.deepEqual(
    [stop.watches[0]?.address, stop.watches[0]?.access, [...(stop.watches[0]?.before ?? [])], [...(stop.watches[0]?.after ?? [])]],
    [DATA + 4n, 'write', [0, 0, 0, 0], [7, 0, 0, 0]],
  );
  assert.equal(page.kvmRun.exit_reason, KVM_EXIT.DEBUG);
});

test('ARM-HW-17.RV04 a store from EL0 hits a watchpoint', () => {
  const guest = new WordGuest([A64.str(0, 1), A64.here], { registers: { x1: DATA, pstate: EL0T } });
  guest.watch('hardware', [DATA, 8, 'write']);
  assert.equal(guest.continue().reason, 'watchpoint');
});

test('S-082 a load from a write-only watchpoint does not exit', () => {
  const guest = new WordGuest([A64.ldr(0, 1), A64.brk(1)], { registers: { x1: DATA } });
  guest.watch('hardware', [DATA, 8, 'write']);
  guest.breakAt('hardware', CODE + 4n);
  assert.equal(guest.continue().pc, CODE + 4n);
});

for (const [id, address, bytes, base, offset] of [
  ['S-083', DATA, 8, DATA, 5],
  ['S-086', DATA, 65536, DATA + 0x8000n, 0],
] as const) {
  test(`${id} a byte stored into ${bytes} watched bytes stops the host and injects nothing`, () => {
    const guest = new WordGuest([A64.strByte(0, 1, offset), A64.here], { registers: { x1: base } });
    guest.watch('hardware', [address, bytes, 'write']);
    const stop = guest.continue();
    assert.deepEqual([stop.reason, guest.get('esr_el1')], ['watchpoint', 0n]);
  });
}

test('S-084 of two adjacent watchpoints a store to the second is reported for the second', () => {
  const guest = new WordGuest([A64.str(0, 1), A64.here], { registers: { x1: DATA + 8n } });
  const [, second] = guest.watch('hardware', [DATA, 8, 'write'], [DATA + 8n, 8, 'write']);
  assert.deepEqual(guest.continue().breakpoints, [second?.id]);
});

test('S-087 a watch of 8 bytes at …4 takes two slots', () => {
  const guest = new WordGuest([A64.here]);
  guest.watch('hardware', [DATA + 4n, 8, 'write']);
  assert.equal(guest.target.mechanisms.slots.watchpointsInUse, 2);
});

test('S-089 the seventh hardware breakpoint of six is unverified and says who holds the slots; the others work', () => {
  const guest = new WordGuest(Array.from({ length: 10 }, () => A64.nop));
  const reports = guest.breakAt('hardware', ...[1n, 2n, 3n, 4n, 5n, 6n, 7n].map(n => CODE + 4n * n));
  assert.deepEqual(
    reports.map(report => report.isVerified),
    [true, true, true, true, true, true, false],
  );
  assert.match(reports[6]?.message ?? '', /^6 of 6 hardware breakpoints in use by 0x40080004, .*Choose the mode "engine" or "software"/);
  assert.equal(guest.continue().pc, CODE + 4n);
});

test('ST-DBG-001 in mode auto the seventh breakpoint of six slots becomes an engine breakpoint', () => {
  const guest = new WordGuest(Array.from({ length: 10 }, () => A64.nop));
  const reports = guest.target.breakpoints.setInstructions(
    [1n, 2n, 3n, 4n, 5n, 6n, 7n].map(n => ({ address: virtualAddress(CODE + 4n * n) })),
  );
  assert.deepEqual([reports[5]?.mode, reports[6]?.mode], ['hardware', 'engine']);
});

test('S-091 ARM-HW-17.RV03 S-014 a breakpoint inserted while vCPU 0 is selected stops vCPU 2, and nobody stays in KVM_RUN', () => {
  const words = [...turnOn(2), A64.here];
  const guest = new WordGuest(words, { cpus: 4, more: [[SECONDARY, [A64.nop, A64.here]]] });
  guest.breakAt('hardware', SECONDARY + 4n);
  const stop = guest.continue();
  assert.deepEqual([stop.vcpu, stop.pc], [2, SECONDARY + 4n]);
  assert.deepEqual(
    guest.target.control.all.map(({ vcpu }) => vcpu.isInKvmRun),
    [false, false, false, false],
  );
});

test('S-093 stepping SVC from EL0 stops at VBAR + 0x400 with SPSR_EL1.SS clear', () => {
  const guest = new WordGuest([A64.svc], { registers: { pstate: EL0T, vbar_el1: VECTORS } });
  const stop = guest.step();
  assert.deepEqual([stop.pc, (guest.get('spsr_el1') >> 21n) & 1n], [VECTORS + 0x400n, 0n]);
});

test('S-094 stepping ERET to EL0 stops at the target before it runs', () => {
  const guest = new WordGuest([A64.eret], {
    registers: { elr_el1: CODE + 0x100n, spsr_el1: EL0T },
    more: [[CODE + 0x100n, [A64.movz(0, 1)]]],
  });
  const stop = guest.step();
  assert.deepEqual([stop.pc, guest.get('pstate') & 0xfn, guest.get('x0')], [CODE + 0x100n, 0n, BigInt(0x4000_0000)]);
});

test('S-097 ARM-HW-26 stepping a load from a device stops behind it with the data and nothing else run', () => {
  const guest = new WordGuest([A64.ldr(0, 1) & ~0x40000000, A64.movz(2, 1)], { registers: { x1: 0x0900_0018n, x2: 0n } });
  const stop = guest.step();
  assert.deepEqual([stop.pc, guest.get('x2'), guest.get('x0') !== 0x4000_0000n], [CODE + 4n, 0n, true]);
});

test('S-099 ARM-HW-39 stepping MSR and MRS of DBGBVR0_EL1 takes one step each and the value reads back', () => {
  const guest = new WordGuest([A64.msr(0, 0, 0, 4, 1, 2), A64.mrs(0, 0, 0, 4, 2, 2)], { registers: { x1: 0x1234_5678n, x2: 0n } });
  assert.equal(guest.step().pc, CODE + 4n);
  assert.equal(guest.step().pc, CODE + 8n);
  assert.equal(guest.get('x2'), 0x1234_5678n);
});

const EXCLUSIVE_LOOP = [A64.ldxr(0, 1), A64.addImmediate(0, 0, 1), A64.stxr(2, 0, 1), A64.cbnzWord(2, -3), A64.nop];

test('S-101 ARM-HW-29 a sequence of exclusives stepped as one ends behind its loop with the store done', () => {
  const guest = new WordGuest(EXCLUSIVE_LOOP, { registers: { x1: DATA } });
  const stop = guest.step('into', 0, true);
  assert.deepEqual([stop.pc, guest.read64(DATA)], [CODE + 16n, 1n]);
});

test('S-101 single steps through a loop of exclusives never store', () => {
  const guest = new WordGuest(EXCLUSIVE_LOOP, { registers: { x1: DATA }, fidelity: 'kernel' });
  for (let step = 0; step < 12; step++) guest.step('into', 0, true);
  assert.deepEqual([guest.get('pc'), guest.read64(DATA)], [CODE, 0n]);
});

for (const mode of ['hardware', 'software', 'engine'] as const) {
  test(`S-102 ARM-HW-33 a ${mode} breakpoint at which the guest stands is stepped over and hits the next time`, () => {
    const guest = new WordGuest([A64.addImmediate(0, 0, 1), A64.nop, A64.branch(-2)], { registers: { x0: 0n } });
    guest.breakAt(mode, CODE + 4n);
    assert.equal(guest.continue().pc, CODE + 4n);
    assert.equal(guest.continue().pc, CODE + 4n);
    assert.equal(guest.get('x0'), 2n);
  });

  test(`ARM-HW-35 a ${mode} breakpoint where a step ends is told once, with the step`, () => {
    const guest = new WordGuest([A64.nop, A64.nop, A64.nop, A64.branch(-3)]);
    const [report] = guest.breakAt(mode, CODE + 4n);
    const stop = guest.step();
    assert.deepEqual([stop.reason, stop.pc, stop.breakpoints], ['step', CODE + 4n, [report?.id]]);
    guest.step();
    assert.equal(guest.get('pc'), CODE + 8n);
    assert.equal(guest.target.breakpoints.hitCount(report?.id ?? 0), 1);
  });
}

test("S-104 ARM-HW-06 a breakpoint on a BRK comes first; after stepping over it the BRK is the guest's", () => {
  const guest = new WordGuest([A64.brk(0x55)], { registers: { vbar_el1: VECTORS } });
  guest.breakAt('hardware', CODE);
  assert.equal(guest.continue().reason, 'breakpoint');
  const stop = guest.step();
  assert.deepEqual([stop.pc, guest.get('esr_el1')], [VECTORS + 0x200n, 0xf200_0055n]);
});

test('S-145 ARM-HW-22 a BRK of the guest, while the host has a software breakpoint elsewhere, reaches the guest as hardware delivers it', () => {
  const guest = new WordGuest([A64.brk(0x55), A64.nop, A64.nop], {
    registers: { vbar_el1: VECTORS },
    more: [[VECTORS + 0x200n, [A64.here]]],
  });
  guest.set('pstate', 0x6000_0005n);
  guest.breakAt('software', CODE + 8n);
  guest.target.execution.resume(0);
  guest.run(100);
  assert.deepEqual(
    [guest.get('pc'), guest.get('esr_el1'), guest.get('elr_el1'), guest.get('spsr_el1'), guest.get('pstate') & 0x3c0n],
    [VECTORS + 0x200n, 0xf200_0055n, CODE, 0x6000_0005n, 0x3c0n],
  );
});

test('ARM-HW-36 a step whose instruction touches watched bytes reports the watchpoint, with the step done', () => {
  const guest = new WordGuest([A64.str(0, 1), A64.nop], { registers: { x0: 5n, x1: DATA } });
  guest.watch('hardware', [DATA, 8, 'write']);
  const stop = guest.step();
  assert.deepEqual([stop.reason, stop.pc, guest.read64(DATA)], ['watchpoint', CODE + 4n, 5n]);
});

test('ARM-HW-40 with one host slot in use the whole set of the host is loaded', () => {
  const guest = new WordGuest([A64.nop, A64.nop]);
  guest.breakAt('hardware', CODE + 4n);
  guest.continue();
  assert.equal(guest.target.debugRegisters(0).loadedSet, 'host');
});

test('ARM-HW-45 the control word has USE_HW exactly while a slot is in use', () => {
  const guest = new WordGuest([A64.nop, A64.nop, A64.nop, A64.nop]);
  guest.breakAt('hardware', CODE + 4n);
  guest.continue();
  assert.equal(control(guest) & KVM_GUESTDBG.USE_HW, KVM_GUESTDBG.USE_HW);
  guest.breakAt('hardware');
  guest.step();
  assert.equal(control(guest) & KVM_GUESTDBG.USE_HW, 0);
});

test('ARM-HW-20 API-30 after a stop the word of a stepped vCPU has no SINGLESTEP', () => {
  const guest = new WordGuest([A64.nop, A64.nop]);
  guest.step();
  assert.equal(control(guest) & KVM_GUESTDBG.SINGLESTEP, 0);
});

test('ARM-HW-17.RV20 a breakpoint exit is not taken for a watchpoint by a stale FAR', () => {
  const guest = new WordGuest([A64.str(0, 1), A64.nop, A64.nop], { registers: { x1: DATA }, fidelity: 'kernel' });
  guest.watch('hardware', [DATA, 8, 'write']);
  guest.breakAt('hardware', CODE + 8n);
  assert.equal(guest.continue().reason, 'watchpoint');
  assert.equal(guest.continue().reason, 'breakpoint');
});

test('ARM-HW-17.RV21 no step exit is ever reported that nobody asked for', () => {
  const guest = new WordGuest([A64.addImmediate(0, 0, 1), A64.nop, A64.branch(-2)]);
  const remarks: string[] = [];
  guest.target.onDidLog(line => remarks.push(line));
  guest.breakAt('software', CODE + 4n);
  for (let hit = 0; hit < 5; hit++) guest.continue();
  assert.deepEqual(remarks, []);
});

test('S-092 ARM-HW-24 10 000 steps each retire one instruction, along the same way as a run', () => {
  // A generator of jumps: x0 counts, its bits choose the way.
  const words = [
    A64.addImmediate(0, 0, 1),
    0x36000000 | (2 << 5),
    A64.addImmediate(3, 3, 1),
    0x36080000 | (2 << 5),
    A64.addImmediate(4, 4, 1),
    A64.branch(-5),
  ];
  const stepped = new WordGuest(words, { registers: { x0: 0n, x3: 0n, x4: 0n } });
  for (let step = 0; step < 10_000; step++) {
    stepped.target.execution.step({ vcpu: 0, kind: 'into', granularity: 'instruction' });
    assert.equal(stepped.run().kind, 'stopped');
  }
  const run = new WordGuest(words, { registers: { x0: 0n, x3: 0n, x4: 0n } });
  run.target.execution.resume(0);
  assert.equal(run.run(10_000).kind, 'running');
  for (const name of ['pc', 'x0', 'x3', 'x4']) assert.equal(stepped.get(name), run.get(name), name);
  assert.equal(stepped.target.execution.retiredInstructions, 10_000n);
});

test('S-095 stepping a load that aborts stops at the vector with ESR_EL1 and FAR_EL1 set', () => {
  const guest = new WordGuest([A64.ldr(0, 1)], { registers: { x1: 0x1_0000_0000_0000n, vbar_el1: VECTORS } });
  const stop = guest.step();
  assert.deepEqual([stop.pc, guest.get('esr_el1') >> 26n, guest.get('far_el1')], [VECTORS + 0x200n, 0x25n, 0x1_0000_0000_0000n]);
});

test('S-100 a signal to the thread around a step never lets a second instruction run', () => {
  const guest = new WordGuest([A64.addImmediate(0, 0, 1), A64.addImmediate(0, 0, 1), A64.here], { registers: { x0: 0n } });
  guest.target.control.at(0).vcpu.signal();
  guest.step();
  assert.deepEqual([guest.get('x0'), guest.get('pc')], [1n, CODE + 4n]);
});

/** Enables watchpoint 0 of the guest for stores at x1, MDE and KDE set. */
const GUEST_WATCHPOINT = [
  A64.movz(9, 0x1ff7),
  A64.msr(0, 0, 0, 6, 1, 2), // DBGWVR0_EL1
  A64.msr(0, 0, 0, 7, 9, 2), // DBGWCR0_EL1
  A64.movz(10, 0xa000),
  A64.msr(0, 0, 2, 2, 10, 2), // MDSCR_EL1
  A64.msr(0, 1, 0, 4, 31, 2), // OSLAR_EL1: unlock
  A64.str(0, 1),
  A64.nop,
];

for (const [fidelity, exceptionClass, far] of [
  ['kernel', 0x34n, 0n],
  ['exact', 0x35n, DATA],
] as const) {
  test(`S-148 ST-DBG-004 a guest watchpoint hit at EL1 while the host has a software breakpoint is injected as fidelity ${fidelity} does`, () => {
    const guest = new WordGuest(GUEST_WATCHPOINT, {
      registers: { x1: DATA, vbar_el1: VECTORS },
      fidelity,
      more: [[VECTORS + 0x200n, [A64.here]]],
    });
    guest.set('pstate', 5n);
    guest.breakAt('software', CODE + 4n * 7n);
    guest.target.execution.resume(0);
    guest.run(1000);
    assert.deepEqual(
      [guest.get('pc'), guest.get('esr_el1') >> 26n, guest.get('far_el1'), guest.read64(DATA)],
      [VECTORS + 0x200n, exceptionClass, far, 0n],
    );
  });
}

test('ST-DBG-005 a step over SVC from EL0 runs the handler and stops behind the SVC', () => {
  const handler = [A64.movz(7, 1), A64.eret];
  const guest = new WordGuest([A64.svc, A64.nop], {
    registers: { pstate: EL0T, vbar_el1: VECTORS, x7: 0n },
    more: [[VECTORS + 0x400n, handler]],
  });
  const stop = guest.step('over');
  assert.deepEqual([stop.pc, guest.get('x7')], [CODE + 4n, 1n]);
});

test('ST-DBG-008 a stop at a CPU vector that the user asked for has the reason exception', () => {
  const guest = new WordGuest([A64.nop, A64.svc], {
    registers: { pstate: EL0T, vbar_el1: VECTORS },
    more: [[VECTORS + 0x400n, [A64.here]]],
  });
  guest.target.breakpoints.setVectors([{ name: 'sync from lower EL (AArch64)' }]);
  const stop = guest.continue();
  assert.deepEqual([stop.reason, stop.pc], ['exception', VECTORS + 0x400n]);
});
