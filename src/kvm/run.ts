// SPDX-License-Identifier: MIT
import { assertNever } from '../base/index.js';
import type { EngineStopExit, GuestExit, UnimplementedExit } from '../cpu/index.js';
import { KVM_EXIT, KVM_GUESTDBG, KVM_INTERNAL_ERROR, KVM_MP_STATE } from './abi/constants.js';
import { ERRNO } from './abi/errno.js';
import { STEPTRAP_ACCESS, STEPTRAP_ENGINE, STEPTRAP_EXIT } from './abi/steptrap.js';
import { DebugSwitch } from './debugSwitch.js';
import { handleExit, WAIT, YIELD } from './exits.js';
import { completeMmio } from './mmio.js';
import { ADVANCE, NO_ADJUSTMENT, type VcpuState } from './vcpuState.js';

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
  readonly debug: DebugSwitch;
  /** Inside the system call. */
  isActive = false;
  /** What the last finished call returned: 0 or a negated errno. */
  result = 0;
  /** A signal has been sent to the thread. */
  isSignalled = false;
  #isInGuest = false;
  #isWaiting = false;
  /** `retired` at which maximum_instructions of struct steptrap_run ends this call; Infinity for none. */
  #instructionLimit = Number.POSITIVE_INFINITY;

  constructor(private readonly vcpu: VcpuState) {
    this.debug = new DebugSwitch(vcpu);
  }

  /** Whether the vCPU could run now. */
  get isRunnable(): boolean {
    if (this.isSignalled) return true;
    if (this.#isWaiting) return this.#isAwake;
    return this.vcpu.mpState !== KVM_MP_STATE.STOPPED;
  }

  get #isAwake(): boolean {
    return this.vcpu.hasPendingInterrupt && this.vcpu.mpState !== KVM_MP_STATE.STOPPED;
  }

  /** The system call begins: completion of the last exit, immediate_exit, then exit_reason is reset. Answers whether it is still active. */
  begin(): boolean {
    const { vcpu } = this;
    if (vcpu.features === undefined) {
      this.result = -ERRNO.ENOEXEC;
      return false;
    }
    this.isActive = true;
    const start = vcpu.pe.retired;
    if (vcpu.mmioSyndrome !== undefined) completeMmio(vcpu);
    if (vcpu.runView.getUint8(IMMEDIATE_EXIT_OFFSET) !== 0) return this.#finish(-ERRNO.EINTR);
    vcpu.runView.setUint32(EXIT_REASON_OFFSET, KVM_EXIT.UNKNOWN, true);
    vcpu.runView.setUint16(FLAGS_OFFSET, 0, true);
    const limit = vcpu.steptrapRun.instructionLimit;
    this.#instructionLimit = limit === 0 ? Number.POSITIVE_INFINITY : start + limit;
    const skip = vcpu.steptrapRun.takeSkip();
    if (skip !== undefined) vcpu.pe.passOverEngineStops(skip);
    return true;
  }

  /** Goes on inside the call until it returns, sleeps, or about `maximumInstructions` (at least 1) have retired. */
  proceed(maximumInstructions: number): Progress {
    const { vcpu } = this;
    const { pe } = vcpu;
    const sliceEnd = pe.retired + maximumInstructions;
    for (;;) {
      if (this.isSignalled) return this.#interrupt();
      if (this.#isWaiting) {
        if (!this.#isAwake) return PROGRESS.WAITING;
        this.#isWaiting = false;
      }
      const end = Math.min(sliceEnd, this.#instructionLimit);
      if (!this.#isInGuest) {
        if (vcpu.mpState === KVM_MP_STATE.STOPPED) return PROGRESS.WAITING;
        this.settleReset();
        this.debug.enter();
        this.#isInGuest = true;
        if (vcpu.adjustment !== NO_ADJUSTMENT) this.#adjust();
      }
      const exit = pe.run(Math.max(0, end - pe.retired));
      if (exit.kind === 'budget') {
        if (pe.retired < this.#instructionLimit) return PROGRESS.BUDGET;
        this.#leaveGuest();
        return this.#returnEngineLimit();
      }
      this.#leaveGuest();
      const handled = this.#handle(exit);
      if (handled <= 0) {
        this.#finish(handled);
        return PROGRESS.RETURNED;
      }
      if (handled === WAIT) this.#isWaiting = true;
      else if (handled === YIELD) return PROGRESS.YIELDED;
      if (pe.retired >= sliceEnd) return this.#isWaiting ? PROGRESS.WAITING : PROGRESS.BUDGET;
    }
  }

  #handle(exit: GuestExit): number {
    switch (exit.kind) {
      case 'exception':
        this.vcpu.counters.guestExits++;
        return handleExit(this.vcpu, exit);
      case 'engine':
        return this.#engineStop(exit);
      case 'semihosting':
        this.vcpu.run.exit_reason = STEPTRAP_EXIT.SEMIHOSTING;
        this.vcpu.adjustment = ADVANCE;
        return 0;
      case 'unimplemented':
        return this.#unimplemented(exit);
      case 'budget':
        return 1;
      default:
        return assertNever(exit, 'guest exit');
    }
  }

  #leaveGuest(): void {
    this.#isInGuest = false;
    this.debug.leave();
  }

  /** KVM_REQ_VCPU_RESET, which PSCI CPU_ON makes: looked at before the guest runs, and before user space touches a register (kvm_arch_vcpu_ioctl()). */
  settleReset(): void {
    if (this.vcpu.resetRequest === undefined) return;
    this.vcpu.reset();
    this.debug.forget();
  }

  /** __kvm_adjust_pc(). After `enter`, so that a completed emulation uses up the host's step. */
  #adjust(): void {
    const { vcpu } = this;
    const { adjustment } = vcpu;
    vcpu.adjustment = NO_ADJUSTMENT;
    if (adjustment.kind === 'advance') vcpu.pe.advance();
    else if (adjustment.kind === 'exception') vcpu.pe.injectSynchronousException(adjustment.ESR, adjustment.FAR);
  }

  /** A signal: out of the guest and of the call. */
  #interrupt(): Progress {
    this.isSignalled = false;
    if (this.#isInGuest) this.#leaveGuest();
    this.#isWaiting = false;
    this.vcpu.run.exit_reason = KVM_EXIT.INTR;
    this.#finish(-ERRNO.EINTR);
    return PROGRESS.RETURNED;
  }

  /** The end of the call: what is queued is committed, so that user space reads final registers. */
  #finish(result: number): false {
    const { vcpu } = this;
    this.isActive = false;
    this.#isWaiting = false;
    this.result = result;
    if (vcpu.adjustment !== NO_ADJUSTMENT) {
      const isStep = (vcpu.guestDebug & KVM_GUESTDBG.SINGLESTEP) !== 0;
      this.#adjust();
      // The committed instruction was the one to step; Linux 6.1 forgets that here.
      if (isStep && !vcpu.quirks.activePendingLostByImmediateExit) vcpu.isStepPending = true;
    }
    return false;
  }

  #returnEngineLimit(): Progress {
    const { vcpu } = this;
    vcpu.run.exit_reason = STEPTRAP_EXIT.ENGINE;
    vcpu.steptrapRun.fields.kind = STEPTRAP_ENGINE.INSTRUCTION_LIMIT;
    vcpu.steptrapRun.fields.hits_count = 0;
    vcpu.steptrapRun.fields.pc = vcpu.pe.pc;
    this.#finish(0);
    return PROGRESS.RETURNED;
  }

  #engineStop(exit: EngineStopExit): number {
    const { vcpu } = this;
    const { fields, hits } = vcpu.steptrapRun;
    vcpu.run.exit_reason = STEPTRAP_EXIT.ENGINE;
    fields.kind = exit.cause === 'breakpoint' ? STEPTRAP_ENGINE.BREAKPOINT : STEPTRAP_ENGINE.WATCHPOINT;
    fields.access = exit.access === undefined ? 0 : ACCESS_BITS[exit.access];
    fields.pc = exit.cause === 'breakpoint' ? exit.address : vcpu.pe.pc;
    fields.address = exit.address;
    fields.hits_count = exit.ids.length;
    for (let n = 0; n < Math.min(exit.ids.length, hits.length); n++) hits[n] = exit.ids[n] ?? 0;
    return 0;
  }

  #unimplemented(exit: UnimplementedExit): number {
    const { run } = this.vcpu;
    run.exit_reason = KVM_EXIT.INTERNAL_ERROR;
    run.internal_suberror = KVM_INTERNAL_ERROR.EMULATION;
    run.internal_ndata = 2;
    run.internal_data[0] = BigInt(exit.word);
    run.internal_data[1] = exit.address;
    this.vcpu.internalErrorSentence = `The guest needs ${exit.name} at 0x${exit.address.toString(16)}, which this emulator does not have: ${exit.reason}.`;
    return 0;
  }
}

const IMMEDIATE_EXIT_OFFSET = 1;
const EXIT_REASON_OFFSET = 8;
const FLAGS_OFFSET = 14;

const ACCESS_BITS = {
  load: STEPTRAP_ACCESS.READ,
  store: STEPTRAP_ACCESS.WRITE,
  update: STEPTRAP_ACCESS.READ | STEPTRAP_ACCESS.WRITE,
} as const;
