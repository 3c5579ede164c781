// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SLICE_INSTRUCTIONS } from '../../src/kvm/index.js';
import { SECONDARY, turnOn } from './allOn.js';
import { A64, CODE, WordGuest } from './wordGuest.js';

// Who runs while one vCPU is stepped.

const START = turnOn(1);
const WORDS = [...START, A64.nop, A64.nop, A64.here];
/** Where the first vCPU has turned the second on. */
const TURNED_ON = CODE + 4n * BigInt(START.length);

test('ST-DBG-006 S-058 while one vCPU steps with scheduler locking the others retire nothing', () => {
  const guest = new WordGuest(WORDS, { cpus: 2, more: [[SECONDARY, [A64.addImmediate(0, 0, 1), A64.branch(-1)]]] });
  guest.breakAt('engine', TURNED_ON);
  guest.continue();
  const before = guest.target.control.at(1).vcpu.retiredInstructions;
  guest.step();
  assert.equal(guest.target.control.at(1).vcpu.retiredInstructions, before);
});

test('ST-DBG-007 with scheduler locking off the others have their slices while one vCPU is stepped again and again', () => {
  const guest = new WordGuest(WORDS, { cpus: 2, more: [[SECONDARY, [A64.addImmediate(0, 0, 1), A64.branch(-1)]]] });
  guest.target.execution.schedulerLocking = 'off';
  guest.breakAt('engine', TURNED_ON);
  guest.continue();
  guest.breakAt('engine');
  const before = guest.target.control.at(1).vcpu.retiredInstructions;
  for (let step = 0; step < SLICE_INSTRUCTIONS; step++) guest.step();
  assert.ok(guest.target.control.at(1).vcpu.retiredInstructions > before);
  assert.equal(guest.target.execution.lastStop?.vcpu, 0);
});
