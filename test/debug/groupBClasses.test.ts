// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HCALL } from '../../src/kvm/index.js';
import { NOP, ppc, SPR } from '../cpu/powerWords.js';
import { CODE, DATA, HOLE, LINEAR, MSR, SteppedPartition } from './steppedPartition.js';

// Group B: the classes of instructions of PPC-HV section 5, in each context that a guest has, beside the same guest un-stepped.

const { SF, ME, IR, DR, LE, SE, EE } = MSR;

interface Context {
  readonly endianness: 'big' | 'little';
  readonly ail: 0 | 3;
  readonly translation: bigint;
}
const CONTEXTS: readonly Context[] = (['big', 'little'] as const).flatMap(endianness => [
  { endianness, ail: 3, translation: IR | DR } as const,
  { endianness, ail: 0, translation: IR | DR } as const,
  { endianness, ail: 3, translation: 0n } as const,
]);

const hex = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16)}`;
const H_PARAMETER = -4n;
const crxor = 0x4c42_1182;
const AWAY = 0x100n;
const NEVER = 'never ends';
/** How many instructions retire, and where the step ends: behind the first word, or by an interrupt's vector. */
type Ending = readonly [retired: number, at: number | { readonly vector: number }] | typeof NEVER;
interface Row {
  readonly words: readonly number[];
  readonly exact: Ending;
  readonly kernel: Ending;
  readonly needsTranslation?: true;
  /** What KVM gives the guest when it enters it again, which the un-stepped run does not see any more. */
  readonly answer?: Readonly<Record<string, string>>;
  /** The posted series brings SRR0 and SRR1 back as they were before the step, though the instruction has written them. */
  readonly kernelRestores?: readonly ('srr0' | 'srr1')[];
}

const ordinary = (...words: readonly number[]): Row => ({ words, exact: [1, 4], kernel: [1, 4] });
const RETURNED = { vector: 0x700 } as const;

// biome-ignore format: a table
const ROWS: Readonly<Record<string, Row>> = {
  'an addition': ordinary(ppc.addi(3, 3, 1)),
  'a load': ordinary(ppc.lwz(3, 4, 0)),
  'a store': ordinary(ppc.stw(5, 4, 8)),
  'a load with update': ordinary(0x8464_0008),
  'dcbz': ordinary(ppc.dcbz(0, 4)),
  'a branch that is taken': { words: [ppc.b(12), NOP, NOP, NOP], exact: [1, 12], kernel: [1, 12] },
  'a branch that is not taken': ordinary(crxor, ppc.bne(8)),
  'bl': { words: [ppc.bl(8), NOP, NOP], exact: [1, 8], kernel: [1, 8] },
  'a branch to LR': { words: [ppc.blr()], exact: [1, 0x100], kernel: [1, 0x100] },
  'a branch to CTR': { words: [ppc.mtspr(8, 9), ppc.bctr()], exact: [1, 4], kernel: [1, 4] },
  'mtmsrd to the same': ordinary(ppc.mtmsrd(6)),
  'mtmsrd that sets EE': ordinary(ppc.mtmsrd(7, 1)),
  'mfmsr': ordinary(ppc.mfmsr(9)),
  'mtspr SRR0': ordinary(ppc.mtspr(5, SPR.SRR0)),
  'mtspr SRR1': ordinary(ppc.mtspr(5, SPR.SRR1)),
  'mfspr SRR0': ordinary(ppc.mfspr(9, SPR.SRR0)),
  'mfspr SRR1': ordinary(ppc.mfspr(9, SPR.SRR1)),
  'isync': ordinary(ppc.isync()),
  'ptesync': ordinary(ppc.ptesync()),
  'lwarx': ordinary(ppc.lwarx(9, 0, 4)),
  'stwcx. without a reservation': ordinary(ppc.stwcx(9, 0, 4)),
  'rfid': { words: [ppc.rfid()], exact: [1, 0x100], kernel: [2, 0x104] },
  'rfscv': { words: [ppc.rfscv()], exact: [1, 0x100], kernel: NEVER },
  'sc': { words: [ppc.sc(0), NOP], exact: [1, { vector: 0xc00 }], kernel: [4, 8], kernelRestores: ['srr0', 'srr1'] },
  'a hypercall': { words: [ppc.sc(1), NOP], exact: [1, 4], kernel: [2, 8], answer: { r3: hex(H_PARAMETER) } },
  'a trap instruction': { words: [ppc.trap()], exact: [1, RETURNED], kernel: NEVER },
  'an illegal instruction': { words: [0], exact: [1, RETURNED], kernel: NEVER },
  'hrfid': { words: [ppc.hrfid()], exact: [1, RETURNED], kernel: NEVER },
  'nap': { words: [ppc.nap()], exact: [1, RETURNED], kernel: NEVER },
  'stop': { words: [0x4c00_02e4], exact: [1, RETURNED], kernel: NEVER },
  'a prefix, which power9 does not know': { words: [0x0600_0000, ppc.addi(3, 4, 1)], exact: [1, RETURNED], kernel: NEVER },
  'a load that faults': { words: [ppc.lwz(3, 10, 0)], exact: [1, { vector: 0x300 }], kernel: NEVER, needsTranslation: true },
};

const ENDLESS = [ppc.mtspr(13, SPR.SPRG2), ppc.b(0)];

function make(row: Row, context: Context, fidelity: 'kernel' | 'exact'): SteppedPartition {
  const msr = SF | ME | context.translation | (context.endianness === 'little' ? LE : 0n);
  const start = (context.translation & IR) === 0n ? CODE : LINEAR | CODE;
  const guest = new SteppedPartition([...row.words, NOP, NOP, NOP], {
    ...context,
    fidelity,
    srr0: start + AWAY,
    srr1: msr,
    gpr: { 3: BigInt(HCALL.GET_TERM_CHAR), 4: DATA, 5: 0x1111_2222n, 6: msr, 7: EE, 8: start + AWAY, 9: 0x9999n, 10: HOLE },
    // The handlers of what a program does do not come back: a step that runs through them never ends.
    handlers: { 768: ENDLESS, 1792: ENDLESS },
  });
  guest.change({ lr: start + AWAY, ctr: msr });
  guest.put(CODE + AWAY, [ppc.addi(12, 12, 1), ppc.addi(12, 12, 1), NOP]);
  return guest;
}

const vectorAt = (vector: number, { ail, translation }: Context): bigint =>
  ail === 3 && translation !== 0n ? LINEAR | 0x4000n | BigInt(vector) : BigInt(vector);

for (const fidelity of ['exact', 'kernel'] as const)
  for (const [name, row] of Object.entries(ROWS))
    test(`PPC-HV-21 a step of ${name} leaves the registers and memory of an un-stepped run (${fidelity})`, () => {
      for (const context of CONTEXTS) {
        if (row.needsTranslation && context.translation === 0n) continue;
        const [guest, plain] = [make(row, context, fidelity), make(row, context, fidelity)];
        const before = guest.target.execution.retiredInstructions;
        guest.begin();
        const end = guest.run(3000);
        const wanted = row[fidelity];
        const where = `${context.endianness}-endian, AIL ${context.ail}, MSR 0x${context.translation.toString(16)}`;
        if (wanted === NEVER) {
          assert.equal(end, 'running', where);
          guest.target.execution.detach();
        } else {
          assert.ok(end !== 'running', where);
          const [retired, at] = wanted;
          const pc = typeof at === 'number' ? guest.start + BigInt(at) : vectorAt(at.vector, context);
          assert.deepEqual([end.reason, guest.registers.pc], ['step', pc], where);
          assert.equal(Number(guest.target.execution.retiredInstructions - before), retired, where);
          plain.runUntil(guest.target.execution.retiredInstructions);
          const restored = fidelity === 'kernel' ? (row.kernelRestores ?? []) : [];
          const now = guest.visible();
          const same = Object.fromEntries(restored.map(name => [name, now[name] ?? '']));
          assert.deepEqual(now, { ...plain.visible(), ...same, ...row.answer }, where);
        }
        assert.deepEqual([guest.traps, guest.registers.msr & SE], [[], 0n], where);
      }
    });

for (const fidelity of ['exact', 'kernel'] as const)
  test(`PPC-HV-21 a step of tbegin., which is not emulated, ends there with a sentence and leaves neither trap nor SE (${fidelity})`, () => {
    for (const context of CONTEXTS) {
      const guest = make({ words: [0x7c00_051d], exact: [0, 0], kernel: [0, 0] }, context, fidelity);
      const before = guest.visible();
      guest.begin();
      const end = guest.run(3000);
      assert.ok(end !== 'running');
      assert.deepEqual([end.reason, end.pc], ['error', guest.start]);
      assert.match(end.description ?? '', /needs tbegin at .* which this emulator does not have: transactions/);
      assert.deepEqual([guest.traps, guest.visible(), guest.registers.msr & SE], [[], before, 0n]);
    }
  });
