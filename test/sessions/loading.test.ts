// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MakeTarget } from '../../src/dap/index.js';
import type { SymbolProgress } from '../../src/debug/index.js';
import { makeTarget } from '../../src/entries/makeTarget.js';
import { connectInProcess, projectFile } from '../support/adapterConnection.js';
import { recordOf, StoppedSession } from '../support/stoppedSession.js';

const COUNTER = 'samples/counter/counter.aarch64.O2.elf';

/** Symbols that have no end: whatever ends their reading came from outside. */
function* endless(): Generator<SymbolProgress> {
  for (let done = 0; ; done++) yield { done: done % 1000, total: 1000 };
}

/** Makes guests whose symbols have no end; `disposed` counts those that were thrown away. */
function endlessGuests() {
  const counts = { disposed: 0 };
  const make: MakeTarget = options => {
    const target = makeTarget(options);
    if (target.ok) {
      const { value } = target;
      value.readSymbols = endless;
      const dispose = value.dispose.bind(value);
      value.dispose = () => {
        counts.disposed++;
        dispose();
      };
    }
    return target;
  };
  return { make, counts };
}

const launch = { program: projectFile(COUNTER) };

test('ST-DAP-092 a load that lasts reports its progress, and a cancel ends the launch with one sentence', async () => {
  const { make, counts } = endlessGuests();
  const { client, close } = connectInProcess(make);
  await client.request('initialize', { adapterID: 'steptrap', supportsProgressReporting: true });
  const launched = client.request('launch', launch);
  const start = recordOf((await client.waitFor('progressStart'))?.['body']);
  assert.deepEqual([start['title'], start['cancellable']], ['Reading symbols of counter.aarch64.O2.elf', true]);
  await client.waitFor('progressUpdate');
  assert.ok((await client.request('cancel', { progressId: start['progressId'] })).success);
  const { success, message } = await launched;
  assert.equal(success, false);
  assert.match(String(message), /^Reading the symbols of .*counter\.aarch64\.O2\.elf was cancelled after \d+ of 1000 units\.$/);
  assert.deepEqual((await client.waitFor('progressEnd'))?.['body'], { progressId: start['progressId'] });
  assert.equal(counts.disposed, 1);
  await close();
});

test('ST-DAP-093 a load is ended by a cancel of the launch request and by a disconnect, and a client that takes no reports gets none', async () => {
  // The launch is the client's second request.
  const ends = [
    { command: 'cancel', args: { requestId: 2 } },
    { command: 'disconnect', args: {} },
  ];
  for (const { command, args } of ends) {
    const { make } = endlessGuests();
    const { client, events, close } = connectInProcess(make);
    await client.request('initialize', { adapterID: 'steptrap' });
    const launched = client.request('launch', launch);
    assert.ok((await client.request(command, args)).success);
    assert.match(String((await launched).message), /was cancelled/);
    assert.deepEqual(
      events.filter(({ event }) => String(event).startsWith('progress')),
      [],
    );
    await close();
  }
});

test('ST-DAP-094 a load that is soon done reports nothing', async () => {
  const session = await StoppedSession.launch(COUNTER, {}, connectInProcess(), { supportsProgressReporting: true });
  assert.deepEqual(
    session.connection.events.filter(({ event }) => String(event).startsWith('progress')),
    [],
  );
  await session.close();
});
