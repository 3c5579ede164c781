// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HCALL } from '../../src/kvm/index.js';
import { NOP, ppc, SPR } from '../cpu/powerWords.js';
import { setOneReg } from '../kvm/powerpcGuest.js';
import { CODE, LARGE_PAGES, LINEAR, MSR, SAVE, SteppedPartition } from './steppedPartition.js';

// Group B: instructions that no Trace interrupt follows.

const { SF, ME, IR, DR, PR, SE, EE } = MSR;
const MODES = ['kernel', 'exact'] as const;
const KERNEL = SF | ME | IR | DR;
const USER = KERNEL | PR | EE;
const AWAY = LINEAR | (CODE + 0x100n);
const one = ppc.addi(3, 3, 1);

/** A guest before rfid, with words at the target. */
function returning(srr1: bigint, options: ConstructorParameters<typeof SteppedPartition>[1], first = ppc.rfid()): SteppedPartition {
  const guest = new SteppedPartition([first, NOP], { srr0: AWAY, srr1, ...options });
  guest.put(CODE + 0x100n, [one, one, one]);
  return guest;
}

for (const fidelity of MODES) {
  test(`S-034 a step of rfid stops exactly at a breakpoint at SRR0, and SRR1 is unchanged (${fidelity})`, () => {
    const guest = returning(KERNEL, { fidelity });
    guest.breakAt(AWAY);
    guest.step();
    guest.has({ pc: AWAY, srr1: KERNEL, msr: KERNEL });
    assert.equal(guest.gpr(3), 0n);
  });

  for (const endianness of ['big', 'little'] as const)
    test(`S-035 a step of rfid stops ${fidelity === 'exact' ? 'at SRR0' : 'one instruction behind SRR0'} without SE in SRR1 (${fidelity}, ${endianness}-endian)`, () => {
      const srr1 = KERNEL | (endianness === 'little' ? MSR.LE : 0n);
      const guest = returning(srr1, { fidelity, endianness });
      guest.step();
      guest.has({ pc: fidelity === 'exact' ? AWAY : AWAY + 4n, srr0: AWAY, srr1, msr: srr1 });
      assert.deepEqual([guest.gpr(3), guest.traps], [fidelity === 'exact' ? 0n : 1n, []]);
    });

  test(`S-037 PPC-HV-28 a step of rfid to a context that the guest steps stops in its Trace handler, and its debugger sees one step (${fidelity})`, () => {
    const counts = [ppc.addi(9, 9, 1), ppc.mtspr(11, SPR.SRR1), ppc.rfid()];
    const guest = returning(KERNEL | SE, { fidelity, gpr: { 11: KERNEL }, handlers: { 3328: counts } });
    guest.step();
    guest.has({ pc: LINEAR | 0x4d00n, srr0: AWAY + 4n, srr1: KERNEL | SE | 0x4000_0000n });
    assert.deepEqual(guest.traps, []);
    guest.breakAt(AWAY + 8n);
    guest.continue();
    guest.has({ pc: AWAY + 8n });
    assert.deepEqual([guest.gpr(9), guest.gpr(3)], [1n, 2n]);
  });

  test(`S-038 PPC-HV-29 a guest that steps itself beside an idle debugger leaves the guest for no step (${fidelity})`, () => {
    const counts = [ppc.addi(9, 9, 1), ppc.rfid()];
    const guest = returning(KERNEL | SE, { fidelity, handlers: { 3328: counts } });
    guest.breakAt(AWAY + 12n);
    guest.continue();
    assert.deepEqual([guest.gpr(9), guest.gpr(3)], [3n, 3n]);
    assert.deepEqual(guest.target.exitCounts, { KVM_EXIT_DEBUG: 1 });
  });

  test(`PPC-HV-30 a breakpoint inside the guest's own Trace handler is a plain breakpoint (${fidelity})`, () => {
    const guest = returning(KERNEL | SE, { fidelity });
    guest.breakAt(LINEAR | 0x4d04n);
    const stop = guest.continue();
    assert.deepEqual([stop.reason, stop.pc], ['breakpoint', LINEAR | 0x4d04n]);
    guest.has({ srr0: AWAY + 4n, srr1: KERNEL | SE | 0x4000_0000n });
  });

  test(`S-039 a step of rfscv ${fidelity === 'exact' ? 'stops at its target' : 'never ends'} (${fidelity})`, () => {
    const words = [ppc.mtspr(4, 8), ppc.mtspr(5, 9), ppc.rfscv(), NOP, ppc.b(0)];
    const guest = new SteppedPartition(words, { fidelity, gpr: { 4: LINEAR | (CODE + 16n), 5: KERNEL } });
    guest.step();
    guest.step();
    guest.begin();
    const stop = guest.run(5000);
    assert.equal(guest.at, 16n);
    if (fidelity === 'exact') assert.ok(stop !== 'running' && stop.reason === 'step');
    else assert.equal(stop, 'running');
    guest.target.execution.pause();
    if (stop === 'running') guest.stop();
    guest.target.execution.detach();
    assert.deepEqual(guest.traps, []);
  });

  for (const kind of ['into', 'over'] as const)
    test(`S-040 a step ${kind} sc in problem state stops where the mode says (${fidelity})`, () => {
      const handler = [SAVE, ppc.addi(3, 0, 7), ppc.rfid()];
      const guest = new SteppedPartition([ppc.sc(0), NOP, NOP], { fidelity, msr: PR | EE, handlers: { 3072: handler } });
      guest.step(kind);
      const end = fidelity === 'kernel' ? CODE + 8n : kind === 'over' ? CODE + 4n : LINEAR | 0x4c00n;
      guest.has({ pc: end, ...(kind === 'into' && fidelity === 'exact' && { srr0: CODE + 4n, srr1: USER }) });
      assert.equal(guest.gpr(3), end === (LINEAR | 0x4c00n) ? 0n : 7n);
      assert.deepEqual(guest.traps, []);
    });

  test(`S-041 a step of a hypercall stops ${fidelity === 'exact' ? 'behind it' : 'one instruction later'} (${fidelity})`, () => {
    const guest = new SteppedPartition([ppc.sc(1), ppc.addi(4, 0, 1), NOP], { fidelity, gpr: { 3: 0xfff0n } });
    guest.step();
    assert.deepEqual([guest.at, guest.gpr(4)], fidelity === 'exact' ? [4n, 0n] : [8n, 1n]);
    // H_FUNCTION.
    assert.equal(BigInt.asIntN(64, guest.gpr(3)), -2n);
    assert.deepEqual([guest.registers.msr, guest.traps], [KERNEL, []]);
  });
}

test("S-042 a handler that scv has entered sees no SE in CTR, in kernel the debugger's", () => {
  for (const fidelity of MODES) {
    const guest = new SteppedPartition([ppc.scv(0), NOP, NOP], { fidelity, msr: PR | EE });
    guest.put(0x3000n, [ppc.mfspr(6, 9), ppc.rfscv()]);
    assert.equal(setOneReg(guest.partition.vcpu(), 'FSCR', 1n << 12n), 0);
    guest.step('over');
    assert.equal(guest.gpr(6) & SE, fidelity === 'exact' ? 0n : SE);
    guest.has({ pc: fidelity === 'exact' ? CODE + 4n : CODE + 8n, msr: USER });
  }
});

test('PPC-HV-20 problem state behind a return has translation on, whatever SRR1 says of it', () => {
  // The second large page is mapped to the first one's memory: a trap by the wrong rule is at another place than the target.
  const target = 0x20_0000n | (CODE + 0x100n);
  const make = (quirks = {}): SteppedPartition => {
    const guest = returning(SF | ME | PR, { quirks, srr0: target });
    guest.partition.writeDoubleword(LARGE_PAGES.second, guest.partition.readDoubleword(LARGE_PAGES.first));
    guest.put(CODE + 0x10cn, [ppc.b(0)]);
    return guest;
  };
  const guest = make();
  guest.step();
  guest.has({ pc: target, msr: USER });
  const wrong = make({ returnVectorIgnoresPR: true });
  wrong.begin();
  assert.equal(wrong.run(1000), 'running');
});

for (const fidelity of MODES)
  test(`S-060 PPC-HV-37 a step of the call that moves the vectors stops, and all vCPUs see the move (${fidelity})`, () => {
    const gpr = { 3: BigInt(HCALL.SET_MODE), 4: 3n, 5: 3n };
    const guest = new SteppedPartition([ppc.sc(1), NOP, NOP], { fidelity, ail: 0, cpus: 2, gpr });
    guest.step();
    assert.equal(guest.at, fidelity === 'exact' ? 4n : 8n);
    assert.deepEqual([guest.gpr(3), guest.traps], [0n, []]);
    for (const index of [0, 1])
      assert.equal((guest.target.control.at(index).registers.read('lpcr')?.value ?? 0n) & 0x0180_0000n, 0x0180_0000n);
    guest.step();
    assert.equal(guest.at, fidelity === 'exact' ? 8n : 12n);
  });
