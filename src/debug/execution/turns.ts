// SPDX-License-Identifier: MIT
import { GuestEntry } from './guestEntry.js';
import type { Move } from './move.js';
import type { PendingSteps } from './pendingSteps.js';
import { StepJob } from './stepJob.js';
import type { StepJobs } from './stepJobs.js';
import { placeTemporaries, removeTemporaries } from './temporaries.js';
import { debugExitOf, type ExecutionParts, exitRecord, GO_ON, type Request, type Turn } from './turn.js';
import type { DebuggedVcpu } from './vcpuControl.js';
import type { Verdicts } from './verdicts.js';

/** What a request under way does next: a single step that is due, or the next move of its plan. Each turn enters the guest at most once. */
export class Turns {
  readonly #parts: ExecutionParts;
  readonly #jobs: StepJobs;
  readonly #verdicts: Verdicts;
  readonly #pending: PendingSteps;
  readonly #entry: GuestEntry;

  constructor(parts: ExecutionParts, jobs: StepJobs, verdicts: Verdicts, pending: PendingSteps) {
    this.#pending = pending;
    this.#parts = parts;
    this.#jobs = jobs;
    this.#verdicts = verdicts;
    this.#entry = new GuestEntry(parts, jobs, verdicts);
  }

  /** The next turn of `request`, in which at most about `left` instructions retire. */
  take(request: Request, left: number): Turn {
    const job = this.#jobs.first;
    if (job) return job.vcpu.isFrozen ? this.#giveUpJob(job) : this.#runJob(request, job, left);
    request.move ??= this.#nextMove(request);
    const { move } = request;
    if (!move) return this.#planEnded(request);
    if (move.kind === 'instruction' && request.vcpu.isFrozen) return this.#frozenInStep(request.vcpu);
    if (move.kind === 'instruction') return this.#beginInstruction(request, move.isFirst, move.stepsExclusives);
    return this.#runFreely(request, left);
  }

  /** The vCPU has been frozen before its instruction could run: it stays where it is. */
  #giveUpJob(job: StepJob): Turn {
    this.#parts.vcpus.kick(job.vcpu.vcpu);
    this.#jobs.take(job, 'givenUp');
    job.vcpu.passedAt = job.startPc;
    return job.purpose === 'plan' ? this.#frozenInStep(job.vcpu) : GO_ON;
  }

  #frozenInStep(vcpu: DebuggedVcpu): Turn {
    return this.#verdicts.stopped(vcpu, 'pause', `vCPU ${vcpu.vcpu.index} has been frozen during its step.`);
  }

  #nextMove(request: Request): Move | undefined {
    const next = request.plan.next();
    if (next.done) {
      request.planEnd = next.value;
      return undefined;
    }
    if (next.value.kind === 'run') placeTemporaries(this.#parts, request, next.value.until, this.#pending.all);
    return next.value;
  }

  #planEnded(request: Request): Turn {
    const { vcpu } = request;
    const { pc } = vcpu.registers;
    // One stop for a step that ends at a breakpoint (ARM-HW-35): it is told, counted, and does not fire again here.
    const hit = vcpu.passedAt === pc ? undefined : this.#parts.sites.hit(vcpu.vcpu, pc);
    const end = request.planEnd ?? { reason: 'step', description: 'Stepped.' };
    const description = `${end.description}${request.remark}`;
    return { kind: 'stopped', stop: this.#verdicts.report(vcpu, { reason: end.reason, description, breakpoints: hit?.ids ?? [] }) };
  }

  /** The move of `request` is done; the next turn goes on with its plan. */
  endMove(request: Request): void {
    request.move = undefined;
    removeTemporaries(this.#parts, request);
  }

  /** Which vCPUs may run beside the one of the request. */
  #runnable(request: Request): readonly DebuggedVcpu[] {
    if (request.isSingle) return [request.vcpu];
    return this.#parts.vcpus.all.filter(vcpu => !vcpu.isFrozen);
  }

  /** Which vCPUs run beside the step of `job`. */
  #companions(request: Request, job: StepJob): readonly DebuggedVcpu[] {
    return this.holdsOthers(request, job) ? [] : this.#runnable(request).filter(other => other !== job.vcpu);
  }

  #runFreely(request: Request, left: number): Turn {
    const entrants = this.#entry.prepare(this.#runnable(request));
    if (entrants.kind !== 'ready') return entrants;
    if (entrants.vcpus.length === 0) {
      if (entrants.isOneSlice) return GO_ON;
      if (entrants.isConsoleAwaited) return { kind: 'idle' };
      return this.#verdicts.stopped(request.vcpu, 'pause', 'All vCPUs that may run are frozen.');
    }
    const result = this.#parts.vcpus.run(entrants.vcpus, left, entrants.isOneSlice);
    if (result.kind === 'limit' && result.isSliceOver) return GO_ON;
    if (result.kind !== 'returned') return { kind: result.kind };
    return this.#verdicts.returned(request, this.#parts.vcpus.of(result.vcpu), result.result, undefined);
  }

  /** Begins the single step of a plan, unless the user has a breakpoint there that has not been told yet. */
  #beginInstruction(request: Request, isFirst: boolean, stepsExclusives: boolean): Turn {
    const { vcpu } = request;
    const { pc } = vcpu.registers;
    if (!isFirst && vcpu.passedAt !== pc && this.#parts.sites.hasSite(pc)) {
      const hit = this.#parts.sites.hit(vcpu.vcpu, pc);
      vcpu.passedAt = pc;
      if (hit) return this.#verdicts.stoppedBySite(vcpu, hit);
    }
    const { instructions, instructionAt } = this.#parts;
    const ends = stepsExclusives ? instructions.endsOfExclusiveSequence(pc, address => instructionAt(vcpu.vcpu, address)) : undefined;
    if (ends !== undefined) {
      // Each stop clears the exclusive monitor: the sequence runs as one, to behind its loop (ARM-HW-29).
      request.move = { kind: 'run', until: [] };
      placeTemporaries(
        this.#parts,
        request,
        ends.map(address => ({ address, accepts: () => true })),
        this.#pending.all,
      );
      vcpu.passedAt = pc;
      return GO_ON;
    }
    this.#jobs.add(new StepJob(vcpu, 'plan', pc));
    return GO_ON;
  }

  #runJob(request: Request, job: StepJob, left: number): Turn {
    const { method, vcpus } = this.#parts;
    const { vcpu } = job.vcpu;
    if (!this.#entry.hasConsoleInput(job.vcpu)) return { kind: 'idle' };
    if (!job.isArmed) {
      vcpus.kick(vcpu);
      // Memory and tables are common to all: while something is lifted, the others are held (ARM-HW-33).
      const areHeld = this.holdsOthers(request, job);
      if (areHeld) this.#recordHold(job);
      const armed = method.arm(vcpu, job.lift, job.actions);
      if (!armed.ok) {
        this.#jobs.take(job, 'givenUp');
        return this.#verdicts.error(job.vcpu, armed.error.message);
      }
      job.isArmed = true;
      // Only arming tells what the method has lifted.
      if (!areHeld && this.holdsOthers(request, job)) this.#recordHold(job);
    }
    const companions = this.#entry.prepare(this.#companions(request, job));
    if (companions.kind !== 'ready') return companions;
    const result = vcpus.run([vcpu, ...companions.vcpus], left, job.purpose !== 'plan' || companions.isOneSlice);
    if (result.kind === 'limit' && result.isSliceOver) return job.purpose === 'plan' ? GO_ON : this.#endOfSlice(job);
    if (result.kind !== 'returned') return { kind: result.kind };
    const returned = vcpus.of(result.vcpu);
    if (returned !== job.vcpu) return this.#verdicts.returned(request, returned, result.result, undefined);
    const exit = result.result === 0 ? debugExitOf(this.#parts, job.vcpu, job) : undefined;
    if (!exit) return this.#verdicts.returned(request, returned, result.result, job);
    job.actions.push(exitRecord(job.vcpu, exit));
    const decision = method.decide(vcpu, exit, job.actions);
    if (decision.kind === 'reenter' || (decision.kind === 'toDebugger' && decision.isCompleted)) this.#verdicts.countExit(vcpu);
    if (decision.kind === 'reenter') return GO_ON;
    if (decision.kind === 'toDebugger' && decision.isCompleted) {
      return this.#verdicts.completed(job);
    }
    return this.#verdicts.returned(request, returned, 0, job);
  }

  #recordHold({ vcpu, actions }: StepJob): void {
    const others = this.#parts.vcpus.all.filter(other => other !== vcpu).map(other => other.vcpu.index);
    if (others.length > 0) actions.push({ kind: 'holdVcpus', vcpus: others });
  }

  /**
   * The others are held while `job` gets its vCPU past something. An instruction that goes on at itself does so for ever: it has got past as often as it
   * may before the others have their turn. So has one whose step goes on in the guest's own.
   */
  #endOfSlice(job: StepJob): Turn {
    this.#parts.vcpus.kick(job.vcpu.vcpu);
    if (job.vcpu.registers.pc === job.startPc)
      this.#jobs.finish(job, 'givenUp', {
        kind: 'decision',
        decision: 'reenter',
        why: 'the instruction goes on at itself, and its turn is over',
      });
    else if (this.#parts.method.hasPassed?.(job.vcpu.vcpu) === true)
      this.#jobs.finish(job, 'completed', { kind: 'decision', decision: 'reenter', why: 'the instruction has run, and its turn is over' });
    return GO_ON;
  }

  /** Whether nobody may run beside the step of `job`. */
  holdsOthers(request: Request, job: StepJob): boolean {
    if (request.isSingle || job.purpose !== 'plan' || this.#parts.mechanisms.mechanismsAt(job.startPc).length > 0) return true;
    return job.isArmed && this.#parts.method.hasLifted?.(job.vcpu.vcpu) === true;
  }
}
