// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GUEST_BREAKPOINT } from './guestPrograms.js';
import { A64, CODE, VECTORS, WordGuest } from './wordGuest.js';

// A guest that uses the debug registers itself while the host debugs it.

test('S-106 ARM-HW-37 a guest breakpoint that the guest masks with PSTATE.D is stepped over silently while the host uses a software breakpoint', () => {
  const target = CODE + 4n * 8n;
  const guest = new WordGuest([...GUEST_BREAKPOINT, A64.nop, A64.nop, A64.nop, A64.nop, A64.nop], {
    registers: { x1: target, vbar_el1: VECTORS },
  });
  guest.breakAt('software', target + 4n);
  const stop = guest.continue();
  assert.deepEqual([stop.pc, guest.get('esr_el1')], [target + 4n, 0n]);
});

test('ARM-HW-37 in the fidelity of the kernel the masked guest breakpoint is injected', () => {
  const target = CODE + 4n * 8n;
  const guest = new WordGuest([...GUEST_BREAKPOINT, A64.nop, A64.nop, A64.nop, A64.nop, A64.nop], {
    registers: { x1: target, vbar_el1: VECTORS },
    fidelity: 'kernel',
    more: [[VECTORS + 0x200n, [A64.here]]],
  });
  guest.breakAt('software', target + 4n);
  guest.target.execution.resume(0);
  guest.run(1000);
  assert.equal(guest.get('pc'), VECTORS + 0x200n);
});

test('S-105 ARM-HW-38 a guest breakpoint does not fire while the host uses hardware slots, and fires when it does not any more', () => {
  const target = CODE + 4n * 8n;
  const words = [...GUEST_BREAKPOINT, A64.nop, A64.nop, A64.nop, A64.nop, A64.here];
  const guest = new WordGuest(words, { registers: { x1: target, vbar_el1: VECTORS }, more: [[VECTORS + 0x200n, [A64.here]]] });
  guest.set('pstate', 5n);
  guest.breakAt('hardware', target + 4n);
  assert.equal(guest.continue().pc, target + 4n);
  assert.equal(guest.get('pc'), target + 4n);
  guest.breakAt('hardware');
  guest.set('pc', target);
  guest.target.execution.resume(0);
  guest.run(1000);
  assert.deepEqual([guest.get('pc'), guest.get('elr_el1'), guest.get('esr_el1')], [VECTORS + 0x200n, target, 0xc600_0022n]);
});
