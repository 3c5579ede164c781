// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KVM_TRAP, NOP, ppc } from '../cpu/powerWords.js';
import { PowerWordGuest, START } from './powerWordGuest.js';

const [SE, EE, PR] = [0x400n, 0x8000n, 0x4000n];
const ILLEGAL = 0x8_0000n;
/** bl to `words` further on. */
const bl = (words: number): number => ppc.b(4 * words) | 1;
const stwcx = (RS: number, RA: number, RB: number): number => (((31 << 26) | (RS << 21) | (RA << 16) | (RB << 11) | (150 << 1)) >>> 0) | 1;
const pcs = (...stops: readonly { readonly pc: bigint }[]): readonly bigint[] => stops.map(({ pc }) => pc - START);

for (const endianness of ['big', 'little'] as const) {
  for (const fidelity of ['kernel', 'exact'] as const)
    test(`S-063 PPC-HV-10 under KVM-PR a step is the kernel's: KVM_GUESTDBG_SINGLESTEP and no trap in memory (${fidelity}, ${endianness}-endian)`, () => {
      const guest = new PowerWordGuest([NOP, ppc.addi(3, 0, 5), NOP], { endianness, fidelity });
      const before = guest.raw(0xd00n);
      assert.deepEqual(pcs(guest.step(), guest.step()), [4n, 8n]);
      assert.equal(guest.get('r3'), 5n);
      const { method, actions } = guest.target.stepAnatomy(0);
      assert.deepEqual([method, actions.map(({ kind }) => kind)], ['KVM-PR single step', ['setGuestDebug', 'exit', 'decision']]);
      assert.deepEqual(guest.raw(0xd00n), before);
    });

  test(`API-18 a software breakpoint of POWER is the word 0x00DDDD00 in both byte orders, and the debugger sees what was there (${endianness}-endian)`, () => {
    const guest = new PowerWordGuest([NOP, NOP, ppc.b(-8)], { endianness });
    guest.breakAt('software', START + 4n);
    assert.deepEqual(guest.raw(START + 4n), [0x00, 0xdd, 0xdd, 0x00]);
    const [row] = guest.target.disassemble(0, { address: guest.continue().pc, count: 1 });
    assert.deepEqual([row?.address, row?.text], [START + 4n, 'nop']);
    assert.deepEqual(pcs(guest.continue()), [4n], 'it is stepped over and stands again');
    guest.breakAt('software');
    assert.notDeepEqual(guest.raw(START + 4n), [0x00, 0xdd, 0xdd, 0x00]);
  });
}

test('S-070 PPC-HV-47 the SE of a guest that steps itself survives the steps of the debugger, and its Trace comes after', () => {
  const guest = new PowerWordGuest([NOP, NOP, NOP], { msr: SE, more: [[0xd00, [NOP, NOP]]] });
  assert.deepEqual(pcs(guest.step()), [4n]);
  assert.equal(guest.get('msr') & SE, SE);
  assert.equal(guest.step().pc, 0xd04n);
  assert.equal(guest.get('srr0'), START + 4n);
});

test('S-070 PPC-HV-47 in kernel a step of KVM-PR loses the SE of a guest that steps itself, and its Trace never comes', () => {
  const guest = new PowerWordGuest([NOP, NOP, NOP], { msr: SE, fidelity: 'kernel', more: [[0xd00, [NOP, NOP]]] });
  assert.deepEqual(pcs(guest.step()), [4n]);
  assert.equal(guest.get('msr') & SE, 0n);
  assert.deepEqual(pcs(guest.step()), [8n]);
});

test('ST-DBG-140 bl steps into its routine, or over it, and blr steps back', () => {
  const words = [bl(3), NOP, ppc.b(-8), ppc.addi(3, 3, 1), ppc.blr()];
  const into = new PowerWordGuest(words);
  assert.deepEqual(pcs(into.step(), into.step(), into.step()), [0xcn, 0x10n, 4n]);
  const over = new PowerWordGuest(words);
  assert.deepEqual(pcs(over.step('over')), [4n]);
  assert.equal(over.get('r3'), 1n);
});

test('ST-DBG-141 a bl to the next instruction, by which code finds its own address, is no call', () => {
  const guest = new PowerWordGuest([bl(1), ppc.mfspr(5, 8), NOP]);
  assert.deepEqual(pcs(guest.step('over'), guest.step('over')), [4n, 8n]);
  assert.equal(guest.get('r5'), START + 4n);
});

test('S-062 a loop with lwarx and stwcx. is stepped as one, to behind its branch', () => {
  const bneBack = ((16 << 26) | (4 << 21) | (2 << 16) | (-12 & 0xfffc)) >>> 0;
  const words = [ppc.lwarx(5, 0, 4), ppc.addi(5, 5, 1), stwcx(5, 0, 4), bneBack, NOP];
  const guest = new PowerWordGuest(words, { gpr: { 4: 0x8000n } });
  assert.deepEqual(pcs(guest.step('over', true)), [0x10n]);
  assert.deepEqual(guest.raw(0x8000n), [0, 0, 0, 1]);
  const each = new PowerWordGuest(words, { gpr: { 4: 0x8000n } });
  assert.deepEqual(pcs(each.step('into')), [4n]);
});

test("ST-DBG-142 a trap word of the guest's own is an illegal instruction to the guest, whether it runs or is stepped", () => {
  for (const isStepped of [false, true]) {
    const guest = new PowerWordGuest([KVM_TRAP, NOP], { more: [[0x700, [NOP, NOP]]] });
    if (!isStepped) guest.breakAt('software', 0x700n);
    const stop = isStepped ? guest.step() : guest.continue();
    assert.deepEqual([stop.pc, guest.get('srr0'), guest.get('srr1') & ILLEGAL], [0x700n, START, ILLEGAL]);
  }
});

test('ST-DBG-143 a system call steps over to behind itself, or into its vector', () => {
  const more = [[0xc00, [ppc.addi(3, 0, 7), ppc.rfid()]]] as const;
  const over = new PowerWordGuest([ppc.sc(0), NOP], { more });
  assert.deepEqual(pcs(over.step('over')), [4n]);
  assert.equal(over.get('r3'), 7n);
  const into = new PowerWordGuest([ppc.sc(0), NOP], { more });
  assert.equal(into.step('into').pc, 0xc00n);
  assert.equal(into.target.exception(0)?.sentence, `System call from privileged at 0x${(START + 4n).toString(16)}.`);
});

test('ST-DBG-144 a decrementer interrupt during a step runs its handler, or is stepped into', () => {
  const handler = [ppc.addi(9, 9, 1), ppc.addi(8, 0, 0x7fff), ppc.mtspr(8, 22), ppc.rfid()];
  const make = (): PowerWordGuest => {
    const guest = new PowerWordGuest([ppc.addi(8, 0, -1), ppc.mtspr(8, 22), ppc.mtmsr(7), NOP, NOP], {
      gpr: { 7: 0x1000n | EE },
      more: [[0x900, handler]],
    });
    guest.step();
    guest.step();
    return guest;
  };
  const over = make();
  assert.deepEqual(pcs(over.step()), [0xcn]);
  assert.deepEqual(pcs(over.step()), [0x10n]);
  assert.equal(over.get('r9'), 1n);
  const into = make();
  into.target.execution.stepInterrupts = 'into';
  into.step();
  const stop = into.get('pc') === 0x900n ? 0x900n : into.step().pc;
  assert.equal(stop, 0x900n);
});

test('ST-DBG-145 hardware breakpoints and watchpoints are refused with the mechanisms that there are, and auto takes the engine', () => {
  const guest = new PowerWordGuest([NOP, NOP, ppc.b(-8)]);
  const [refused] = guest.breakAt('hardware', START + 4n);
  assert.deepEqual(
    [refused?.isVerified, refused?.message],
    [false, 'KVM for Book3S takes no hardware breakpoints; use the mode "software" or "engine".'],
  );
  const [taken] = guest.breakAt('auto', START + 4n);
  assert.deepEqual([taken?.isVerified, taken?.mode], [true, 'engine']);
  assert.deepEqual(guest.target.breakpoints.modes, ['auto', 'software', 'engine']);
  assert.deepEqual(pcs(guest.continue(), guest.continue()), [4n, 4n]);
});

test('ST-DBG-146 a data breakpoint of POWER is an engine watchpoint that reports both values in the byte order of the guest', () => {
  const guest = new PowerWordGuest([ppc.stw(3, 4, 0), NOP, NOP], { gpr: { 3: 7n, 4: 0x8000n } });
  const [report] = guest.target.breakpoints.setData([{ address: 0x8000n as never, bytes: 4, access: 'write', name: 'x' }]);
  assert.deepEqual([report?.isVerified, report?.mode], [true, 'engine']);
  const stop = guest.continue();
  assert.deepEqual(
    [stop.reason, stop.pc - START, stop.description],
    ['watchpoint', 4n, `x: 0 → 7, written by the instruction before 0x${(START + 4n).toString(16)}.`],
  );
});

test('ST-DBG-147 registers of POWER read and write by name, fields of CR and MSR among them', () => {
  const guest = new PowerWordGuest([NOP], { endianness: 'little' });
  for (const [name, value] of [
    ['r31', 0x1234n],
    ['cr7', 0x8n],
    ['xer', 0x2000_0000n],
    ['f1', 0x3ff0_0000_0000_0000n],
    ['v2', 1n << 127n],
    ['vs1', (5n << 64n) | 6n],
    ['sprg1', 9n],
    ['dar', 0x77n],
  ] as const) {
    guest.set(name, value);
    assert.equal(guest.get(name), value, name);
  }
  assert.equal(guest.get('cr'), 0x8n);
  assert.equal(guest.get('f1'), 5n, 'FPR 1 is doubleword 0 of VSR 1');
  guest.set('cr.CR1', 2n);
  guest.set('msr.FP', 1n);
  assert.deepEqual([guest.get('cr'), guest.get('msr') & 0x2000n], [0x0200_0008n, 0x2000n]);
  const text = guest.target.register(0, 'cr')?.text;
  assert.equal(text, '0x02000008 CR1=EQ CR7=LT');
  const evaluated = guest.target.evaluate('$r31 == 0x1234 && $cr7 == 8', { vcpu: 0 });
  assert.ok(evaluated.ok && evaluated.value.text() === '1');
});

test('ST-DBG-148 vectors of POWER stop with what SRR1, DSISR and DAR say', () => {
  const guest = new PowerWordGuest([KVM_TRAP - 0x100, NOP], { more: [[0x700, [NOP]]] });
  guest.target.breakpoints.setVectors([{ name: 'program' }]);
  const stop = guest.continue();
  assert.deepEqual([stop.reason, stop.pc], ['exception', 0x700n]);
  const report = guest.target.exception(0);
  assert.equal(report?.sentence, `Program from privileged at 0x${START.toString(16)}: illegal instruction.`);
  assert.deepEqual(report?.lines, [`SRR0  = 0x${START.toString(16)}`, `SRR1  = 0x${guest.get('srr1').toString(16)} ILLEGAL`]);
});

test('ST-DBG-149 KVM-HV, which ignores SINGLESTEP, is stepped through the Trace interrupt, and the anatomy says how', () => {
  const guest = new PowerWordGuest([ppc.addi(3, 0, 5), NOP], { kind: 'hv' });
  const stop = guest.step();
  assert.deepEqual([stop.reason, stop.pc, guest.get('r3'), guest.get('msr') & SE], ['step', START + 4n, 5n, 0n]);
  const { method, actions } = guest.target.stepAnatomy(0);
  assert.equal(method, 'POWER HV Trace');
  const written = actions.flatMap(action => (action.kind === 'writeRegister' ? [action.register] : []));
  assert.deepEqual(written, ['msr', 'pc', 'msr', 'srr0', 'srr1', 'siar', 'sdar']);
});
for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-008 API-06 a trap word under KVM-HV is a breakpoint, whatever an answered hypercall has left in the exit (${fidelity})`, () => {
    const guest = new PowerWordGuest([ppc.sc(1), NOP, NOP], { kind: 'hv', fidelity, gpr: { 3: 0x58n } });
    guest.breakAt('software', START + 8n);
    const stop = guest.continue();
    assert.deepEqual([stop.reason, stop.pc, guest.get('r3')], ['breakpoint', START + 8n, (1n << 64n) - 1n]);
    const { vcpu } = guest.target.control.at(0);
    assert.equal(vcpu.kvmRun.ppc_debug_status !== 0, fidelity === 'kernel', 'the stale bytes are there to be looked at');
  });
}

test('ST-DBG-150 a step in problem state under KVM-PR is a step like any other', () => {
  const guest = new PowerWordGuest([NOP, ppc.addi(3, 0, 1), NOP], { msr: PR });
  assert.deepEqual(pcs(guest.step(), guest.step()), [4n, 8n]);
  assert.equal(guest.target.vcpus()[0]?.mode, 'problem state');
});
