// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { debugQuirks } from '../src/debug/execution/debugQuirks.js';
import { launchGuest } from '../src/debug/launch.js';
import { POWERPC } from '../src/debug/powerpc/powerpc.js';
import type { StepAction } from '../src/debug/stepping/stepAction.js';
import { interpreterBytes } from '../src/entries/engineImage.js';
import { KVM_EXIT } from '../src/kvm/index.js';
import type { Figures } from './figures.js';
import { granted, ROOT } from './guest.js';
import type { PowerIsa } from './powerGuest.js';
import { loopOf, rateFigures, START_INSTRUCTIONS, stepRate } from './powerStepFigures.js';

/** Full steps of the Trace method under KVM-HV: armed, run, the exit decided on, all that was borrowed given back, through the calls of KVM. */
export function stepsLoop(isa: PowerIsa): () => bigint {
  const path = loopOf(isa);
  const bytes = new Uint8Array(readFileSync(`${ROOT}/${path}`));
  const target = granted(
    launchGuest({
      program: { path, bytes },
      interpreter: interpreterBytes,
      console: { write: () => undefined, read: () => undefined },
      kvm: 'hv',
      memoryBytes: 16 << 20,
    }),
  );
  const { machine, mechanisms } = target;
  const [vcpu] = machine.vcpus;
  if (vcpu === undefined) throw new Error('The machine has no vCPU.');
  const { stepMethod, readDebugExit } = POWERPC.attach(machine, { quirks: debugQuirks('exact'), warn: line => console.error(line) });
  const method = stepMethod(mechanisms);
  const { scheduler } = machine.kvm;
  while (scheduler.virtualTime < START_INSTRUCTIONS)
    if (scheduler.run([vcpu], { maximumInstructions: START_INSTRUCTIONS }).kind === 'returned') machine.serveExit(vcpu);
  vcpu.signal();
  vcpu.run();
  const registers = POWERPC.registers.file(vcpu);
  const lift = { vcpu, breakpoint: undefined, watchpoints: false };
  const world = { registers, steppedFrom: undefined, instructionAt: () => undefined };
  return () => {
    const actions: StepAction[] = [];
    granted(method.arm(vcpu, lift, actions));
    if (vcpu.run() !== 0 || vcpu.kvmRun.exit_reason !== KVM_EXIT.DEBUG) throw new Error(`A step left with ${vcpu.kvmRun.exit_reason}.`);
    const decision = method.decide(vcpu, readDebugExit(vcpu, world), actions);
    if (decision.kind !== 'toDebugger' || !decision.isCompleted) throw new Error('A step has not ended.');
    method.disarm(vcpu, lift, 'completed', actions);
    return registers.pc;
  };
}

/** `steps.kvm` of POWER: the Trace method without execution control and adapter. */
export const traceSteps = (isa: PowerIsa) => async (): Promise<Figures> => rateFigures(`steps.kvm.${isa}`, stepRate(stepsLoop(isa)));
