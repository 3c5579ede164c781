// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleGuest } from './sampleGuest.js';

for (const isa of ['ppc64', 'ppc64le'] as const) {
  for (const level of ['O0', 'O2'] as const) {
    const launch = () => new SampleGuest('vectors', level, { isa, kvm: 'pr', cpu: 'power8' });
    // Functions in assembly have no debug information of their own in ELFv1: <run_traced+0x2c>.
    const functions = (guest: SampleGuest): readonly string[] => guest.frames.map(frame => /\w+/.exec(frame)?.[0] ?? frame);

    test(`ST-SMPL-006 the stack in an interrupt handler goes on at the interrupted instruction of the kernel (${isa}, -${level})`, () => {
      const guest = launch();
      guest.runTo('handle_interrupt');
      assert.deepEqual(functions(guest), ['handle_interrupt', 'frame_is_whole', 'run_traced', 'main', 'start']);
    });

    test(`ST-SMPL-007 the stack in a page fault goes on in the user program, on its own stack (${isa}, -${level})`, () => {
      const guest = launch();
      guest.runTo('fault', 'address == 0x10030000');
      const names = functions(guest).filter(name => name !== 'handle_interrupt');
      assert.deepEqual(names.slice(0, 3), ['fault', 'frame_is_whole', 'touch']);
      const user = guest.target.stack(0).frames.find(({ name }) => name === 'user_main' || name === 'touch');
      assert.match(String(user?.callFrameAddress?.toString(16)), /^10020[ef]/);
    });
  }
}
