// SPDX-License-Identifier: MIT
import { STEPTRAP_SKIP, type Vcpu } from '../../kvm/index.js';
import { StepJob } from './stepJob.js';
import type { StepJobs } from './stepJobs.js';
import { type ExecutionParts, GO_ON, type Turn } from './turn.js';
import type { DebuggedVcpu } from './vcpuControl.js';
import type { Verdicts } from './verdicts.js';

/** Who may enter the guest, as they are about to. */
export interface Entrants {
  readonly kind: 'ready';
  readonly vcpus: readonly Vcpu[];
  /** One of them stays outside, in the middle of a call that waits for console input. */
  readonly isConsoleAwaited: boolean;
  /** Others stay outside for a slice only, in which they would come no further. */
  readonly isOneSlice: boolean;
}

/** Makes vCPUs ready to run freely, alone or beside the step of another one: what each has to get past first, and what KVM must know. */
export class GuestEntry {
  readonly #parts: ExecutionParts;
  readonly #jobs: StepJobs;
  readonly #verdicts: Verdicts;

  constructor(parts: ExecutionParts, jobs: StepJobs, verdicts: Verdicts) {
    this.#parts = parts;
    this.#jobs = jobs;
    this.#verdicts = verdicts;
  }

  /** Those of `candidates` that can enter now, or the turn that comes before. */
  prepare(candidates: readonly DebuggedVcpu[]): Entrants | Turn {
    const ready: Vcpu[] = [];
    let isConsoleAwaited = false;
    let isOneSlice = false;
    for (const debugged of candidates) {
      if (debugged.isFrozen) continue;
      if (!this.hasConsoleInput(debugged)) {
        isConsoleAwaited = true;
        continue;
      }
      if (debugged.isSpinning) {
        debugged.isSpinning = false;
        isOneSlice = true;
        continue;
      }
      if (!this.#isPast(debugged)) return GO_ON;
      const refusal = this.#parts.vcpus.prepare(debugged.vcpu, false);
      if (refusal && !refusal.ok) return this.#verdicts.error(debugged, refusal.error.message);
      ready.push(debugged.vcpu);
    }
    return { kind: 'ready', vcpus: ready, isConsoleAwaited, isOneSlice };
  }

  /** Whether `debugged` does not wait for console input. Its exit is served again: KVM_RUN would go on behind a call that has no answer yet. */
  hasConsoleInput(debugged: DebuggedVcpu): boolean {
    if (debugged.isWaitingForConsole && this.#parts.vcpus.serveExit(debugged.vcpu).kind === 'waitForConsole') return false;
    debugged.isWaitingForConsole = false;
    return true;
  }

  /** Whether nothing at its pc stops `debugged` that has been dealt with; if something does, a step past it is due. */
  #isPast(debugged: DebuggedVcpu): boolean {
    const { vcpu, passedAt } = debugged;
    if (vcpu.isInKvmRun || passedAt === undefined) return true;
    debugged.passedAt = undefined;
    if (passedAt !== debugged.registers.pc) return true;
    const { mechanisms } = this.#parts;
    if (mechanisms.mustBeLiftedAt(passedAt)) {
      this.#jobs.putFirst(new StepJob(debugged, 'over', passedAt));
      return false;
    }
    if (mechanisms.hasEngineBreakpointAt(passedAt)) vcpu.steptrapRun.skip_breakpoint_at_pc = STEPTRAP_SKIP.BREAKPOINT;
    return true;
  }
}
