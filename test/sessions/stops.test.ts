// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../support/adapterConnection.js';
import { recordOf, recordsOf, StoppedSession } from '../support/stoppedSession.js';

const COUNTER = 'samples/counter/counter.aarch64.O0.elf';
const SVC = 'samples/svc/svc.aarch64.O0.elf';
const HELLO = 'samples/hello/hello.aarch64.O0.elf';

test('ST-DAP-060 a log point with a hit condition tells the values of exactly those hits', async () => {
  const path = projectFile('samples/counter/counter.c');
  const line =
    readFileSync(path, 'utf8')
      .split('\n')
      .findIndex(text => text.includes('/* store counter */')) + 1;
  for (const mode of ['hardware', 'software', 'engine']) {
    const session = await StoppedSession.launch(COUNTER);
    await session.ask('setBreakpoints', {
      source: { path },
      breakpoints: [{ line, mode, hitCondition: '% 3', logMessage: '{counter} and {delta + 0x10,x}' }],
    });
    await session.ask('continue', { threadId: 1 });
    await session.connection.client.waitFor('terminated');
    // increment() is called with 1, 2, 3, …: before its n-th store, counter is the sum of those before.
    assert.deepEqual(
      session.consoleLines().filter(each => each.includes(' and ')),
      [3, 6, 9].map(delta => `${(delta * (delta - 1)) / 2} and 0x${(delta + 16).toString(16)}`),
      mode,
    );
    await session.close();
  }
});

test('ST-DAP-061 the exception filters that are offered are kinds of vectors, and a stop at one, or at a single vector, is an exception', async () => {
  const session = await StoppedSession.launch(SVC, { stopAt: 'enter_user' });
  const announced = session.connection.events.find(event => event['event'] === 'capabilities');
  const offered = recordsOf(recordOf(recordOf(announced?.['body'])['capabilities'])['exceptionBreakpointFilters']);
  assert.equal(offered.length, 4);
  for (const filter of [offered[0]?.['filter'], 'sync from lower EL (AArch64)']) {
    await session.ask('setExceptionBreakpoints', { filters: [filter] });
    const stop = await session.run('continue');
    assert.equal(stop['reason'], 'exception');
    assert.equal((await session.frames())[0]?.['name'], 'exception_vectors');
  }
  assert.match(await session.refusal('setExceptionBreakpoints', { filters: ['no such vector'] }), /no such vector/);
  await session.close();
});

/** vCPU 0 turns vCPU 1 on by PSCI CPU_ON, then both count in x9 for ever. */
const PARENT = 0x4020_0000;
const CHILD = PARENT + 0x100;
const COUNT = [0x9100_0529, 0x17ff_ffff];
const LOOP = PARENT + 24;
const movz = (register: number, value: number): number => (0xd280_0000 | (value << 5) | register) >>> 0;
const movk16 = (register: number, value: number): number => (0xf2a0_0000 | (value << 5) | register) >>> 0;
const PARENT_CODE = [movz(0, 3), movk16(0, 0xc400), movz(1, 1), movz(2, 0x100), movk16(2, 0x4020), 0xd400_0002, ...COUNT];

const dataOf = (words: readonly number[]): string => Buffer.from(new Uint8Array(Uint32Array.from(words).buffer)).toString('base64');
const hex = (address: number): string => `0x${address.toString(16)}`;

async function twoCountingVcpus(): Promise<StoppedSession> {
  const session = await StoppedSession.launch(HELLO, { smp: 2 });
  await session.ask('writeMemory', { memoryReference: hex(PARENT), data: dataOf(PARENT_CODE) });
  await session.ask('writeMemory', { memoryReference: hex(CHILD), data: dataOf(COUNT) });
  await session.ask('setExpression', { expression: '$pc', value: hex(PARENT) });
  await session.ask('setInstructionBreakpoints', { breakpoints: [{ instructionReference: hex(LOOP) }] });
  await session.run('continue');
  await session.ask('setInstructionBreakpoints', { breakpoints: [] });
  return session;
}

/** More than the turns of both vCPUs: each has 10,000 instructions, and the loop has two. */
const ROUNDS = 30_000;

/** Continues `threadId` until it has counted `ROUNDS` times and answers whether each vCPU has counted. */
async function countsOfARun(session: StoppedSession, threadId = 1): Promise<readonly boolean[]> {
  const counts = async (): Promise<readonly string[]> => [await session.value('$x9', 0, 1), await session.value('$x9', 0, 2)];
  const before = await counts();
  const end = BigInt(before[threadId - 1] ?? 0) + BigInt(ROUNDS);
  await session.ask('setInstructionBreakpoints', {
    breakpoints: [{ instructionReference: hex(threadId === 1 ? LOOP : CHILD), condition: `$x9 >= ${end}`, mode: 'engine' }],
  });
  await session.run('continue', { threadId });
  await session.ask('setInstructionBreakpoints', { breakpoints: [] });
  const after = await counts();
  return after.map((count, vcpu) => count !== before[vcpu]);
}

test('ST-DAP-062 a frozen vCPU does not run on continue, and a thawed one does', async () => {
  const session = await twoCountingVcpus();
  assert.deepEqual(await countsOfARun(session), [true, true]);
  assert.deepEqual(await session.ask('steptrap/freeze', { threadId: 2 }), { isFrozen: true });
  assert.deepEqual(await countsOfARun(session), [true, false]);
  assert.match(await session.refusal('stepIn', { threadId: 2 }), /frozen/);
  assert.deepEqual(await session.ask('steptrap/thaw', { threadId: 2 }), { isFrozen: false });
  assert.deepEqual(await countsOfARun(session), [true, true]);
  await session.close();
});

test('ST-DAP-063 scheduler locking decides which vCPUs run', async () => {
  const session = await twoCountingVcpus();
  await session.ask('steptrap/setSchedulerLocking', { mode: 'on' });
  assert.deepEqual(await countsOfARun(session, 1), [true, false]);
  assert.deepEqual(await countsOfARun(session, 2), [false, true]);
  await session.ask('steptrap/setSchedulerLocking', { mode: 'step' });
  assert.deepEqual(await countsOfARun(session), [true, true]);
  const other = await session.value('$x9', 0, 2);
  for (let step = 0; step < 20; step++) await session.run('stepIn', { granularity: 'instruction' });
  assert.equal(await session.value('$x9', 0, 2), other);
  assert.deepEqual(await session.ask('steptrap/setSchedulerLocking', { mode: 'replay' }), { mode: 'replay' });
  assert.deepEqual(await countsOfARun(session), [true, true]);
  for (let step = 0; step < 20; step++) await session.run('stepIn', { granularity: 'instruction' });
  assert.notEqual(await session.value('$x9', 0, 2), other);
  assert.match(await session.refusal('steptrap/setSchedulerLocking', { mode: 'backwards' }), /backwards/);
  await session.close();
});

test('ST-DAP-064 two sessions at once do not know of each other', async () => {
  const [one, other] = [await StoppedSession.launch(COUNTER), await StoppedSession.launch(COUNTER)];
  await one.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment', condition: 'delta == 4' }] });
  await other.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'increment', condition: 'delta == 6' }] });
  await Promise.all([one.run('continue'), other.run('continue')]);
  assert.deepEqual([await one.value('delta'), await other.value('delta')], ['4', '6']);
  await one.close();
  await other.run('next');
  assert.equal(await other.value('counter'), '21');
  await other.close();
});
