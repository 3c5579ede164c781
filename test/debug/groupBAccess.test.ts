// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KVM_TRAP, NOP, ppc } from '../cpu/powerWords.js';
import { CODE, LINEAR, MSR, SAVE, SteppedPartition } from './steppedPartition.js';

// Group B: stepped loads and stores of words at which the step has its traps, as when a kernel copies its vectors.

const { IR, DR } = MSR;
const VECTORS = LINEAR | 0x4000n;
const TRACE = VECTORS | 0xd00n;
const BEHIND = LINEAR | (CODE + 4n);
const gpr = { 4: TRACE, 5: 0x1122_3344n, 6: VECTORS | 0x300n, 7: BEHIND, 8: 0x4d00n, 9: TRACE - 0x20n };

const ACCESSES: Readonly<Record<string, number>> = {
  'a load of the vector of the Trace interrupt': ppc.lwz(3, 4, 0),
  'the same by another address': ppc.lwz(3, 8, 0),
  'a load with index and update': ((31 << 26) | (3 << 21) | (4 << 16) | (10 << 11) | (55 << 1)) >>> 0,
  'a load of many words': ppc.lmw(16, 9, 0),
  'a load of another vector': ppc.ld(3, 6, 0),
  'a load of the next instruction': ppc.lwz(3, 7, 0),
  'a store to the vector of the Trace interrupt': ppc.stw(5, 4, 0),
  'the same store, by another address': ppc.std(5, 8, 8),
  'dcbz of its block': ppc.dcbz(0, 4),
  'a store to another vector': ppc.stw(5, 6, 0),
  'a store over the next instruction': ppc.stw(11, 7, 0),
  'a load that reserves the vector': ppc.lwarx(3, 0, 4),
};

for (const [name, word] of Object.entries(ACCESSES))
  test(`PPC-HV-38 a step of ${name} is what it is without a step`, () => {
    for (const [endianness, translation, ail] of [
      ['big', IR | DR, 3],
      ['little', IR | DR, 3],
      ['big', IR | DR, 0],
      ['big', 0n, 3],
    ] as const) {
      // lmw is no instruction of a little-endian guest.
      if (endianness === 'little' && word === ppc.lmw(16, 9, 0)) continue;
      const at = (address: bigint): bigint => (ail === 3 && translation !== 0n ? address : address & ~0x4000n);
      const own = Object.fromEntries(Object.entries(gpr).map(([n, value]) => [n, n === '5' || n === '7' ? value : at(value)]));
      const make = (): SteppedPartition =>
        new SteppedPartition([word, NOP, NOP, ppc.b(0)], {
          endianness,
          translation,
          ail,
          gpr: { ...own, 10: 0n, 11: BigInt(ppc.addi(12, 12, 1)) },
        });
      const [guest, plain] = [make(), make()];
      for (let count = 0; count < 2; count++) {
        assert.equal(guest.step().reason, 'step');
        plain.runUntil(guest.target.execution.retiredInstructions);
        assert.deepEqual(guest.visible(), plain.visible(), `${endianness}-endian, AIL ${ail}, MSR 0x${translation.toString(16)}`);
      }
      assert.deepEqual([guest.at, guest.remarks, guest.traps], [8n, [], []]);
    }
  });

test('PPC-HV-38 a return that leads to a guest that steps itself runs its load of a vector, which reads no trap', () => {
  const after = MSR.SF | MSR.ME | IR | DR | MSR.SE;
  for (const translation of [IR | DR, 0n]) {
    const make = (): SteppedPartition => {
      const guest = new SteppedPartition([ppc.rfid(), NOP], {
        translation,
        srr0: LINEAR | (CODE + 0x100n),
        srr1: after,
        gpr: { 4: VECTORS | 0x300n },
      });
      guest.put(CODE + 0x100n, [ppc.lwz(3, 4, 0), NOP, NOP]);
      return guest;
    };
    const [guest, plain] = [make(), make()];
    assert.equal(guest.step().reason, 'step');
    plain.runUntil(guest.target.execution.retiredInstructions);
    assert.deepEqual(guest.visible(), plain.visible());
    assert.deepEqual([guest.gpr(3), guest.registers.pc, guest.traps], [BigInt(SAVE), TRACE, []]);
  }
});

test('PPC-HV-38 in kernel a stepped load reads the trap, and one that a store has written over is told of and stays written', () => {
  const load = new SteppedPartition([ppc.lwz(3, 4, 0), NOP], { fidelity: 'kernel', gpr });
  load.step();
  assert.deepEqual([load.at, load.gpr(3), load.word(0x4d00n)], [4n, BigInt(KVM_TRAP), SAVE]);
  const store = new SteppedPartition([ppc.stw(5, 4, 0), NOP, NOP], { fidelity: 'kernel', gpr: { ...gpr, 5: BigInt(ppc.b(0)) } });
  store.begin();
  // The Trace interrupt comes to what the guest has written.
  assert.equal(store.run(1000), 'running');
  store.target.execution.detach();
  assert.equal(store.word(0x4d00n), ppc.b(0));
  assert.deepEqual(store.remarks, ['The guest has written other code over the trap of a step at 0xc000000000004d00; it stays.']);
});

test('PPC-HV-38 accessesMeetTraps in exact: what a store has written over the trap of another interrupt is told of, and the step ends', () => {
  const quirks = { accessesMeetTraps: true };
  const guest = new SteppedPartition([ppc.stw(3, 4, 0), NOP], { quirks, gpr: { 3: BigInt(NOP), 4: LINEAR | 0x4300n } });
  guest.step();
  assert.deepEqual([guest.at, guest.word(0x4300n), guest.traps], [4n, NOP, []]);
  assert.deepEqual(guest.remarks, ['The guest has written other code over the trap of a step at 0xc000000000004300; it stays.']);
});
