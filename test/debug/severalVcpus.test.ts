// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SchedulerLocking } from '../../src/debug/index.js';
import { SLICE_INSTRUCTIONS } from '../../src/kvm/index.js';
import { allOn, SECONDARY } from './allOn.js';
import { A64, CODE, DATA, WordGuest } from './wordGuest.js';

// Several vCPUs under the debugger: who runs, who is held, and what the user is told of it.

const WFI = 0xd503_207f;
const WFE = 0xd503_205f;
/** Counts in x5 for ever. */
const COUNT = [A64.addImmediate(5, 5, 1), A64.branch(-1)];
/** The last word of `allOn`'s first vCPU before `boot`. */
const THEN = (cpus: number): bigint => CODE + 4n * BigInt(7 * (cpus - 1) + 1);

const retired = (guest: WordGuest): readonly number[] => guest.target.control.all.map(({ vcpu }) => vcpu.retiredInstructions);
const sentence = (result: { readonly ok: boolean; readonly error?: { readonly message: string } }): string => result.error?.message ?? '';

/** Which vCPUs retire something during `action`. */
function runners(guest: WordGuest, action: () => void): readonly boolean[] {
  const before = retired(guest);
  action();
  return retired(guest).map((count, index) => count > (before[index] ?? 0));
}

/** Lets the guest run a while and pauses it. */
function runAWhile(guest: WordGuest, vcpu = 0, instructions = 3 * SLICE_INSTRUCTIONS): string {
  assert.deepEqual(guest.target.execution.resume(vcpu), { ok: true, value: undefined });
  assert.equal(guest.run(instructions).kind, 'running');
  guest.target.execution.pause(vcpu);
  return guest.stop().description;
}

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`ST-SMP-003 a vCPU that CPU_ON has started stands at its entry with its context, before it has run (${fidelity})`, () => {
    const guest = new WordGuest(
      [
        A64.movz(0, 3),
        A64.movk(0, 0xc400, 16),
        A64.movz(1, 1),
        A64.movz(2, 0x1000),
        A64.movk(2, 0x4008, 16),
        A64.movz(3, 77),
        0xd400_0002,
        A64.here,
      ],
      { fidelity, cpus: 2, more: [[SECONDARY, COUNT]] },
    );
    for (let count = 0; count < 6; count++) guest.step();
    assert.deepEqual(
      guest.target.vcpus().map(({ state }) => state),
      ['stopped', 'off'],
    );
    guest.step();
    assert.deepEqual([guest.get('pc', 1), guest.get('x0', 1), guest.get('pstate', 1), retired(guest)[1]], [SECONDARY, 77n, 0x3c5n, 0]);
    assert.equal(guest.target.vcpus()[1]?.state, 'stopped');
    // What the debugger writes now is not lost to the reset.
    guest.set('x5', 100n, 1);
    guest.step('into', 1);
    assert.deepEqual([guest.get('pc', 1), guest.get('x5', 1)], [SECONDARY + 4n, 101n]);
  });

  test(`ST-SMP-007 a step of WFI that only a held vCPU could end, ends and says so; a breakpoint at a WFI is passed (${fidelity})`, () => {
    const guest = allOn(fidelity, COUNT, { boot: [WFI, A64.nop, A64.branch(-2)] });
    guest.step();
    const stop = guest.step();
    // The signal that ends the wait commits the WFI; the kernel forgets then that it was the instruction to step.
    assert.deepEqual([stop.reason, stop.pc], ['step', THEN(4) + (fidelity === 'kernel' ? 8n : 4n)]);
    assert.match(
      stop.description,
      /^Stepped\. vCPU 0 waits for an interrupt, which nobody can raise: vCPUs 1 to 3 are held by scheduler locking\. The step has ended its wait\.$/,
    );
    for (const mode of ['hardware', 'software', 'engine'] as const) {
      guest.breakAt(mode, THEN(4));
      guest.step();
      for (let round = 0; round < 3; round++) {
        const { vcpu, pc } = guest.continue();
        assert.deepEqual([vcpu, pc], [0, THEN(4)], mode);
        if (mode === 'engine') break; // Passed by a flag and not by a step, so that the wait stays one.
      }
      guest.breakAt(mode);
      guest.set('pc', THEN(4) + 4n);
    }
  });

  test(`ST-SMP-010 of a breakpoint that several vCPUs reach each arrival is reported once, in the same order every time (${fidelity})`, () => {
    const rounds = 40;
    // Each round: x5 counts, then the breakpoint at the second word.
    const loop = [A64.addImmediate(5, 5, 1), A64.addImmediate(6, 6, 1), A64.branch(-2)];
    for (const mode of ['hardware', 'software', 'engine'] as const) {
      const drive = (): readonly number[] => {
        const guest = allOn(fidelity, loop);
        guest.breakAt(mode, SECONDARY + 4n);
        const order: number[] = [];
        const seen = [0n, 0n, 0n, 0n];
        for (let count = 0; count < rounds; count++) {
          const stop = guest.continue();
          order.push(stop.vcpu);
          seen[stop.vcpu] = (seen[stop.vcpu] ?? 0n) + 1n;
          // The instruction at the breakpoint has run once less than the one before it.
          assert.deepEqual([guest.get('x5', stop.vcpu), guest.get('x6', stop.vcpu)], [seen[stop.vcpu], (seen[stop.vcpu] ?? 0n) - 1n], mode);
        }
        return order;
      };
      const first = drive();
      assert.deepEqual(drive(), first, mode);
    }
  });

  test(`ST-SMP-012 stepping off a software breakpoint with locking off lets no other vCPU run past it (${fidelity})`, () => {
    const guest = allOn(fidelity, [A64.addImmediate(5, 5, 1), A64.addImmediate(6, 6, 1), A64.branch(-2)]);
    guest.target.execution.schedulerLocking = 'off';
    guest.breakAt('software', SECONDARY + 4n);
    const passes = [0n, 0n, 0n, 0n];
    const arrivals = [0n, 0n, 0n, 0n];
    for (let count = 0; count < 60; count++) {
      const told = guest.target.execution.lastStop;
      const stop = told && told.vcpu !== 0 && count % 2 === 1 ? guest.step('into', told.vcpu) : guest.continue();
      if (stop.breakpoints.length > 0) arrivals[stop.vcpu] = (arrivals[stop.vcpu] ?? 0n) + 1n;
      for (const vcpu of [1, 2, 3]) {
        passes[vcpu] = guest.get('x6', vcpu);
        assert.ok((passes[vcpu] ?? 0n) <= (arrivals[vcpu] ?? 0n), `vCPU ${vcpu}: ${passes} passes, ${arrivals} arrivals`);
      }
    }
    assert.ok(passes.reduce((sum, count) => sum + count) > 20n, `${passes}`);
  });
}

test('ST-SMP-004 a vCPU that is off is shown so, and cannot be stepped or continued alone, each refused in a sentence', () => {
  const guest = new WordGuest([A64.here], { cpus: 3 });
  const { execution } = guest.target;
  assert.deepEqual(
    guest.target.vcpus().map(({ name, stopReason }) => `${name}: ${stopReason}`),
    [
      'vCPU 0 (EL1h, stopped): Stopped before the first instruction.',
      'vCPU 1 (EL1h, off): Off until another vCPU starts it by PSCI CPU_ON.',
      'vCPU 2 (EL1h, off): Off until another vCPU starts it by PSCI CPU_ON.',
    ],
  );
  assert.equal(
    sentence(execution.step({ vcpu: 2, kind: 'into', granularity: 'instruction' })),
    'vCPU 2 is off; it can be stepped when another vCPU has started it by PSCI CPU_ON.',
  );
  assert.equal(sentence(execution.resume(1, true)), 'vCPU 1 is off, and nobody else may run that could start it by PSCI CPU_ON.');
  assert.deepEqual(
    runners(guest, () => runAWhile(guest, 1)),
    [true, false, false],
  );
});

test('ST-SMP-005 scheduler locking has the meaning of gdb for step, next, run to and continue', () => {
  const CALLEE = SECONDARY + 0x100n;
  const BL = (0x9400_0000 | (Number(CALLEE - THEN(2)) / 4)) >>> 0;
  const RET = 0xd65f_03c0;
  const actions = ['into', 'over', 'runTo', 'continue'] as const;
  const otherRuns = (locking: SchedulerLocking, action: (typeof actions)[number], isSingle?: boolean): boolean => {
    const guest = allOn('exact', COUNT, { cpus: 2, boot: [BL, A64.here] });
    // The callee takes long enough for the other vCPU to have its turn.
    guest.put(CALLEE, [A64.movz(7, 30_000), (0xd100_0400 | (7 << 5) | 7) >>> 0, (0xb5ff_ffe0 | 7) >>> 0, RET]);
    const { execution } = guest.target;
    guest.step();
    execution.schedulerLocking = locking;
    const ran = runners(guest, () => {
      if (action === 'continue') {
        assert.ok(execution.resume(0, isSingle).ok);
        assert.equal(guest.run(4 * SLICE_INSTRUCTIONS).kind, 'running');
        execution.pause();
        guest.stop();
      } else if (action === 'runTo') {
        assert.ok(execution.runTo(0, (THEN(2) + 4n) as never).ok);
        assert.equal(guest.stop(1_000_000).reason, 'goto');
      } else {
        // `into` by instruction is one step; the thousands that follow give the other vCPU its turn.
        for (let count = 0; count < (action === 'into' ? 2 * SLICE_INSTRUCTIONS : 1); count++) {
          assert.ok(
            execution.step({
              vcpu: 0,
              kind: action,
              granularity: 'instruction',
              ...(isSingle === undefined ? {} : { isSingleVcpu: isSingle }),
            }).ok,
          );
          assert.equal(guest.stop(1_000_000).reason, 'step');
        }
      }
    });
    assert.equal(ran[0], true);
    return ran[1] === true;
  };
  const table = Object.fromEntries(
    (['off', 'on', 'step', 'replay'] as const).map(mode => [mode, actions.map(action => otherRuns(mode, action))]),
  );
  assert.deepEqual(table, {
    off: [true, true, true, true],
    on: [false, false, false, false],
    step: [false, false, true, true],
    replay: [true, true, true, true],
  });
  // A request of its own overrides the mode.
  assert.deepEqual(
    actions.filter(action => action !== 'runTo').map(action => otherRuns('off', action, true)),
    [false, false, false],
  );
});

/** vCPU 0 waits until DATA is 0; vCPU 1 clears it after a while. */
const WAIT_FOR_ZERO = [A64.ldr(2, 1), (0xb5ff_ffe0 | 2) >>> 0, A64.nop, A64.here];

test('ST-SMP-006 a step that a held vCPU keeps from ending answers a pause at once, and the pause says who is held', () => {
  const guest = allOn('exact', [A64.str(31, 1), A64.here], { cpus: 3, boot: WAIT_FOR_ZERO });
  for (const vcpu of [0, 1, 2]) guest.set('x1', DATA, vcpu);
  guest.put(DATA, [1, 0]);
  guest.step();
  guest.target.execution.schedulerLocking = 'on';
  assert.ok(guest.target.execution.runTo(0, (THEN(3) + 8n) as never).ok);
  assert.equal(guest.run(10_000).kind, 'running');
  guest.target.execution.pause();
  const stop = guest.stop(1);
  assert.deepEqual([stop.reason, stop.vcpu, stop.description], ['pause', 0, 'Paused; vCPUs 1 and 2 are held by scheduler locking.']);
  guest.target.execution.freeze(2);
  assert.equal(runAWhile(guest, 0, 5_000), 'Paused; vCPU 1 is held by scheduler locking and vCPU 2 is frozen.');
  assert.deepEqual(
    guest.target.vcpus().map(({ stopReason }) => stopReason),
    ['Paused; vCPU 1 is held by scheduler locking and vCPU 2 is frozen.', 'Held by scheduler locking.', 'Frozen.'],
  );
  // With the others free the wait ends.
  guest.target.execution.schedulerLocking = 'step';
  assert.ok(guest.target.execution.runTo(0, (THEN(3) + 8n) as never).ok);
  assert.equal(guest.stop().reason, 'goto');
  assert.deepEqual(
    guest.target
      .vcpus()
      .map(({ state, stopReason }) => `${state}: ${stopReason}`)
      .slice(1),
    ['stopped: Held: vCPU 0 has stopped.', 'frozen: Frozen.'],
  );
});

test('ST-SMP-008 a vCPU that runs alone into WFI stops with a sentence, and one that nobody is held for waits', () => {
  const guest = allOn('exact', COUNT, { cpus: 2, boot: [WFI, A64.branch(-1)] });
  guest.target.execution.schedulerLocking = 'on';
  const stop = guest.continue();
  assert.deepEqual(
    [stop.reason, stop.description],
    ['pause', 'vCPU 0 waits for an interrupt, which nobody can raise: vCPU 1 is held by scheduler locking.'],
  );
  const alone = new WordGuest([WFI, A64.here]);
  assert.ok(alone.target.execution.resume(0).ok);
  assert.equal(alone.run().kind, 'waitingForInput');
  alone.target.execution.pause();
  assert.equal(alone.stop().description, 'Paused.');
});

test('ST-SMP-009 frozen vCPUs do not run: one, all, one that is frozen on the way, one that is thawed while all stand', () => {
  const guest = allOn('exact', COUNT, { cpus: 3, boot: COUNT });
  const { execution } = guest.target;
  execution.freeze(1);
  assert.deepEqual(
    runners(guest, () => runAWhile(guest)),
    [true, false, true],
  );
  execution.thaw(1);
  execution.freeze(0);
  assert.deepEqual(
    runners(guest, () => runAWhile(guest)),
    [false, true, true],
  );
  for (const vcpu of [1, 2]) execution.freeze(vcpu);
  assert.equal(sentence(execution.resume(0)), 'All vCPUs are frozen; thaw one to let it run.');
  assert.equal(sentence(execution.resume(0, true)), 'vCPU 0 is frozen; thaw it to let it run.');
  execution.thaw(2);
  assert.ok(execution.resume(2).ok);
  assert.equal(guest.run(1_000).kind, 'running');
  execution.freeze(2);
  const stop = guest.stop();
  assert.deepEqual([stop.reason, stop.description], ['pause', 'All vCPUs that may run are frozen.']);
  for (const vcpu of [0, 1, 2]) execution.thaw(vcpu);
  assert.deepEqual(
    runners(guest, () => runAWhile(guest)),
    [true, true, true],
  );
});

test('ST-SMP-014 a vCPU that is frozen during its own step ends the step where it is', () => {
  const guest = allOn('exact', COUNT, { cpus: 2, boot: COUNT });
  const { execution } = guest.target;
  execution.schedulerLocking = 'off';
  // The turn is the other one's, so that the slice ends before the step has run.
  runAWhile(guest, 0, SLICE_INSTRUCTIONS + 100);
  const pc = guest.get('pc');
  assert.ok(execution.step({ vcpu: 0, kind: 'into', granularity: 'instruction' }).ok);
  assert.equal(guest.run(10).kind, 'running');
  execution.freeze(0);
  const stop = guest.stop();
  assert.deepEqual([stop.reason, stop.pc, stop.description], ['pause', pc, 'vCPU 0 has been frozen during its step.']);
  assert.deepEqual([guest.get('pc'), guest.target.control.at(0).vcpu.debugState.control], [pc, 0]);
});

test('ST-SMP-011 slices, pauses and steps with locking off leave the run as it would be without them', () => {
  // The sum depends on who stores when: a different interleaving gives another one.
  const mix = (by: number): readonly number[] => [
    A64.ldr(0, 1),
    A64.addImmediate(0, 0, by),
    0xca04_0c00,
    A64.str(0, 1),
    A64.addImmediate(4, 4, 1),
    A64.branch(-5),
  ];
  const drive = (how: (guest: WordGuest, instructions: number) => void): readonly unknown[] => {
    const guest = allOn('exact', mix(3), { cpus: 3, boot: mix(5) });
    for (const vcpu of [0, 1, 2])
      for (const [name, value] of [
        ['x1', DATA],
        ['x4', 0n],
      ] as const)
        guest.set(name, value, vcpu);
    guest.target.execution.schedulerLocking = 'off';
    const end = Number(guest.target.execution.retiredInstructions) + 75_000;
    const left = (): number => end - Number(guest.target.execution.retiredInstructions);
    while (left() > 0) how(guest, left());
    if (guest.target.execution.isRunning) {
      guest.target.execution.pause();
      guest.stop();
    }
    return [left(), guest.read64(DATA), ...[0, 1, 2].flatMap(vcpu => ['x0', 'x4', 'pc'].map(name => guest.get(name, vcpu)))];
  };
  const run = (guest: WordGuest, instructions: number): void => {
    if (!guest.target.execution.isRunning) assert.ok(guest.target.execution.resume(0).ok);
    guest.run(instructions);
  };
  const whole = drive(run);
  assert.equal(whole[0], 0);
  let count = 0;
  assert.deepEqual(
    drive((guest, left) => run(guest, Math.min(left, 1 + (count++ % 700)))),
    whole,
    'slices',
  );
  count = 0;
  const paused = drive((guest, left) => {
    run(guest, Math.min(left, 900 + 13 * (count++ % 50)));
    guest.target.execution.pause(count % 3);
    guest.stop();
    guest.target.vcpus();
  });
  assert.deepEqual(paused, whole, 'pauses');
  count = 0;
  const stepped = drive((guest, left) => {
    if (left > 20_000 && count++ < 500) guest.step('into', count % 3);
    else run(guest, left);
  });
  assert.deepEqual(stepped, whole, 'steps');
});

test('ST-SMP-015 WFE of a vCPU that runs alone ends by itself, and steps like any other instruction', () => {
  const guest = allOn('exact', COUNT, { cpus: 2, boot: [WFE, A64.addImmediate(5, 5, 1), A64.branch(-2)] });
  guest.set('x5', 0n);
  guest.step();
  for (let round = 1n; round <= 3n; round++) {
    for (let step = 0; step < 3; step++) assert.equal(guest.step().description, 'Stepped.');
    assert.deepEqual([guest.get('pc'), guest.get('x5')], [THEN(2), round]);
  }
  guest.target.execution.schedulerLocking = 'on';
  runAWhile(guest);
  assert.ok(guest.get('x5') > 1_000n);
});

test('ST-SMP-016 sixty-four vCPUs start by their affinity and have their turns', () => {
  const MRS_MPIDR = A64.mrs(0, 0, 0, 5, 6);
  const guest = allOn('exact', [MRS_MPIDR, ...COUNT], { cpus: 64 });
  runAWhile(guest, 0, 130 * SLICE_INSTRUCTIONS);
  for (let vcpu = 1; vcpu < 64; vcpu++) {
    assert.equal(guest.get('x6', vcpu) & 0xff_ffffn, BigInt(((vcpu >> 4) << 8) | (vcpu & 15)));
    assert.ok(guest.get('x5', vcpu) >= BigInt(SLICE_INSTRUCTIONS / 2 - 1), `vCPU ${vcpu}`);
  }
  assert.equal(guest.target.vcpus().length, 64);
});
