// SPDX-License-Identifier: MIT
import { type Result, success } from '../../base/index.js';
import { STEPTRAP_SKIP, type Vcpu } from '../../kvm/index.js';
import { controlNames, type Lift, type StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { DebugExit } from '../execution/debugExit.js';
import type { StepAction } from './stepAction.js';
import type { StepDecision, StepMethod } from './stepMethod.js';

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
    const { breakpoint } = lift;
    if (breakpoint !== undefined) {
      const slot = this.mechanisms.slots.slotOfBreakpoint(breakpoint);
      if (slot !== undefined) actions.push({ kind: 'liftBreakpoint', mode: 'hardware', address: breakpoint, slot });
      if (this.mechanisms.software.has(breakpoint)) {
        const lifted = this.mechanisms.software.lift(breakpoint);
        if (!lifted.ok) return lifted;
        actions.push({ kind: 'liftBreakpoint', mode: 'software', address: breakpoint, slot: undefined });
      }
    }
    // An instruction that passes its breakpoint still stops at its access to watched bytes.
    vcpu.steptrapRun.skip_breakpoint_at_pc =
      (this.mechanisms.hasEngineBreakpointAt(breakpoint ?? -1n) ? STEPTRAP_SKIP.BREAKPOINT : 0) |
      (lift.watchpoints ? STEPTRAP_SKIP.WATCHPOINTS : 0);
    const synced = this.mechanisms.sync(vcpu, true, lift);
    if (!synced.ok) return synced;
    const { control, isChanged } = synced.value;
    actions.push({
      kind: isChanged ? 'setGuestDebug' : 'guestDebugInForce',
      control,
      names: controlNames(control),
      why: this.stepping.why,
    });
    return success(undefined);
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

  disarm(vcpu: Vcpu, lift: Lift, actions: StepAction[]): void {
    vcpu.steptrapRun.skip_breakpoint_at_pc = 0;
    const { breakpoint } = lift;
    if (breakpoint === undefined) return;
    if (this.mechanisms.software.has(breakpoint)) {
      this.mechanisms.software.place(breakpoint);
      actions.push({ kind: 'restoreBreakpoint', mode: 'software', address: breakpoint, slot: undefined });
    }
    const slot = this.mechanisms.slots.slotOfBreakpoint(breakpoint);
    // The slot comes back with the next KVM_SET_GUEST_DEBUG, before the vCPU runs again.
    if (slot !== undefined) actions.push({ kind: 'restoreBreakpoint', mode: 'hardware', address: breakpoint, slot });
  }
}
