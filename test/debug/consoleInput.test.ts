// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleGuest } from './sampleGuest.js';

const LINE = [...Buffer.from('Steptrap says hi\n')];

/** hello with a console whose input is in `typed`. */
function hello(): { readonly guest: SampleGuest; readonly typed: number[]; readonly output: number[] } {
  const typed: number[] = [];
  const output: number[] = [];
  const console = { write: (bytes: Uint8Array) => void output.push(...bytes), read: () => typed.shift() };
  return { guest: new SampleGuest('hello', 'O0', { console }), typed, output };
}

test('ST-DBG-095 console input is recorded with the virtual time of its arrival, and the record gives the same run again', () => {
  const live = hello();
  const { execution } = live.guest.target;
  assert.ok(execution.resume(0).ok);
  let slice = 0;
  // Two bytes at a time, at slices of lengths that have nothing to do with the guest.
  while (execution.runSlice(1_500 + 37 * (slice % 11)).kind === 'running') if (++slice > 3) live.typed.push(...LINE.splice(0, 2));
  const record = live.guest.target.consoleInput;
  assert.ok(record.length >= 8, `${record.length} arrivals`);

  const again = hello();
  const replayed = again.guest.target.execution;
  assert.ok(replayed.resume(0).ok);
  for (const { retiredInstructions, bytes } of record) {
    const before = Number(retiredInstructions - replayed.retiredInstructions);
    if (before > 0) assert.equal(replayed.runSlice(before).kind, 'running');
    assert.equal(replayed.retiredInstructions, retiredInstructions);
    again.typed.push(...bytes);
  }
  assert.equal(replayed.runSlice(50_000_000).kind, 'ended');
  assert.deepEqual([again.output, replayed.retiredInstructions], [live.output, execution.retiredInstructions]);
  assert.match(Buffer.from(again.output).toString(), /STEPTRAP SAYS HI\n$/);
});
