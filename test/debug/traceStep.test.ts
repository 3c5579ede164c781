// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MSR_BIT } from '../../src/cpu/index.js';
import { KVM_TRAP, NOP, ppc, SPR } from '../cpu/powerWords.js';
import { CODE, MSR_REAL, type PowerpcGuest, powerpcGuest, regs, setRegs } from '../kvm/powerpcGuest.js';
import { runTo, showsTrace, TraceStepper, visible } from './traceStepper.js';

const HANDLER = [ppc.mtspr(13, SPR.SPRG2), ppc.addi(9, 9, 1), ppc.rfid()];
/** bctar 20,0,0: always. */
const BCTAR = 0x4e80_0460;
const VECTORS = [0x300, 0x380, 0x400, 0x480, 0x500, 0x600, 0x700, 0x800, 0x900, 0xa00, 0xc00, 0xd00, 0xf20, 0xf40, 0xf60];
const wordAt = (guest: PowerpcGuest, address: number): number =>
  new DataView(guest.user().buffer, guest.user().byteOffset).getUint32(address);

interface Setting {
  readonly code: readonly number[];
  readonly gpr?: Readonly<Record<number, bigint>>;
  readonly msr?: bigint;
  readonly more?: readonly (readonly [address: number, words: readonly number[]])[];
  readonly srr0?: bigint;
  readonly srr1?: bigint;
}

function make({ code, gpr = {}, msr = MSR_REAL, more = [], ...rest }: Setting): PowerpcGuest {
  const guest = powerpcGuest({ code });
  for (const vector of VECTORS) guest.put(vector, HANDLER);
  for (const [address, words] of more) guest.put(address, words);
  setRegs(guest.vcpu, { msr, ...rest }, gpr);
  return guest;
}

/** Steps the guest `steps` times; after each step all that it sees is what an un-stepped run of as many retired instructions sees. */
function stepBeside(setting: Setting, steps: number): readonly bigint[] {
  const stepper = new TraceStepper(make(setting));
  const beside = make(setting);
  const pcs: bigint[] = [];
  for (let n = 0; n < steps; n++) {
    stepper.step();
    runTo(beside, stepper.guest.vcpu.retiredInstructions);
    assert.deepEqual(visible(stepper.guest.vcpu), visible(beside.vcpu), `after step ${n + 1}`);
    assert.deepEqual(stepper.guest.user().subarray(0, 0x2_0000), beside.user().subarray(0, 0x2_0000), `memory after step ${n + 1}`);
    pcs.push(regs(stepper.guest.vcpu).pc);
  }
  return pcs;
}

const at = (...offsets: readonly number[]): readonly bigint[] => offsets.map(offset => BigInt(CODE + offset));

test('PPC-HV-21 PPC-HV-13 PPC-HV-14 a step of a register instruction runs it alone, and no trap, no SE and no SRR of the interrupt is left', () => {
  assert.deepEqual(stepBeside({ code: [ppc.addi(3, 0, 5), ppc.addi(3, 3, 1), NOP] }, 3), at(4, 8, 12));
  const stepper = new TraceStepper(make({ code: [NOP, NOP] }));
  stepper.step();
  assert.deepEqual([wordAt(stepper.guest, 0xd00), showsTrace(regs(stepper.guest.vcpu).msr)], [HANDLER[0], false]);
});

test('PPC-HV-21 PPC-HV-17 a step of a branch ends at its target, taken or not, whatever stands before that', () => {
  assert.deepEqual(stepBeside({ code: [ppc.b(16), NOP, NOP, ppc.mfmsr(5), ppc.bne(8), NOP], gpr: { 5: 0x400n } }, 2), at(16, 24));
});

test('PPC-HV-21 PPC-HV-16 mfmsr shows the guest no SE, and mtmsrd keeps the SE that the guest sets', () => {
  stepBeside({ code: [ppc.mfmsr(3), NOP] }, 2);
  const stepper = new TraceStepper(make({ code: [ppc.mtmsrd(4), NOP], gpr: { 4: MSR_REAL | MSR_BIT.SE } }));
  stepper.step();
  assert.deepEqual([regs(stepper.guest.vcpu).pc, regs(stepper.guest.vcpu).msr], [BigInt(CODE + 4), MSR_REAL | MSR_BIT.SE]);
});

test('PPC-HV-15 moves to and from SRR0 and SRR1 under the step do what they do without', () => {
  const code = [ppc.mtspr(3, SPR.SRR0), ppc.mtspr(4, SPR.SRR1), ppc.mfspr(5, SPR.SRR0), ppc.mfspr(6, SPR.SRR1), NOP];
  assert.deepEqual(stepBeside({ code, gpr: { 3: 0x1234_5677n, 4: 0x8000_0000_4000_1002n }, srr0: 8n, srr1: 16n }, 5), at(4, 8, 12, 16, 20));
});

test('PPC-HV-21 a step of rfid or rfscv ends exactly at its target', () => {
  assert.deepEqual(stepBeside({ code: [ppc.rfid(), NOP, NOP, NOP], srr0: BigInt(CODE + 8), srr1: MSR_REAL }, 2), at(8, 12));
  const guest = { code: [ppc.mtspr(3, 8), ppc.mtspr(4, 9), ppc.rfscv(), NOP, NOP], gpr: { 3: BigInt(CODE + 16), 4: MSR_REAL } };
  assert.deepEqual(stepBeside(guest, 4), at(4, 8, 16, 20));
});

test('PPC-HV-21 PPC-HV-07 PPC-HV-40 a step of sc, of a trap or of a load that faults ends at the vector, and SRR1 shows no SE', () => {
  assert.deepEqual(stepBeside({ code: [ppc.sc(0), NOP] }, 4), [0xc00n, 0xc04n, 0xc08n, BigInt(CODE + 4)]);
  assert.deepEqual(stepBeside({ code: [ppc.trap()] }, 1), [0x700n]);
  assert.deepEqual(stepBeside({ code: [ppc.lfd(1, 3, 0)], gpr: { 3: 0x2000n } }, 1), [0x800n]);
  assert.deepEqual(stepBeside({ code: [0], gpr: {} }, 1), [0x700n]);
  // In problem state, and FSCR[TAR] is 0.
  assert.deepEqual(stepBeside({ code: [BCTAR], msr: MSR_REAL | MSR_BIT.PR }, 1), [0xf60n]);
});

test('PPC-HV-31 PPC-HV-32 PPC-HV-33 the first instruction of the Trace handler is stepped once, a branch too, with the interrupt state kept', () => {
  const state = { srr0: 0x4444n, srr1: 0x8000_0000_4000_1402n };
  for (const [first, next] of [
    [ppc.addi(9, 9, 1), 0xd04n],
    [ppc.b(0x20), 0xd20n],
    [ppc.mtspr(13, SPR.SPRG2), 0xd04n],
  ] as const) {
    const guest = make({ code: [NOP], more: [[0xd00, [first, NOP]]], ...state });
    setRegs(guest.vcpu, { pc: 0xd00n });
    const stepper = new TraceStepper(guest);
    stepper.step();
    const { pc, srr0, srr1, gpr } = regs(guest.vcpu);
    assert.deepEqual([pc, srr0, srr1, gpr[9]], [next, state.srr0, state.srr1, first === ppc.addi(9, 9, 1) ? 1n : 0n]);
  }
});

test('PPC-HV-27 PPC-HV-28 a guest that steps itself gets its Trace interrupt, with its own SE in SRR1', () => {
  const pcs = stepBeside({ code: [NOP, NOP], msr: MSR_REAL | MSR_BIT.SE }, 1);
  assert.deepEqual(pcs, [0xd00n]);
  assert.deepEqual(stepBeside({ code: [ppc.b(8), NOP, NOP], msr: MSR_REAL | MSR_BIT.BE }, 1), [0xd00n]);
  assert.deepEqual(stepBeside({ code: [NOP, NOP], msr: MSR_REAL | MSR_BIT.BE }, 1), at(4));
});

test('PPC-HV-12 PPC-HV-11 a step is armed while it runs, over in the exit that ends it, and nothing of it is there at the report', () => {
  for (const [word, state] of [
    [NOP, 'ARMED'],
    [ppc.rfid(), 'ARMED_RFID'],
    [ppc.sc(0), 'ARMED_DISPLACED'],
  ] as const) {
    const { guest, method } = new TraceStepper(make({ code: [word, NOP, NOP], srr0: BigInt(CODE + 8), srr1: MSR_REAL }));
    const { vcpu } = guest;
    const lift = { vcpu, breakpoint: undefined, watchpoints: false };
    const states: string[] = [method.stateOf(vcpu)];
    assert.ok(method.arm(vcpu, lift, []).ok);
    states.push(method.stateOf(vcpu));
    assert.equal(vcpu.run(), 0);
    method.decide(vcpu, { kind: 'trapInstruction', text: '', syndrome: undefined, isTrapWord: true }, []);
    states.push(method.stateOf(vcpu));
    method.disarm(vcpu, lift, 'completed', []);
    states.push(method.stateOf(vcpu));
    assert.deepEqual(states, ['IDLE', state, 'DONE', 'IDLE']);
  }
});

test('PPC-HV-36 a step whose trap has no memory is refused in one sentence, with nothing left behind', () => {
  const guest = make({ code: [ppc.rfid()], srr0: 0x7fff_0000n, srr1: MSR_REAL });
  const before = visible(guest.vcpu);
  const refused = new TraceStepper(guest).method.arm(guest.vcpu, { vcpu: guest.vcpu, breakpoint: undefined, watchpoints: false }, []);
  assert.deepEqual(
    refused.ok ? '' : refused.error.message,
    'The step cannot be made: there is no memory for a trap at 0x7fff0000, where the guest goes on.',
  );
  assert.deepEqual(visible(guest.vcpu), before);
  assert.ok(VECTORS.every(vector => wordAt(guest, vector) !== KVM_TRAP));
});
