// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SampleGuest } from './sampleGuest.js';

for (const kvm of ['pr', 'hv'] as const) {
  for (const isa of ['ppc64', 'ppc64le'] as const) {
    for (const level of ['O0', 'O2'] as const) {
      const launch = () => new SampleGuest('vectors', level, { isa, kvm, cpu: 'power8' });
      const where = `${kvm}, ${isa}, -${level}`;
      // Functions in assembly have no debug information of their own in ELFv1: <run_traced+0x2c>.
      const functions = (guest: SampleGuest): readonly string[] => guest.frames.map(frame => /\w+/.exec(frame)?.[0] ?? frame);

      test(`ST-SMPL-006 the stack in an interrupt handler goes on at the interrupted instruction of the kernel (${where})`, () => {
        const guest = launch();
        guest.runTo('handle_interrupt');
        assert.deepEqual(functions(guest), ['handle_interrupt', 'frame_is_whole', 'run_traced', 'main', 'start']);
      });

      test(`ST-SMPL-007 the stack in a page fault goes on in the user program, on its own stack (${where})`, () => {
        const guest = launch();
        guest.runTo('fault', 'address == 0x10030000');
        const names = functions(guest).filter(name => name !== 'handle_interrupt');
        assert.deepEqual(names.slice(0, 3), ['fault', 'frame_is_whole', 'touch']);
        const user = guest.target.stack(0).frames.find(({ name }) => name === 'user_main' || name === 'touch');
        assert.match(String(user?.callFrameAddress?.toString(16)), /^10020[ef]/);
      });
    }
  }
}

test('ST-DBG-171 under KVM-HV a user program behind the hashed page table has its memory, and instruction steps by the Trace method', () => {
  const guest = new SampleGuest('vectors', 'O2', { isa: 'ppc64', kvm: 'hv', cpu: 'power8' });
  guest.runTo('touch');
  const [vcpu] = guest.target.machine.vcpus;
  assert.ok(vcpu);
  assert.ok(guest.target.memory.read(vcpu, guest.frame().pc, 4));
  const unstepped = new SampleGuest('vectors', 'O2', { isa: 'ppc64', kvm: 'hv', cpu: 'power8' });
  for (let count = 0; count < 40; count++) {
    const { reason } = guest.step('into', 'instruction');
    assert.equal(reason, 'step');
    assert.equal(guest.target.execution.stepAnatomy(0).method, 'POWER HV Trace');
  }
  unstepped.runToEnd();
  guest.runToEnd();
  assert.equal(guest.output, unstepped.output);
});

test('ST-DBG-170 the general registers are fetched once a stop, whatever is looked at', () => {
  const guest = new SampleGuest('vectors', 'O2', { isa: 'ppc64le', kvm: 'hv', cpu: 'power8' });
  const { callLog } = guest.target.machine.kvm;
  const fetches: string[] = [];
  callLog.isOn = true;
  callLog.listener = ({ text }) => {
    if (/KVM_(GET|SET)_REGS/.test(text)) fetches.push(text);
  };
  guest.runTo('fault', 'address == 0x10030000');
  fetches.length = 0;
  assert.ok(guest.target.stack(0).frames.length > 3);
  const [vcpu] = guest.target.machine.vcpus;
  assert.ok(vcpu);
  for (let count = 0; count < 5; count++) assert.ok(guest.target.machine.readVirtual(vcpu, guest.frame().pc, 16));
  assert.ok(fetches.length <= 1, fetches.join('\n'));
  guest.step('over', 'instruction');
  fetches.length = 0;
  guest.target.stack(0);
  assert.ok(fetches.length <= 1, fetches.join('\n'));
});
