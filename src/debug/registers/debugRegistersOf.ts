// SPDX-License-Identifier: MIT
import { controlNames, type StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { Execution } from '../execution/execution.js';
import type { VcpuControl } from '../execution/vcpuControl.js';
import type { WatchRequest } from '../slots/debugSlots.js';
import type { BeforeValue } from './registerHistory.js';
import type { DebugRegistersView } from './registerView.js';

/** The parts of a target that have something in a vCPU's debug registers. */
export interface DebugRegisterOwners {
  readonly mechanisms: StopMechanisms;
  readonly control: VcpuControl;
  readonly execution: Execution;
  readonly breakpoints: {
    idsAt(address: bigint): readonly number[];
    idsWatching(request: WatchRequest): readonly number[];
  };
}

/** The debug registers of vCPU `vcpu`, which is outside of KVM_RUN: slots and control registers, then what steps have there. */
export function debugRegistersOf(
  { mechanisms, control, execution, breakpoints }: DebugRegisterOwners,
  vcpu: number,
  history: BeforeValue,
): DebugRegistersView {
  const { registers } = control.at(vcpu);
  const word = mechanisms.controls.get(registers.vcpu) ?? 0;
  const view = mechanisms.slots.view({
    registers,
    control: word,
    controlNames: controlNames(word),
    history,
    breakpointsAt: address => breakpoints.idsAt(address),
    breakpointsWatching: request => breakpoints.idsWatching(request),
  });
  const traps = mechanisms.trapUses(registers.vcpu, address => breakpoints.idsAt(address));
  return execution.withSteps(view, vcpu, traps);
}
