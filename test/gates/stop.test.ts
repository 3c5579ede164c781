// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectInProcess } from '../support/adapterConnection.js';
import { StoppedSession } from '../support/stoppedSession.js';
import { askForAllViews, type Granted, SMP_STOP } from '../support/stopWithAllViews.js';

// What a stop with eight vCPUs costs when every view is open, in messages and bytes and not in time.

let session: StoppedSession;
let granted: readonly Granted[];
/** Names of the events that came while the views asked. */
let events: readonly unknown[];

before(async () => {
  const connection = connectInProcess();
  session = await StoppedSession.launch(SMP_STOP.program, SMP_STOP.settings, connection);
  await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: SMP_STOP.breakpoint }] });
  const { threadId } = await session.run('continue');
  const seen = connection.events.length;
  granted = await askForAllViews(session, Number(threadId));
  events = connection.events.slice(seen).map(({ event }) => event);
});
after(() => session.close());

const bytesOf = (...commands: readonly string[]): number =>
  granted
    .filter(({ command }) => commands.length === 0 || commands.includes(command))
    .reduce((total, { body }) => total + JSON.stringify(body).length, 0);

test('ST-GATE-012 what all views ask at a stop of eight vCPUs causes no event, which would make them ask again', () => {
  assert.ok(granted.length >= 40, `only ${granted.length} requests`);
  assert.deepEqual(events, []);
});

test('ST-GATE-013 all views open at a stop of eight vCPUs take at most 60 requests', () => {
  assert.ok(granted.length <= 60, `${granted.length} requests`);
});

test("ST-GATE-014 the answers to all views at a stop of eight vCPUs have at most 300,000 bytes, and a vCPU's debug registers at most 30,000", () => {
  assert.ok(bytesOf() <= 300_000, `${bytesOf()} bytes`);
  for (const { command, body } of granted) {
    if (command !== 'steptrap/debugRegisters') continue;
    const { length } = JSON.stringify(body);
    assert.ok(length <= 30_000, `${length} bytes`);
  }
});

test('ST-GATE-015 what a row of a vCPU needs at a stop has at most 400 bytes for each vCPU', () => {
  assert.ok(bytesOf('steptrap/vcpus') <= 8 * 400, `${bytesOf('steptrap/vcpus')} bytes`);
});
