// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { MSR_BIT } from '../../src/cpu/index.js';
import { StopMechanisms } from '../../src/debug/breakpoints/stopMechanisms.js';
import { type DebugQuirks, debugQuirks } from '../../src/debug/execution/debugQuirks.js';
import type { StepMethodName } from '../../src/debug/launchOptions.js';
import { POWER_INSTRUCTIONS } from '../../src/debug/powerpc/instructions.js';
import { NoSlots } from '../../src/debug/powerpc/noSlots.js';
import { POWERPC_REGISTERS } from '../../src/debug/powerpc/registers/registerModel.js';
import { InternalTraps } from '../../src/debug/powerpc/trace/internalTraps.js';
import { TraceStep } from '../../src/debug/powerpc/trace/traceStep.js';
import type { StepAction } from '../../src/debug/stepping/stepAction.js';
import { KVM_EXIT, type PpcRegisterName, type ppc_kvm_regs, type Vcpu } from '../../src/kvm/index.js';
import { oneReg, type PowerpcGuest, RAM_BYTES, regs } from '../kvm/powerpcGuest.js';

// Steps of KVM-HV by the Trace method, and the same guest without any step beside it.

const REAL = (1n << 60n) - 1n;

/** RAM by real address, without translation: real mode, or a guest whose effective addresses are real but for their highest bits. */
const memoryOf = ({ user, engine, userOffset, wordAt }: PowerpcGuest) => ({
  translate: (_vcpu: Vcpu, address: bigint) => ((address & REAL) < BigInt(RAM_BYTES) ? address & REAL : undefined),
  readPhysical: (address: bigint, count: number) =>
    address + BigInt(count) <= BigInt(RAM_BYTES) ? user().slice(Number(address), Number(address) + count) : undefined,
  writePhysical: (address: bigint, bytes: Uint8Array) => {
    if (address + BigInt(bytes.length) > BigInt(RAM_BYTES)) return false;
    user().set(bytes, Number(address));
    engine.invalidateCode(Number(userOffset + address), bytes.length);
    return true;
  },
  wordAt,
});

interface StepperChoices {
  readonly stepMethod?: StepMethodName;
  readonly warn?: (line: string) => void;
}

/** Steps the vCPUs of a guest. */
export class TraceStepper {
  readonly method: TraceStep;
  readonly #mechanisms: StopMechanisms;

  constructor(
    readonly guest: PowerpcGuest,
    quirks: DebugQuirks = debugQuirks('exact'),
    { stepMethod, warn = line => assert.fail(line) }: StepperChoices = {},
  ) {
    const memory = memoryOf(guest);
    this.#mechanisms = new StopMechanisms(guest.kvm, new NoSlots(), POWER_INSTRUCTIONS, () => []);
    this.method = new TraceStep({
      mechanisms: this.#mechanisms,
      memory,
      traps: new InternalTraps(memory, POWER_INSTRUCTIONS),
      quirks,
      stepMethod,
      warn,
    });
  }

  /** One step of a vCPU; answers the records by which it worked. */
  step(vcpu: Vcpu = this.guest.vcpu): readonly StepAction[] {
    const actions: StepAction[] = [];
    const lift = { vcpu, breakpoint: undefined, watchpoints: false };
    const armed = this.method.arm(vcpu, lift, actions);
    assert.ok(armed.ok, armed.ok ? '' : armed.error.message);
    for (;;) {
      assert.equal(vcpu.run(), 0);
      assert.equal(
        vcpu.kvmRun.exit_reason,
        KVM_EXIT.DEBUG,
        `the guest left with exit ${vcpu.kvmRun.exit_reason} at ${regs(vcpu).pc.toString(16)}`,
      );
      const registers = POWERPC_REGISTERS.file(vcpu);
      const decision = this.method.decide(vcpu, { kind: 'trapInstruction', text: '', syndrome: undefined, isTrapWord: true }, actions);
      assert.deepEqual(decision, { kind: 'toDebugger', isCompleted: true }, `the step ended nowhere, at ${registers.pc.toString(16)}`);
      break;
    }
    this.method.disarm(vcpu, lift, 'completed', actions);
    return actions;
  }
}

const SPRS = ['DAR', 'DSISR', 'SIAR', 'SDAR', 'FSCR', 'CIABR'] as const satisfies readonly PpcRegisterName[];

const SCALARS = [
  'pc',
  'cr',
  'ctr',
  'lr',
  'xer',
  'msr',
  'srr0',
  'srr1',
  'pid',
  'sprg0',
  'sprg1',
  'sprg2',
  'sprg3',
] as const satisfies readonly (keyof typeof ppc_kvm_regs.fields)[];

/** All that a guest can see of a vCPU, and its share of virtual time. */
export function visible(vcpu: Vcpu): Readonly<Record<string, string | number>> {
  const view = regs(vcpu);
  const hexadecimal = (value: bigint): string => `0x${value.toString(16)}`;
  return {
    ...Object.fromEntries(SCALARS.map(name => [name, hexadecimal(view[name])])),
    ...Object.fromEntries([...view.gpr].map((value, n) => [`r${n}`, hexadecimal(value)])),
    ...Object.fromEntries(SPRS.map(name => [name, hexadecimal(oneReg(vcpu, name))])),
    retired: vcpu.retiredInstructions,
  };
}

/** Whether the guest's own MSR[SE] shows. */
export const showsTrace = (msr: bigint): boolean => (msr & MSR_BIT.SE) !== 0n;

/** The same guest un-stepped, up to the same number of retired instructions. */
export function runTo(guest: PowerpcGuest, retired: number): void {
  const left = retired - guest.vcpu.retiredInstructions;
  if (left <= 0) return;
  const outcome = guest.kvm.scheduler.run([guest.vcpu], { maximumInstructions: left });
  assert.equal(outcome.kind, 'limit', `the un-stepped guest left with exit ${guest.vcpu.kvmRun.exit_reason}`);
  guest.vcpu.signal();
  guest.kvm.scheduler.run([guest.vcpu], { maximumInstructions: 1 });
}
