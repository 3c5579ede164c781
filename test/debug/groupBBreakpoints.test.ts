// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOP, ppc, SPR } from '../cpu/powerWords.js';
import { CODE, LINEAR, MSR, type PartitionOptions, SAVE, SteppedPartition } from './steppedPartition.js';

// Group B: breakpoints of the user's where the Trace method has traps of its own.

const { SF, ME, IR, DR, PR, EE } = MSR;
const MODES = ['exact', 'kernel'] as const;
const VECTOR = LINEAR | 0x4d00n;
const HANDLER = LINEAR | 0x4c00n;

const calling = (options: PartitionOptions): SteppedPartition =>
  new SteppedPartition([ppc.sc(0), NOP, NOP, ppc.b(0)], {
    msr: PR | EE,
    ...options,
    handlers: { 3072: [SAVE, ppc.addi(3, 0, 7), ppc.rfid()] },
  });

for (const fidelity of MODES) {
  test(`PPC-HV-26 a breakpoint at the vector is hidden from the step whose trap is there, stays, and goes when it is removed (${fidelity})`, () => {
    const guest = new SteppedPartition([NOP, NOP, NOP], { fidelity });
    guest.breakAt(VECTOR);
    for (const at of [4n, 8n]) {
      const stop = guest.step();
      assert.deepEqual([stop.reason, stop.breakpoints, guest.at], ['step', [], at]);
    }
    guest.breakAt();
    assert.deepEqual([guest.traps, guest.word(0x4d00n)], [[], SAVE]);
  });

  test(`PPC-HV-26 PPC-HV-31 a step from a breakpoint at the vector runs its first instruction, and the breakpoint is there again (${fidelity})`, () => {
    const guest = new SteppedPartition([NOP], { fidelity, handlers: { 3328: [SAVE, ppc.addi(9, 9, 1), ppc.rfid()] } });
    guest.breakAt(VECTOR);
    guest.change({ pc: VECTOR, srr0: LINEAR | CODE, srr1: SF | ME | IR | DR });
    assert.deepEqual([guest.step().pc, guest.step().pc, guest.gpr(9)], [VECTOR | 4n, VECTOR | 8n, 1n]);
    guest.change({ pc: LINEAR | CODE, srr0: 0n, srr1: 0n });
    guest.breakAt();
    assert.equal(guest.word(0x4d00n), SAVE);
  });

  test(`PPC-HV-26 S-040 a breakpoint at the system call's vector stops a step over the call, which ends behind it on continue (${fidelity})`, () => {
    const guest = calling({ fidelity });
    guest.breakAt(HANDLER);
    const stop = guest.step('over');
    assert.deepEqual([stop.reason, stop.pc, stop.breakpoints.length], ['breakpoint', HANDLER, 1]);
    const end = guest.continue();
    assert.deepEqual([end.reason, end.pc, guest.gpr(3)], ['step', CODE + (fidelity === 'exact' ? 4n : 8n), 7n]);
    guest.breakAt();
    assert.deepEqual(guest.traps, []);
  });

  test(`PPC-HV-26 a breakpoint where a step ends is told with it, once (${fidelity})`, () => {
    const end = fidelity === 'exact' ? 4n : 8n;
    for (const word of [ppc.sc(1), ppc.addi(4, 4, 1)]) {
      const at = word === ppc.sc(1) ? end : 4n;
      const guest = new SteppedPartition([word, NOP, NOP, NOP, ppc.b(0)], { fidelity, gpr: { 3: 0xfff0n } });
      guest.breakAt(guest.start + at, guest.start + 12n);
      const stop = guest.step();
      assert.deepEqual([stop.reason, guest.at, stop.breakpoints.length], ['step', at, 1]);
      const next = guest.continue();
      assert.deepEqual([next.reason, guest.at, guest.traps], ['breakpoint', 12n, []]);
    }
  });

  test(`PPC-HV-26 PPC-HV-39 a breakpoint in the handler of an interrupt that comes under a step stops there, and the step ends behind it (${fidelity})`, () => {
    const handler = [ppc.mtspr(11, SPR.DEC), ppc.addi(9, 9, 1), ppc.rfid()];
    const words = [ppc.mtspr(8, SPR.DEC), ppc.mtmsrd(7), ppc.addi(3, 3, 1), NOP];
    const gpr = { 7: SF | ME | IR | DR | EE, 8: 0xffff_fff0n, 11: 0x7fff_0000n };
    const guest = new SteppedPartition(words, { fidelity, gpr, handlers: { 2304: handler } });
    guest.step();
    guest.step();
    guest.breakAt(LINEAR | 0x4904n);
    const stop = guest.step();
    assert.deepEqual([stop.reason, stop.pc, guest.gpr(3)], ['breakpoint', LINEAR | 0x4904n, 0n]);
    const end = guest.continue();
    assert.deepEqual([end.reason, guest.at, guest.gpr(3), guest.gpr(9)], ['step', 12n, 1n, 1n]);
    guest.breakAt();
    assert.deepEqual(guest.traps, []);
  });
}
