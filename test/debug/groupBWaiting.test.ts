// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HCALL } from '../../src/kvm/index.js';
import { NOP, ppc, SPR } from '../cpu/powerWords.js';
import { CODE, DATA, LINEAR, MSR, SAVE, SteppedPartition } from './steppedPartition.js';

// Group B: steps whose instruction is long in coming to its end: the guest sleeps, or runs another thread meanwhile.

const { SF, ME, IR, DR, SE, EE } = MSR;
const KERNEL = SF | ME | IR | DR;
const MODES = ['exact', 'kernel'] as const;
const LATER = 0x7fff_0000n;
const AWAY = LINEAR | (CODE + 0x100n);

for (const fidelity of MODES) {
  test(`PPC-HV-21 a step of H_CEDE ends when the guest has woken, behind its interrupt's handler (${fidelity})`, () => {
    const guest = new SteppedPartition([ppc.mtspr(8, SPR.DEC), ppc.sc(1), ppc.addi(12, 12, 1), NOP], {
      fidelity,
      gpr: { 3: BigInt(HCALL.CEDE), 8: 500n, 11: LATER },
      handlers: { 2304: [ppc.mtspr(11, SPR.DEC), ppc.addi(9, 9, 1), ppc.mfspr(10, SPR.SRR1), ppc.rfid()] },
    });
    guest.step();
    const stop = guest.step();
    assert.equal(stop.reason, 'step');
    assert.deepEqual([guest.at, guest.gpr(9), guest.gpr(3), guest.traps], [fidelity === 'exact' ? 8n : 12n, 1n, 0n, []]);
    assert.deepEqual([guest.gpr(10) & SE, guest.registers.msr & SE], [fidelity === 'exact' ? 0n : SE, 0n]);
  });

  test(`PPC-HV-39 a step under which the guest runs another thread ends in its own thread (${fidelity})`, () => {
    // The decrementer's handler goes to another thread, which comes back by a system call.
    const tick = [
      ppc.mtspr(11, SPR.DEC), ppc.mfspr(20, SPR.SRR0), ppc.mfspr(21, SPR.SRR1), ppc.mtspr(22, SPR.SRR0), ppc.mtspr(23, SPR.SRR1), ppc.rfid(),
    ]; // biome-ignore format: a handler
    const back = [SAVE, ppc.mtspr(20, SPR.SRR0), ppc.mtspr(21, SPR.SRR1), ppc.rfid()];
    const guest = new SteppedPartition([ppc.mtspr(8, SPR.DEC), ppc.mtmsrd(7), ppc.addi(3, 3, 1), NOP], {
      fidelity,
      gpr: { 4: DATA, 7: KERNEL | EE, 8: 0xffff_fff0n, 11: LATER, 22: AWAY, 23: KERNEL },
      handlers: { 2304: tick, 3072: back },
    });
    guest.put(CODE + 0x100n, [ppc.addi(12, 12, 1), ppc.lwz(13, 4, 0), ppc.addi(12, 12, 1), ppc.sc(0)]);
    guest.step();
    guest.step();
    assert.equal(guest.at, 8n);
    const stop = guest.step();
    assert.deepEqual([stop.reason, guest.at, guest.gpr(3), guest.gpr(12)], ['step', 12n, 1n, 2n]);
    assert.deepEqual([guest.gpr(21) & SE, guest.traps, guest.registers.msr], [fidelity === 'exact' ? 0n : SE, [], KERNEL | EE]);
  });
}

test('PPC-HV-21 S-049 a step into H_CEDE stops at the vector of the interrupt that wakes the guest', () => {
  const guest = new SteppedPartition([ppc.mtspr(8, SPR.DEC), ppc.sc(1), NOP], {
    gpr: { 3: BigInt(HCALL.CEDE), 8: 500n, 11: LATER },
    handlers: { 2304: [ppc.mtspr(11, SPR.DEC), ppc.rfid()] },
  });
  guest.target.execution.stepInterrupts = 'into';
  guest.step();
  guest.step();
  guest.has({ pc: LINEAR | 0x4900n, srr0: guest.start + 8n, srr1: KERNEL | EE });
});
