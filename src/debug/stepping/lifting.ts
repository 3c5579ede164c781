// SPDX-License-Identifier: MIT
import { type Result, success } from '../../base/index.js';
import { STEPTRAP_SKIP, type Vcpu } from '../../kvm/index.js';
import { controlNames, type Lift, type StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { StepAction, WrittenWord } from './stepAction.js';

/** What KVM_SET_GUEST_DEBUG is to say for the step, and why. */
export interface StepControl {
  readonly isStepping: boolean;
  readonly why: string;
}

/** Takes `lift` out of force for one instruction of `vcpu` and hands KVM its control word. */
export function armLift(
  mechanisms: StopMechanisms,
  vcpu: Vcpu,
  lift: Lift,
  actions: StepAction[],
  { isStepping, why }: StepControl,
): Result<undefined> {
  const { breakpoint } = lift;
  if (breakpoint !== undefined) {
    const slot = mechanisms.slots.slotOfBreakpoint(breakpoint);
    if (slot !== undefined) actions.push({ kind: 'liftBreakpoint', mode: 'hardware', address: breakpoint, slot });
    if (mechanisms.software.has(breakpoint)) {
      const lifted = mechanisms.software.lift(breakpoint);
      if (!lifted.ok) return lifted;
      actions.push({ kind: 'liftBreakpoint', mode: 'software', address: breakpoint, slot: undefined, ...wordOf(lifted.value) });
    }
  }
  // An instruction that passes its breakpoint still stops at its access to watched bytes.
  vcpu.steptrapRun.skip_breakpoint_at_pc =
    (breakpoint !== undefined && mechanisms.hasEngineBreakpointAt(breakpoint) ? STEPTRAP_SKIP.BREAKPOINT : 0) |
    (lift.watchpoints ? STEPTRAP_SKIP.WATCHPOINTS : 0);
  const synced = mechanisms.sync(vcpu, isStepping, lift);
  if (!synced.ok) {
    restoreLift(mechanisms, vcpu, lift, actions);
    return synced;
  }
  const { control, isChanged } = synced.value;
  actions.push({ kind: isChanged ? 'setGuestDebug' : 'guestDebugInForce', control, names: controlNames(control), why });
  return success(undefined);
}

const wordOf = (word: WrittenWord | undefined): { readonly word?: WrittenWord } => (word === undefined ? {} : { word });

/** Puts back in force what `armLift` took out. */
export function restoreLift(mechanisms: StopMechanisms, vcpu: Vcpu, { breakpoint }: Lift, actions: StepAction[]): void {
  vcpu.steptrapRun.skip_breakpoint_at_pc = 0;
  if (breakpoint === undefined) return;
  if (mechanisms.software.has(breakpoint)) {
    const word = mechanisms.software.place(breakpoint);
    actions.push({ kind: 'restoreBreakpoint', mode: 'software', address: breakpoint, slot: undefined, ...wordOf(word) });
  }
  const slot = mechanisms.slots.slotOfBreakpoint(breakpoint);
  // The slot comes back with the next KVM_SET_GUEST_DEBUG, before the vCPU runs again.
  if (slot !== undefined) actions.push({ kind: 'restoreBreakpoint', mode: 'hardware', address: breakpoint, slot });
}
