// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../src/base/index.js';
import { KVM_GUESTDBG } from '../../src/kvm/index.js';
import { logExits } from './exitLog.js';
import { A64, CODE, DATA, WordGuest } from './wordGuest.js';

// Guest debugging of several vCPUs: one set of breakpoints, a control word for each vCPU.

const SECONDARY = CODE + 0x1000n;
const HVC = 0xd400_0002;
const WFI = 0xd503_207f;
/** The exception class of a step exit. */
const SOFTWARE_STEP = 0x32;
const FIRST_LOOP = CODE + 4n * 7n;

const EXCLUSIVES = [A64.ldxr(0, 1), A64.addImmediate(0, 0, 1), A64.stxr(2, 0, 1), A64.cbnzWord(2, -3), A64.here];

/** Two vCPUs in loops: the first counts in x4 at FIRST_LOOP, the second in x5 at SECONDARY. The debugger stands before the first's loop. */
function pair(fidelity: 'kernel' | 'exact'): WordGuest {
  const words = [
    A64.movz(0, 3),
    A64.movk(0, 0xc400, 16), // PSCI CPU_ON (SMC64)
    A64.movz(1, 1),
    A64.movz(2, 0x1000),
    A64.movk(2, 0x4008, 16), // SECONDARY
    A64.movz(3, 0),
    HVC,
    A64.addImmediate(4, 4, 1),
    A64.nop,
    A64.branch(-2),
  ];
  const guest = new WordGuest(words, { fidelity, cpus: 2, more: [[SECONDARY, [A64.addImmediate(5, 5, 1), A64.nop, A64.branch(-2)]]] });
  guest.breakAt('hardware', FIRST_LOOP);
  assert.ok(guest.target.execution.resume(0, true).ok);
  assert.equal(guest.stop().pc, FIRST_LOOP);
  guest.breakAt('hardware');
  for (const vcpu of [0, 1]) for (const name of ['x4', 'x5']) guest.set(name, 0n, vcpu);
  return guest;
}

const controls = (guest: WordGuest): readonly number[] => guest.target.control.all.map(({ vcpu }) => vcpu.debugState.control);
const SOFTWARE = KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_SW_BP;

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`API-11 API-31 after each change of the breakpoints every vCPU that runs has the word of the present set (${fidelity})`, () => {
    const guest = pair(fidelity);
    const run = (): readonly number[] => {
      assert.ok(guest.target.execution.resume(0).ok);
      assert.equal(guest.run(50).kind, 'running');
      guest.target.execution.pause();
      guest.run();
      return controls(guest);
    };
    assert.deepEqual(run(), [0, 0]);
    guest.breakAt('software', CODE);
    assert.deepEqual(run(), [SOFTWARE, SOFTWARE]);
    guest.breakAt('hardware', CODE);
    assert.deepEqual(run(), [KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_HW, KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.USE_HW]);
    guest.breakAt('hardware');
    assert.deepEqual(run(), [0, 0]);
  });

  test(`API-30 a breakpoint of the second vCPU that comes during a step of the first ends the step, and no step flag stays (${fidelity})`, () => {
    const guest = pair(fidelity);
    guest.put(FIRST_LOOP, [WFI]);
    guest.target.execution.schedulerLocking = 'off';
    const [report] = guest.breakAt('software', SECONDARY + 4n);
    const exits = logExits(guest);
    // The first vCPU sleeps in its step, so the second one runs.
    const stop = guest.step('into', 0);
    assert.deepEqual([stop.vcpu, stop.reason, stop.breakpoints], [1, 'breakpoint', [report?.id]]);
    // Running on, the first vCPU reports no step, and its own state is not that of a step.
    guest.breakAt('software', FIRST_LOOP + 8n);
    const next = guest.continue();
    assert.deepEqual([next.vcpu, next.pc, next.reason], [0, FIRST_LOOP + 8n, 'breakpoint']);
    assert.ok(!exits.some(({ vcpu, hsr }) => vcpu === 0 && (hsr ?? 0) >>> 26 === SOFTWARE_STEP));
    assert.deepEqual(controls(guest), [SOFTWARE, SOFTWARE]);
    assert.equal((guest.get('pstate', 0) >> 21n) & 1n, 0n);
  });

  test(`API-30 steps of two vCPUs in turn each retire one instruction of their own (${fidelity})`, () => {
    const guest = pair(fidelity);
    // CPU_ON takes effect with the first run.
    guest.step('into', 1);
    for (const locking of ['step', 'off', 'on'] as const) {
      guest.target.execution.schedulerLocking = locking;
      for (const vcpu of [0, 1, 1, 0, 1]) {
        const before = guest.get('pc', vcpu);
        const loop = vcpu === 0 ? FIRST_LOOP : SECONDARY;
        const stop = guest.step('into', vcpu);
        assert.deepEqual([stop.vcpu, stop.reason, stop.pc], [vcpu, 'step', before === loop + 8n ? loop : before + 4n]);
      }
    }
  });

  test(`ARM-HW-33 S-102 with a breakpoint in the loop of each vCPU every round of both is told (${fidelity})`, () => {
    for (const mode of ['hardware', 'software', 'engine'] as const) {
      const guest = pair(fidelity);
      const [first, second] = guest.breakAt(mode, FIRST_LOOP + 4n, SECONDARY + 4n);
      const rounds = [0n, 0n];
      for (let count = 0; count < 12; count++) {
        const stop = guest.continue();
        rounds[stop.vcpu] = (rounds[stop.vcpu] ?? 0n) + 1n;
        assert.deepEqual(stop.breakpoints, [stop.vcpu === 0 ? first?.id : second?.id]);
        assert.equal(guest.get(stop.vcpu === 0 ? 'x4' : 'x5', stop.vcpu), rounds[stop.vcpu]);
      }
      assert.ok(guest.get('x4', 0) - (rounds[0] ?? 0n) <= 1n && guest.get('x5', 1) - (rounds[1] ?? 0n) <= 1n, mode);
    }
  });

  test(`ST-DBG-048 an engine breakpoint that does not stop lets the loop of exclusives around it come to its end (${fidelity})`, () => {
    const guest = new WordGuest(EXCLUSIVES, { fidelity, registers: { x1: DATA } });
    guest.target.breakpoints.setInstructions([{ address: virtualAddress(CODE + 4n), mode: 'engine', hitCondition: '>= 1000000' }]);
    assert.ok(guest.target.execution.resume(0).ok);
    assert.equal(guest.run(1_000).kind, 'running');
    assert.deepEqual([guest.get('pc'), guest.read64(DATA)], [CODE + 16n, 1n]);
  });

  test(`ST-DBG-049 an engine watch of a counter that exclusives raise reports the store, which succeeds (${fidelity})`, () => {
    const guest = new WordGuest(EXCLUSIVES, { fidelity, registers: { x1: DATA } });
    guest.watch('engine', [DATA, 8, 'write']);
    assert.deepEqual([guest.continue().reason, guest.read64(DATA), guest.get('x2')], ['watchpoint', 1n, 0n]);
    assert.ok(guest.target.execution.resume(0).ok);
    assert.equal(guest.run(1_000).kind, 'running');
    assert.equal(guest.get('pc'), CODE + 16n);
  });
}
