// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { A64, CODE, WordGuest } from './wordGuest.js';

test('ARM-HW-31 a step over ERET and one over a nop end alike, whatever ISV says', () => {
  // ELR_EL1 and SPSR_EL1 lead to the nop behind ERET, at EL1 with all masked.
  const guest = new WordGuest([A64.eret, A64.nop, A64.here], { registers: { elr_el1: CODE + 4n, spsr_el1: 0x3c5n } });
  const stops = [guest.step(), guest.step()].map(({ reason, pc }) => ({ reason, pc }));
  assert.deepEqual(stops, [
    { reason: 'step', pc: CODE + 4n },
    { reason: 'step', pc: CODE + 8n },
  ]);
});
