// SPDX-License-Identifier: MIT
import { virtualAddress } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { WatchRequest } from '../slots/debugSlots.js';
import { kernelWrites, type StepAction } from '../stepping/stepAction.js';
import type { Stray } from '../stepping/stepMethod.js';
import { type DebugExit, exitReasonName, type KernelDebugExit } from './debugExit.js';
import type { PendingSteps } from './pendingSteps.js';
import { StepJob, type WatchedAccess } from './stepJob.js';
import type { StepJobs } from './stepJobs.js';
import type { EndReport, StopReport, WatchReport } from './stop.js';
import { debugExitOf, type ExecutionParts, exitRecord, GO_ON, type Request, type Turn } from './turn.js';
import type { DebuggedVcpu } from './vcpuControl.js';

/** What becomes of a return of KVM_RUN, in the manner of QEMU's kvm_arch_handle_debug: to the debugger, to the guest, or on. */
export class Verdicts {
  readonly #parts: ExecutionParts;
  readonly #jobs: StepJobs;
  readonly #remark: (line: string) => void;
  readonly #pending: PendingSteps;
  readonly #exitCounts = new Map<number, number>();

  /** `remark` takes lines for the debug console. */
  constructor(parts: ExecutionParts, jobs: StepJobs, pending: PendingSteps, remark: (line: string) => void) {
    this.#pending = pending;
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
    const { exit_reason } = vcpu.vcpu.kvmRun;
    const served = this.#parts.vcpus.serveExit(vcpu.vcpu);
    switch (served.kind) {
      case 'continue':
        job?.actions.push({
          kind: 'exit',
          reason: `${exitReasonName(exit_reason)}, served by the machine`,
          syndrome: undefined,
          pc: vcpu.registers.pc,
          ...kernelWrites(vcpu.vcpu),
        });
        this.#parts.method.machineServed?.(vcpu.vcpu);
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
    const ended = job === undefined ? this.#endOfPending(request, vcpu, exit) : undefined;
    if (ended) return ended;
    switch (exit.kind) {
      case 'engineBreakpoint':
        return this.#breakpointAt(request, vcpu, exit.pc, job);
      case 'engineWatchpoint': {
        const requests = mechanisms.engineWatches(exit.hits);
        return this.#watchpoint(request, vcpu, requests, { address: exit.address, isWrite: exit.isWrite }, job);
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
        // The guest's own event at the trap of a slot goes on as if nothing had been there.
        const isAtSlot = mechanisms.slots.userSwitch?.isQuietAt(vcpu.vcpu, pc) === true;
        const stray = isAtSlot ? 'pass' : this.#parts.method.strayInto?.(vcpu.vcpu, pc);
        return stray === undefined ? this.#inject(vcpu, exit, job) : this.#strayed(vcpu, stray, job);
      }
      case 'watchpoint': {
        const found = mechanisms.slots.watchpointsAt(exit.address, exit.isWrite, vcpu.vcpu);
        const exact = found.filter(watch => watch.address === exit.address);
        const requests = this.#parts.quirks.watchpointNeedsExactAddress ? exact : found;
        if (exit.isOurs) this.#takeBack(vcpu, job);
        if (requests.length > 0 || exit.isOurs)
          return this.#watchpoint(request, vcpu, requests, { address: exit.address, isWrite: exit.isWrite }, job);
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
    if (job) this.#awaitPending(request, job);
    const arrived = request.temporaries.filter(each => each.vcpu === vcpu && each.temporary.address === pc && each.temporary.accepts());
    if (arrived.some(({ pending }) => pending === undefined)) return { kind: 'moveDone' };
    const step = arrived[0]?.pending;
    return step === undefined ? GO_ON : { kind: 'pendingStep', step };
  }

  /** The method runs through the handlers of the instruction that `job` steps, and something there is not to stop: the run goes on to the step's end. */
  #awaitPending(request: Request, job: StepJob): void {
    if (job.purpose === 'plan' && this.#isPending(job.vcpu)) request.move = { kind: 'run', until: [], over: 'pendingStep' };
  }

  #isPending({ vcpu }: DebuggedVcpu): boolean {
    return this.#parts.method.isPending?.(vcpu) === true;
  }

  /** `vcpu` has come to the end of a step that the method has kept pending: it is told once, or the plan goes on that waits for it. */
  #endOfPending(request: Request, vcpu: DebuggedVcpu, exit: DebugExit): Turn | undefined {
    if (!this.#isPending(vcpu)) return undefined;
    const actions: StepAction[] = [exitRecord(vcpu, exit)];
    if (this.#parts.method.endPending?.(vcpu.vcpu, actions) !== true) return undefined;
    vcpu.passedAt = undefined;
    this.#jobs.extendAnatomy(vcpu, [...actions, { kind: 'decision', decision: 'toDebugger', why: 'the step that was pending has ended' }]);
    const { move } = request;
    if (vcpu === request.vcpu && move?.kind === 'run' && move.over === 'pendingStep') return { kind: 'moveDone' };
    const hit = this.#parts.sites.hit(vcpu.vcpu, vcpu.registers.pc);
    const description = 'The step that a breakpoint had stopped has ended.';
    return { kind: 'stopped', stop: this.report(vcpu, { reason: 'step', description, breakpoints: hit?.ids ?? [] }) };
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

  /** What the slot has done to the guest is undone: `vcpu` stands before its access again. */
  #takeBack(vcpu: DebuggedVcpu, job: StepJob | undefined): void {
    this.#parts.mechanisms.slots.userSwitch?.takeBack(vcpu.vcpu, job?.actions ?? []);
  }

  /** The access has not happened yet (ARM-HW-09): note the old bytes, let the instruction run, then compare. */
  #watchpoint(
    request: Request,
    vcpu: DebuggedVcpu,
    requests: readonly WatchRequest[],
    access: { readonly address: bigint; readonly isWrite: boolean },
    job: StepJob | undefined,
  ): Turn {
    const before = (watch: WatchRequest): Uint8Array =>
      this.#parts.machine.readVirtual(vcpu.vcpu, watch.address, Number(watch.bytes)) ?? new Uint8Array(0);
    const { isWrite } = access;
    const told = requests.map(watch => ({ request: watch, isWrite, before: before(watch), isCertain: true }));
    // A pair may write into further watches, of which no exit tells: they show by their bytes.
    const further = isWrite ? this.#parts.mechanisms.writeWatchesNear(access.address, requests) : [];
    const watched = [...told, ...further.map(watch => ({ request: watch, isWrite, before: before(watch), isCertain: false }))];
    if (job) {
      // The step is not completed by the exit: it is armed again with the watch lifted (ARM-HW-36).
      this.#jobs.take(job, 'givenUp');
      this.#awaitPending(request, job);
      job.actions.push({ kind: 'decision', decision: 'reenter', why: 'a watchpoint came before the access; the step goes on without it' });
    }
    // Inside of a handler that the method runs through, the access is not the step's own.
    const purpose = job === undefined || this.#isPending(vcpu) ? 'over' : job.purpose;
    const next = new StepJob(vcpu, purpose, vcpu.registers.pc, watched, 'watchpoints');
    next.actions.push(...(job?.actions ?? []));
    next.firstLogEntry = job?.firstLogEntry;
    this.#jobs.putFirst(next);
    return GO_ON;
  }

  /** A vCPU has run into a trap that is there for another one's step. */
  #strayed(vcpu: DebuggedVcpu, stray: Stray, job: StepJob | undefined): Turn {
    if (job)
      this.#jobs.finish(job, 'stoppedElsewhere', {
        kind: 'decision',
        decision: 'reenter',
        why: "the trap of another vCPU's step came first",
      });
    switch (stray) {
      case 'pass':
        // With all others held: what waits for this vCPU goes on (PPC-HV-23).
        this.#jobs.putFirst(new StepJob(vcpu, 'pass', vcpu.registers.pc));
        return GO_ON;
      case 'reenter':
        vcpu.isSpinning = true;
        return GO_ON;
      case 'report':
        return this.stopped(vcpu, 'breakpoint', `vCPU ${vcpu.vcpu.index} has stopped at a trap of another vCPU's step.`);
    }
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
    if (job.purpose === 'plan') this.#pending.dropArrived(vcpu);
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
