// SPDX-License-Identifier: MIT
import type { Plan, Temporary } from './move.js';
import type { DebuggedVcpu } from './vcpuControl.js';

/** A step whose instruction has led to an exception, and whose handler a breakpoint has stopped before it came back. */
export interface PendingStep {
  readonly vcpu: DebuggedVcpu;
  /** Its plan, which waits for the end of the run to `until`. */
  readonly plan: Plan;
  /** Where the handler comes back to. */
  readonly until: readonly Temporary[];
}

/**
 * The steps that are PENDING (PPC-HV section 3): the next run of their vCPU ends where they would have ended. Nothing of them is in the guest while it
 * stands still; their ends are breakpoints of our own while it runs (docs/decisions/0014-a-step-that-is-pending.md).
 */
export class PendingSteps {
  /** The innermost of a vCPU last. */
  #steps: readonly PendingStep[] = [];

  get all(): readonly PendingStep[] {
    return this.#steps;
  }

  keep(step: PendingStep): void {
    this.#steps = [...this.#steps, step];
  }

  /** Forgets `step`, and with it those that began inside of it. */
  drop(step: PendingStep): void {
    const at = this.#steps.indexOf(step);
    this.#steps = this.#steps.filter((other, n) => n < at || other.vcpu !== step.vcpu);
  }

  /** A step that `vcpu` has come to the end of by other ways has ended: it is not told twice. */
  dropArrived(vcpu: DebuggedVcpu): void {
    if (this.#steps.length === 0) return;
    const { pc } = vcpu.registers;
    const arrived = this.#steps.find(step => step.vcpu === vcpu && step.until.some(end => end.address === pc && end.accepts()));
    if (arrived) this.drop(arrived);
  }

  clear(): void {
    this.#steps = [];
  }
}
