// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepAction } from '../../../src/debug/stepping/stepAction.js';
import { StreamGuest, streamOptions } from '../streams/streamGuest.js';
import { registersOf } from './replay.js';

// The records of a step are the same however the guest is driven: they tell of the step and of nothing else.

const STEPS = 150;

/** The records as text. Whether KVM has its control word already depends on what was there before the step, and is left out. */
const textOf = (actions: readonly StepAction[]): string =>
  JSON.stringify(actions, (name, value) => {
    if (typeof value === 'bigint') return `0x${value.toString(16)}`;
    return name === 'kind' && value === 'guestDebugInForce' ? 'setGuestDebug' : value;
  });

const recordsOf = ({ target }: StreamGuest): string => textOf(target.stepAnatomy(0).actions);

/** In turns of one instruction, and whoever has a view looks at everything in between. */
function stepSlowly(guest: StreamGuest): void {
  const { target } = guest;
  assert.ok(target.execution.step({ vcpu: 0, kind: 'into', granularity: 'instruction', stepsExclusivesAsOne: false }).ok);
  for (let turns = 0; turns < 1000; turns++) {
    if (target.execution.runSlice(1).kind === 'stopped') break;
    target.kvmTrace.setOn(turns % 2 === 0);
  }
  registersOf(target);
  assert.ok(guest.memory.length > 0);
  target.vcpus();
}

for (const [kind, seed] of [
  ['real', 5],
  ['translated', 1],
  ['translated', 2],
] as const)
  test(`ST-TRC-018 the records of ${STEPS} steps are the same in one go, in turns of one instruction, and after a run to where they begin (${kind}, seed ${seed})`, () => {
    const make = (): StreamGuest => new StreamGuest(streamOptions(seed, kind));
    const [plain, again, slow] = [make(), make(), make()];
    const seen = new Set<string>();
    for (let step = 1; step <= STEPS; step++) {
      const { retired } = plain;
      for (const guest of [plain, again]) guest.step(0, false);
      stepSlowly(slow);
      const records = recordsOf(plain);
      assert.ok(records.length > 2);
      seen.add(records);
      assert.equal(recordsOf(again), records, `step ${step}`);
      assert.equal(recordsOf(slow), records, `step ${step}, slowly`);
      if (step % 10 !== 0) continue;
      const run = make();
      run.runTo(retired);
      run.pause();
      if (run.pc() !== plain.target.stepAnatomy(0).startPc) continue;
      run.step(0, false);
      assert.equal(recordsOf(run), records, `step ${step}, after a run`);
    }
    assert.ok(seen.size > STEPS / 3, `${seen.size} different steps`);
  });
