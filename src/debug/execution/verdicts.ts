// SPDX-License-Identifier: MIT
import { virtualAddress } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { WatchRequest } from '../slots/debugSlots.js';
import { type DebugExit, exitReasonName, type KernelDebugExit } from './debugExit.js';
import { StepJob, type WatchedAccess } from './stepJob.js';
import type { StepJobs } from './stepJobs.js';
import type { EndReport, StopReport, WatchReport } from './stop.js';
import { debugExitOf, type ExecutionParts, GO_ON, type Request, type Turn } from './turn.js';
import type { DebuggedVcpu } from './vcpuControl.js';

/** What becomes of a return of KVM_RUN, in the manner of QEMU's kvm_arch_handle_debug: to the debugger, to the guest, or on. */
export class Verdicts {
  readonly #parts: ExecutionParts;
  readonly #jobs: StepJobs;
  readonly #remark: (line: string) => void;
  readonly #exitCounts = new Map<number, number>();

  /** `remark` takes lines for the debug console. */
  constructor(parts: ExecutionParts, jobs: StepJobs, remark: (line: string) => void) {
    this.#parts = parts;
    this.#jobs = jobs;
    this.#remark = remark;
  }

  /** How often KVM_RUN returned with each exit reason, in the kernel's words. */
  get exitCounts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#exitCounts].map(([reason, count]) => [exitReasonName(reason), count]));
  }

  /** A return of KVM_RUN that is not the completion of a step. `job` is the step that it interrupted. */
  returned(request: Request, vcpu: DebuggedVcpu, result: number, job: StepJob | undefined): Turn {
    // -EINTR: a signal of ours; nothing has happened.
    if (result !== 0) return GO_ON;
    this.countExit(vcpu.vcpu);
    const exit = debugExitOf(this.#parts, vcpu, job);
    if (exit) return this.#debugExit(request, vcpu, exit, job);
    const served = this.#parts.vcpus.serveExit(vcpu.vcpu);
    switch (served.kind) {
      case 'continue':
        job?.actions.push({
          kind: 'exit',
          reason: 'served by the machine (MMIO, semihosting)',
          syndrome: undefined,
          pc: vcpu.registers.pc,
        });
        return GO_ON;
      case 'notOurs':
        return GO_ON;
      case 'waitForConsole':
        vcpu.isWaitingForConsole = true;
        return job ? { kind: 'idle' } : GO_ON;
      case 'ended':
        return { kind: 'ended', end: endReport(served.how, served.status) };
      case 'error':
        return this.error(vcpu, served.message);
    }
  }

  /** The verdict on a debug exit: to the debugger, to the guest, or on (API-29). */
  #debugExit(request: Request, vcpu: DebuggedVcpu, exit: DebugExit, job: StepJob | undefined): Turn {
    const { mechanisms } = this.#parts;
    switch (exit.kind) {
      case 'engineBreakpoint':
        return this.#breakpointAt(request, vcpu, exit.pc, job);
      case 'engineWatchpoint': {
        const requests = mechanisms.engineWatches(exit.hits);
        return this.#watchpoint(vcpu, requests, { address: exit.address, isWrite: exit.isWrite }, job);
      }
      case 'breakpoint': {
        const { pc } = vcpu.registers;
        if (mechanisms.slots.hasBreakpointAt(pc)) return this.#breakpointAt(request, vcpu, pc, job);
        return this.#guestHardwareEvent(vcpu, exit, job);
      }
      case 'trapInstruction': {
        const { pc } = vcpu.registers;
        // While our trap is lifted, what runs there is the guest's own.
        const isOurs = exit.isTrapWord && mechanisms.software.has(pc) && job?.lift.breakpoint !== pc;
        if (isOurs) return this.#breakpointAt(request, vcpu, pc, job);
        if (this.#parts.method.ownsTrapAt?.(vcpu.vcpu, pc) === true) return this.#passTrapOfStep(vcpu, pc, job);
        return this.#inject(vcpu, exit, job);
      }
      case 'watchpoint': {
        const found = mechanisms.slots.watchpointsAt(exit.address, exit.isWrite);
        const exact = found.filter(watch => watch.address === exit.address);
        const requests = this.#parts.quirks.watchpointNeedsExactAddress ? exact : found;
        if (requests.length > 0) return this.#watchpoint(vcpu, requests, { address: exit.address, isWrite: exit.isWrite }, job);
        return this.#guestHardwareEvent(vcpu, exit, job);
      }
      case 'step':
        // Nobody asked for it, and the guest's own stepping is suppressed while KVM_SET_GUEST_DEBUG is in force (RV-21).
        this.#remark(`vCPU ${vcpu.vcpu.index} reported a software step that nobody asked for.`);
        return GO_ON;
      case 'instructionLimit':
        return GO_ON;
      case 'unknown':
        return this.error(vcpu, `KVM_EXIT_DEBUG with the ${exit.text}, which is no debug exception.`);
    }
  }

  #breakpointAt(request: Request, vcpu: DebuggedVcpu, pc: bigint, job: StepJob | undefined): Turn {
    if (job) this.#jobs.finish(job, 'stoppedElsewhere', { kind: 'decision', decision: 'toDebugger', why: 'a breakpoint came first' });
    vcpu.passedAt = pc;
    const hit = this.#parts.sites.hit(vcpu.vcpu, pc);
    if (hit) return this.stoppedBySite(vcpu, hit);
    const isArrival = vcpu === request.vcpu && request.temporaries.some(({ temporary }) => temporary.address === pc && temporary.accepts());
    return isArrival ? { kind: 'moveDone' } : GO_ON;
  }

  /** A stop at the user's breakpoints. */
  stoppedBySite(
    vcpu: DebuggedVcpu,
    hit: { readonly ids: readonly number[]; readonly remark: string | undefined; readonly isVector: boolean },
  ): Turn {
    const where = `Breakpoint ${hit.ids.join(', ')} on vCPU ${vcpu.vcpu.index}.`;
    const description = hit.remark ? `${where} ${hit.remark}` : where;
    return {
      kind: 'stopped',
      stop: this.report(vcpu, { reason: hit.isVector ? 'exception' : 'breakpoint', description, breakpoints: hit.ids }),
    };
  }

  /** The access has not happened yet (ARM-HW-09): note the old bytes, let the instruction run, then compare. */
  #watchpoint(
    vcpu: DebuggedVcpu,
    requests: readonly WatchRequest[],
    access: { readonly address: bigint; readonly isWrite: boolean },
    job: StepJob | undefined,
  ): Turn {
    const before = (request: WatchRequest): Uint8Array =>
      this.#parts.machine.readVirtual(vcpu.vcpu, request.address, Number(request.bytes)) ?? new Uint8Array(0);
    const { isWrite } = access;
    const told = requests.map(request => ({ request, isWrite, before: before(request), isCertain: true }));
    // A pair may write into further watches, of which no exit tells: they show by their bytes.
    const further = isWrite ? this.#parts.mechanisms.writeWatchesNear(access.address, requests) : [];
    const watched = [...told, ...further.map(request => ({ request, isWrite, before: before(request), isCertain: false }))];
    const next = new StepJob(vcpu, job?.purpose ?? 'over', vcpu.registers.pc, watched, 'watchpoints');
    if (job) {
      // The step is not completed by the exit: it is armed again with the watch lifted (ARM-HW-36).
      this.#jobs.take(job, 'givenUp');
      job.actions.push({ kind: 'decision', decision: 'reenter', why: 'a watchpoint came before the access; the step goes on without it' });
      next.actions.push(...job.actions);
    }
    this.#jobs.putFirst(next);
    return GO_ON;
  }

  /** A vCPU has run into a trap that is there for another one's step: it executes what stands there, with all others held (PPC-HV-23). */
  #passTrapOfStep(vcpu: DebuggedVcpu, pc: bigint, job: StepJob | undefined): Turn {
    if (job)
      this.#jobs.finish(job, 'stoppedElsewhere', {
        kind: 'decision',
        decision: 'reenter',
        why: "the trap of another vCPU's step came first",
      });
    this.#jobs.putFirst(new StepJob(vcpu, 'pass', pc));
    return GO_ON;
  }

  #inject(vcpu: DebuggedVcpu, exit: KernelDebugExit, job: StepJob | undefined): Turn {
    // The exception's entry is what the step came to (ARM-HW-24). What the step has borrowed is given back before the exception saves it.
    if (job)
      this.#jobs.finish(job, 'givenUp', {
        kind: 'decision',
        decision: 'toGuest',
        why: "the exception is the guest's own; it is at its handler",
      });
    this.#parts.exceptions.inject(vcpu.registers, exit, this.#parts.quirks);
    if (!job) return GO_ON;
    if (job.purpose !== 'plan') return GO_ON;
    return { kind: 'moveDone' };
  }

  /** A hardware breakpoint or watchpoint of the guest's own set. */
  #guestHardwareEvent(vcpu: DebuggedVcpu, exit: KernelDebugExit, job: StepJob | undefined): Turn {
    const { quirks, exceptions } = this.#parts;
    if (quirks.injectsMaskedDebugExceptions || exceptions.guestTakesDebugExceptions(vcpu.registers)) return this.#inject(vcpu, exit, job);
    // The guest has it masked at EL1; only the host's debugging made it fire (ARM-HW-37). One instruction without the guest's set.
    if (job) {
      this.#jobs.take(job, 'givenUp');
    }
    this.#jobs.putFirst(new StepJob(vcpu, job?.purpose ?? 'over', vcpu.registers.pc, [], 'guestSet'));
    return GO_ON;
  }

  #watchReports(vcpu: Vcpu, access: WatchedAccess): readonly WatchReport[] {
    const after = this.#parts.machine.readVirtual(vcpu, access.request.address, Number(access.request.bytes)) ?? access.before;
    if (!access.isCertain && access.before.every((byte, index) => byte === after[index])) return [];
    return this.#parts.sites.accessed(vcpu, access.request, access.isWrite, access.before, after);
  }

  /** The single step of `job` is done: what was watched is compared, and the plan goes on. */
  completed(job: StepJob): Turn {
    const { vcpu } = job;
    vcpu.passedAt = undefined;
    this.#jobs.finish(job, 'completed', { kind: 'decision', decision: 'toDebugger', why: 'the instruction has run' });
    const watches = job.watched.flatMap(access => this.#watchReports(vcpu.vcpu, access));
    if (watches.length > 0) {
      const { pc } = vcpu.registers;
      const hit = this.#parts.sites.hit(vcpu.vcpu, pc);
      const stop = this.report(vcpu, {
        reason: 'watchpoint',
        description: watches.map(watch => watch.sentence).join(' '),
        breakpoints: [...new Set([...watches.map(watch => watch.breakpoint), ...(hit?.ids ?? [])])],
        watches,
      });
      return { kind: 'stopped', stop };
    }
    if (job.purpose !== 'plan') return GO_ON;
    return { kind: 'moveDone' };
  }

  /** A stop that the debugger cannot go on from. */
  error(vcpu: DebuggedVcpu, description: string): Turn {
    return this.stopped(vcpu, 'error', description);
  }

  /** A stop without breakpoints. */
  stopped(vcpu: DebuggedVcpu, reason: StopReport['reason'], description: string): Turn {
    return { kind: 'stopped', stop: this.report(vcpu, { reason, description }) };
  }

  /** A stop of `vcpu`, which leaves KVM_RUN for it. */
  report(
    vcpu: DebuggedVcpu,
    about: {
      readonly reason: StopReport['reason'];
      readonly description: string;
      readonly breakpoints?: readonly number[];
      readonly watches?: readonly WatchReport[];
    },
  ): StopReport {
    this.#parts.vcpus.kick(vcpu.vcpu);
    const pc = virtualAddress(vcpu.registers.pc);
    return {
      vcpu: vcpu.vcpu.index,
      pc,
      reason: about.reason,
      description: about.description,
      breakpoints: about.breakpoints ?? [],
      watches: about.watches ?? [],
    };
  }

  /** Counts the exit in the run page of `vcpu`. */
  countExit(vcpu: Vcpu): void {
    const reason = vcpu.kvmRun.exit_reason;
    this.#exitCounts.set(reason, (this.#exitCounts.get(reason) ?? 0) + 1);
  }
}

function endReport(kind: EndReport['kind'], status: number): EndReport {
  const sentences = {
    powerOff: 'The guest has powered off.',
    reset: 'The guest has asked for a reset.',
    semihostingExit: `The guest has exited with status ${status}.`,
    crash: 'The guest has reported a crash.',
  } as const;
  return { kind, status, description: sentences[kind] };
}
