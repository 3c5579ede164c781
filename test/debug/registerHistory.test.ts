// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleGuest } from './sampleGuest.js';

const changed = (guest: SampleGuest): readonly string[] =>
  guest.target.registers(0, 'General').flatMap(({ name, isChanged }) => (isChanged ? [name] : []));

test('ST-DBG-080 a register is marked as changed if its value differs from that of the stop before, until the next stop', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.runTo('main');
  assert.deepEqual(changed(guest), [], 'nothing was seen before');
  const before = new Map(guest.target.registers(0, 'General').map(({ name, value }) => [name, value]));
  guest.step('into', 'instruction');
  const now = guest.target.registers(0, 'General');
  const differing = now.filter(({ name, value }) => before.get(name) !== value).map(({ name }) => name);
  assert.ok(differing.includes('pc'));
  assert.deepEqual(changed(guest), differing);
  assert.deepEqual(changed(guest), differing, 'asking twice at one stop changes nothing');
});

test('ST-DBG-081 of a changed register only the fields that differ are marked', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.runTo('main');
  guest.target.writeRegister(0, 'pstate.N', 0n);
  guest.target.registers(0, 'General');
  guest.step('into', 'instruction');
  guest.target.writeRegister(0, 'pstate.N', 1n);
  const pstate = guest.target.register(0, 'pstate');
  assert.deepEqual(
    pstate?.fields.filter(({ isChanged }) => isChanged).map(({ name }) => name),
    ['N'],
  );
});

test('ST-DBG-082 a slot that was taken since the last stop is marked, and the view counts those in use', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.runTo('main');
  assert.deepEqual(guest.target.debugRegisters(0).usage, { breakpoints: { used: 0, total: 6 }, watchpoints: { used: 0, total: 4 } });
  guest.step('into', 'instruction');
  guest.target.breakpoints.setFunctions([{ name: 'increment', mode: 'hardware' }]);
  const { slots, usage } = guest.target.debugRegisters(0);
  assert.deepEqual(usage, { breakpoints: { used: 1, total: 6 }, watchpoints: { used: 0, total: 4 } });
  assert.deepEqual(
    slots.filter(({ isChanged }) => isChanged).map(({ controlName }) => controlName),
    ['DBGBCR0_EL1'],
  );
});

test('ST-DBG-083 the debug registers are announced as changed exactly when a slot is taken or freed', () => {
  const guest = new SampleGuest('counter', 'O0');
  let count = 0;
  guest.target.onDidChangeDebugRegisters(() => count++);
  const { breakpoints } = guest.target;
  const countAfter = (change: () => unknown): number => {
    count = 0;
    change();
    return count;
  };
  assert.equal(
    countAfter(() => breakpoints.setFunctions([{ name: 'increment', mode: 'hardware' }])),
    1,
  );
  assert.equal(
    countAfter(() => breakpoints.setFunctions([{ name: 'increment', mode: 'hardware' }])),
    0,
  );
  assert.equal(
    countAfter(() => breakpoints.setFunctions([{ name: 'increment', mode: 'engine' }])),
    1,
  );
  assert.equal(
    countAfter(() => breakpoints.setFunctions([])),
    0,
  );
  assert.equal(
    countAfter(() => guest.step('into', 'instruction')),
    0,
  );
});
