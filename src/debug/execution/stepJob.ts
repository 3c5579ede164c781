// SPDX-License-Identifier: MIT
import type { Lift } from '../breakpoints/stopMechanisms.js';
import type { WatchRequest } from '../slots/debugSlots.js';
import type { StepAction } from '../stepping/stepAction.js';
import type { DebuggedVcpu } from './vcpuControl.js';

/** An access to watched bytes that is about to happen. */
export interface WatchedAccess {
  readonly request: WatchRequest;
  readonly isWrite: boolean;
  readonly before: Uint8Array;
  /** An exit told of it; otherwise it happened if the bytes have changed. */
  readonly isCertain: boolean;
}

/** One instruction of one vCPU that has to run by itself. */
export class StepJob {
  isArmed = false;
  /** The number that KVM's log gave next when the step began. */
  firstLogEntry: number | undefined;
  readonly actions: StepAction[] = [];
  readonly lift: Lift;

  constructor(
    readonly vcpu: DebuggedVcpu,
    /** `plan`: the user's step; `over`: to get past a breakpoint or watchpoint; `pass`: to get past a trap of another vCPU's step. */
    readonly purpose: 'plan' | 'over' | 'pass',
    readonly startPc: bigint,
    readonly watched: readonly WatchedAccess[] = [],
    lifts: 'hostStops' | 'watchpoints' | 'guestSet' = 'hostStops',
  ) {
    this.lift = { vcpu: vcpu.vcpu, breakpoint: startPc, watchpoints: lifts === 'watchpoints', guestSet: lifts === 'guestSet' };
  }
}
