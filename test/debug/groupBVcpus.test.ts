// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualAddress } from '../../src/base/index.js';
import { KVM_GUESTDBG } from '../../src/kvm/index.js';
import { NOP, ppc, SPR } from '../cpu/powerWords.js';
import { PowerWordGuest, START } from './powerWordGuest.js';

// The Trace method with several vCPUs: their vectors are the same words in memory.

const [SE, EE] = [0x400n, 0x8000n];
const TRACE = 0xd00n;
const DATA = 0x4_0000n;
/** Where the vCPUs after the first one begin. */
const OTHER = 0x1_1000;

/** Counts in r9 and returns, with all registers but that one as they were. */
const COUNTS = [ppc.addi(9, 9, 1), ppc.rfid()];
/** Counts in r5 for ever. */
const LOOP = [ppc.addi(5, 5, 1), NOP, ppc.b(-8)];

interface Pair {
  /** Words of the first vCPU, and of all others. */
  readonly first?: readonly number[];
  readonly second?: readonly number[];
  readonly msr?: bigint;
  readonly secondMsr?: bigint;
  readonly gpr?: Readonly<Record<number, bigint>>;
  readonly handler?: readonly number[];
  readonly cpus?: number;
  readonly fidelity?: 'kernel' | 'exact';
  readonly quirks?: Readonly<Record<string, boolean>>;
  readonly more?: readonly (readonly [address: number, words: readonly number[]])[];
}

/** vCPUs of KVM-HV with locking off, of which the second has the turn: in a step of the first one it runs on. */
function pair({
  first = LOOP,
  second = LOOP,
  msr = 0n,
  secondMsr = 0n,
  gpr = {},
  handler = COUNTS,
  cpus = 2,
  more = [],
  quirks = {},
  fidelity = 'exact',
}: Pair = {}): PowerWordGuest {
  const guest = new PowerWordGuest(first, {
    kind: 'hv',
    fidelity,
    quirks,
    msr,
    gpr,
    more: [[OTHER, second], [Number(TRACE), handler], ...more],
    others: Array.from({ length: cpus - 1 }, () => ({ pc: OTHER, msr: secondMsr, gpr: { ...gpr, 5: 0n, 9: 0n } })),
  });
  guest.target.execution.schedulerLocking = 'off';
  giveTurn(guest, 1);
  return guest;
}

/** Lets a vCPU run alone for an instruction: the turn is its. */
function giveTurn(guest: PowerWordGuest, vcpu: number): void {
  const { execution } = guest.target;
  assert.ok(execution.resume(vcpu, true).ok);
  execution.runSlice(1);
  execution.pause(vcpu);
  guest.stop();
}

const retired = (guest: PowerWordGuest, vcpu: number): number => guest.target.control.at(vcpu).vcpu.retiredInstructions;
const steps = (guest: PowerWordGuest): readonly (string | undefined)[] => guest.target.vcpus().map(({ step }) => step);
const word = (guest: PowerWordGuest, address: bigint): number =>
  new DataView(new Uint8Array(guest.raw(address)).buffer).getUint32(0, false);

test('S-055 PPC-HV-22 a vCPU that steps itself beside the step of another is not reported, and each of its own Trace interrupts is delivered', () => {
  const guest = pair({ secondMsr: SE });
  const stop = guest.step();
  assert.deepEqual([stop.vcpu, stop.reason, stop.pc], [0, 'step', START + 4n]);
  const [counted, traced] = [guest.get('r5', 1), guest.get('r9', 1)];
  assert.ok(traced > 1000n && traced - counted * 3n <= 3n, `${traced} interrupts, ${counted} rounds`);
  assert.equal(word(guest, TRACE), COUNTS[0]);
});

for (const fidelity of ['kernel', 'exact'] as const)
  for (const locking of ['on', 'step', 'off'] as const)
    test(`S-058 PPC-HV-24 under scheduler locking ${locking} a step lets the other vCPU ${locking === 'off' ? 'run' : 'retire nothing'} (${fidelity})`, () => {
      const guest = pair({ fidelity });
      guest.target.execution.schedulerLocking = locking;
      const before = retired(guest, 1);
      assert.equal(guest.step().vcpu, 0);
      assert.equal(retired(guest, 1) > before, locking === 'off');
    });

test('PPC-HV-09 every vCPU leaves the guest at a trap word while one is in memory', () => {
  const guest = pair({ cpus: 4 });
  guest.target.execution.schedulerLocking = 'off';
  let seen = 0;
  const { callLog } = guest.target.machine.kvm;
  guest.target.kvmTrace.setOn(true);
  const isInMemory = (): boolean => word(guest, TRACE) !== COUNTS[0];
  callLog.listener = ({ kind }) => {
    if (kind !== 'run' || !isInMemory()) return;
    seen++;
    for (const { vcpu } of guest.target.control.all)
      assert.ok((vcpu.debugState.control & KVM_GUESTDBG.USE_SW_BP) !== 0, `vCPU ${vcpu.index}`);
  };
  for (let count = 0; count < 3; count++) assert.equal(guest.step().reason, 'step');
  assert.ok(seen >= 3);
});

for (const mode of ['software', 'engine'] as const) {
  test(`S-057 PPC-HV-25 a false condition that the other vCPU meets during a step is passed by a step of its own, and both go on (${mode})`, () => {
    const guest = pair();
    const [report] = guest.target.breakpoints.setInstructions([
      { address: virtualAddress(BigInt(OTHER + 4)), mode, condition: '$r5 == 0xffffffff' },
    ]);
    assert.equal(report?.isVerified, true);
    for (let count = 1; count <= 6; count++) {
      const stop = guest.step();
      assert.deepEqual([stop.vcpu, stop.reason], [0, 'step']);
    }
    assert.ok(guest.get('r5', 1) > 1000n);
    assert.equal(word(guest, TRACE), COUNTS[0]);
  });
}

test('PPC-HV-24 a breakpoint that another vCPU comes to during a step is its own, and the step leaves nothing behind', () => {
  const guest = pair();
  const [report] = guest.breakAt('software', BigInt(OTHER + 4));
  const stop = guest.step();
  assert.deepEqual([stop.vcpu, stop.reason, stop.breakpoints], [1, 'breakpoint', [report?.id]]);
  assert.deepEqual([guest.get('pc'), guest.get('msr') & SE, word(guest, TRACE)], [START, 0n, COUNTS[0]]);
});

test('PPC-HV-24 a breakpoint that another vCPU comes to while a system call is stepped over leaves that step pending', () => {
  const count = [ppc.addi(7, 0, 30_000), ppc.mtspr(7, 9), 0x4200_0000, ppc.addi(8, 8, 1), ppc.rfid()]; // mtctr, bdnz .
  const guest = pair({ first: [ppc.sc(0), ppc.addi(6, 6, 1), NOP], more: [[0xc00, count]], gpr: { 6: 0n, 8: 0n } });
  giveTurn(guest, 0);
  guest.set('pc', START);
  guest.set('r8', 0n);
  const [report] = guest.breakAt('software', BigInt(OTHER + 4));
  const stop = guest.step('over');
  assert.deepEqual([stop.vcpu, stop.reason, stop.breakpoints], [1, 'breakpoint', [report?.id]]);
  assert.equal(guest.get('r8'), 0n);
  assert.deepEqual(steps(guest), ['pending', undefined]);
  guest.breakAt('software');
  const end = guest.continue();
  assert.deepEqual([end.vcpu, end.reason, end.pc, guest.get('r8'), guest.get('r6')], [0, 'step', START + 4n, 1n, 0n]);
});

test('ST-SMP-020 the list of vCPUs says whose step is armed and who passes its trap', () => {
  const guest = pair({ secondMsr: SE });
  assert.deepEqual(steps(guest), [undefined, undefined]);
  assert.ok(guest.target.execution.step({ vcpu: 0, kind: 'into', granularity: 'instruction' }).ok);
  const seen = new Set<string>();
  for (let count = 0; count < 40; count++) {
    assert.equal(guest.target.execution.runSlice(1).kind, 'running');
    seen.add(steps(guest).join());
  }
  assert.deepEqual([...seen].sort(), ['armed,', 'armed,passing']);
  assert.equal(guest.stop().reason, 'step');
  assert.deepEqual(steps(guest), [undefined, undefined]);
});

test('ST-SMP-021 a pause at any place leaves each arrival at a breakpoint told once', () => {
  const guest = pair();
  guest.target.breakpoints.setInstructions([{ address: virtualAddress(BigInt(OTHER + 4)), mode: 'software', logMessage: 'here' }]);
  let told = 0n;
  guest.target.onDidLog(() => told++);
  guest.target.execution.schedulerLocking = 'on';
  for (let count = 0; count < 120; count++) {
    assert.ok(guest.target.execution.resume(1).ok);
    guest.target.execution.runSlice(1 + (count % 4));
    guest.target.execution.pause(1);
    guest.stop();
  }
  const arrivals = guest.get('r5', 1);
  assert.ok(arrivals > 10n);
  // The last arrival may not have been noticed yet.
  assert.ok(told === arrivals || (told === arrivals - 1n && guest.get('pc', 1) === BigInt(OTHER + 4)), `${told} of ${arrivals}`);
});

/** vCPU 0 stands before an instruction whose decrementer interrupt asks the other vCPU, which steps itself all the while, and waits for its answer. */
function asking(quirks: Readonly<Record<string, boolean>> = {}): PowerWordGuest {
  const asks = [
    ppc.addi(10, 0, 1),
    ppc.stw(10, 4, 0),
    ppc.lwz(11, 4, 4),
    0x2c0b_0000, // cmpwi r11,0
    0x4182_fff8, // beq -8
    ppc.addi(12, 0, 0x7fff),
    ppc.mtspr(12, SPR.DEC),
    ppc.rfid(),
  ];
  const guest = pair({
    first: [ppc.addi(12, 0, -1), ppc.mtspr(12, SPR.DEC), ppc.mtmsrd(3, 1), ppc.addi(6, 6, 1), NOP],
    second: [ppc.lwz(10, 4, 0), ppc.stw(10, 4, 4), ppc.b(-8)],
    secondMsr: SE,
    gpr: { 3: EE, 4: DATA, 6: 0n },
    more: [[0x900, asks]],
    quirks,
  });
  guest.target.execution.schedulerLocking = 'on';
  for (const pc of [4n, 8n, 12n]) assert.equal(guest.step().pc, START + pc);
  guest.target.execution.schedulerLocking = 'off';
  giveTurn(guest, 1);
  return guest;
}

test('S-056 PPC-HV-23 a step over an interrupt whose handler waits for the vCPU that sits on the trap ends', () => {
  const guest = asking();
  const stop = guest.step();
  assert.deepEqual([stop.vcpu, stop.reason, stop.pc], [0, 'step', START + 16n]);
  assert.deepEqual([guest.get('r6'), guest.get('r11'), word(guest, TRACE)], [1n, 1n, COUNTS[0]]);
});

/** The trap stays while handlers run. */
const POSTED = { handlersSeeTrace: true };

test('PPC-HV-22 a vCPU in the trap of another is a stop in `kernel` if it has not stepped before', () => {
  const guest = asking({ ...POSTED, vectorHitComparesOwnSavedAddress: true });
  const stop = guest.step();
  assert.deepEqual(
    [stop.vcpu, stop.reason, stop.pc, stop.description, stop.breakpoints],
    [1, 'breakpoint', TRACE, "vCPU 1 has stopped at a trap of another vCPU's step.", []],
  );
  // The same quirk, and the vCPU knows the address from a step of its own.
  const known = asking({ ...POSTED, vectorHitComparesOwnSavedAddress: true });
  known.step('into', false, 1);
  const other = known.step();
  assert.deepEqual([other.vcpu, other.reason, other.pc], [0, 'step', START + 16n]);
});

test('S-056 PPC-HV-23 in `kernel` a vCPU that is entered at the trap again and again keeps the step of the one that waits for it from ending', () => {
  const guest = asking({ ...POSTED, reentersAtForeignTrap: true });
  const { execution } = guest.target;
  assert.ok(execution.step({ vcpu: 0, kind: 'into', granularity: 'instruction' }).ok);
  assert.equal(execution.runSlice(100_000).kind, 'running');
  const before = retired(guest, 1);
  assert.equal(execution.runSlice(100_000).kind, 'running');
  assert.deepEqual([retired(guest, 1), guest.get('pc', 1)], [before, TRACE]);
  execution.pause();
  assert.deepEqual([guest.stop().reason, execution.runSlice(1).kind], ['pause', 'stopped']);
});

test('PPC-HV-23 in `kernel` a step that nobody waits for ends though another vCPU is entered at its trap again and again', () => {
  const guest = pair({ secondMsr: SE, quirks: { reentersAtForeignTrap: true } });
  const stop = guest.step();
  assert.deepEqual([stop.vcpu, stop.reason, stop.pc], [0, 'step', START + 4n]);
  assert.deepEqual([guest.get('pc', 1), word(guest, TRACE)], [TRACE, COUNTS[0]]);
});

test('PPC-HV-23 a vCPU that spins on the trap itself does not keep the step from ending', () => {
  const guest = pair({ secondMsr: SE, handler: [ppc.b(0)] });
  for (let count = 1; count <= 4; count++) assert.deepEqual([guest.step().reason, guest.target.execution.lastStop?.vcpu], ['step', 0]);
  assert.deepEqual([guest.get('pc', 1), word(guest, TRACE)], [TRACE, ppc.b(0)]);
  assert.ok(retired(guest, 1) > 1000);
});

for (const condition of [undefined, '$r9 == 0xffffffff'] as const) {
  test(`PPC-HV-26 a breakpoint ${condition ? 'with a false condition ' : ''}at the vector is hidden from the step that ends there, and another vCPU's ${condition ? 'passes' : 'is told'}`, () => {
    const guest = pair({ secondMsr: SE, handler: [ppc.b(8), NOP, ...COUNTS] });
    const [report] = guest.target.breakpoints.setInstructions([{ address: virtualAddress(TRACE), mode: 'software', condition }]);
    guest.target.execution.schedulerLocking = 'on';
    const stop = guest.step();
    assert.deepEqual([stop.vcpu, stop.reason, stop.pc, stop.breakpoints], [0, 'step', START + 4n, []]);
    guest.target.execution.schedulerLocking = 'off';
    giveTurn(guest, 1);
    const other = guest.step();
    if (condition === undefined)
      assert.deepEqual([other.vcpu, other.reason, other.pc, other.breakpoints], [1, 'breakpoint', TRACE, [report?.id]]);
    else assert.deepEqual([other.vcpu, other.reason, other.pc], [0, 'step', START + 8n]);
    guest.breakAt('software');
    assert.equal(word(guest, TRACE), ppc.b(8));
    assert.equal(guest.step('into', false, 1).vcpu, 1);
  });
}

/** Three vCPUs that share a word: what is in it depends on who stores when. All step themselves but the first. */
function mixers(): PowerWordGuest {
  const mix = (by: number): readonly number[] => [
    ppc.lwz(3, 4, 0),
    ppc.addi(3, 3, by),
    0x7c63_1a14, // add r3,r3,r3
    ppc.stw(3, 4, 0),
    ppc.addi(5, 5, 1),
    ppc.sc(0),
    ppc.b(-24),
  ];
  const gpr = { 4: DATA, 5: 0n, 8: 0n, 9: 0n };
  return new PowerWordGuest(mix(3), {
    kind: 'hv',
    gpr,
    more: [
      [OTHER, mix(5)],
      [Number(TRACE), COUNTS],
      [0xc00, [ppc.addi(8, 8, 1), ppc.rfid()]],
    ],
    others: [SE, 0n].map(msr => ({ pc: OTHER, msr, gpr })),
  });
}

const visible = (guest: PowerWordGuest): readonly unknown[] => [
  guest.raw(DATA),
  ...[0, 1, 2].flatMap(vcpu => ['pc', 'msr', 'srr0', 'srr1', 'r3', 'r5', 'r8', 'r9'].map(name => guest.get(name, vcpu))),
  ...[0, 1, 2].map(vcpu => retired(guest, vcpu)),
  [TRACE, 0x300n, 0x700n, 0x900n, 0xc00n].map(address => word(guest, address)),
];

/** Drives a guest with locking off until `total` instructions have retired. */
function drive(total: number, how: (guest: PowerWordGuest, left: number, count: number) => void): readonly unknown[] {
  const guest = mixers();
  guest.target.execution.schedulerLocking = 'off';
  const left = (): number => total - Number(guest.target.execution.retiredInstructions);
  for (let count = 0; left() > 0; count++) how(guest, left(), count);
  if (guest.target.execution.isRunning) {
    guest.target.execution.pause();
    guest.stop();
  }
  assert.equal(left(), 0);
  return visible(guest);
}

const runOn = (guest: PowerWordGuest, instructions: number): void => {
  if (!guest.target.execution.isRunning) assert.ok(guest.target.execution.resume(0).ok);
  guest.target.execution.runSlice(instructions);
};

test('PPC-HV-41 PPC-HV-23 steps with locking off among vCPUs that step themselves leave the run as it would be without them', () => {
  const total = 45_000;
  const plain = drive(total, runOn);
  const begin = (guest: PowerWordGuest, vcpu: number): void => {
    const begun = guest.target.execution.step({ vcpu, kind: 'into', granularity: 'instruction' });
    assert.ok(begun.ok, begun.ok ? '' : begun.error.message);
  };
  const stepped = drive(total, (guest, left, count) => {
    if (!guest.target.execution.isRunning) begin(guest, count % 3);
    guest.target.execution.runSlice(left);
  });
  assert.deepEqual(stepped, plain);
  // Steps that a pause cuts off at any place.
  const paused = drive(total, (guest, left, count) => {
    if (!guest.target.execution.isRunning) begin(guest, count % 3);
    if (guest.target.execution.runSlice(Math.min(left, 1 + (count % 7))).kind !== 'running') return;
    guest.target.execution.pause();
    guest.stop();
  });
  assert.deepEqual(paused, plain);
});

test('S-014 API-11 of four vCPUs the one that runs into a breakpoint is told, and no other is in the guest', () => {
  const guest = pair({ cpus: 4 });
  const [report] = guest.breakAt('software', BigInt(OTHER + 4));
  const before = [0, 1, 2].map(vcpu => retired(guest, vcpu));
  assert.ok(guest.target.execution.resume(3, true).ok);
  const stop = guest.stop();
  assert.deepEqual([stop.vcpu, stop.pc, stop.reason, stop.breakpoints], [3, BigInt(OTHER + 4), 'breakpoint', [report?.id]]);
  assert.deepEqual(
    [0, 1, 2].map(vcpu => retired(guest, vcpu)),
    before,
  );
  assert.ok(guest.target.control.all.every(({ vcpu }) => !vcpu.isInKvmRun));
});

test('PPC-HV-25 a breakpoint that is set while a step is under way lies under its trap, and both come and go by themselves', () => {
  // A hypercall is not traced: there is a trap behind it.
  const guest = pair({ first: [NOP, ppc.addi(6, 6, 1), NOP], cpus: 2 });
  guest.target.execution.schedulerLocking = 'off';
  assert.ok(guest.target.execution.step({ vcpu: 0, kind: 'into', granularity: 'instruction' }).ok);
  assert.equal(guest.target.execution.runSlice(100).kind, 'running');
  const [report] = guest.breakAt('software', TRACE);
  assert.equal(report?.isVerified, true);
  assert.deepEqual([guest.stop().vcpu, guest.get('pc')], [0, START + 4n]);
  assert.notEqual(word(guest, TRACE), COUNTS[0]);
  guest.breakAt('software');
  assert.equal(word(guest, TRACE), COUNTS[0]);
});
