// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hex } from '../../src/base/index.js';
import { MSR_BIT } from '../../src/cpu/index.js';
import { debugQuirks } from '../../src/debug/execution/debugQuirks.js';
import { launch } from '../../src/debug/index.js';
import { interpreterBytes } from '../../src/entries/engineImage.js';
import { NOP, ppc, SPR } from '../cpu/powerWords.js';
import { CODE, MSR_REAL, oneReg, type PowerpcGuest, powerpcGuest, regs, setOneReg, setRegs } from '../kvm/powerpcGuest.js';
import { SampleGuest } from './sampleGuest.js';
import { STREAM_KINDS, streamOptions } from './streams/streamGuest.js';
import { proveStream, STEPS, streamCount } from './streams/streamProof.js';
import { TraceStepper } from './traceStepper.js';

// Steps under KVM-HV with CIABR in place of MSR[SE].

const SKIP = [ppc.mfspr(14, SPR.SRR0), ppc.addi(14, 14, 4), ppc.mtspr(14, SPR.SRR0), ppc.addi(15, 15, 1), ppc.rfid()];
const RETURN = [ppc.addi(16, 16, 1), ppc.rfid()];
const PRIVILEGED = 2n;

function guestWith(code: readonly number[], msr = MSR_REAL, gpr: Readonly<Record<number, bigint>> = {}): PowerpcGuest {
  const guest = powerpcGuest({ code });
  for (const vector of [0x300, 0x380, 0x400, 0x480, 0x600, 0x700, 0x800, 0xf20, 0xf40, 0xf60]) guest.put(vector, SKIP);
  for (const vector of [0x500, 0xa00, 0xc00, 0xd00]) guest.put(vector, RETURN);
  setRegs(guest.vcpu, { msr }, gpr);
  return guest;
}

const byCiabr = (guest: PowerpcGuest): TraceStepper => new TraceStepper(guest, debugQuirks('exact'), { stepMethod: 'ciabr' });
/** The registers that a step has written before the guest ran. */
const armedBy = (stepper: TraceStepper): readonly string[] => {
  const actions = stepper.step();
  return actions.flatMap(action => (action.kind === 'writeRegister' ? [action.register] : [])).slice(0, 1);
};

test('PPC-HV-44 a step by CIABR sets no SE, runs one instruction and leaves CIABR, SRR0, SRR1, SIAR and memory as they were', () => {
  const guest = guestWith([ppc.addi(3, 3, 1), ppc.b(8), NOP, ppc.mfmsr(4), NOP]);
  const stepper = byCiabr(guest);
  const own = 0x7000n;
  setOneReg(guest.vcpu, 'CIABR', own);
  setRegs(guest.vcpu, { srr0: 0x44n, srr1: 0x8n });
  const before = [...guest.user().subarray(0, CODE)];
  for (const pc of [4, 12, 16]) {
    const actions = stepper.step();
    const [write] = actions.filter(action => action.kind === 'writeRegister');
    assert.ok(write?.kind === 'writeRegister');
    assert.deepEqual([write.register, write.before, write.after & 3n], ['ciabr', own, PRIVILEGED]);
    const { srr0, srr1, msr } = regs(guest.vcpu);
    assert.deepEqual([regs(guest.vcpu).pc, srr0, srr1, msr], [BigInt(CODE + pc), 0x44n, 0x8n, MSR_REAL]);
    assert.deepEqual([oneReg(guest.vcpu, 'CIABR'), oneReg(guest.vcpu, 'SIAR')], [own, 0n]);
  }
  assert.equal(hex(regs(guest.vcpu).gpr[4] ?? 0n), hex(MSR_REAL));
  assert.deepEqual([...guest.user().subarray(0, CODE)], before);
});

test('PPC-HV-44 ST-DBG-210 rfid, sc, an instruction under the own SE of the guest and a guest that uses CIABR are stepped as by the Trace method', () => {
  const rfid = guestWith([ppc.rfid(), NOP, NOP]);
  setRegs(rfid.vcpu, { srr0: BigInt(CODE + 8), srr1: MSR_REAL });
  assert.deepEqual(armedBy(byCiabr(rfid)), []);
  assert.equal(regs(rfid.vcpu).pc, BigInt(CODE + 8));
  const call = guestWith([ppc.sc(0), NOP]);
  assert.deepEqual(armedBy(byCiabr(call)), []);
  assert.equal(regs(call.vcpu).pc, 0xc00n);
  const tracing = guestWith([NOP, NOP], MSR_REAL | MSR_BIT.SE);
  assert.deepEqual(armedBy(byCiabr(tracing)), ['msr']);
  assert.equal(regs(tracing.vcpu).pc, 0xd00n, 'the Trace interrupt of the guest');
  const used = guestWith([NOP, NOP, NOP]);
  setOneReg(used.vcpu, 'CIABR', BigInt(CODE + 64) | PRIVILEGED);
  const told: string[] = [];
  const stepper = new TraceStepper(used, debugQuirks('exact'), { stepMethod: 'ciabr', warn: line => told.push(line) });
  assert.deepEqual([armedBy(stepper), armedBy(stepper)], [['msr'], ['msr']]);
  assert.deepEqual(told, ['The guest itself uses CIABR on vCPU 0; it is stepped by MSR[SE] there.']);
  assert.equal(oneReg(used.vcpu, 'CIABR'), BigInt(CODE + 64) | PRIVILEGED);
});

const COUNT = streamCount(2, 20);

for (const kind of STREAM_KINDS)
  test(`PPC-HV-44 ST-DBG-211 ${COUNT} random streams (${kind}) of ${STEPS} steps that end by CIABR are the same guest as un-stepped`, () => {
    for (let seed = 1; seed <= COUNT; seed++) proveStream({ ...streamOptions(seed, kind), stepMethod: 'ciabr' }, STEPS);
  });

test('ST-DBG-212 a step method is refused in one sentence where the kernel steps by itself, and CIABR where handlers run in a step', () => {
  const path = 'samples/counter/counter.ppc64le.O0.elf';
  const program = { path, bytes: new Uint8Array(readFileSync(new URL(`../../../${path}`, import.meta.url))) };
  const refusals = [
    { kvm: 'pr', stepMethod: 'trace' } as const,
    { fidelity: 'kernel', stepMethod: 'ciabr' } as const,
    { quirks: { handlersSeeTrace: true }, stepMethod: 'ciabr' } as const,
  ].map(options => {
    const refused = launch({ program, interpreter: interpreterBytes, ...options });
    return refused.ok ? '' : refused.error.message;
  });
  const byHandlers =
    'stepMethod "ciabr" does not go with the quirk handlersSeeTrace: a handler that skips the instruction would keep its step from ending.';
  assert.deepEqual(refusals, [
    'stepMethod is for POWER machines under KVM-HV; other kernels step by themselves, so leave it out.',
    byHandlers,
    byHandlers,
  ]);
});

test('ST-DBG-213 stepping by CIABR stops at the same lines as stepping by SE, a program runs on to the same end, and the anatomy names the method', () => {
  const walk = (stepMethod: 'trace' | 'ciabr'): readonly unknown[] => {
    const guest = new SampleGuest('counter', 'O0', { isa: 'ppc64le', stepMethod });
    guest.runTo('main');
    const written = new Set<string>();
    const lines = (['over', 'over', 'into', 'into', 'over', 'into'] as const).map(kind => {
      guest.step(kind);
      const { method, actions } = guest.target.execution.stepAnatomy(0);
      assert.equal(method, stepMethod === 'ciabr' ? 'POWER HV Trace by CIABR' : 'POWER HV Trace');
      for (const action of actions) if (action.kind === 'writeRegister') written.add(action.register);
      return guest.here;
    });
    assert.equal(written.has('ciabr'), stepMethod === 'ciabr');
    return [lines, guest.runToEnd(), guest.output, guest.target.execution.retiredInstructions];
  };
  assert.deepEqual(walk('ciabr'), walk('trace'));
});
