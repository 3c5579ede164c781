// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../../src/base/index.js';
import type { GuestTarget } from '../../../src/debug/guestTarget.js';
import type { StepAction } from '../../../src/debug/stepping/stepAction.js';
import { HCALL } from '../../../src/kvm/index.js';
import { NOP, ppc, SPR } from '../../cpu/powerWords.js';
import { PowerWordGuest, START } from '../powerWordGuest.js';
import { CODE, DATA, HOLE, LINEAR, MSR, type PartitionOptions, SteppedPartition } from '../steppedPartition.js';
import { A64, CODE as A64_CODE, DATA as A64_DATA, VECTORS, WordGuest, type WordGuestOptions } from '../wordGuest.js';
import { registersOf, replay } from './replay.js';

// A step of each kind, and its records replayed on a copy: under KVM-HV, KVM-PR and on ARM64.

const { SF, ME, IR, DR, PR, SE, EE } = MSR;
const KERNEL = SF | ME | IR | DR;
const stwcx = (((31 << 26) | (5 << 21) | (4 << 11) | (150 << 1)) >>> 0) | 1;

interface Guest {
  readonly target: GuestTarget;
  step(kind?: 'into' | 'over'): unknown;
}

/** Real memory that the guests here use. */
const WINDOW = { POWER: { start: 0n, bytes: 0x4_0000 }, ARM64: { start: 0x4008_0000n, bytes: 0x9_0000 } } as const;

function stateOf({ target }: Guest): Readonly<Record<string, string>> {
  target.control.kickAll();
  const registers = registersOf(target);
  const { start, bytes } = 'srr0' in registers ? WINDOW.POWER : WINDOW.ARM64;
  const memory = Buffer.from(target.machine.readPhysical(start, bytes) ?? new Uint8Array()).toString('latin1');
  return { ...registers, memory, retired: String(target.control.at(0).vcpu.retiredInstructions) };
}

/** Steps one guest, replays on another as often, and answers the records of the last step. */
function replaySteps(make: () => Guest, steps: number): readonly StepAction[] {
  const [stepped, copy] = [make(), make()];
  let actions: readonly StepAction[] = [];
  for (let step = 1; step <= steps; step++) {
    stepped.step();
    ({ actions } = stepped.target.stepAnatomy(0));
    assert.ok(actions.length > 2, `step ${step} has records`);
    replay(actions, copy.target);
    assert.deepEqual(stateOf(copy), stateOf(stepped), `after step ${step}`);
  }
  return actions;
}

const isWrite = ({ kind }: StepAction): boolean => kind === 'writeRegister' || kind === 'writeMemory';

/** Whether a copy comes to the state behind the step by `actions`. */
function isWhole(make: () => Guest, actions: readonly StepAction[]): boolean {
  const [stepped, copy] = [make(), make()];
  stepped.step();
  try {
    replay(actions, copy.target);
    assert.deepEqual(stateOf(copy), stateOf(stepped));
    return true;
  } catch {
    return false;
  }
}

interface Row {
  readonly words: readonly number[];
  readonly options?: PartitionOptions;
  readonly steps?: number;
  readonly prepare?: (guest: SteppedPartition) => void;
}

const gpr = (values: Readonly<Record<number, bigint>>): PartitionOptions => ({ gpr: values });

// biome-ignore format: a table
const HV: Readonly<Record<string, Row>> = {
  addi: { words: [ppc.addi(3, 0, 5), NOP] },
  'a load and a store': { words: [ppc.ld(3, 4, 0), ppc.std(3, 4, 8), NOP], options: gpr({ 4: LINEAR | DATA }), steps: 2 },
  'branches, taken and not': { words: [ppc.b(8), NOP, ppc.bne(8), NOP, ppc.bl(4), NOP], steps: 3 },
  'mtmsrd that sets EE': { words: [ppc.mtmsrd(4), NOP], options: gpr({ 4: KERNEL | EE }) },
  'mtmsrd that sets SE, and the Trace interrupt': { words: [ppc.mtmsrd(4), NOP, NOP], options: gpr({ 4: KERNEL | SE }), steps: 4 },
  'mtmsrd that turns translation off': { words: [ppc.mtmsrd(4), NOP], options: { ...gpr({ 4: SF | ME }), pc: CODE } },
  'mfmsr, also of a guest that steps itself': { words: [ppc.mfmsr(3), NOP], options: { msr: SE }, steps: 3 },
  rfid: { words: [ppc.rfid(), NOP, NOP], options: { srr0: LINEAR | (CODE + 8n), srr1: KERNEL } },
  'rfid into a guest that steps itself': { words: [ppc.rfid(), NOP, NOP, NOP], options: { srr0: LINEAR | (CODE + 8n), srr1: KERNEL | SE }, steps: 3 },
  rfscv: { words: [ppc.rfscv(), NOP, NOP], prepare: guest => guest.change({ lr: LINEAR | (CODE + 8n), ctr: KERNEL }) },
  'sc, its handler and its return': { words: [ppc.sc(0), NOP], options: { msr: PR | EE }, steps: 4 },
  'a hypercall': { words: [ppc.sc(1), NOP], options: gpr({ 3: BigInt(HCALL.SET_MODE), 4: 0n, 5: 3n }) },
  'a trap that traps': { words: [ppc.trap(), NOP], steps: 2 },
  'a load that faults': { words: [ppc.lwz(3, 4, 0), NOP], options: gpr({ 4: HOLE }), steps: 2 },
  'an instruction that is illegal': { words: [0, NOP], steps: 2 },
  'moves to and from SRR0 and SRR1': {
    words: [ppc.mtspr(4, SPR.SRR0), ppc.mtspr(5, SPR.SRR1), ppc.mfspr(6, SPR.SRR0), ppc.mfspr(7, SPR.SRR1), NOP],
    options: gpr({ 4: 0x1234n, 5: 0x8000_0000_0000_1002n }), steps: 4,
  },
  'lwarx and stwcx. one by one': { words: [ppc.lwarx(5, 0, 4), ppc.addi(5, 5, 1), stwcx, ppc.bne(-12), NOP], options: gpr({ 4: LINEAR | DATA }), steps: 4 },
  isync: { words: [ppc.isync(), NOP] },
  'the first instruction of the Trace handler': { words: [NOP], options: { pc: LINEAR | 0x4d00n, srr0: LINEAR | CODE, srr1: KERNEL }, steps: 2 },
};

for (const [name, { words, options, steps = 1, prepare }] of Object.entries(HV))
  for (const endianness of ['big', 'little'] as const)
    test(`ST-TRC-013 the records of a step under KVM-HV, replayed on a copy, are all of it: ${name} (${endianness}-endian)`, () => {
      const make = (): SteppedPartition => {
        const guest = new SteppedPartition(words, { ...options, endianness });
        guest.target.execution.stepInterrupts = 'into';
        prepare?.(guest);
        return guest;
      };
      replaySteps(make, steps);
    });

test('ST-TRC-014 no record of a Trace step that writes can be left out', () => {
  const make = (): SteppedPartition => new SteppedPartition([ppc.mfmsr(3), NOP], { srr0: 0x1234n, srr1: 0x5678n });
  const actions = replaySteps(make, 1);
  assert.ok(isWhole(make, actions));
  const places = actions.flatMap((action, n) => (isWrite(action) ? [n] : []));
  assert.ok(places.length > 10);
  // A write whose value was there already, as that of an interrupt's register which nothing has overwritten.
  const idle = (action: StepAction): boolean => action.kind === 'writeRegister' && action.before === action.after;
  const spare = places.filter(place => isWhole(make, [...actions.slice(0, place), ...actions.slice(place + 1)]));
  assert.deepEqual(
    spare.map(place => actions[place]).filter(action => action !== undefined && !idle(action)),
    [],
  );
});

const software = (target: GuestTarget, address: bigint): void => {
  const [report] = target.breakpoints.setInstructions([{ address: virtualAddress(address), mode: 'software' }]);
  assert.equal(report?.isVerified, true);
};

test('ST-TRC-015 the records of a step off a software breakpoint have the words that are written, under KVM-HV and KVM-PR and on ARM64', () => {
  const guests: readonly (() => Guest)[] = [
    () => new SteppedPartition([ppc.addi(3, 0, 5), NOP]),
    () => new PowerWordGuest([ppc.addi(3, 0, 5), NOP]),
    () => new WordGuest([A64.movz(0, 5), A64.nop]),
  ];
  for (const make of guests) {
    const actions = replaySteps(() => {
      const guest = make();
      software(guest.target, guest.target.control.at(0).registers.pc);
      return guest;
    }, 1);
    assert.deepEqual(
      actions.filter(({ kind }) => kind === 'liftBreakpoint' || kind === 'restoreBreakpoint').map(({ kind }) => kind),
      ['liftBreakpoint', 'restoreBreakpoint'],
    );
  }
});

// biome-ignore format: a table
const PR_ROWS: Readonly<Record<string, { readonly words: readonly number[]; readonly msr?: bigint; readonly gpr?: Readonly<Record<number, bigint>>; readonly steps?: number }>> = {
  addi: { words: [ppc.addi(3, 0, 5), NOP] },
  'a load and a store': { words: [ppc.ld(3, 4, 0), ppc.std(3, 4, 8), NOP], gpr: { 4: DATA }, steps: 2 },
  branches: { words: [ppc.b(8), NOP, ppc.bne(8), NOP], steps: 2 },
  'mfmsr, mtmsrd and moves to SRR0 and SRR1': { words: [ppc.mfmsr(3), ppc.mtmsrd(3), ppc.mtspr(3, SPR.SRR1), ppc.mtspr(4, SPR.SRR0), ppc.rfid(), NOP], gpr: { 4: START + 20n }, steps: 5 },
  'sc and its return': { words: [ppc.sc(0), NOP], steps: 3 },
  'a hypercall': { words: [ppc.sc(1), NOP] },
  'a guest that steps itself': { words: [NOP, NOP], msr: SE, steps: 2 },
  'a trap that traps': { words: [ppc.trap(), NOP] },
};

// Interrupts of this guest are taken big-endian.
for (const [name, { words, msr = 0n, gpr: values = {}, steps = 1 }] of Object.entries(PR_ROWS))
  for (const endianness of steps > 1 && name !== 'branches' ? (['big'] as const) : (['big', 'little'] as const))
    test(`ST-TRC-016 the records of a step under KVM-PR, replayed on a copy, are all of it: ${name} (${endianness}-endian)`, () => {
      const vectors = [0x700, 0xc00, 0xd00].map(vector => [vector, [ppc.mtspr(13, SPR.SPRG2), ppc.rfid()]] as const);
      replaySteps(() => new PowerWordGuest(words, { msr, gpr: values, endianness, more: vectors }), steps);
    });

const RETURN = [A64.nop, A64.eret];
// biome-ignore format: a table
const ARM64_ROWS: Readonly<Record<string, { readonly words: readonly number[]; readonly options?: WordGuestOptions; readonly steps?: number }>> = {
  'arithmetic': { words: [A64.movz(0, 5), A64.addImmediate(1, 0, 2), A64.nop], steps: 2 },
  'a store and a load': { words: [A64.str(0, 1), A64.ldr(2, 1), A64.nop], options: { registers: { x0: 7n, x1: A64_DATA } }, steps: 2 },
  'branches': { words: [A64.branch(2), A64.nop, A64.cbz(0, 2), A64.nop, A64.nop], steps: 2 },
  'svc and its return': { words: [A64.svc, A64.nop], options: { registers: { vbar_el1: VECTORS }, more: [[VECTORS + 0x200n, RETURN]] }, steps: 3 },
  'an access to a device': { words: [A64.ldr(0, 1), A64.nop], options: { registers: { x1: 0x0900_0000n } } },
  'exclusives one by one': { words: [A64.ldxr(0, 1), A64.addImmediate(0, 0, 1), A64.stxr(2, 0, 1), A64.nop], options: { registers: { x1: A64_DATA } }, steps: 3 },
  'a move to MDSCR_EL1': { words: [A64.msr(0, 0, 2, 2, 0, 2), A64.mrs(0, 0, 2, 2, 1, 2), A64.nop], options: { registers: { x0: 0x2000n } }, steps: 2 },
};

for (const [name, { words, options = {}, steps = 1 }] of Object.entries(ARM64_ROWS))
  test(`ST-TRC-017 the records of a software step on ARM64, replayed on a copy, are all of it: ${name}`, () => {
    replaySteps(() => new WordGuest(words, options), steps);
    assert.equal(new WordGuest(words, options).target.control.at(0).registers.pc, A64_CODE);
  });

const kernelOf = (actions: readonly StepAction[]): readonly string[] =>
  actions
    .flatMap(action => (action.kind === 'exit' ? (action.kernel ?? []) : []))
    .map(({ when, register, before, after }) => `${when}: ${register} 0x${before.toString(16)} → 0x${after.toString(16)}`);

test('ST-TRC-020 the records tell what KVM lends for a step: MDSCR_EL1, PSTATE.SS and the active-pending mark, or MSR[SE]', () => {
  assert.deepEqual(kernelOf(replaySteps(() => new WordGuest([A64.nop, A64.nop]), 1)), [
    'entering: mdscr_el1 0x0 → 0x1',
    'entering: pstate.SS 0x0 → 0x1',
    'leaving: active-pending 0x0 → 0x1',
    'leaving: pstate.SS 0x0 → 0x0',
    'leaving: mdscr_el1 0x1 → 0x0',
    'leaving: active-pending 0x1 → 0x0',
  ]);
  assert.deepEqual(kernelOf(replaySteps(() => new PowerWordGuest([NOP, NOP]), 1)), [
    'entering: msr 0x8000000000001000 → 0x8000000000001400',
    'leaving: msr 0x8000000000001400 → 0x8000000000001000',
  ]);
  assert.deepEqual(
    kernelOf(replaySteps(() => new PowerWordGuest([ppc.mfmsr(3), NOP]), 1)).at(-1),
    'leaving: r3 0x8000000000001400 → 0x8000000000001000',
  );
  assert.deepEqual(kernelOf(replaySteps(() => new SteppedPartition([NOP, NOP]), 1)), []);
});
