// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KVM_TRAP, NOP, ppc, SPR } from '../cpu/powerWords.js';
import { CODE, LINEAR, MSR, SAVE, SteppedPartition } from './steppedPartition.js';

const { SF, ME, IR, DR, SE } = MSR;
const MODES = ['kernel', 'exact'] as const;
const ORDERS = ['big', 'little'] as const;
const SRRS = { srr0: 0x1234n, srr1: 0x8000_0000_0000_1002n } as const;

for (const fidelity of MODES) {
  for (const endianness of ORDERS) {
    test(`S-020 PPC-HV-14 PPC-HV-15 a step of addi at AIL 3 leaves SRR0, SRR1, MSR and the vector as they were (${fidelity}, ${endianness}-endian)`, () => {
      const guest = new SteppedPartition([ppc.addi(3, 0, 5), NOP], { fidelity, endianness, ...SRRS });
      const { msr } = guest.registers;
      const stop = guest.step();
      assert.deepEqual([stop.reason, guest.at, guest.gpr(3)], ['step', 4n, 5n]);
      guest.has({ ...SRRS, msr });
      assert.deepEqual([guest.traps, guest.word(0x4d00n)], [[], SAVE]);
    });

    test(`S-021 PPC-HV-13 the trap and SE are there while the guest runs, and gone at the stop (${fidelity}, ${endianness}-endian)`, () => {
      const guest = new SteppedPartition([ppc.addi(3, 0, 5), NOP], { fidelity, endianness });
      guest.halfway();
      assert.equal(guest.word(0x4d00n, false), KVM_TRAP);
      const { msr, srr1 } = guest.registers;
      assert.equal((msr | srr1) & SE, SE);
      guest.stop();
      assert.deepEqual([guest.at, guest.registers.msr & SE, guest.traps], [4n, 0n, []]);
    });
  }

  for (const [id, ail, translation, vector] of [
    ['S-022', 0, IR | DR, 0xd00n],
    ['S-024 PPC-HV-01', 3, IR, 0xd00n],
    ['ST-TRC-001', 3, IR | DR, 0x4d00n],
    ['ST-TRC-001', 3, 0n, 0xd00n],
  ] as const)
    test(`${id} with AIL ${ail} and MSR 0x${translation.toString(16)} the trap of a step is at real 0x${vector.toString(16)} (${fidelity})`, () => {
      const guest = new SteppedPartition([NOP, NOP], { fidelity, ail, translation });
      guest.halfway();
      assert.equal(guest.word(vector), KVM_TRAP);
      guest.stop();
      assert.deepEqual([guest.at, guest.traps], [4n, []]);
    });

  test(`S-025 PPC-HV-17 a branch to behind mfmsr clears no bit of its register (${fidelity})`, () => {
    const guest = new SteppedPartition([ppc.b(12), NOP, ppc.mfmsr(5), NOP], { fidelity, gpr: { 5: 0x400n } });
    guest.step();
    assert.deepEqual([guest.at, guest.gpr(5)], [12n, 0x400n]);
  });

  test(`S-027 PPC-HV-15 mtspr SRR1 keeps its value through a step (${fidelity})`, () => {
    const value = 0x8000_0000_4000_1002n;
    const guest = new SteppedPartition([ppc.mtspr(4, SPR.SRR1), ppc.mtspr(4, SPR.SRR0), NOP], { fidelity, gpr: { 4: value }, ...SRRS });
    guest.step();
    guest.has({ srr0: SRRS.srr0, srr1: value });
    guest.step();
    guest.has({ srr0: value, srr1: value });
  });

  test(`S-028 PPC-HV-15 mfspr SRR0 reads what it read without a step (${fidelity})`, () => {
    const guest = new SteppedPartition([ppc.mfspr(4, SPR.SRR0), NOP], { fidelity, ...SRRS });
    guest.step();
    assert.equal(guest.gpr(4), SRRS.srr0);
    guest.has(SRRS);
  });

  test(`S-029 PPC-HV-16 mfmsr does not show the debugger's SE (${fidelity})`, () => {
    const guest = new SteppedPartition([ppc.mfmsr(4), NOP], { fidelity });
    guest.step();
    assert.equal(guest.gpr(4), SF | ME | IR | DR);
  });
}

/** A Trace handler that counts in r9 and returns with SE off. */
const COUNTS = [ppc.addi(9, 9, 1), ppc.mfspr(10, SPR.SRR1), ppc.mtspr(11, SPR.SRR1), ppc.rfid()];

test("S-030 PPC-HV-16 PPC-HV-27 PPC-HV-28 mfmsr shows the guest's own SE, and its Trace handler runs on continue", () => {
  const guest = new SteppedPartition([ppc.mfmsr(4), NOP, NOP], {
    msr: SE,
    gpr: { 11: SF | ME | IR | DR },
    handlers: { 3328: COUNTS },
  });
  guest.step();
  assert.deepEqual([guest.registers.pc, guest.gpr(4) & SE], [LINEAR | 0x4d00n, SE]);
  guest.has({ srr0: guest.start + 4n });
  guest.breakAt(guest.start + 8n);
  guest.continue();
  assert.deepEqual([guest.at, guest.gpr(9), guest.gpr(10) & (SE | 0x4000_0000n)], [8n, 1n, SE | 0x4000_0000n]);
});

test("PPC-HV-27 movesLoseGuestTrace and guestTraceSeenOnlyAtRfid lose the guest's SE, and its Trace never comes", () => {
  const guest = new SteppedPartition([ppc.mfmsr(4), NOP, NOP], { fidelity: 'kernel', msr: SE });
  guest.step();
  assert.deepEqual([guest.at, guest.gpr(4) & SE, guest.registers.msr & SE], [4n, 0n, 0n]);
  const moves = new SteppedPartition([ppc.mfmsr(4), NOP, NOP], { quirks: { movesLoseGuestTrace: true }, msr: SE });
  moves.step();
  assert.deepEqual([moves.registers.pc, moves.gpr(4) & SE], [LINEAR | 0x4d00n, 0n]);
});

test('S-031 PPC-HV-19 a step of mtmsrd that turns translation off ends behind it, by the vector without AIL', () => {
  const make = (quirks = {}): SteppedPartition =>
    new SteppedPartition([ppc.mtmsrd(4), NOP, NOP, NOP], { quirks, gpr: { 4: SF | ME }, pc: CODE, handlers: { 3328: [ppc.b(0)] } });
  const guest = make();
  guest.step();
  guest.has({ pc: CODE + 4n, msr: SF | ME });
  assert.deepEqual(guest.traps, []);
  const kernel = make({ moveToMsrKeepsVector: true });
  kernel.begin();
  assert.equal(kernel.run(1000), 'running');
  assert.equal(kernel.registers.pc, 0xd00n, "the guest's own Trace handler runs");
});

test('S-033 PPC-HV-18 SE that the guest sets by mtmsrd is there after the step, and its own Trace comes behind the next instruction', () => {
  const options = { gpr: { 4: SF | ME | IR | DR | SE, 11: SF | ME | IR | DR }, handlers: { 3328: COUNTS } } as const;
  const words = [ppc.mtmsrd(4), NOP, NOP, NOP];
  const guest = new SteppedPartition(words, options);
  guest.step();
  assert.deepEqual([guest.at, guest.registers.msr & SE], [4n, SE]);
  guest.breakAt(guest.start + 12n);
  guest.continue();
  assert.deepEqual([guest.at, guest.gpr(9)], [12n, 1n]);
  const lost = new SteppedPartition(words, { ...options, fidelity: 'kernel' });
  lost.step();
  assert.deepEqual([lost.at, lost.registers.msr & SE], [4n, 0n]);
});
