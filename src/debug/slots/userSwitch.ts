// SPDX-License-Identifier: MIT
import type { Result } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { StepAction } from '../stepping/stepAction.js';
import type { TrapUse } from '../stepping/stepView.js';

/** An access that a debug register has stopped, and that KVM has not reported as such. */
export interface WatchMatch {
  readonly address: bigint;
  readonly isWrite: boolean;
  /** In words, for the step anatomy. */
  readonly text: string;
}

/**
 * Debug registers that KVM_SET_GUEST_DEBUG does not take: user space puts them into the vCPU and takes them out, and it recognises what they do to the
 * guest. vCPUs are outside of KVM_RUN.
 */
export interface UserSwitch {
  /** Whether an exit needs KVM_GUESTDBG_USE_SW_BP. */
  readonly usesTrapWord: boolean;
  /** Whether `enter` has something to do for `vcpu` beyond a change of the slots; it may be inside of KVM_RUN. */
  isStale(vcpu: Vcpu): boolean;
  /** Puts the slots into `vcpu` before it enters the guest, or the empty set if the watchpoints are lifted. */
  enter(vcpu: Vcpu, isLifted: boolean): Result<undefined>;
  /** The trap words that the slots need, in memory or at the next entry of `vcpu`. */
  traps(vcpu: Vcpu): readonly TrapUse[];
  /** The guest stands still: nothing of this is left in its memory. */
  rest(): void;
  /** The machine has served an exit of `vcpu`, which may have moved vectors. */
  machineServed(vcpu: Vcpu): void;
  /** Whether an instruction of `vcpu` at `pc` has to be stepped without the watchpoints. */
  isQuietAt(vcpu: Vcpu, pc: bigint): boolean;
  /** What has stopped `vcpu`, which has come back with a debug exit, if that is a slot. */
  matchOf(vcpu: Vcpu, pc: bigint): WatchMatch | undefined;
  /** Undoes what the match of `matchOf` has done: `vcpu` stands before the access. */
  takeBack(vcpu: Vcpu, actions: StepAction[]): void;
  /** `vcpu` has left the guest between a match and its exit: `takeBack` if that is so. */
  settle(vcpu: Vcpu): void;
}
