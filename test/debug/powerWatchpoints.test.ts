// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, virtualAddress } from '../../src/base/index.js';
import { HCALL, type Vcpu } from '../../src/kvm/index.js';
import { KVM_TRAP, NOP, ppc, SPR } from '../cpu/powerWords.js';
import { MSR_REAL, oneReg, regs, setOneReg, setRegs } from '../kvm/powerpcGuest.js';
import { PowerWordGuest, type PowerWordGuestOptions, START } from './powerWordGuest.js';

// Data breakpoints by DAWR under KVM-HV: set with ONE_REG, with a trap at the Data Storage vector.

const DATA = 0x8000n;
const [SRR0, SRR1, OTHER_DAR, OTHER_DSISR] = [0x1234n, 0x8000_0000_0000_1002n, 0x5555n, 0x4000_0000n];
/** Counts in r9 and returns behind the instruction that has faulted. */
const SKIPS = [ppc.addi(9, 9, 1), ppc.mfspr(8, SPR.SRR0), ppc.addi(8, 8, 4), ppc.mtspr(8, SPR.SRR0), ppc.rfid()];
const STOP = ppc.b(0);
const end = (words: readonly number[]): bigint => START + BigInt(4 * (words.length - 1));

type Watch = readonly [address: bigint, bytes: number, access: 'read' | 'write' | 'readWrite'];

/** A guest of KVM-HV with `watches` in hardware mode; it ends at a breakpoint on its last word. */
class Watched extends PowerWordGuest {
  constructor(
    readonly words: readonly number[],
    options: PowerWordGuestOptions = {},
    ...watches: readonly Watch[]
  ) {
    super([...words, STOP], { kind: 'hv', ...options });
    this.watch('hardware', ...watches);
    this.breakAt('engine', end([...words, STOP]));
  }

  watch(mode: 'hardware' | 'engine' | 'auto', ...watches: readonly Watch[]) {
    return this.target.breakpoints.setData(
      watches.map(([address, bytes, access]) => ({ address: virtualAddress(address), bytes, access, mode, name: 'x' })),
    );
  }

  get vcpu(): Vcpu {
    return this.target.control.at(0).vcpu;
  }

  dawr(): readonly string[] {
    return [hex(oneReg(this.vcpu, 'DAWR')), hex(oneReg(this.vcpu, 'DAWRX'))];
  }

  /** Continues to the end; where it has stopped on the way, by word, and in which words the stops were told. */
  run(): readonly string[] {
    const stops: string[] = [];
    for (;;) {
      const stop = this.continue();
      if (stop.pc === end([...this.words, STOP]) && stop.reason === 'breakpoint') return stops;
      stops.push(`${stop.reason} ${(stop.pc - START) / 4n}: ${stop.description.replace(/, written by.*| by the instruction.*/, '')}`);
      assert.ok(stops.length < 20, stops.join('\n'));
    }
  }
}

test('PPC-HV-45 ST-DBG-190 a data breakpoint by DAWR stops behind the store with both values, and the guest has noticed nothing', () => {
  const words = [
    ppc.mtspr(20, SPR.SRR0),
    ppc.mtspr(21, SPR.SRR1),
    ppc.mtspr(22, SPR.DAR),
    ppc.mtspr(23, SPR.DSISR),
    ppc.stw(3, 4, 0),
    ppc.mfspr(24, SPR.SRR0),
    ppc.mfspr(25, SPR.SRR1),
    ppc.mfspr(26, SPR.DAR),
    ppc.mfspr(27, SPR.DSISR),
    ppc.mfmsr(28),
  ];
  const guest = new Watched(
    words,
    { gpr: { 3: 7n, 4: DATA, 20: SRR0, 21: SRR1, 22: OTHER_DAR, 23: OTHER_DSISR }, more: [[0x300, SKIPS]] },
    [DATA, 4, 'write'],
  );
  assert.deepEqual(guest.run(), ['watchpoint 5: x: 0 → 7']);
  const seen = [24, 25, 26, 27, 28, 9].map(n => guest.get(`r${n}`));
  assert.deepEqual(seen, [SRR0, SRR1, OTHER_DAR, OTHER_DSISR, MSR_REAL, 0n]);
});

test('ST-DBG-191 DAWR0 watches reads, writes or both, in privileged and in problem state, and tells loads by their value', () => {
  const words = [ppc.stw(3, 4, 0), ppc.lwz(5, 4, 0)];
  const stops = (['write', 'read', 'readWrite'] as const).map(access =>
    new Watched(words, { gpr: { 3: 7n, 4: DATA } }, [DATA, 4, access]).run(),
  );
  assert.deepEqual(stops, [
    ['watchpoint 1: x: 0 → 7'],
    ['watchpoint 2: x was read (7)'],
    ['watchpoint 1: x: 0 → 7', 'watchpoint 2: x was read (7)'],
  ]);
});

test('ST-DBG-192 DAWR goes by doublewords: an access beside the bytes that were asked for is passed in silence', () => {
  const words = [ppc.stw(3, 4, 0), ppc.stb(3, 4, 5), ppc.std(3, 4, 0), ppc.stb(3, 4, 4), ppc.stw(3, 4, 8)];
  const guest = new Watched(words, { gpr: { 3: 7n, 4: DATA } }, [DATA + 4n, 1, 'write']);
  assert.deepEqual(
    guest.run(),
    ['watchpoint 3: x: 0 → 0', 'watchpoint 4: x: 0 → 7'].map((text, n) =>
      n === 0 ? 'watchpoint 3: x was written with the value it had (0)' : text,
    ),
  );
  assert.deepEqual([guest.get('r9'), guest.raw(DATA, 8)], [0n, [0, 0, 0, 0, 7, 0, 0, 7]]);
});

test('ST-DBG-193 a range of DAWR has up to 64 doublewords and no multiple of 512 in it, and what does not fit is refused in a sentence', () => {
  const guest = new Watched([ppc.stb(3, 4, 511), NOP], { gpr: { 3: 7n, 4: DATA } });
  const ask = (address: bigint, bytes: number) => guest.watch('hardware', [address, bytes, 'write'])[0];
  assert.equal(
    ask(DATA + 256n, 512)?.message,
    'DAWR of this CPU does not watch across a multiple of 512, as 512 bytes at 0x8100 are; use the mode "engine".',
  );
  assert.equal(ask(DATA, 513)?.message, 'DAWR watches at most 512 bytes, not 513 at 0x8000; use the mode "engine".');
  const whole = ask(DATA, 512);
  assert.deepEqual([whole?.isVerified, whole?.mode], [true, 'hardware']);
  const full = guest.watch('hardware', [DATA, 512, 'write'], [DATA + 512n, 4, 'write'])[1];
  assert.equal(full?.message, '1 of 1 hardware watchpoints in use by x. Choose the mode "engine" for this one, or remove another.');
  const [, engine] = guest.watch('auto', [DATA, 512, 'write'], [DATA + 512n, 4, 'write']);
  assert.deepEqual([engine?.isVerified, engine?.mode], [true, 'engine']);
  assert.equal(guest.run().length, 1);
});

test("ST-DBG-194 a Data Storage interrupt of the guest's own, and a watch that fires in its handler, do what they do without a data breakpoint", () => {
  // The first load faults: it asks for a doubleword in real mode above what there is. r9 counts in the handler, which stores it, too.
  const words = [ppc.ld(5, 6, 0), ppc.stw(3, 4, 0), ppc.mfspr(26, SPR.DAR), ppc.mfspr(27, SPR.DSISR)];
  const handler = [ppc.addi(9, 9, 1), ppc.stw(9, 4, 8), ...SKIPS.slice(1)];
  const options = { gpr: { 3: 7n, 4: DATA, 6: DATA + 0x100n }, more: [[0x300, handler]] } as const;
  const make = (...watches: readonly Watch[]): Watched => {
    const guest = new Watched(words, options, ...watches);
    guest.set('pc', 0x300n);
    guest.set('srr0', START);
    guest.set('srr1', MSR_REAL);
    guest.set('dar', 0x77n);
    guest.set('dsisr', 0x4000_0000n);
    return guest;
  };
  const plain = make();
  assert.deepEqual(plain.run(), []);
  const watched = make([DATA, 4, 'write']);
  assert.deepEqual(watched.run(), ['watchpoint 2: x: 0 → 7']);
  const inHandler = make([DATA + 8n, 4, 'write']);
  assert.deepEqual(inHandler.continue().description.replace(/,.*/, ''), 'x: 0 → 1');
  inHandler.run();
  for (const name of ['r5', 'r8', 'r9', 'r26', 'r27', 'srr0', 'srr1', 'msr'])
    for (const guest of [watched, inHandler]) assert.equal(guest.get(name), plain.get(name), name);
});

test("ST-DBG-195 the guest's own DAWR0 is not taken from it, and auto takes the engine then", () => {
  const guest = new Watched([ppc.stw(3, 4, 0)], { gpr: { 3: 7n, 4: DATA } });
  setOneReg(guest.vcpu, 'DAWR', 0x9000n);
  setOneReg(guest.vcpu, 'DAWRX', 0x4bn);
  const [refused] = guest.watch('hardware', [DATA, 4, 'write']);
  assert.equal(refused?.message, 'The guest itself watches data with DAWR0 on vCPU 0; use the mode "engine".');
  const [engine] = guest.watch('auto', [DATA, 4, 'write']);
  assert.deepEqual([engine?.isVerified, engine?.mode, guest.dawr()], [true, 'engine', ['0x9000', '0x4b']]);
});

test('ST-DBG-196 what the guest sets by H_SET_MODE while DAWR0 is borrowed is kept, told, and there when it gets the register back', () => {
  const words = [ppc.sc(1), ppc.stw(3, 4, 0), ppc.addi(3, 30, 0)];
  const gpr = { 3: BigInt(HCALL.SET_MODE), 4: 0n, 5: 2n, 6: 0x9000n, 7: 0x4bn };
  const remarks: string[] = [];
  const guest = new Watched(
    [words[0] ?? 0, ppc.addi(10, 3, 0), ppc.addi(3, 29, 0), ppc.sc(1), ppc.addi(4, 31, 0), ppc.stw(30, 4, 0)],
    { gpr: { ...gpr, 29: BigInt(HCALL.SET_MODE), 30: 7n, 31: DATA } },
    [DATA, 4, 'write'],
  );
  guest.target.onDidLog(line => remarks.push(line));
  assert.deepEqual(guest.run(), ['watchpoint 6: x: 0 → 7']);
  assert.equal(guest.get('r10'), 0n, 'H_SUCCESS');
  // Set twice and told once.
  assert.deepEqual(remarks, ['vCPU 0 has set DAWR0 to 0x9000; it does not fire while a data breakpoint of yours uses it.']);
  guest.watch('hardware');
  assert.deepEqual(guest.dawr(), ['0x9000', '0x4b']);
});

test('ST-DBG-197 no trap word of a data breakpoint is in memory while the guest stands still, and none is left when it is removed', () => {
  const guest = new Watched([ppc.stw(3, 4, 0), ppc.lwz(11, 0, 0x300)], { gpr: { 3: 7n, 4: DATA }, more: [[0x300, SKIPS]] }, [
    DATA,
    4,
    'write',
  ]);
  const trap = [0x00, 0xdd, 0xdd, 0x00];
  const own = guest.raw(0x300n);
  guest.continue();
  assert.deepEqual(guest.raw(0x300n), own);
  guest.continue();
  assert.equal(guest.get('r11'), BigInt(KVM_TRAP), 'in force while it runs');
  guest.watch('hardware');
  assert.deepEqual([guest.raw(0x300n), guest.dawr()], [own, ['0x0', '0x0']]);
  assert.notDeepEqual(own, trap);
});

test('ST-DBG-198 stepping over a watched store stops once, behind it, and a user breakpoint at the vector stays silent', () => {
  for (const mode of ['engine', 'software'] as const) {
    const guest = new Watched([NOP, ppc.stw(3, 4, 0), NOP, NOP], { gpr: { 3: 7n, 4: DATA }, more: [[0x300, SKIPS]] }, [DATA, 4, 'write']);
    guest.breakAt(mode, 0x300n);
    const stops = [guest.step(), guest.step(), guest.step()].map(({ reason, pc }) => `${reason} ${(pc - START) / 4n}`);
    assert.deepEqual(stops, ['step 1', 'watchpoint 2', 'step 3'], mode);
    const { srr0, srr1 } = regs(guest.vcpu);
    assert.deepEqual([srr0, srr1], [0n, 0n]);
  }
});

/** MSR[IR] and MSR[DR]; LPCR[AIL] = 3. Tables are not looked at by the test's machine, so translated addresses are real but for their highest bits. */
const AIL_3 = 3n << 23n;

test('ST-DBG-199 with LPCR[AIL] the trap is where translation leads, and follows when the guest moves its vectors', () => {
  const guest = new Watched([ppc.stw(3, 4, 0), NOP], { gpr: { 3: 7n, 4: DATA }, more: [[0x300, SKIPS], [0x4300, SKIPS]] }, [DATA, 4, 'write']); // biome-ignore format: a list
  const own = guest.raw(0x4300n);
  setOneReg(guest.vcpu, 'LPCR_64', oneReg(guest.vcpu, 'LPCR_64') | AIL_3);
  assert.ok(guest.target.execution.resume(0).ok);
  assert.equal(guest.target.execution.runSlice(1).kind, 'running');
  assert.deepEqual(guest.raw(0x4300n), [0x00, 0xdd, 0xdd, 0x00]);
  assert.equal(guest.stop().reason, 'watchpoint');
  assert.deepEqual(guest.raw(0x4300n), own);
});

test('ST-DBG-200 both vCPUs have the watch, and one that is looked at between a match and its trap stands before its access', () => {
  for (const budget of [1, 2, 3, 4, 5, 7, 100]) {
    const words = [ppc.stw(3, 4, 0), ppc.addi(11, 11, 1), ppc.b(-4)];
    const guest = new Watched(words, { vcpus: 2, gpr: { 3: 7n, 4: DATA } }, [DATA, 4, 'write']);
    setRegs(guest.target.control.at(1).vcpu, {}, { 3: 8n, 4: DATA });
    guest.target.execution.schedulerLocking = 'off';
    const stops: string[] = [];
    while (stops.length < 2) {
      assert.ok(guest.target.execution.isRunning || guest.target.execution.resume(0).ok);
      const outcome = guest.target.execution.runSlice(budget);
      guest.target.control.kickAll();
      for (const { vcpu } of guest.target.control.all) assert.notEqual(regs(vcpu).pc, 0x300n, `vCPU ${vcpu.index}`);
      if (outcome.kind === 'stopped') stops.push(`${outcome.stop.reason} on ${outcome.stop.vcpu}`);
    }
    assert.deepEqual(stops, ['watchpoint on 0', 'watchpoint on 1'], `${budget}`);
    assert.deepEqual(guest.raw(DATA), [0, 0, 0, 8]);
  }
});

test('ST-DBG-201 without the word of the emulator SRR0 and SRR1 stay as the interrupt has left them, which is a quirk', () => {
  const words = [ppc.stw(3, 4, 0), NOP];
  const [lost, kept] = (['kernel', 'exact'] as const).map(fidelity => {
    const guest = new Watched(words, { fidelity, gpr: { 3: 7n, 4: DATA } }, [DATA, 4, 'write']);
    guest.set('srr0', SRR0);
    assert.deepEqual(guest.run(), ['watchpoint 1: x: 0 → 7'], fidelity);
    return guest.get('srr0');
  });
  assert.deepEqual([lost, kept], [START, SRR0]);
});
