// SPDX-License-Identifier: MIT
import { KVM_EXIT, KVM_MP_STATE } from './abi/constants.js';
import { ERRNO } from './abi/errno.js';
import type { ArchitectureVcpu } from './architecture.js';
import { reportInstructionLimit } from './engineExits.js';
import { IN_GUEST, WAIT, YIELD } from './handlerResult.js';
import type { VcpuState } from './vcpuState.js';

/** How far `VcpuRun.proceed` came. */
export const PROGRESS = {
  /** KVM_RUN has returned: `result`. */
  RETURNED: 0,
  /** The instructions of the budget have retired; still inside. */
  BUDGET: 1,
  /** The thread sleeps until something wakes it. */
  WAITING: 2,
  /** The guest has given its slice away (WFE). */
  YIELDED: 3,
} as const;

export type Progress = (typeof PROGRESS)[keyof typeof PROGRESS];

/**
 * KVM_RUN of one vCPU as a system call that can be left alone in the middle (Linux 6.1: kvm_arch_vcpu_ioctl_run()):
 *
 *   begin ──► outside the guest ──► in the guest ──► exit handled ──► outside … ──► finish
 *                   │    ▲                │
 *                   ▼    │                └─ end of a slice: stays in the guest, nothing is switched
 *                 asleep (WFI, powered off)
 */
export class VcpuRun {
  /** Inside the system call. */
  isActive = false;
  /** What the last finished call returned: 0 or a negated errno. */
  result = 0;
  /** A signal has been sent to the thread. */
  isSignalled = false;
  #isInGuest = false;
  #isWaiting = false;
  /** The guest has been entered since the call began. */
  #hasEntered = false;
  /** `retired` at which maximum_instructions of struct steptrap_run ends this call; Infinity for none. */
  #instructionLimit = Number.POSITIVE_INFINITY;
  readonly #state: VcpuState;

  constructor(private readonly arch: ArchitectureVcpu) {
    this.#state = arch.state;
  }

  /** Whether the vCPU could run now. */
  get isRunnable(): boolean {
    if (this.isSignalled) return true;
    if (this.#isWaiting) return this.#isAwake;
    return this.#state.mpState !== KVM_MP_STATE.STOPPED;
  }

  get #isAwake(): boolean {
    return this.arch.hasPendingInterrupt && this.#state.mpState !== KVM_MP_STATE.STOPPED;
  }

  /** How many instructions must retire elsewhere, or virtual time skip, until the thread wakes by itself; Infinity: it does not. */
  get instructionsUntilWake(): number {
    const isStopped = this.#state.mpState === KVM_MP_STATE.STOPPED;
    return this.#isWaiting && !isStopped ? this.arch.instructionsUntilWake : Number.POSITIVE_INFINITY;
  }

  /** The system call begins: completion of the last exit, immediate_exit, then what the architecture resets of the run page. Answers whether it is still active. */
  begin(): boolean {
    const { arch } = this;
    const { runView, steptrapRun } = this.#state;
    if (arch.uninitialised !== undefined) {
      this.result = -ERRNO[arch.uninitialised.code];
      return false;
    }
    this.isActive = true;
    this.#hasEntered = false;
    const start = arch.pe.retired;
    arch.completeExit();
    if (runView.getUint8(IMMEDIATE_EXIT_OFFSET) !== 0) return this.#finish(-ERRNO.EINTR);
    arch.beginRun();
    const limit = steptrapRun.instructionLimit;
    this.#instructionLimit = limit === 0 ? Number.POSITIVE_INFINITY : start + limit;
    const skip = steptrapRun.takeSkip();
    if (skip !== undefined) arch.pe.passOverEngineStops(skip);
    return true;
  }

  /** Goes on inside the call until it returns, sleeps, or about `maximumInstructions` (at least 1) have retired. */
  proceed(maximumInstructions: number): Progress {
    const { arch } = this;
    const { pe } = arch;
    const sliceEnd = pe.retired + maximumInstructions;
    for (;;) {
      if (this.isSignalled) return this.#interrupt();
      if (this.#isWaiting) {
        if (!this.#isAwake) return PROGRESS.WAITING;
        this.#isWaiting = false;
      }
      const end = Math.min(sliceEnd, this.#instructionLimit);
      if (!this.#isInGuest) {
        if (this.#state.mpState === KVM_MP_STATE.STOPPED) return PROGRESS.WAITING;
        arch.settleRequests();
        arch.enterGuest();
        this.#isInGuest = this.#hasEntered = true;
      }
      const handled = arch.runGuest(Math.max(0, end - pe.retired));
      if (handled === IN_GUEST) {
        if (pe.retired < this.#instructionLimit) return PROGRESS.BUDGET;
        this.#leaveGuest();
        reportInstructionLimit(this.#state, pe.pc);
        return this.#return(0);
      }
      this.#isInGuest = false;
      if (handled <= 0) return this.#return(handled);
      if (handled === WAIT) this.#isWaiting = true;
      else if (handled === YIELD) return PROGRESS.YIELDED;
      if (pe.retired >= sliceEnd) return this.#isWaiting ? PROGRESS.WAITING : PROGRESS.BUDGET;
    }
  }

  #leaveGuest(): void {
    this.#isInGuest = false;
    this.arch.leaveGuest();
  }

  /** A signal: out of the guest and of the call. */
  #interrupt(): Progress {
    this.isSignalled = false;
    if (this.#isInGuest) this.#leaveGuest();
    else if (!this.#hasEntered) this.arch.abandonEntry();
    this.#isWaiting = false;
    this.#state.run.exit_reason = KVM_EXIT.INTR;
    return this.#return(-ERRNO.EINTR);
  }

  #return(result: number): Progress {
    this.#finish(result);
    return PROGRESS.RETURNED;
  }

  /** The end of the call: what is queued is committed, so that user space reads final registers. */
  #finish(result: number): false {
    this.isActive = false;
    this.#isWaiting = false;
    this.result = result;
    this.arch.finishRun();
    return false;
  }
}

const IMMEDIATE_EXIT_OFFSET = 1;
