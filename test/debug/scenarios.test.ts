// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../src/base/index.js';
import { KVM_GUESTDBG } from '../../src/kvm/index.js';
import { allOn, SECONDARY, SECONDARY_ADDRESS } from './allOn.js';
import { logExits, syndromes } from './exitLog.js';
import { GUEST_BREAKPOINT } from './guestPrograms.js';
import { A64, CODE, DATA, VECTORS, WordGuest } from './wordGuest.js';

// Section C of the scenarios: host hardware debug. Each runs in every fidelity in which it must hold.

const EL0T = 0n;
const EL1H = 5n;
const EL1H_MASKED = 0x3c5n;
const VECTOR = { sameLevel: VECTORS + 0x200n, lowerLevel: VECTORS + 0x400n } as const;
const STAY: readonly (readonly [bigint, readonly number[]])[] = [
  [VECTOR.sameLevel, [A64.here]],
  [VECTOR.lowerLevel, [A64.here]],
];

const EXCLUSIVES = [A64.ldxr(0, 1), A64.addImmediate(0, 0, 1), A64.stxr(2, 0, 1), A64.cbnzWord(2, -3), A64.nop];

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-080 a hardware breakpoint in EL1 code with PSTATE.D set exits once, with hsr 0xC2000022 (${fidelity})`, () => {
    const guest = new WordGuest([A64.nop, A64.addImmediate(0, 0, 1), A64.here], { fidelity, registers: { x0: 0n, pstate: EL1H_MASKED } });
    guest.breakAt('hardware', CODE + 4n);
    const exits = logExits(guest);
    const stop = guest.continue();
    assert.deepEqual([stop.reason, stop.pc, guest.get('x0')], ['breakpoint', CODE + 4n, 0n]);
    assert.deepEqual(syndromes(exits), [0xc200_0022]);
  });

  test(`S-081 ARM-HW-34 a watched store from EL0 exits with hsr 0xD2000062 before memory changes, and is reported by the requested address (${fidelity})`, () => {
    const guest = new WordGuest([A64.strWord(0, 1, 4), A64.here], { fidelity, registers: { x0: 7n, x1: DATA, pstate: EL0T } });
    guest.watch('hardware', [DATA + 4n, 4, 'write']);
    const exits = logExits(guest, () => guest.read64(DATA));
    const stop = guest.continue();
    assert.deepEqual([stop.reason, stop.watches[0]?.address, stop.watches[0]?.access], ['watchpoint', DATA + 4n, 'write']);
    const [first] = exits;
    assert.deepEqual([first?.hsr, first?.far, first?.seen], [0xd200_0062, DATA + 4n, 0n]);
    assert.equal(guest.read64(DATA), 7n << 32n);
  });

  test(`S-082 a load from bytes that are watched for writing makes no exit (${fidelity})`, () => {
    const guest = new WordGuest([A64.ldr(0, 1), A64.nop, A64.here], { fidelity, registers: { x0: 0n, x1: DATA } });
    guest.put(DATA, [0x1234]);
    guest.watch('hardware', [DATA, 8, 'write']);
    guest.breakAt('hardware', CODE + 4n);
    const exits = logExits(guest);
    assert.equal(guest.continue().pc, CODE + 4n);
    assert.deepEqual([syndromes(exits), guest.get('x0')], [[0xc200_0022], 0x1234n]);
  });

  test(`S-089 of 17 hardware breakpoints on a CPU with 16 the last has no slot, and each of the others hits (${fidelity})`, () => {
    const guest = new WordGuest([...Array.from({ length: 18 }, () => A64.nop), A64.here], { fidelity, cpu: 'max' });
    const addresses = Array.from({ length: 17 }, (_, n) => CODE + 4n * BigInt(n + 1));
    const reports = guest.breakAt('hardware', ...addresses);
    assert.deepEqual(
      reports.map(report => report.isVerified),
      addresses.map((_, n) => n < 16),
    );
    assert.match(reports[16]?.message ?? '', /^16 of 16 hardware breakpoints in use by /);
    for (const address of addresses.slice(0, 16)) assert.equal(guest.continue().pc, address);
  });

  for (const [level, pstate, vector, exceptionClass] of [
    ['EL1', EL1H, VECTOR.sameLevel, 0x25n],
    ['EL0', EL0T, VECTOR.lowerLevel, 0x24n],
  ] as const) {
    test(`S-095 a step of a load that aborts at ${level} stops at the vector with ESR and FAR set and nothing loaded (${fidelity})`, () => {
      // With the MMU off memory is Device memory: an unaligned access aborts.
      const guest = new WordGuest([A64.ldr(0, 1), A64.here], {
        fidelity,
        registers: { x0: 0x55n, x1: DATA + 1n, pstate, vbar_el1: VECTORS },
      });
      const exits = logExits(guest);
      const stop = guest.step();
      assert.deepEqual([stop.reason, stop.pc, exits.length], ['step', vector, 1]);
      assert.deepEqual(
        [guest.get('x0'), guest.get('esr_el1') >> 26n, guest.get('far_el1'), guest.get('elr_el1'), guest.get('pstate') & 0xfn],
        [0x55n, exceptionClass, DATA + 1n, CODE, EL1H],
      );
    });

    test(`S-104 a breakpoint on SVC at ${level} fires before it; a step from there ends at the vector (${fidelity})`, () => {
      const guest = new WordGuest([A64.svc, A64.nop], { fidelity, registers: { pstate, vbar_el1: VECTORS }, more: STAY });
      guest.breakAt('hardware', CODE);
      const exits = logExits(guest);
      assert.deepEqual(guest.continue().pc, CODE);
      assert.deepEqual(syndromes(exits), [0xc200_0022]);
      const stop = guest.step();
      assert.deepEqual([stop.pc, guest.get('elr_el1'), guest.get('esr_el1') >> 26n], [vector, CODE + 4n, 0x15n]);
    });

    test(`S-104 a breakpoint on BRK at ${level} fires before it; going on, the guest gets its BRK once (${fidelity})`, () => {
      const guest = new WordGuest([A64.brk(0x55), A64.nop], { fidelity, registers: { pstate, vbar_el1: VECTORS }, more: STAY });
      guest.breakAt('hardware', CODE);
      const exits = logExits(guest);
      assert.equal(guest.continue().reason, 'breakpoint');
      guest.target.execution.resume(0);
      assert.equal(guest.run(100).kind, 'running');
      assert.deepEqual(syndromes(exits), [0xc200_0022, 0xf200_0055]);
      assert.deepEqual([guest.get('pc'), guest.get('esr_el1'), guest.get('elr_el1')], [vector, 0xf200_0055n, CODE]);
      assert.equal(guest.get('spsr_el1') & 0x3cfn, pstate);
    });
  }

  for (const mode of ['hardware', 'software', 'engine'] as const) {
    test(`S-102 ARM-HW-33 a ${mode} breakpoint that the guest goes on from is lifted, armed again and hits in each round (${fidelity})`, () => {
      const guest = new WordGuest([A64.addImmediate(0, 0, 1), A64.nop, A64.branch(-2)], { fidelity, registers: { x0: 0n } });
      const [report] = guest.breakAt(mode, CODE + 4n);
      for (let round = 1n; round <= 4n; round++) {
        const stop = guest.continue();
        assert.deepEqual([stop.reason, stop.pc, stop.breakpoints, guest.get('x0')], ['breakpoint', CODE + 4n, [report?.id], round]);
      }
      assert.equal(guest.target.breakpoints.hitCount(report?.id ?? 0), 4);
    });

    test(`ARM-HW-35 a ${mode} breakpoint where a step ends makes one stop and does not fire before its instruction has run (${fidelity})`, () => {
      const guest = new WordGuest([A64.nop, A64.addImmediate(0, 0, 1), A64.nop, A64.branch(-3)], { fidelity, registers: { x0: 0n } });
      const [report] = guest.breakAt(mode, CODE + 4n);
      const stop = guest.step();
      assert.deepEqual([stop.reason, stop.pc, stop.breakpoints], ['step', CODE + 4n, [report?.id]]);
      // Once round the loop: the breakpoint fires at the next arrival, not before.
      assert.deepEqual([guest.continue().pc, guest.get('x0')], [CODE + 4n, 1n]);
      assert.equal(guest.target.breakpoints.hitCount(report?.id ?? 0), 2);
    });

    test(`ARM-HW-35 a ${mode} breakpoint at the start of a step is out of force for the step (${fidelity})`, () => {
      const guest = new WordGuest([A64.addImmediate(0, 0, 1), A64.branch(-1)], { fidelity, registers: { x0: 0n } });
      const [report] = guest.breakAt(mode, CODE);
      assert.equal(guest.continue().pc, CODE);
      const stop = guest.step();
      assert.deepEqual([stop.reason, stop.pc, stop.breakpoints, guest.get('x0')], ['step', CODE + 4n, [], 1n]);
      assert.deepEqual(guest.step().breakpoints, [report?.id]);
    });
  }

  test(`S-105 ARM-HW-37 a guest breakpoint is silent while the host has slots, reads back, and fires when the host has none (${fidelity})`, () => {
    const target = CODE + 4n * 9n;
    const words = [
      ...GUEST_BREAKPOINT,
      A64.mrs(0, 0, 0, 4, 11, 2),
      A64.mrs(0, 0, 0, 5, 12, 2),
      A64.mrs(0, 0, 2, 2, 13, 2),
      A64.nop, // target
      A64.nop,
      A64.branch(-2),
    ];
    const guest = new WordGuest(words, { fidelity, registers: { x1: target, vbar_el1: VECTORS, pstate: EL1H }, more: STAY });
    guest.breakAt('hardware', target + 4n);
    for (let round = 0; round < 3; round++) assert.equal(guest.continue().pc, target + 4n);
    assert.deepEqual([guest.get('x11'), guest.get('x12'), guest.get('x13'), guest.get('esr_el1')], [target, 0x1e7n, 0xa000n, 0n]);
    guest.breakAt('hardware');
    guest.target.execution.resume(0);
    guest.run(1000);
    assert.deepEqual([guest.get('pc'), guest.get('elr_el1'), guest.get('esr_el1')], [VECTOR.sameLevel, target, 0xc600_0022n]);
    assert.equal(guest.target.control.at(0).vcpu.debugState.control, 0);
  });

  test(`S-091 S-014 a ${fidelity === 'kernel' ? 'software' : 'hardware'} breakpoint inserted with vCPU 0 selected stops vCPU 3 alone, and nobody stays in the guest (${fidelity})`, () => {
    const guest = allOn(fidelity, [A64.addImmediate(5, 5, 1), A64.nop, A64.branch(-2)]);
    guest.breakAt(fidelity === 'kernel' ? 'software' : 'hardware', SECONDARY + 4n);
    const before = guest.target.control.all.map(({ vcpu }) => vcpu.retiredInstructions);
    assert.deepEqual(guest.target.execution.resume(3, true), { ok: true, value: undefined });
    const stop = guest.stop();
    assert.deepEqual([stop.vcpu, stop.pc, stop.reason], [3, SECONDARY + 4n, 'breakpoint']);
    const after = guest.target.control.all.map(({ vcpu }) => vcpu.retiredInstructions);
    assert.deepEqual(after.slice(0, 3), before.slice(0, 3));
    assert.deepEqual(
      guest.target.control.all.map(({ vcpu }) => vcpu.isInKvmRun),
      [false, false, false, false],
    );
  });

  test(`ARM-HW-33 while one vCPU steps over a software breakpoint no other runs through the hole (${fidelity})`, () => {
    const guest = allOn(fidelity, [A64.addImmediate(5, 5, 1), A64.addImmediate(6, 6, 1), A64.branch(-2)]);
    const [report] = guest.target.breakpoints.setInstructions([
      { address: SECONDARY_ADDRESS, mode: 'software', hitCondition: '>= 1000000' },
    ]);
    guest.target.execution.resume(0);
    assert.equal(guest.run(45_000).kind, 'running');
    guest.target.execution.pause();
    guest.run();
    const passes = [1, 2, 3].map(vcpu => guest.get('x5', vcpu));
    for (const count of passes) assert.ok(count > 100n, `${passes}`);
    const total = Number(passes.reduce((sum, count) => sum + count, 0n));
    const hits = guest.target.breakpoints.hitCount(report?.id ?? 0);
    // Each vCPU may stand at the breakpoint, told but not passed.
    assert.ok(hits >= total && hits <= total + 3, `${hits} hits for ${total} passes`);
  });

  test(`ST-DBG-009 slices that end while a breakpoint is stepped over do not keep the other vCPUs from running (${fidelity})`, () => {
    // After the first word the loop's stepped instruction is every even one: the slice's last.
    const guest = allOn(fidelity, [A64.nop, A64.addImmediate(5, 5, 1), A64.branch(-1)]);
    guest.target.breakpoints.setInstructions([{ address: virtualAddress(SECONDARY + 4n), mode: 'software', hitCondition: '>= 1000000' }]);
    guest.target.execution.resume(0);
    assert.equal(guest.run(45_000).kind, 'running');
    guest.target.execution.pause();
    guest.run();
    for (const vcpu of [1, 2, 3]) assert.ok(guest.get('x5', vcpu) > 1000n, `vCPU ${vcpu}: ${guest.get('x5', vcpu)}`);
  });

  test(`ARM-HW-41 with a software breakpoint set, not stepping, a BRK of the guest's still exits and is given back (${fidelity})`, () => {
    const guest = new WordGuest([A64.nop, A64.brk(9), A64.nop, A64.nop], {
      fidelity,
      registers: { vbar_el1: VECTORS, pstate: EL1H },
      more: STAY,
    });
    guest.breakAt('software', CODE + 12n);
    guest.step();
    const exits = logExits(guest);
    guest.target.execution.resume(0);
    guest.run(100);
    assert.equal(guest.target.control.at(0).vcpu.debugState.control, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_SW_BP);
    assert.deepEqual([syndromes(exits), guest.get('pc'), guest.get('elr_el1')], [[0xf200_0009], VECTOR.sameLevel, CODE + 4n]);
  });

  for (const [access, word] of [
    ['write', A64.str(0, 1)],
    ['read', A64.ldr(2, 1)],
    ['readWrite', A64.ldr(2, 1)],
    ['readWrite', A64.str(0, 1)],
  ] as const) {
    const isWrite = word === A64.str(0, 1);
    test(`ARM-HW-34 ${access === 'readWrite' ? 'an' : 'a'} ${access} watch reports a ${isWrite ? 'store' : 'load'} that begins below it by the address that was asked for (${fidelity})`, () => {
      const guest = new WordGuest([word, A64.here], { fidelity, registers: { x0: 0x1111_2222_3333_4444n, x1: DATA } });
      guest.watch('hardware', [DATA + 2n, 2, access]);
      const stop = guest.continue();
      const [watch] = stop.watches;
      assert.deepEqual([stop.pc, watch?.address, watch?.access], [CODE + 4n, DATA + 2n, isWrite ? 'write' : 'read']);
      assert.deepEqual([[...(watch?.before ?? [])], [...(watch?.after ?? [])]], [[0, 0], isWrite ? [0x33, 0x33] : [0, 0]]);
    });
  }

  test(`S-101 ARM-HW-29 stepping LDXR reports bit 6, and the store of the loop never succeeds (${fidelity})`, () => {
    const guest = new WordGuest(EXCLUSIVES, { fidelity, registers: { x1: DATA } });
    const exits = logExits(guest);
    for (let round = 0; round < 3; round++) {
      for (const offset of [4n, 8n, 12n, 0n]) assert.equal(guest.step().pc, CODE + offset);
    }
    const round = [0xcb00_0062, 0xcb00_0022, 0xcb00_0022, 0xcb00_0022];
    assert.deepEqual(syndromes(exits), [...round, ...round, ...round]);
    assert.equal(guest.read64(DATA), 0n);
  });
}

test('S-101 ARM-HW-29 the sequence stepped as one stops behind its loop, stored once (exact)', () => {
  const guest = new WordGuest(EXCLUSIVES, { registers: { x1: DATA } });
  const stop = guest.step('into', 0, true);
  assert.deepEqual([stop.reason, stop.pc, guest.read64(DATA), guest.get('x2')], ['step', CODE + 16n, 1n, 0n]);
});

for (const [id, bytes, offset] of [
  ['S-083', 8, 5n],
  ['S-086', 65536, 0x8123n],
] as const) {
  test(`${id} a byte stored at ${offset} of ${bytes} watched bytes stops for the host and the guest takes nothing (exact)`, () => {
    const guest = new WordGuest([A64.strByte(0, 1), A64.here], {
      registers: { x0: 0xaan, x1: DATA + offset, vbar_el1: VECTORS },
      more: STAY,
    });
    guest.watch('hardware', [DATA, bytes, 'write']);
    const stop = guest.continue();
    assert.deepEqual([stop.reason, stop.pc, stop.watches[0]?.address, guest.get('esr_el1')], ['watchpoint', CODE + 4n, DATA, 0n]);
    assert.deepEqual([guest.target.mechanisms.slots.watchpointsInUse, stop.watches[0]?.after[Number(offset)]], [1, 0xaa]);
  });

  test(`${id} ARM-HW-11 the same store is taken for the guest's and injected (kernel)`, () => {
    const guest = new WordGuest([A64.strByte(0, 1), A64.here], {
      fidelity: 'kernel',
      registers: { x0: 0xaan, x1: DATA + offset, vbar_el1: VECTORS },
      more: STAY,
    });
    guest.watch('hardware', [DATA, bytes, 'write']);
    guest.target.execution.resume(0);
    assert.equal(guest.run(100).kind, 'running');
    assert.deepEqual([guest.get('pc'), guest.get('elr_el1')], [VECTOR.sameLevel, CODE]);
  });
}

test('S-084 of the watches 0x…0/8 and 0x…8/8 each store reports its own (exact)', () => {
  const guest = new WordGuest([A64.str(0, 1, 8), A64.str(0, 1), A64.here], { registers: { x0: 1n, x1: DATA } });
  const [first, second] = guest.watch('hardware', [DATA, 8, 'write'], [DATA + 8n, 8, 'write']);
  assert.deepEqual(guest.continue().breakpoints, [second?.id]);
  assert.deepEqual(guest.continue().breakpoints, [first?.id]);
});

test('S-087 eight bytes watched at …4 take two slots; a store to the first and to the last of them stops, one beside them does not (exact)', () => {
  const words = [A64.strByte(0, 1, 3), A64.strByte(0, 1, 4), A64.strByte(0, 1, 12), A64.strByte(0, 1, 11), A64.nop, A64.here];
  const guest = new WordGuest(words, { registers: { x0: 1n, x1: DATA } });
  const [report] = guest.watch('hardware', [DATA + 4n, 8, 'write']);
  guest.breakAt('hardware', CODE + 16n);
  assert.equal(guest.target.mechanisms.slots.watchpointsInUse, 2);
  const stops = [guest.continue(), guest.continue()];
  assert.deepEqual(
    stops.map(stop => [stop.pc, stop.breakpoints, stop.watches.map(watch => [watch.address, watch.after.length])]),
    [
      [CODE + 8n, [report?.id], [[DATA + 4n, 8]]],
      // The breakpoint where the access's instruction ends is told with it.
      [CODE + 16n, [report?.id, stops[1]?.breakpoints[1]], [[DATA + 4n, 8]]],
    ],
  );
});

test('S-106 ARM-HW-37 a guest breakpoint masked at EL1 is never delivered, round after round, and is once the guest unmasks it (exact)', () => {
  const target = CODE + 4n * 6n;
  const words = [
    ...GUEST_BREAKPOINT,
    A64.addImmediate(0, 0, 1), // target
    A64.nop,
    A64.branch(-2),
  ];
  const guest = new WordGuest(words, { registers: { x0: 0n, x1: target, vbar_el1: VECTORS, pstate: EL1H_MASKED }, more: STAY });
  guest.breakAt('software', target + 4n);
  for (let round = 1n; round <= 3n; round++) {
    assert.equal(guest.continue().pc, target + 4n);
    assert.deepEqual([guest.get('x0'), guest.get('esr_el1')], [round, 0n]);
  }
  guest.set('pstate', EL1H);
  guest.target.execution.resume(0);
  guest.run(100);
  assert.deepEqual([guest.get('pc'), guest.get('elr_el1'), guest.get('esr_el1')], [VECTOR.sameLevel, target, 0xc600_0022n]);
});

test('ARM-HW-37 a step of an instruction under a masked guest breakpoint is one step (exact)', () => {
  const target = CODE + 4n * 6n;
  const words = [
    ...GUEST_BREAKPOINT,
    A64.addImmediate(0, 0, 1), // target
    A64.nop,
  ];
  const guest = new WordGuest(words, { registers: { x0: 0n, x1: target, vbar_el1: VECTORS, pstate: EL1H_MASKED }, more: STAY });
  for (let step = 0; step < 6; step++) guest.step();
  assert.equal(guest.get('pc'), target);
  const stop = guest.step();
  assert.deepEqual([stop.reason, stop.pc, guest.get('x0'), guest.get('esr_el1')], ['step', target + 4n, 1n, 0n]);
});
