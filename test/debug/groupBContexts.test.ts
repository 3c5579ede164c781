// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HCALL } from '../../src/kvm/index.js';
import { KVM_TRAP, NOP, ppc } from '../cpu/powerWords.js';
import { CODE, LINEAR, MSR, RESOURCE, SAVE, SECOND_CODE, SteppedPartition } from './steppedPartition.js';

// Group B: steps that change the context in which the guest goes on: MSR[SF, IR, DR, LE, PR] by returns and moves, LPCR[AIL] by a hypercall.

const { SF, ME, IR, DR, PR, LE, EE } = MSR;
const MODES = ['exact', 'kernel'] as const;
const AWAY = CODE + 0x100n;

/** All values of some bits. */
const combinations = (bit?: bigint, ...others: readonly bigint[]): readonly bigint[] =>
  bit === undefined ? [0n] : combinations(...others).flatMap(value => [value, value | bit]);
/** Where returns come from: a kernel's own code, and code without translation. */
const ORIGINS = [
  { endianness: 'little', translation: IR | DR },
  { endianness: 'big', translation: IR | DR },
  { endianness: 'little', translation: 0n },
] as const;
const inName = (msr: bigint): string =>
  Object.entries({ SF, IR, DR, LE, PR })
    .flatMap(([name, bit]) => ((msr & bit) === 0n ? [] : [name]))
    .join(' ') || 'none';

for (const fidelity of MODES)
  for (const [name, word] of [
    ['rfid', ppc.rfid()],
    ['rfscv', ppc.rfscv()],
  ] as const) {
    // There it never ends: S-039.
    if (name === 'rfscv' && fidelity === 'kernel') continue;
    test(`PPC-HV-35 PPC-HV-20 PPC-HV-34 steps of ${name} to each combination of SF, IR, DR, LE and PR, and of the code there (${fidelity})`, () => {
      for (const origin of ORIGINS)
        for (const bits of combinations(SF, IR, DR, LE, PR)) {
          // There the trap is elsewhere: returnVectorIgnoresPR.
          if (fidelity === 'kernel' && (bits & PR) !== 0n && (bits & (IR | DR)) !== (IR | DR)) continue;
          const msr = ME | bits;
          const guest = new SteppedPartition([word], { ...origin, fidelity, srr0: AWAY, srr1: msr, gpr: { 12: 0n } });
          guest.change({ lr: AWAY, ctr: msr });
          guest.put(AWAY, [ppc.addi(12, 12, 1), ppc.addi(12, 12, 1), ppc.b(-8)], (bits & LE) !== 0n);
          const there = (bits & PR) === 0n ? msr : msr | EE | IR | DR;
          const late = fidelity === 'kernel' ? 4n : 0n;
          guest.step();
          assert.equal(guest.remarks.join(), '');
          guest.has({ pc: AWAY + late, msr: there, ...(name === 'rfid' ? { srr0: AWAY, srr1: msr } : { lr: AWAY, ctr: msr }) });
          guest.step();
          guest.has({ pc: AWAY + late + 4n, msr: there });
          assert.deepEqual([guest.gpr(12), guest.traps], [late / 4n + 1n, []], inName(bits));
        }
    });
  }

test('PPC-HV-19 steps of mtmsrd from and to each combination of SF, IR and DR', () => {
  for (const before of combinations(SF, IR, DR))
    for (const after of combinations(SF, IR, DR)) {
      const endianness = (before & SF) === 0n ? 'big' : 'little';
      const order = endianness === 'little' ? LE : 0n;
      const words = [ppc.mtmsrd(4), ppc.addi(12, 12, 1), ppc.b(0)];
      // Where IR and DR are, the same words are at the same address.
      const options = { endianness, translation: before & (IR | DR), pc: CODE, gpr: { 4: ME | after | order } } as const;
      const guest = new SteppedPartition(words, options);
      guest.change({ msr: (guest.registers.msr & ~SF) | (before & SF) });
      guest.step();
      guest.has({ pc: CODE + 4n, msr: ME | after | order });
      guest.step();
      assert.deepEqual([guest.registers.pc, guest.gpr(12), guest.traps], [CODE + 8n, 1n, []], `${inName(before)} to ${inName(after)}`);
    }
});

for (const fidelity of MODES)
  for (const [from, to] of [
    [0, 3],
    [3, 0],
  ] as const)
    test(`PPC-HV-37 the trap of a step follows another vCPU's call that moves the vectors from AIL ${from} to ${to} (${fidelity})`, () => {
      const gpr = { 3: BigInt(HCALL.SET_MODE), 4: BigInt(to), 5: RESOURCE.LOCATION };
      const guest = new SteppedPartition([ppc.addi(3, 3, 1), NOP], {
        fidelity,
        ail: from,
        second: { words: [NOP, NOP, NOP, NOP, ppc.sc(1), ppc.b(0)], gpr },
      });
      const { execution } = guest.target;
      execution.schedulerLocking = 'off';
      // The second vCPU has the turn: its call comes before the stepped instruction.
      assert.ok(execution.resume(1, true).ok);
      execution.runSlice(1);
      execution.pause(1);
      guest.stop();
      const [old, moved] = from === 0 ? [0xd00n, 0x4d00n] : [0x4d00n, 0xd00n];
      guest.begin();
      const seen = new Set<bigint>();
      for (let count = 0; count < 6; count++) {
        assert.equal(guest.run(1), 'running');
        for (const place of [old, moved]) if (guest.word(place, false) === KVM_TRAP) seen.add(place);
      }
      const stop = guest.stop();
      assert.deepEqual([stop.vcpu, stop.reason, guest.at, guest.gpr(3), guest.traps], [0, 'step', 4n, 1n, []]);
      assert.deepEqual([...seen], [old, moved]);
      assert.equal(guest.partition.registers(1).pc, SECOND_CODE + 20n);
      assert.deepEqual(guest.remarks, []);
      // The records of the step have the move, though another vCPU's call has brought it.
      const places = guest.target.stepAnatomy(0).actions.flatMap(action => {
        if (action.kind !== 'writeMemory' || action.trap?.role !== 'trace') return [];
        return [`${action.trap.isPlaced ? 'to' : 'from'} ${action.address.toString(16)}, AIL ${action.trap.vector?.AIL ?? '?'}`];
      });
      const [before, after] = [old.toString(16), moved.toString(16)];
      assert.deepEqual(places, [`to ${before}, AIL ${from}`, `from ${before}, AIL ?`, `to ${after}, AIL ${to}`, `from ${after}, AIL ?`]);
    });

test('S-060 PPC-HV-37 the trap of a step of the call itself is at the old vector before and at the new one behind', () => {
  const gpr = { 3: BigInt(HCALL.SET_MODE), 4: 3n, 5: RESOURCE.LOCATION };
  // In `kernel` the instruction behind the call is the one that is traced.
  const guest = new SteppedPartition([ppc.sc(1), NOP, NOP], { fidelity: 'kernel', ail: 0, gpr });
  guest.step();
  const written = guest.target.stepAnatomy(0).actions.flatMap(action => (action.kind === 'writeMemory' ? [action] : []));
  const word = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const [OLD, NEW] = [0xd00n, 0x4d00n];
  assert.deepEqual(
    written.map(({ address, after }) => [address, word(after)]),
    [[OLD, KVM_TRAP], [OLD, SAVE], [NEW, KVM_TRAP], [NEW, SAVE]], // biome-ignore format: rows
  );
  guest.has({ pc: LINEAR | (CODE + 8n) });
  // What moved the traps stands before the records of the move, by its own name.
  const { actions } = guest.target.stepAnatomy(0);
  const call = actions.findIndex(action => action.kind === 'exit' && action.reason === 'KVM_EXIT_PAPR_HCALL, served by the machine');
  const writes = actions.flatMap((action, n) => (action.kind === 'writeMemory' ? [n > call] : []));
  assert.ok(call >= 0);
  assert.deepEqual(writes, [false, true, true, true]);
});
