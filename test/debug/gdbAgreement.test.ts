// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleGuest } from './sampleGuest.js';

// What the comparison with gdb (test/oracle/gdb.oracle.ts) found wrong once.

test('ST-GDB-001 two lines at the first instruction are a prologue without instructions: the breakpoint is there', () => {
  const guest = new SampleGuest('counter', 'O0');
  const entry = guest.target.resolveLocation('console_open', 0);
  assert.equal(guest.runTo('console_open').pc, entry.ok ? entry.value : undefined);
  assert.equal(guest.frame().position?.line, 31);
});

test('ST-GDB-002 variables without a name, which the compiler made, are not shown', () => {
  const guest = new SampleGuest('counter', 'O2');
  guest.runTo('sum_of_squares');
  assert.deepEqual(
    Object.keys(guest.variables()).filter(name => name.startsWith('<')),
    [],
  );
});

test('ST-GDB-003 behind a call in assembly the link register, which leads to the same instruction, is not taken for the caller', () => {
  const guest = new SampleGuest('svc', 'O0');
  guest.runTo('handle_exception');
  guest.step('out');
  const [here, caller] = guest.target.stack(0).frames;
  assert.match(here?.name ?? '', /save_frame/);
  assert.doesNotMatch(caller?.name ?? '', /save_frame/);
});

test('ST-GDB-004 a step out from an instruction that faults, and that the handler skips, ends in the caller', () => {
  const guest = new SampleGuest('svc', 'O0');
  guest.runTo('load_word');
  guest.step('out');
  assert.match(guest.here, /^user_program:/);
});
