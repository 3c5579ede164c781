// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MSR_BIT } from '../../src/cpu/index.js';
import { debugQuirks } from '../../src/debug/execution/debugQuirks.js';
import type { StepAction } from '../../src/debug/stepping/stepAction.js';
import type { Vcpu } from '../../src/kvm/index.js';
import { KVM_TRAP, ppc } from '../cpu/powerWords.js';
import { CODE, MSR_REAL, type PowerpcGuest, powerpcGuest, regs, setOneReg, setRegs } from '../kvm/powerpcGuest.js';
import { TraceStepper } from './traceStepper.js';

// Steps of several vCPUs that are armed at once: one table of traps, with use counts.

const [TRACE, RELOCATED] = [0xd00, 0x4d00];
const HANDLER = [ppc.addi(9, 9, 1), ppc.rfid()];
/** LPCR[AIL] 3. */
const AIL_3 = 3n << 23n;

const liftOf = (vcpu: Vcpu) => ({ vcpu, breakpoint: undefined, watchpoints: false });
const wordAt = (guest: PowerpcGuest, address: number): number =>
  new DataView(guest.user().buffer, guest.user().byteOffset).getUint32(address);

function steppers(vcpus: number, fidelity: 'kernel' | 'exact'): TraceStepper {
  const guest = powerpcGuest({ code: [ppc.addi(3, 3, 1), ppc.b(-4)], vcpus, fidelity });
  for (const vector of [TRACE, RELOCATED]) guest.put(vector, HANDLER);
  return new TraceStepper(guest, debugQuirks(fidelity));
}

function arm({ method }: TraceStepper, vcpu: Vcpu): StepAction[] {
  const actions: StepAction[] = [];
  const armed = method.arm(vcpu, liftOf(vcpu), actions);
  assert.ok(armed.ok, armed.ok ? '' : armed.error.message);
  return actions;
}

/** Runs an armed vCPU to the end of its step. */
function finish({ method }: TraceStepper, vcpu: Vcpu, actions: StepAction[]): void {
  assert.equal(vcpu.run(), 0);
  const exit = { kind: 'trapInstruction', text: '', syndrome: undefined, isTrapWord: true } as const;
  assert.deepEqual(method.decide(vcpu, exit, actions), { kind: 'toDebugger', isCompleted: true });
  method.disarm(vcpu, liftOf(vcpu), 'completed', actions);
}

const writesAt = (actions: readonly StepAction[], real: number): number =>
  actions.filter(action => action.kind === 'writeMemory' && action.address === BigInt(real)).length;

for (const fidelity of ['kernel', 'exact'] as const) {
  test(`S-057 PPC-HV-25 of steps that are armed at once each ends its own, and the last one restores the word at the vector (${fidelity})`, () => {
    const stepper = steppers(4, fidelity);
    const { guest } = stepper;
    for (const order of [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
    ]) {
      const armed = guest.vcpus.map(vcpu => arm(stepper, vcpu));
      assert.deepEqual(
        armed.map(actions => writesAt(actions, TRACE)),
        [1, 0, 0, 0],
      );
      const before = guest.vcpus.map(vcpu => regs(vcpu).pc);
      for (const [count, n] of order.entries()) {
        const [vcpu, actions] = [guest.vcpus[n], armed[n]];
        assert.ok(vcpu && actions);
        assert.equal(wordAt(guest, TRACE), KVM_TRAP);
        finish(stepper, vcpu, actions);
        assert.notEqual(regs(vcpu).pc, before[n]);
        assert.equal(wordAt(guest, TRACE) === KVM_TRAP, count < 3, `after vCPU ${n}`);
      }
      assert.equal(
        armed.reduce((sum, actions) => sum + writesAt(actions, TRACE), 0),
        2,
        'written once and restored once',
      );
      assert.ok(guest.vcpus.every(vcpu => (regs(vcpu).msr & MSR_BIT.SE) === 0n));
    }
    assert.deepEqual(
      guest.vcpus.map(vcpu => [regs(vcpu).gpr[3], regs(vcpu).gpr[9]]),
      Array(4).fill([1n, 0n]),
    );
  });

  test(`PPC-HV-25 a step that takes the trap of another one out of memory says so, and only that one (${fidelity})`, () => {
    const stepper = steppers(2, fidelity);
    const { guest, method } = stepper;
    const [first, second] = guest.vcpus;
    assert.ok(first && second);
    const armed = arm(stepper, first);
    setRegs(second, { pc: BigInt(TRACE) });
    const passing = arm(stepper, second);
    assert.deepEqual(
      guest.vcpus.map(vcpu => method.hasLifted(vcpu)),
      [false, true],
    );
    assert.equal(wordAt(guest, TRACE), HANDLER[0]);
    method.disarm(second, liftOf(second), 'givenUp', passing);
    assert.deepEqual([method.hasLifted(second), wordAt(guest, TRACE)], [false, KVM_TRAP]);
    method.disarm(first, liftOf(first), 'givenUp', armed);
  });

  test(`PPC-HV-25 steps under different translation have a trap each, and each takes its own away (${fidelity})`, () => {
    const stepper = steppers(2, fidelity);
    const { guest, method } = stepper;
    const [real, relocated] = guest.vcpus;
    assert.ok(real && relocated);
    for (const vcpu of guest.vcpus) setOneReg(vcpu, 'LPCR_64', AIL_3);
    setRegs(relocated, { msr: MSR_REAL | MSR_BIT.IR | MSR_BIT.DR });
    const actions = [arm(stepper, real), arm(stepper, relocated)];
    const words = (): readonly boolean[] => [TRACE, RELOCATED].map(address => wordAt(guest, address) === KVM_TRAP);
    assert.deepEqual(words(), [true, true]);
    method.disarm(relocated, liftOf(relocated), 'givenUp', actions[1] ?? []);
    assert.deepEqual(words(), [true, false]);
    method.disarm(real, liftOf(real), 'givenUp', actions[0] ?? []);
    assert.deepEqual(words(), [false, false]);
    assert.deepEqual(
      guest.vcpus.map(vcpu => [regs(vcpu).pc, regs(vcpu).msr & MSR_BIT.SE]),
      Array(2).fill([BigInt(CODE), 0n]),
    );
    assert.deepEqual([wordAt(guest, TRACE), wordAt(guest, RELOCATED)], [HANDLER[0], HANDLER[0]]);
  });
}
