// SPDX-License-Identifier: MIT
import { Emitter, failure, hex, type Result, success, type VirtualAddress } from '../../base/index.js';
import { STEPTRAP_SKIP, type Vcpu } from '../../kvm/index.js';
import type { StepAnatomy } from '../stepping/stepAction.js';
import { describeDebugExit } from './debugExit.js';
import type { ExecutionControl, SchedulerLocking, StepInterrupts, StepRequest } from './executionControl.js';
import { HeldVcpus, whyNobodyRuns } from './held.js';
import { type Move, type Plan, type PlanEnd, runForever, runToAddress } from './move.js';
import { StepJob } from './stepJob.js';
import { StepJobs } from './stepJobs.js';
import type { EndReport, SliceOutcome, StopReport } from './stop.js';
import { placeTemporaries, removeTemporaries } from './temporaries.js';
import { debugExitOf, type ExecutionParts, GO_ON, type Request, type Turn } from './turn.js';
import type { DebuggedVcpu } from './vcpuControl.js';
import { Verdicts } from './verdicts.js';

/** All-stop execution over KVM's scheduler, in the manner of QEMU's kvm_cpu_exec and kvm_arch_handle_debug. */
export class Execution implements ExecutionControl {
  schedulerLocking: SchedulerLocking = 'step';
  stepInterrupts: StepInterrupts = 'over';
  holdsOthers = false;
  /** Whose request the last one was. */
  requestedVcpu: number | undefined;
  lastStop: StopReport | undefined;
  end: EndReport | undefined;
  /** A remark for the debug console. */
  readonly didRemark = new Emitter<string>();
  /** Called at the start of each slice, to bring in console input. */
  beforeSlice: () => void = () => undefined;
  readonly #parts: ExecutionParts;
  readonly #jobs: StepJobs;
  readonly #verdicts: Verdicts;
  #request: Request | undefined;
  #pause: number | undefined;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
    this.#jobs = new StepJobs(parts.method);
    this.#verdicts = new Verdicts(parts, this.#jobs, line => this.didRemark.fire(line));
  }

  get isRunning(): boolean {
    return this.#request !== undefined;
  }

  get retiredInstructions(): bigint {
    return BigInt(this.#parts.machine.kvm.scheduler.virtualTime);
  }

  resume(vcpu: number, isSingleVcpu?: boolean): Result<undefined> {
    return this.#begin(vcpu, isSingleVcpu ?? this.schedulerLocking === 'on', runForever());
  }

  runTo(vcpu: number, address: VirtualAddress): Result<undefined> {
    if (address % 4n !== 0n)
      return failure('address', `${hex(address)} is not the address of ${this.#parts.instructions.noun}: it is no multiple of 4.`);
    const debugged = this.#vcpu(vcpu);
    if (!debugged.ok) return debugged;
    if (this.#request) return failure('running', 'The guest is running.');
    this.#parts.vcpus.kickAll();
    const sp = debugged.value.registers.sp;
    const accepts = (): boolean => debugged.value.registers.sp >= sp;
    return this.#begin(vcpu, this.schedulerLocking === 'on', runToAddress({ address, accepts }));
  }

  step(request: StepRequest): Result<undefined> {
    const debugged = this.#vcpu(request.vcpu);
    if (!debugged.ok) return debugged;
    if (debugged.value.isFrozen) return failure('frozen', `vCPU ${request.vcpu} is frozen; thaw it to step it.`);
    if (this.#request) return failure('running', 'The guest is running.');
    this.#parts.vcpus.kickAll();
    if (this.#parts.vcpus.all.length > 1 && this.#parts.vcpus.isOff(debugged.value))
      return failure(
        'off',
        `vCPU ${request.vcpu} is off; it can be stepped when another vCPU has started it by ${this.#parts.vcpus.startCall}.`,
      );
    const wantsExclusivesAsOne = request.stepsExclusivesAsOne ?? (request.granularity !== 'instruction' || request.kind !== 'into');
    const stepsExclusivesAsOne = wantsExclusivesAsOne && !this.#parts.quirks.exclusivesNeverSucceed;
    const plan = this.#parts.planStep({ ...request, stepsExclusivesAsOne }, this.stepInterrupts);
    if (!plan.ok) return plan;
    const { schedulerLocking } = this;
    const isLocked = schedulerLocking === 'on' || (schedulerLocking === 'step' && request.kind !== 'out');
    return this.#begin(request.vcpu, request.isSingleVcpu ?? isLocked, plan.value);
  }

  #vcpu(index: number): Result<DebuggedVcpu> {
    const debugged = this.#parts.vcpus.all[index];
    return debugged ? success(debugged) : failure('vcpu', `There is no vCPU ${index}; the machine has ${this.#parts.vcpus.all.length}.`);
  }

  #begin(vcpu: number, isSingle: boolean, plan: Plan): Result<undefined> {
    const debugged = this.#vcpu(vcpu);
    if (!debugged.ok) return debugged;
    if (this.#request) return failure('running', 'The guest is running.');
    if (this.end) return failure('ended', `The guest has ended: ${this.end.description}`);
    const nobody = whyNobodyRuns(this.#parts.vcpus, debugged.value, isSingle);
    if (nobody !== undefined) return failure('nobody', nobody);
    this.#request = { vcpu: debugged.value, isSingle, plan, remark: '', move: undefined, temporaries: [] };
    this.holdsOthers = isSingle;
    this.requestedVcpu = vcpu;
    this.#pause = undefined;
    this.lastStop = undefined;
    return success(undefined);
  }

  pause(vcpu?: number): void {
    if (this.#request) this.#pause = vcpu ?? this.#request.vcpu.vcpu.index;
  }

  freeze(vcpu: number): void {
    const debugged = this.#parts.vcpus.all[vcpu];
    if (debugged) debugged.isFrozen = true;
  }

  thaw(vcpu: number): void {
    const debugged = this.#parts.vcpus.all[vcpu];
    if (debugged) debugged.isFrozen = false;
  }

  isFrozen(vcpu: number): boolean {
    return this.#parts.vcpus.all[vcpu]?.isFrozen ?? false;
  }

  stepAnatomy(vcpu: number): StepAnatomy {
    return this.#jobs.anatomy(vcpu);
  }

  /** How often KVM_RUN returned with each exit reason, in the kernel's words. */
  get exitCounts(): Readonly<Record<string, number>> {
    return this.#verdicts.exitCounts;
  }

  runSlice(maximumInstructions: number): SliceOutcome {
    if (this.#request) this.beforeSlice();
    const scheduler = this.#parts.machine.kvm.scheduler;
    const deadline = scheduler.virtualTime + maximumInstructions;
    // Exits that retire nothing (a false condition before a jump to itself) must not keep the caller for ever.
    let turns = maximumInstructions;
    for (;;) {
      const request = this.#request;
      if (!request) return this.#atRest();
      if (this.#pause !== undefined) return this.#halt(this.#paused(request, this.#parts.vcpus.at(this.#pause)));
      const left = deadline - scheduler.virtualTime;
      if (left <= 0 || turns-- <= 0) return { kind: 'running' };
      const turn = this.#turn(request, left);
      switch (turn.kind) {
        case 'goOn':
          break;
        case 'moveDone':
          this.#endMove(request);
          break;
        case 'limit':
          return { kind: 'running' };
        case 'idle': {
          const idle = this.#idle(request);
          if (idle === undefined) return { kind: 'waitingForInput' };
          if (idle.kind === 'stopped') return this.#halt(idle.stop);
          break;
        }
        case 'stopped':
          return this.#halt(turn.stop);
        case 'ended':
          this.end = turn.end;
          this.#close();
          return { kind: 'ended', end: turn.end };
      }
    }
  }

  #paused(request: Request, vcpu: DebuggedVcpu): StopReport {
    this.#parts.vcpus.kickAll();
    const held = new HeldVcpus(this.#parts.vcpus, request);
    const description = held.isNobody ? 'Paused.' : `Paused; ${held.text}.`;
    return this.#verdicts.report(vcpu, { reason: 'pause', description });
  }

  /**
   * Those who run all wait, and no event is due. While others that might wake them are held this would be for ever: a step ends the wait,
   * as any signal ends a WFI in KVM, and a run stops. `undefined`: let them wait.
   */
  #idle(request: Request): Turn | undefined {
    const { vcpus } = this.#parts;
    if (vcpus.all.some(({ isWaitingForConsole }) => isWaitingForConsole)) return undefined;
    const job = this.#jobs.first;
    const runner = job?.vcpu ?? request.vcpu;
    for (const { vcpu } of vcpus.all) if (!vcpu.isAsleep) vcpus.kick(vcpu);
    const held = new HeldVcpus(vcpus, job && this.#holdsOthers(request, job) ? { ...request, vcpu: job.vcpu, isSingle: true } : request);
    if (held.isNobody) return undefined;
    const sentence = `vCPU ${runner.vcpu.index} waits for an interrupt, which nobody can raise: ${held.text}.`;
    if (!job) return this.#verdicts.stopped(runner, 'pause', sentence);
    if (job.purpose === 'plan') request.remark = ` ${sentence} The step has ended its wait.`;
    vcpus.kick(job.vcpu.vcpu);
    return GO_ON;
  }

  #atRest(): SliceOutcome {
    if (this.end) return { kind: 'ended', end: this.end };
    const stop =
      this.lastStop ??
      this.#verdicts.report(this.#parts.vcpus.at(0), { reason: 'entry', description: 'Stopped before the first instruction.' });
    return { kind: 'stopped', stop };
  }

  #turn(request: Request, left: number): Turn {
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
    this.#jobs.take(job);
    job.vcpu.passedAt = job.startPc;
    return job.purpose === 'plan' ? this.#frozenInStep(job.vcpu) : GO_ON;
  }

  #frozenInStep(vcpu: DebuggedVcpu): Turn {
    return this.#verdicts.stopped(vcpu, 'pause', `vCPU ${vcpu.vcpu.index} has been frozen during its step.`);
  }

  #nextMove(request: Request): Move | undefined {
    const next = request.plan.next();
    if (next.done) {
      this.#planEnd = next.value;
      return undefined;
    }
    if (next.value.kind === 'run') placeTemporaries(this.#parts, request, next.value.until);
    return next.value;
  }

  #planEnd: PlanEnd | undefined;

  #planEnded(request: Request): Turn {
    const { vcpu } = request;
    const { pc } = vcpu.registers;
    // One stop for a step that ends at a breakpoint (ARM-HW-35): it is told, counted, and does not fire again here.
    const hit = vcpu.passedAt === pc ? undefined : this.#parts.sites.hit(vcpu.vcpu, pc);
    const end = this.#planEnd ?? { reason: 'step', description: 'Stepped.' };
    const description = `${end.description}${request.remark}`;
    return { kind: 'stopped', stop: this.#verdicts.report(vcpu, { reason: end.reason, description, breakpoints: hit?.ids ?? [] }) };
  }

  #endMove(request: Request): void {
    request.move = undefined;
    removeTemporaries(this.#parts, request);
  }

  /** Which vCPUs may run beside the one of the request. */
  #runnable(request: Request): readonly DebuggedVcpu[] {
    if (request.isSingle) return [request.vcpu];
    return this.#parts.vcpus.all.filter(vcpu => !vcpu.isFrozen);
  }

  #runFreely(request: Request, left: number): Turn {
    const running: Vcpu[] = [];
    let isConsoleAwaited = false;
    for (const debugged of this.#runnable(request)) {
      if (debugged.isFrozen) continue;
      const { vcpu } = debugged;
      if (debugged.isWaitingForConsole) {
        // Its exit is served again: KVM_RUN would go on behind a call that has no answer yet.
        isConsoleAwaited = this.#parts.vcpus.serveExit(vcpu).kind === 'waitForConsole';
        if (isConsoleAwaited) continue;
        debugged.isWaitingForConsole = false;
      }
      if (!vcpu.isInKvmRun && debugged.passedAt !== undefined) {
        const passed = debugged.passedAt;
        debugged.passedAt = undefined;
        if (passed === debugged.registers.pc) {
          const { mechanisms } = this.#parts;
          if (mechanisms.mustBeLiftedAt(passed)) {
            this.#jobs.add(new StepJob(debugged, 'over', passed));
            return GO_ON;
          }
          if (mechanisms.hasEngineBreakpointAt(passed)) vcpu.steptrapRun.skip_breakpoint_at_pc = STEPTRAP_SKIP.BREAKPOINT;
        }
      }
      const refusal = this.#parts.vcpus.prepare(vcpu, false);
      if (refusal && !refusal.ok) return this.#verdicts.error(debugged, refusal.error.message);
      running.push(vcpu);
    }
    if (isConsoleAwaited && running.length === 0) return { kind: 'idle' };
    if (running.length === 0) return this.#verdicts.stopped(request.vcpu, 'pause', 'All vCPUs that may run are frozen.');
    const result = this.#parts.vcpus.run(running, left);
    if (result.kind === 'limit') return { kind: 'limit' };
    if (result.kind === 'idle') return { kind: 'idle' };
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
    if (job.vcpu.isWaitingForConsole) {
      if (this.#parts.vcpus.serveExit(vcpu).kind === 'waitForConsole') return { kind: 'idle' };
      job.vcpu.isWaitingForConsole = false;
    }
    if (!job.isArmed) {
      vcpus.kick(vcpu);
      // Memory and tables are common to all: while something is lifted, the others are held (ARM-HW-33).
      const others = vcpus.all.filter(other => other !== job.vcpu).map(other => other.vcpu);
      if (others.length > 0 && this.#holdsOthers(request, job))
        job.actions.push({ kind: 'holdVcpus', vcpus: others.map(other => other.index) });
      const armed = method.arm(vcpu, job.lift, job.actions);
      if (method.writesRegisters) job.vcpu.registers.forget();
      if (!armed.ok) {
        this.#jobs.take(job);
        return this.#verdicts.error(job.vcpu, armed.error.message);
      }
      job.isArmed = true;
    }
    const companions = this.#holdsOthers(request, job)
      ? []
      : this.#runnable(request).filter(other => other !== job.vcpu && !other.isFrozen);
    for (const other of companions) {
      const refusal = vcpus.prepare(other.vcpu, false);
      if (refusal && !refusal.ok) return this.#verdicts.error(other, refusal.error.message);
    }
    const result = vcpus.run([vcpu, ...companions.map(other => other.vcpu)], left);
    if (result.kind !== 'returned') return { kind: result.kind };
    const returned = vcpus.of(result.vcpu);
    if (returned !== job.vcpu) return this.#verdicts.returned(request, returned, result.result, undefined);
    const exit = result.result === 0 ? debugExitOf(this.#parts, job.vcpu, job) : undefined;
    if (!exit) return this.#verdicts.returned(request, returned, result.result, job);
    job.actions.push({
      kind: 'exit',
      reason: describeDebugExit(exit),
      syndrome: 'syndrome' in exit && exit.syndrome !== undefined ? BigInt(exit.syndrome) : undefined,
      pc: job.vcpu.registers.pc,
    });
    const decision = method.decide(vcpu, exit, job.actions);
    if (method.writesRegisters) job.vcpu.registers.forget();
    if (decision.kind === 'reenter' || (decision.kind === 'toDebugger' && decision.isCompleted)) this.#verdicts.countExit(vcpu);
    if (decision.kind === 'reenter') return GO_ON;
    if (decision.kind === 'toDebugger' && decision.isCompleted) {
      return this.#verdicts.completed(job);
    }
    return this.#verdicts.returned(request, returned, 0, job);
  }

  #holdsOthers(request: Request, job: StepJob): boolean {
    return request.isSingle || job.purpose !== 'plan' || this.#parts.mechanisms.mechanismsAt(job.startPc).length > 0;
  }

  /** All-stop: every vCPU leaves KVM_RUN, nothing of the request stays behind. */
  #halt(stop: StopReport): SliceOutcome {
    this.#close();
    const vcpu = this.#parts.vcpus.at(stop.vcpu);
    if (stop.reason !== 'pause' && stop.reason !== 'error') vcpu.passedAt = stop.pc;
    this.lastStop = stop;
    return { kind: 'stopped', stop };
  }

  #close(): void {
    this.#parts.vcpus.kickAll();
    this.#jobs.abandonAll();
    if (this.#request) removeTemporaries(this.#parts, this.#request);
    this.#request = undefined;
    this.#pause = undefined;
    this.#planEnd = undefined;
    // The kernel's words follow at once, so that nothing of a step is left in force while the guest stands still (API-30).
    for (const { vcpu } of this.#parts.vcpus.all) this.#parts.vcpus.prepare(vcpu, false);
  }
}
