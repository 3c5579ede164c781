// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEBUG_QUIRKS } from '../../src/debug/execution/debugQuirks.js';
import { HCALL } from '../../src/kvm/index.js';
import { KVM_TRAP, NOP, ppc, SPR } from '../cpu/powerWords.js';
import { CODE, DATA, LARGE_PAGES, LINEAR, MSR, type PartitionOptions, SAVE, SteppedPartition } from './steppedPartition.js';

// Each gap of PPC-HV section 13 that concerns one vCPU, put back alone: the same step of the same guest, in `exact` and with the quirk.

const { SF, ME, IR, DR, PR, SE, EE } = MSR;
const KERNEL = SF | ME | IR | DR;
const VECTOR = LINEAR | 0x4d00n;
const AWAY = LINEAR | (CODE + 0x100n);
const END = ppc.b(0);
const SPINS = { 3328: [NOP, NOP, ppc.b(0)] } as const;

interface Gap {
  readonly words: readonly number[];
  readonly options?: PartitionOptions;
  readonly prepare?: (guest: SteppedPartition) => void;
  /** What is looked at behind the step; it may be a step that never ends. */
  readonly look: (guest: SteppedPartition) => unknown;
  readonly exact: unknown;
  readonly quirk: unknown;
  /** With all other gaps beside it, if that is something else. */
  readonly kernel?: unknown;
}

const pc = ({ registers }: SteppedPartition): bigint => registers.pc;
const at = (guest: SteppedPartition): bigint => guest.at;
const NEVER = 'never ends';

// biome-ignore format: a table
const GAPS: Readonly<Record<string, Gap>> = {
  handlersSeeTrace: { words: [0, NOP], options: { handlers: { 1792: [END] } }, look: ({ registers }) => registers.srr1 & SE, exact: 0n, quirk: NEVER },
  rfidStepsOneMore: { words: [ppc.rfid()], options: { srr0: AWAY, srr1: KERNEL }, look: pc, exact: AWAY, quirk: AWAY + 4n },
  untracedStepsOneMore: { words: [ppc.sc(1), NOP, NOP], options: { gpr: { 3: 0xfff0n } }, look: at, exact: 4n, quirk: 8n },
  rfscvStepNeverEnds: { words: [ppc.rfscv()], prepare: guest => guest.change({ lr: AWAY, ctr: KERNEL }), look: pc, exact: AWAY, quirk: NEVER },
  guestTraceSeenOnlyAtRfid: { words: [NOP, NOP], options: { msr: SE }, look: pc, exact: VECTOR, quirk: LINEAR | (CODE + 4n) },
  movesLoseGuestTrace: { words: [ppc.mtmsrd(4), NOP], options: { gpr: { 4: KERNEL | SE } }, look: ({ registers }) => registers.msr & SE, exact: SE, quirk: 0n },
  moveToMsrKeepsVector: { words: [ppc.mtmsrd(4), NOP], options: { gpr: { 4: SF | ME | IR }, handlers: SPINS }, look: at, exact: 4n, quirk: NEVER },
  returnVectorIgnoresPR: {
    words: [ppc.rfid()], options: { srr0: 0x20_0100n | CODE, srr1: SF | ME | PR },
    prepare: guest => guest.partition.writeDoubleword(LARGE_PAGES.second, guest.partition.readDoubleword(LARGE_PAGES.first)),
    look: pc, exact: 0x20_0100n | CODE, quirk: NEVER,
  },
  handlerStartRunsTwice: { words: [NOP], options: { pc: VECTOR, handlers: { 3328: [ppc.addi(9, 9, 1), NOP] } }, look: guest => guest.gpr(9), exact: 1n, quirk: 2n },
  handlerBranchEscapes: { words: [NOP], options: { pc: VECTOR, handlers: { 3328: [ppc.b(8), NOP, END] } }, look: pc, exact: VECTOR | 8n, quirk: NEVER },
  accessesMeetTraps: { words: [ppc.lwz(3, 4, 0), NOP], options: { gpr: { 4: VECTOR } }, look: guest => guest.gpr(3), exact: BigInt(SAVE), quirk: BigInt(KVM_TRAP) },
  trapThroughCurrentContext: {
    words: [NOP, NOP], options: { translation: DR, handlers: SPINS },
    prepare: guest => guest.partition.writeDoubleword(LARGE_PAGES.first, guest.partition.readDoubleword(LARGE_PAGES.second)),
    look: at, exact: 4n, quirk: NEVER,
  },
};

for (const [name, gap] of Object.entries(GAPS)) {
  const { words, options, prepare, look, exact, quirk, kernel = quirk } = gap;
  test(`ST-TRC-006 the quirk ${name}, put back alone into exact, shows in a step, and so it does in kernel`, () => {
    const seen = (how: PartitionOptions): unknown => {
      const guest = new SteppedPartition(words, { ...options, ...how });
      guest.put(CODE + 0x100n, [NOP, NOP, NOP, END]);
      prepare?.(guest);
      guest.begin();
      return guest.run(2000) === 'running' ? NEVER : look(guest);
    };
    assert.deepEqual([seen({}), seen({ quirks: { [name]: true } }), seen({ fidelity: 'kernel' })], [exact, quirk, kernel]);
  });
}

test('ST-TRC-007 each quirk of the Trace method that one vCPU shows alone has its step here', () => {
  /** Of several vCPUs; of several steps (ST-TRC-004 and 005); of a bit that no Trace interrupt of this processor sets (PPC-HV-14). */
  const elsewhere = ['nestedStepOverwritesPending', 'anyReturnEndsPending', 'keepsStatusBit42'];
  const names = DEBUG_QUIRKS.filter(({ requirement }) => /^PPC-HV-(1\d|2[017]|3\d|40)$/.test(requirement)).map(quirk => quirk.name);
  assert.deepEqual(
    names.filter(name => !(name in GAPS) && !elsewhere.includes(name)),
    [],
  );
});

test('S-062 a loop with lwarx and stwcx. is stepped as one, in kernel each step loses the reservation', () => {
  const stwcx = (((31 << 26) | (5 << 21) | (4 << 11) | (150 << 1)) >>> 0) | 1;
  const words = [ppc.lwarx(5, 0, 4), ppc.addi(5, 5, 1), stwcx, ppc.bne(-12), NOP];
  const make = (fidelity: 'exact' | 'kernel'): SteppedPartition => new SteppedPartition(words, { fidelity, gpr: { 4: DATA } });
  const exact = make('exact');
  assert.ok(exact.target.execution.step({ vcpu: 0, kind: 'over', granularity: 'instruction' }).ok);
  exact.stop();
  assert.deepEqual([exact.at, exact.word(DATA)], [16n, 1]);
  const kernel = make('kernel');
  const places = Array.from({ length: 40 }, () => {
    assert.ok(kernel.target.execution.step({ vcpu: 0, kind: 'over', granularity: 'instruction' }).ok);
    kernel.stop();
    return kernel.at;
  });
  assert.deepEqual([places.includes(16n), kernel.word(DATA)], [false, 0]);
});

test('PPC-HV-37 the trap of a pending step follows H_SET_MODE out of the handler that makes the call', () => {
  const gpr = { 3: BigInt(HCALL.SET_MODE), 4: 0n, 5: 3n };
  const guest = new SteppedPartition([ppc.sc(0), NOP, NOP], {
    fidelity: 'kernel',
    msr: PR | EE,
    gpr,
    handlers: { 3072: [SAVE, NOP, ppc.sc(1), ppc.rfid()], 3328: [END] },
  });
  guest.breakAt(LINEAR | 0x4c04n);
  guest.step('over');
  assert.deepEqual(guest.traps, [0x4d00n]);
  guest.breakAt(LINEAR | 0x4c0cn);
  guest.continue();
  assert.deepEqual([guest.gpr(3), guest.traps], [0n, [0xd00n]]);
  guest.breakAt();
  const stop = guest.continue();
  assert.deepEqual([stop.reason, stop.pc, guest.traps], ['step', CODE + 8n, []]);
});

test('PPC-HV-11 the instruction of a step is the one that stood there when it was armed', () => {
  const guest = new SteppedPartition([ppc.stw(3, 4, 0), NOP], {
    gpr: { 3: BigInt(ppc.mfmsr(5)), 4: LINEAR | CODE, 5: SE },
  });
  guest.step();
  assert.deepEqual([guest.at, guest.word(CODE), guest.gpr(5)], [4n, ppc.mfmsr(5), SE]);
});

test('PPC-HV-01 PPC-HV-19 a step of mtmsrd that leaves IR and DR unequal ends behind it', () => {
  for (const translation of [IR, DR]) {
    const guest = new SteppedPartition([ppc.mtmsrd(4), NOP, NOP], { pc: CODE, gpr: { 4: SF | ME | translation } });
    guest.step();
    guest.has({ pc: CODE + 4n, msr: SF | ME | translation });
    guest.step();
    guest.has({ pc: CODE + 8n });
    assert.deepEqual(guest.traps, []);
  }
});

test('PPC-HV-35 a return into the linear map from code without translation is stepped to its target', () => {
  const back = LINEAR | (CODE + 0x100n);
  for (const vcpuMsr of [0n, DR] as const) {
    const guest = new SteppedPartition([ppc.rfid()], { translation: vcpuMsr, srr0: back, srr1: KERNEL });
    guest.put(CODE + 0x100n, [ppc.mfspr(6, SPR.SRR1), NOP]);
    guest.step();
    guest.has({ pc: back, srr1: KERNEL, msr: KERNEL });
    guest.step();
    assert.deepEqual([pc(guest), guest.gpr(6), guest.traps], [back + 4n, KERNEL, []]);
  }
});
