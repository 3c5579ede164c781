// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SPSR_EL1 } from '../../src/cpu/aarch64/registers/controlRegisters.js';
import { decode } from '../../src/cpu/registers/describeRegister.js';
import { KVM_ARM_IRQ } from '../../src/kvm/abi/arm64/constants.js';
import { kvm_irq_level } from '../../src/kvm/abi/structures.js';
import { A64, CODE, VECTORS, WordGuest } from './wordGuest.js';

/** Current EL with SP_ELx, IRQ. */
const IRQ_VECTOR = VECTORS + 0x280n;
const DAIF_WITH_IRQ_UNMASKED = 0x345n; // D, A and F masked, EL1h.

/** x1 counts instructions of the program, x5 runs of the handler, which returns with interrupts masked. */
function interruptedGuest(fidelity: 'exact' | 'kernel' = 'exact'): WordGuest {
  const spsr = [0, 4, 0, 0] as const;
  const handler = [A64.addImmediate(5, 5, 1), A64.mrs(...spsr, 6), 0xb27900c6 /* orr x6, x6, #0x80 */, A64.msr(...spsr, 6), A64.eret];
  const guest = new WordGuest([A64.addImmediate(1, 1, 1), A64.addImmediate(1, 1, 1), A64.here], {
    fidelity,
    more: [[IRQ_VECTOR, handler]],
  });
  guest.set('vbar_el1', VECTORS);
  guest.set('pstate', DAIF_WITH_IRQ_UNMASKED);
  return guest;
}

function raiseIrq(guest: WordGuest): void {
  const level = new Uint8Array(kvm_irq_level.bytes);
  const record = kvm_irq_level.over(level);
  record.irq = KVM_ARM_IRQ.TYPE_CPU << KVM_ARM_IRQ.TYPE_SHIFT;
  record.level = 1;
  assert.equal(guest.target.machine.vm.irqLine(level), 0);
}

test('ST-DBG-060 with stepInterrupts over a pending interrupt is taken first, its handler runs, and the step ends behind its instruction', () => {
  const guest = interruptedGuest();
  raiseIrq(guest);
  const stop = guest.step();
  assert.deepEqual([stop.reason, guest.get('pc'), guest.get('x1'), guest.get('x5')], ['step', CODE + 4n, 1n, 1n]);
  assert.equal(guest.get('elr_el1'), CODE, 'the interrupt came before the instruction');
});

test('ST-DBG-061 S-096 with stepInterrupts into a step stops at the first instruction of the handler, with nothing retired', () => {
  const guest = interruptedGuest();
  guest.target.execution.stepInterrupts = 'into';
  raiseIrq(guest);
  guest.step();
  assert.deepEqual([guest.get('pc'), guest.get('x1'), guest.get('x5'), guest.get('elr_el1')], [IRQ_VECTOR, 0n, 0n, CODE]);
});

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`ST-KVM-050 the debugger's step bit ${fidelity === 'kernel' ? 'is' : 'is not'} in what an interrupt under a step saves (${fidelity})`, () => {
    const guest = interruptedGuest(fidelity);
    guest.target.execution.stepInterrupts = 'into';
    raiseIrq(guest);
    guest.step();
    assert.equal(guest.get('pc'), IRQ_VECTOR);
    assert.equal(decode(SPSR_EL1, guest.get('spsr_el1')).SS, fidelity === 'kernel' ? 1 : 0);
  });
}

test('ST-DBG-062 a step does not see an interrupt that the guest has masked', () => {
  const guest = interruptedGuest();
  guest.set('pstate', 0x3c5n);
  raiseIrq(guest);
  guest.step();
  assert.deepEqual([guest.get('pc'), guest.get('x1'), guest.get('x5')], [CODE + 4n, 1n, 0n]);
});

test('ST-DBG-063 the guest takes a pending interrupt at the same instruction whether it is stepped or run', () => {
  const [stepped, run] = [interruptedGuest(), interruptedGuest()];
  for (const guest of [stepped, run]) raiseIrq(guest);
  stepped.step();
  stepped.step();
  run.breakAt('hardware', CODE + 8n);
  run.continue();
  const state = (guest: WordGuest): readonly bigint[] =>
    ['pc', 'x1', 'x5', 'x6', 'elr_el1', 'spsr_el1', 'pstate'].map(name => guest.get(name));
  assert.deepEqual(state(stepped), state(run));
});
