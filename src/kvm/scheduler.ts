// SPDX-License-Identifier: MIT
import { ERRNO } from './abi/errno.js';
import type { KvmCallLog } from './callLog.js';
import { PROGRESS } from './run.js';
import type { Vcpu } from './vcpu.js';

/** Instructions of one slice: what a vCPU retires before the next one has its turn. */
export const SLICE_INSTRUCTIONS = 10_000;

/** Why `Scheduler.run` came back. */
export type ScheduleResult =
  /** The KVM_RUN of `vcpu` has returned `result` (0 or a negated errno); its exit is in its run page. The others are still inside theirs. */
  | { readonly kind: 'returned'; readonly vcpu: Vcpu; readonly result: number }
  /** The instructions of the limit have retired, or the slice that was asked for is over. Every vCPU is still inside its KVM_RUN. */
  | { readonly kind: 'limit'; readonly isSliceOver: boolean }
  /** Every vCPU waits (WFI, PSCI off) and no event is due: only user space can go on (an interrupt line, a signal). */
  | { readonly kind: 'idle' };

/** When `Scheduler.run` comes back though nothing has returned. */
export interface ScheduleLimits {
  /** At least 1. */
  readonly maximumInstructions: number;
  /** At the end of a slice, before the next vCPU runs. */
  readonly endsWithSlice?: boolean;
}

const LIMIT: ScheduleResult = { kind: 'limit', isSliceOver: false };
const SLICE_OVER: ScheduleResult = { kind: 'limit', isSliceOver: true };
const IDLE: ScheduleResult = { kind: 'idle' };

/**
 * The emulated host kernel's scheduler: the threads that user space has inside KVM_RUN, one processor for all of them.
 * Slices are round robin and end at multiples counted from where each began, so the interleaving of vCPUs is the same however
 * the caller cuts its calls: a thread that returns to user space and comes back goes on with the rest of its slice. The end of
 * a slice is not a guest exit.
 */
export class Scheduler {
  readonly #clocks: { readonly retired: number }[] = [];
  /** The vCPU whose slice it is, and what is left of it. */
  #current: Vcpu | undefined;
  #left = SLICE_INSTRUCTIONS;
  /** The last slice ended while the caller ran a part of the threads only, and one that it left out wanted its turn. */
  #isTurnOwed = false;
  /** Virtual time that has passed while every vCPU slept. */
  #skipped = 0;
  /** How often threads have been let run. */
  runs = 0;
  /** All vCPUs that have ever run. */
  readonly #known = new Set<Vcpu>();

  constructor(private readonly log: KvmCallLog) {}

  /** Virtual time: guest instructions retired by all vCPUs since the start, emulated ones included, and what has been skipped while all slept. */
  get virtualTime(): number {
    let total = this.#skipped;
    for (const clock of this.#clocks) total += clock.retired;
    return total;
  }

  /** Counts `clock`'s instructions into virtual time; for each processing element of the host. */
  add(clock: { readonly retired: number }): void {
    this.#clocks.push(clock);
  }

  /**
   * Lets the threads of `vcpus` run. A vCPU that is not inside KVM_RUN enters it now (the system call); one that is inside goes on.
   * Comes back as soon as one KVM_RUN returns, or at `limits` of this call.
   */
  run(vcpus: readonly Vcpu[], limits: ScheduleLimits): ScheduleResult {
    this.runs++;
    for (const vcpu of vcpus) {
      if (vcpu.thread.isActive) continue;
      this.#known.add(vcpu);
      if (!vcpu.thread.begin()) return this.#returned(vcpu);
    }
    let left = limits.maximumInstructions;
    for (;;) {
      if (left <= 0) return LIMIT;
      const signalled = vcpus.find(vcpu => vcpu.thread.isSignalled);
      if (signalled !== undefined) {
        // It leaves without a turn: nothing of it runs, so whose turn it is and what is left of the slice stay as they are.
        signalled.thread.proceed(1);
        return this.#returned(signalled);
      }
      const vcpu = this.#pick(vcpus);
      if (vcpu === undefined) {
        if (!this.#skipToWake(vcpus)) return IDLE;
        continue;
      }
      const before = vcpu.retiredInstructions;
      const progress = vcpu.thread.proceed(Math.min(left, this.#left));
      const retired = vcpu.retiredInstructions - before;
      left -= retired;
      this.#left -= retired;
      if (progress === PROGRESS.RETURNED) {
        // A slice that ends with the exit is over all the same; the next call gives the turn on.
        if (this.#left <= 0) this.#next(vcpus, vcpu, 'preempted');
        return this.#returned(vcpu);
      }
      if (progress === PROGRESS.BUDGET && this.#left > 0) continue;
      this.#next(vcpus, vcpu, progress === PROGRESS.BUDGET ? 'preempted' : 'gaveUp');
      if (progress === PROGRESS.BUDGET && limits.endsWithSlice) return SLICE_OVER;
    }
  }

  /** KVM_RUN of a single vCPU to its end, without looking at the others; see `Vcpu.run`. */
  runOne(vcpu: Vcpu): number {
    this.runs++;
    const { thread } = vcpu;
    if (thread.isActive || thread.begin()) {
      this.#take(vcpu);
      for (;;) {
        const before = vcpu.retiredInstructions;
        const progress = thread.proceed(this.#left);
        this.#left -= vcpu.retiredInstructions - before;
        if (progress === PROGRESS.RETURNED) break;
        if (this.#left <= 0 || progress !== PROGRESS.BUDGET) this.#left = SLICE_INSTRUCTIONS;
        if (!thread.isRunnable && !this.#skipToWake([vcpu])) thread.isSignalled = true;
      }
      if (this.#left <= 0) this.#left = SLICE_INSTRUCTIONS;
    }
    if (this.log.isOn) vcpu.logRun();
    return thread.result;
  }

  /** When all sleep, virtual time skips to the first timer that ends a sleep; false: there is none. */
  #skipToWake(vcpus: readonly Vcpu[]): boolean {
    let nearest = Number.POSITIVE_INFINITY;
    for (const { thread } of vcpus) nearest = Math.min(nearest, thread.instructionsUntilWake);
    if (nearest === Number.POSITIVE_INFINITY || nearest <= 0) return false;
    this.#skipped += nearest;
    return true;
  }

  #returned(vcpu: Vcpu): ScheduleResult {
    if (this.log.isOn) vcpu.logRun();
    return { kind: 'returned', vcpu, result: vcpu.thread.result };
  }

  /** The vCPU whose turn it is: the current one while it can run and is in the list, else the next in order of index. */
  #pick(vcpus: readonly Vcpu[]): Vcpu | undefined {
    const current = this.#current;
    if (this.#isTurnOwed && current !== undefined && vcpus.length > 1) {
      this.#isTurnOwed = false;
      const next = this.#choose(vcpus, current.index);
      if (next !== undefined && next !== current && this.log.isOn) this.log.recordPreemption(current.index, next.index);
      return next;
    }
    if (current !== undefined && vcpus.includes(current) && current.thread.isRunnable) return current;
    return this.#choose(vcpus, current?.index ?? -1);
  }

  #next(vcpus: readonly Vcpu[], from: Vcpu, why: 'preempted' | 'gaveUp'): void {
    const next = this.#choose(vcpus, from.index);
    if (why === 'preempted' && next !== undefined && next !== from && this.log.isOn) this.log.recordPreemption(from.index, next.index);
    this.#current = next ?? from;
    this.#left = SLICE_INSTRUCTIONS;
    this.#isTurnOwed = next === from && this.#isLeftOut(vcpus);
  }

  /** Whether a thread inside KVM_RUN that could run is not in the list. */
  #isLeftOut(vcpus: readonly Vcpu[]): boolean {
    for (const vcpu of this.#known) if (vcpu.thread.isActive && vcpu.thread.isRunnable && !vcpus.includes(vcpu)) return true;
    return false;
  }

  #choose(vcpus: readonly Vcpu[], after: number): Vcpu | undefined {
    let best: Vcpu | undefined;
    for (const vcpu of vcpus) {
      if (!vcpu.thread.isRunnable) continue;
      if (best === undefined || distance(vcpu, after) < distance(best, after)) best = vcpu;
    }
    if (best !== undefined) this.#take(best);
    return best;
  }

  #take(vcpu: Vcpu): void {
    if (vcpu === this.#current) return;
    this.#current = vcpu;
    this.#left = SLICE_INSTRUCTIONS;
  }
}

/** How far `vcpu` stands behind the index `after` in round-robin order. */
const distance = (vcpu: Vcpu, after: number): number => (vcpu.index > after ? vcpu.index - after : vcpu.index - after + 1_000_000);

/** -EINTR: the thread was signalled, or immediate_exit was set. */
export const isInterrupted = (result: number): boolean => result === -ERRNO.EINTR;
