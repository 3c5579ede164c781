// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../src/base/index.js';
import { NOP, ppc, SPR } from '../cpu/powerWords.js';
import { CODE, DATA, HOLE, HOLE_ENTRY, LINEAR, MSR, type PartitionOptions, SAVE, SteppedPartition } from './steppedPartition.js';

// Group B: steps whose instruction leads to a handler, and what may stop there.

const { SF, ME, IR, DR, PR, SE, EE } = MSR;
const MODES = ['kernel', 'exact'] as const;
const HANDLER = LINEAR | 0x4c00n;
const SYSTEM_CALL = [SAVE, NOP, ppc.addi(3, 0, 7), ppc.rfid()];
const COUNTS = [ppc.addi(9, 9, 1), ppc.rfid()];

/** A program before sc, and a breakpoint in the handler. */
function calling(options: PartitionOptions, handler: readonly number[] = SYSTEM_CALL): SteppedPartition {
  const guest = new SteppedPartition([ppc.sc(0), NOP, NOP, NOP, ppc.b(0)], {
    msr: PR | EE,
    srr0: 0x1234n,
    ...options,
    handlers: { 3072: handler, 3328: COUNTS },
  });
  guest.breakAt(HANDLER | 4n);
  return guest;
}

for (const fidelity of MODES) {
  const end = fidelity === 'exact' ? CODE + 4n : CODE + 8n;

  for (const endianness of ['big', 'little'] as const)
    test(`S-043 S-044 a breakpoint inside a system call leaves the step pending, and on continue it ends behind the return (${fidelity}, ${endianness}-endian)`, () => {
      const guest = calling({ fidelity, endianness });
      const stop = guest.step('over');
      assert.deepEqual([stop.reason, stop.pc], ['breakpoint', HANDLER | 4n]);
      assert.deepEqual(guest.traps, fidelity === 'kernel' ? [0x4d00n] : []);
      const ended = guest.continue();
      assert.deepEqual([ended.reason, ended.pc, guest.gpr(3), guest.gpr(9)], ['step', end, 7n, 0n]);
      assert.deepEqual([guest.traps, guest.registers.msr & SE], [[], 0n]);
    });

  test(`S-045 stepping through the handler and its return ends in the program, once (${fidelity})`, () => {
    const guest = calling({ fidelity });
    guest.step('over');
    const pcs = [guest.step().pc, guest.step().pc, guest.step().pc];
    assert.deepEqual(pcs, [HANDLER | 8n, HANDLER | 12n, end]);
    const { startPc, word } = guest.target.stepAnatomy(0);
    assert.deepEqual([startPc, word], [HANDLER | 12n, ppc.rfid()]);
    assert.deepEqual([guest.traps, guest.gpr(9)], [[], 0n]);
    guest.breakAt(CODE + 12n);
    const stop = guest.continue();
    assert.deepEqual([stop.reason, stop.pc], ['breakpoint', CODE + 12n]);
  });

  test(`ST-TRC-021 the end of a pending step belongs to its own anatomy, with its exit, whatever has been stepped in the handler (${fidelity})`, () => {
    const guest = calling({ fidelity });
    guest.step('over');
    const began = guest.target.stepAnatomy(0).startPc;
    guest.step();
    assert.equal(guest.target.stepAnatomy(0).startPc, HANDLER | 4n);
    assert.equal(guest.continue().reason, 'step');
    const { startPc, actions } = guest.target.stepAnatomy(0);
    // In exact the rest of the handler is run to where the step ends.
    if (fidelity === 'exact') return assert.equal(startPc, HANDLER | 4n);
    assert.equal(startPc, began);
    assert.deepEqual(actions.flatMap(({ kind }) => (kind === 'exit' || kind === 'decision' ? [kind] : [])).slice(-3), [
      'decision',
      'exit',
      'decision',
    ]);
  });

  test(`ST-TRC-002 a breakpoint inside a system call whose condition is false lets the step go on to its end (${fidelity})`, () => {
    const guest = calling({ fidelity });
    guest.target.breakpoints.setInstructions([{ address: virtualAddress(HANDLER | 4n), mode: 'software', condition: '$r3 == 99' }]);
    const stop = guest.step('over');
    assert.deepEqual([stop.reason, stop.pc, guest.gpr(3), guest.traps], ['step', end, 7n, []]);
  });

  test(`S-047 a step over a load whose page the handler maps stops behind the load with its data (${fidelity})`, () => {
    const map = [ppc.std(20, 21, 0), ppc.addi(9, 9, 1), ppc.rfid()];
    const guest = new SteppedPartition([ppc.lwz(3, 22, 0), NOP], {
      fidelity,
      gpr: { 20: HOLE_ENTRY.value, 21: LINEAR | HOLE_ENTRY.address, 22: HOLE | DATA },
      handlers: { 768: map },
    });
    guest.put(DATA, [0x1234]);
    guest.step('over');
    assert.deepEqual([guest.at, guest.gpr(3), guest.gpr(9), guest.traps], [4n, 0x1234n, 1n, []]);
  });

  test(`S-049 PPC-HV-39 a decrementer that waits is taken as stepInterrupts says, in kernel under the step (${fidelity})`, () => {
    const handler = [ppc.mfspr(10, SPR.SRR1), ppc.mfspr(12, SPR.SRR0), ppc.addi(9, 9, 1), ppc.mtspr(11, SPR.DEC), ppc.rfid()];
    const make = (): SteppedPartition => {
      const words = [ppc.mtspr(8, SPR.DEC), ppc.mtmsrd(7), ppc.addi(3, 3, 1), NOP];
      const gpr = { 7: SF | ME | IR | DR | EE, 8: 0xffff_fff0n, 11: 0x7fff_0000n };
      const guest = new SteppedPartition(words, { fidelity, gpr, handlers: { 2304: handler } });
      guest.step();
      guest.step();
      assert.equal(guest.at, 8n, 'the Trace comes before the decrementer');
      return guest;
    };
    const over = make();
    over.step();
    assert.deepEqual([over.at, over.gpr(3), over.gpr(9), over.gpr(12) - over.start], [12n, 1n, 1n, 8n]);
    assert.deepEqual([over.gpr(10) & SE, over.traps], [fidelity === 'kernel' ? SE : 0n, []]);
    if (fidelity === 'kernel') return;
    const into = make();
    into.target.execution.stepInterrupts = 'into';
    const { retiredInstructions } = into.partition.vcpu();
    into.step();
    into.has({ pc: LINEAR | 0x4900n, srr0: into.start + 8n, srr1: SF | ME | IR | DR | EE });
    // The interrupt itself counts as one.
    assert.deepEqual([into.gpr(3), into.partition.vcpu().retiredInstructions - retiredInstructions], [0n, 1]);
  });

  test(`S-051 PPC-HV-40 a guest whose debugger has left with a step pending runs on without a Trace if SRR1 is all that has SE (${fidelity})`, () => {
    const guest = calling({ fidelity });
    guest.step('over');
    guest.breakAt();
    guest.target.execution.detach();
    assert.deepEqual([guest.traps, guest.registers.msr & SE, guest.registers.srr1 & SE], [[], 0n, 0n]);
    guest.resume();
    assert.equal(guest.run(1000), 'running');
    guest.has({ pc: CODE + 16n });
    assert.equal(guest.gpr(9), 0n);
  });
}

test('S-048 a step of an illegal instruction ends at its vector, or where the handler comes back, and no trap is left', () => {
  const skip = [ppc.mfspr(14, SPR.SRR0), ppc.addi(14, 14, 4), ppc.mtspr(14, SPR.SRR0), ppc.rfid()];
  for (const kind of ['into', 'over'] as const) {
    const guest = new SteppedPartition([0, NOP], { handlers: { 1792: skip } });
    guest.step(kind);
    assert.deepEqual([guest.registers.pc, guest.traps], [kind === 'into' ? LINEAR | 0x4700n : guest.start + 4n, []]);
    assert.equal(guest.registers.srr1 & SE, 0n);
  }
});

test('S-051 PPC-HV-40 a handler that has saved SRR1 before the debugger left comes back without a Trace, in kernel with one that nobody waits for', () => {
  const saves = [ppc.mfspr(10, SPR.SRR1), NOP, ppc.mtspr(10, SPR.SRR1), ppc.rfid()];
  for (const fidelity of MODES) {
    const guest = calling({ fidelity }, saves);
    guest.breakAt(HANDLER | 4n);
    guest.step('over');
    guest.breakAt();
    guest.target.execution.detach();
    guest.resume();
    assert.equal(guest.run(1000), 'running');
    assert.equal(guest.gpr(9) > 0n, fidelity === 'kernel');
  }
});

test('ST-TRC-003 a step that the debugger leaves in the middle is undone, and neither trap nor SE stays', () => {
  for (const fidelity of MODES) {
    const guest = new SteppedPartition([ppc.addi(3, 3, 1), NOP, NOP, ppc.b(0)], { fidelity, handlers: { 3328: COUNTS } });
    guest.halfway();
    guest.target.execution.detach();
    assert.deepEqual([guest.traps, guest.at, guest.registers.msr & SE], [[], 4n, 0n]);
    guest.resume();
    assert.equal(guest.run(1000), 'running');
    assert.deepEqual([guest.at, guest.gpr(9)], [12n, 0n]);
  }
});

/** A handler that goes on by an rfid of its own before it returns. */
const INNER = [
  SAVE,
  ppc.mfspr(22, SPR.SRR0),
  ppc.mfspr(23, SPR.SRR1),
  ppc.mtspr(20, SPR.SRR0),
  ppc.mtspr(21, SPR.SRR1),
  ppc.rfid(),
  NOP,
  NOP,
  ppc.mtspr(22, SPR.SRR0),
  ppc.mtspr(23, SPR.SRR1),
  ppc.rfid(),
];

test('ST-TRC-004 anyReturnEndsPending takes an rfid inside of the handler for the return, without it the step ends at its target', () => {
  const stepInner = (anyReturnEndsPending: boolean): bigint => {
    const gpr = { 20: HANDLER | 24n, 21: SF | ME | IR | DR };
    const guest = calling({ fidelity: 'kernel', quirks: { anyReturnEndsPending, rfidStepsOneMore: false }, gpr }, INNER);
    guest.step('over');
    for (let n = 0; n < 4; n++) guest.step();
    guest.has({ pc: HANDLER | 20n });
    guest.step();
    const { pc } = guest.registers;
    if (!anyReturnEndsPending) assert.equal(guest.continue().pc, CODE + 8n, 'the pending step has not been lost');
    assert.deepEqual(guest.traps, []);
    return pc;
  };
  assert.deepEqual([stepInner(true), stepInner(false)], [CODE + 8n, HANDLER | 24n]);
});

test('ST-TRC-005 nestedStepOverwritesPending brings back the SRR0 of the last step in the handler, without it that from before the call', () => {
  const stepThrough = (nestedStepOverwritesPending: boolean): bigint => {
    const guest = calling({ fidelity: 'kernel', quirks: { nestedStepOverwritesPending } });
    guest.step('over');
    guest.step();
    guest.continue();
    guest.has({ pc: CODE + 8n });
    return guest.registers.srr0;
  };
  assert.deepEqual([stepThrough(true), stepThrough(false)], [CODE + 4n, 0x1234n]);
});
