// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KVM_TRAP, NOP } from '../cpu/powerWords.js';
import { CODE, SteppedPartition } from './steppedPartition.js';

const EINVAL = -22;

test('ST-TRC-024 a step that KVM refuses to arm leaves the breakpoint that it had lifted in memory, and the next one is made', () => {
  const guest = new SteppedPartition([NOP, NOP, NOP]);
  guest.breakAt(guest.start);
  const vcpu = guest.partition.vcpu();
  const { setGuestDebug } = vcpu;
  vcpu.setGuestDebug = () => EINVAL;
  const stop = guest.step();
  assert.deepEqual([stop.reason, guest.at], ['error', 0n]);
  vcpu.setGuestDebug = setGuestDebug;
  assert.equal(guest.word(CODE), KVM_TRAP);
  guest.step();
  assert.deepEqual([guest.at, guest.word(CODE)], [4n, KVM_TRAP]);
});
