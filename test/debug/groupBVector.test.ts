// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../src/base/index.js';
import { debugQuirks } from '../../src/debug/execution/debugQuirks.js';
import { traceFixUps } from '../../src/debug/powerpc/trace/fixUps.js';
import { steppedInstruction } from '../../src/debug/powerpc/trace/steppedInstruction.js';
import { KVM_TRAP, NOP, ppc, SPR } from '../cpu/powerWords.js';
import {
  CODE,
  EMPTY_ROOT,
  LARGE_PAGES,
  LINEAR,
  MSR,
  type PartitionOptions,
  PROCESS_TABLE,
  SAVE,
  SteppedPartition,
} from './steppedPartition.js';

// Group B: the vector itself, and where its trap is put.

const { SF, ME, IR, DR, SE, LE } = MSR;
const MODES = ['kernel', 'exact'] as const;
const VECTOR = LINEAR | 0x4d00n;
const STATE = { srr0: 0x4444n, srr1: 0x8000_0000_4000_1402n } as const;

const atVector = (first: number, options: PartitionOptions): SteppedPartition =>
  new SteppedPartition([NOP], { pc: VECTOR, ...STATE, ...options, handlers: { 3328: [first, NOP, NOP, NOP, ppc.b(0)] } });

for (const fidelity of MODES) {
  test(`S-052 PPC-HV-31 a step of the vector's first instruction runs it ${fidelity === 'exact' ? 'once' : 'twice'} (${fidelity})`, () => {
    const guest = atVector(ppc.addi(9, 9, 1), { fidelity });
    guest.step();
    guest.has({ pc: VECTOR | 4n });
    assert.deepEqual([guest.gpr(9), guest.traps], [fidelity === 'exact' ? 1n : 2n, []]);
  });

  test(`S-054 PPC-HV-33 a step at the vector keeps the guest's SRR0 and SRR1 bit by bit (${fidelity})`, () => {
    const guest = atVector(SAVE, { fidelity });
    guest.step();
    guest.has({ pc: VECTOR | 4n, ...STATE });
  });

  test(`S-064 PPC-HV-36 a vector that cannot be reached fails the step in one sentence, without SE (${fidelity})`, () => {
    const guest = new SteppedPartition([NOP, NOP], { fidelity, pc: CODE });
    // The program's process has its memory, the kernel's linear map has none.
    guest.partition.writeDoubleword(PROCESS_TABLE + 16n, guest.partition.readDoubleword(PROCESS_TABLE));
    guest.partition.writeDoubleword(PROCESS_TABLE, EMPTY_ROOT);
    guest.change({ pid: 1n });
    const stop = guest.step();
    assert.deepEqual([stop.reason, stop.pc], ['error', CODE]);
    assert.equal(stop.description, 'The step cannot be made: the debugger cannot translate 0xc000000000004d00, where the guest goes on.');
    assert.deepEqual([guest.registers.msr, guest.traps], [SF | ME | IR | DR, []]);
  });

  for (const endianness of ['big', 'little'] as const)
    test(`PPC-HV-34 PPC-HV-35 steps across a call of 32-bit big-endian firmware without translation, there and back (${fidelity}, ${endianness}-endian)`, () => {
      const kernel = SF | ME | IR | DR | (endianness === 'little' ? LE : 0n);
      const [firmware, back] = [CODE + 0x200n, LINEAR | (CODE + 0x10n)];
      const words = [ppc.mtspr(4, SPR.SRR0), ppc.mtspr(5, SPR.SRR1), ppc.rfid(), NOP, NOP, NOP, NOP];
      const guest = new SteppedPartition(words, { fidelity, endianness, gpr: { 4: firmware, 5: ME, 6: back, 7: kernel } });
      guest.put(firmware, [NOP, ppc.mtspr(6, SPR.SRR0), ppc.mtspr(7, SPR.SRR1), ppc.rfid()], false);
      guest.step();
      guest.step();
      guest.step();
      const late = fidelity === 'kernel' ? 4n : 0n;
      guest.has({ pc: firmware + late, msr: ME });
      for (let at = late; at < 12n; at += 4n) guest.step();
      guest.has({ pc: firmware + 12n, msr: ME });
      guest.step();
      guest.has({ pc: back + late, msr: kernel });
      assert.deepEqual(guest.traps, []);
    });
}

test('PPC-HV-34 the record of a return into the other byte order has the return as it was', () => {
  const guest = new SteppedPartition([ppc.rfid()], { endianness: 'little', srr0: CODE + 0x200n, srr1: ME });
  guest.put(CODE + 0x200n, [NOP], false);
  guest.step();
  const { startPc = 0n, word } = guest.target.stepAnatomy(0);
  const address = virtualAddress(startPc);
  const texts = [word, undefined].map(given => guest.target.disassemble(0, { address, count: 1, word: given })[0]?.text);
  assert.deepEqual([word, texts], [ppc.rfid(), ['rfid', '.long 0x2400004c']]);
});

test('PPC-HV-34 the record of a step where nothing can be fetched has no instruction', () => {
  const guest = new SteppedPartition([NOP], { pc: LINEAR | 0x00ff_0000_0000n });
  guest.step();
  const { startPc, word } = guest.target.stepAnatomy(0);
  assert.deepEqual([startPc, word, guest.registers.pc], [LINEAR | 0x00ff_0000_0000n, undefined, LINEAR | 0x4400n]);
});

test('PPC-HV-32 a branch that begins the Trace handler is stepped to its target, by handlerBranchEscapes never', () => {
  const guest = atVector(ppc.b(8), {});
  guest.step();
  guest.has({ pc: VECTOR | 8n, ...STATE });
  const escapes = atVector(ppc.b(8), { quirks: { handlerBranchEscapes: true } });
  escapes.begin();
  assert.equal(escapes.run(1000), 'running');
  escapes.has({ pc: VECTOR | 16n });
});

test('PPC-HV-35 the trap is where the handler is, by trapThroughCurrentContext where the data translation leads', () => {
  const make = (quirks = {}): SteppedPartition => {
    const guest = new SteppedPartition([NOP, NOP, ppc.b(0)], { quirks, translation: DR });
    guest.partition.writeDoubleword(LARGE_PAGES.first, guest.partition.readDoubleword(LARGE_PAGES.second));
    return guest;
  };
  const guest = make();
  guest.step();
  assert.equal(guest.at, 4n);
  const wrong = make({ trapThroughCurrentContext: true });
  wrong.halfway();
  assert.deepEqual([wrong.word(0xd00n), wrong.word(0x20_0d00n)], [SAVE, KVM_TRAP]);
  wrong.target.execution.detach();
  assert.notEqual(wrong.word(0x20_0d00n), KVM_TRAP);
});

test('PPC-HV-14 the MSR after a step has no bit of the status in SRR1, by keepsStatusBit42 that one', () => {
  const BIT_42 = 1n << 21n;
  const record = {
    state: 'ARMED',
    saved: { nip: CODE, msr: SF | ME, ...STATE, sampled: undefined },
    instruction: steppedInstruction(NOP),
    injected: 'msr',
    isGuests: false,
    sites: [],
    lpcr: 0n,
    liftedTrap: undefined,
  } as const;
  const now = { pc: 0n, msr: 0n, srr0: 0n, srr1: SF | ME | SE | 0x783f_0000n, gpr: () => 0n };
  const msrBy = (quirks = {}) => {
    const written = new Map<string | number, bigint>();
    traceFixUps({ ...record, actions: [] }, now, debugQuirks('exact', quirks), {
      write: (register, value) => written.set(register, value),
    });
    return written.get('msr');
  };
  assert.deepEqual([msrBy(), msrBy({ keepsStatusBit42: true })], [SF | ME, SF | ME | BIT_42]);
});
