// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordsOf, StoppedSession } from '../support/stoppedSession.js';

const COUNTER = 'samples/counter/counter.aarch64.O0.elf';

test('ST-VIEW-001 steptrap/vcpus tells the scheduler locking in force, who stopped, and the place in the source of every vCPU that is on', async () => {
  const session = await StoppedSession.launch(COUNTER, { smp: 2, schedulerLocking: 'on' });
  const { schedulerLocking, stoppedThread, vcpus } = await session.ask('steptrap/vcpus');
  const [frame] = await session.frames();
  assert.deepEqual([schedulerLocking, stoppedThread], ['on', 1]);
  assert.deepEqual(
    recordsOf(vcpus).map(({ state, source, line }) => ({ state, source, line })),
    [
      { state: 'stopped', source: frame?.['source'], line: frame?.['line'] },
      { state: 'off', source: undefined, line: undefined },
    ],
  );
  await session.close();
});

test('ST-VIEW-002 steptrap/focus reports the stop again for the vCPU asked for, and nothing runs', async () => {
  const session = await StoppedSession.launch(COUNTER, { smp: 2 });
  const before = await session.value('$pc');
  for (const threadId of [2, 1]) {
    await session.ask('steptrap/focus', { threadId });
    const stop = await session.stop();
    assert.deepEqual([stop['threadId'], stop['allThreadsStopped']], [threadId, true]);
  }
  assert.equal(await session.value('$pc'), before);
  assert.match(await session.refusal('steptrap/focus', { threadId: 3 }), /threads 1 to 2/);
  await session.close();
});

test('ST-VIEW-003 each slot names its register pair as the manual does', async () => {
  const session = await StoppedSession.launch(COUNTER);
  const { slots } = await session.ask('steptrap/debugRegisters', { threadId: 1 });
  const named = recordsOf(slots).map(({ kind, index, valueName, controlName }) => [kind, index, valueName, controlName].join(' '));
  assert.ok(named.includes('breakpoint 5 DBGBVR5_EL1 DBGBCR5_EL1'), named.join('\n'));
  assert.ok(named.includes('watchpoint 3 DBGWVR3_EL1 DBGWCR3_EL1'), named.join('\n'));
  await session.close();
});
