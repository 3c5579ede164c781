// SPDX-License-Identifier: MIT
import type { Result } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { Lift, StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { DebugExit } from '../execution/debugExit.js';
import { armLift, restoreLift } from './lifting.js';
import type { StepAction } from './stepAction.js';
import type { StepDecision, StepEnding, StepMethod } from './stepMethod.js';

/** By what a kernel steps. */
export interface KernelStepping {
  /** As the anatomy heads it. */
  readonly name: string;
  /** What KVM does for KVM_GUESTDBG_SINGLESTEP. */
  readonly why: string;
}

/** KVM_GUESTDBG_SINGLESTEP: one KVM_RUN is one step, which KVM makes by whatever the processor has for it. */
export class KernelStep implements StepMethod {
  constructor(
    private readonly mechanisms: StopMechanisms,
    private readonly stepping: KernelStepping,
  ) {}

  get name(): string {
    return this.stepping.name;
  }

  arm(vcpu: Vcpu, lift: Lift, actions: StepAction[]): Result<undefined> {
    return armLift(this.mechanisms, vcpu, lift, actions, { isStepping: true, why: this.stepping.why });
  }

  decide(_vcpu: Vcpu, exit: DebugExit): StepDecision {
    switch (exit.kind) {
      case 'step':
        return { kind: 'toDebugger', isCompleted: true };
      case 'instructionLimit':
      case 'unknown':
        return { kind: 'reenter' };
      case 'breakpoint':
      case 'trapInstruction':
      case 'watchpoint':
      case 'engineBreakpoint':
      case 'engineWatchpoint':
        // Whose it is, the exit handler finds out: it knows the tables.
        return { kind: 'toDebugger', isCompleted: false };
    }
  }

  disarm(vcpu: Vcpu, lift: Lift, _ending: StepEnding, actions: StepAction[]): void {
    restoreLift(this.mechanisms, vcpu, lift, actions);
  }
}
