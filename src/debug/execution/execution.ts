// SPDX-License-Identifier: MIT
import { Emitter, failure, hex, type Result, success, type VirtualAddress } from '../../base/index.js';
import { STEPTRAP_SKIP, type Vcpu } from '../../kvm/index.js';
import type { Mechanism } from '../breakpoints/stopMechanisms.js';
import { endOfExclusiveSequence } from '../stepping/exclusiveSequence.js';
import type { StepAnatomy } from '../stepping/stepAction.js';
import { describeDebugExit, readDebugExit } from './debugExit.js';
import type { ExecutionControl, SchedulerLocking, StepInterrupts, StepRequest } from './executionControl.js';
import { type Move, type Plan, type PlanEnd, runForever, runToAddress, type Temporary } from './move.js';
import { StepJob } from './stepJob.js';
import { StepJobs } from './stepJobs.js';
import type { EndReport, SliceOutcome, StopReport } from './stop.js';
import { type ExecutionParts, GO_ON, type Request, type Turn } from './turn.js';
import type { DebuggedVcpu } from './vcpuControl.js';
import { Verdicts } from './verdicts.js';

/** All-stop execution over KVM's scheduler, in the manner of QEMU's kvm_cpu_exec and kvm_arch_handle_debug. */
export class Execution implements ExecutionControl {
  schedulerLocking: SchedulerLocking = 'step';
  stepInterrupts: StepInterrupts = 'over';
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
    if (address % 4n !== 0n) return failure('address', `${hex(address)} is not the address of an A64 instruction: it is no multiple of 4.`);
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
    const stepsExclusivesAsOne = request.stepsExclusivesAsOne && !this.#parts.quirks.exclusivesNeverSucceed;
    const plan = this.#parts.planStep({ ...request, stepsExclusivesAsOne: stepsExclusivesAsOne ?? false }, this.stepInterrupts);
    if (!plan.ok) return plan;
    return this.#begin(request.vcpu, request.isSingleVcpu ?? this.schedulerLocking !== 'off', plan.value);
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
    this.#request = { vcpu: debugged.value, isSingle, plan, move: undefined, temporaries: [] };
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
      if (this.#pause !== undefined)
        return this.#halt(this.#verdicts.report(this.#parts.vcpus.at(this.#pause), { reason: 'pause', description: 'Paused.' }));
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
        case 'idle':
          return { kind: 'waitingForInput' };
        case 'stopped':
          return this.#halt(turn.stop);
        case 'ended':
          this.end = turn.end;
          this.#close();
          return { kind: 'ended', end: turn.end };
      }
    }
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
    if (job) return this.#runJob(request, job, left);
    request.move ??= this.#nextMove(request);
    const { move } = request;
    if (!move) return this.#planEnded(request);
    if (move.kind === 'instruction') return this.#beginInstruction(request, move.isFirst, move.stepsExclusives);
    return this.#runFreely(request, left);
  }

  #nextMove(request: Request): Move | undefined {
    const next = request.plan.next();
    if (next.done) {
      this.#planEnd = next.value;
      return undefined;
    }
    if (next.value.kind === 'run') this.#placeTemporaries(request, next.value.until);
    return next.value;
  }

  #planEnd: PlanEnd | undefined;

  #planEnded(request: Request): Turn {
    const { vcpu } = request;
    const { pc } = vcpu.registers;
    // One stop for a step that ends at a breakpoint (ARM-HW-35): it is told, counted, and does not fire again here.
    const hit = vcpu.passedAt === pc ? undefined : this.#parts.sites.hit(vcpu.vcpu, pc);
    const end = this.#planEnd ?? { reason: 'step', description: 'Stepped.' };
    return { kind: 'stopped', stop: this.#verdicts.report(vcpu, { ...end, breakpoints: hit?.ids ?? [] }) };
  }

  #endMove(request: Request): void {
    request.move = undefined;
    this.#removeTemporaries(request);
  }

  #placeTemporaries(request: Request, until: readonly Temporary[]): void {
    const mechanism = this.#parts.temporaryMechanism();
    const placed: { temporary: Temporary; mechanism: Mechanism }[] = [];
    for (const temporary of until) {
      const choices: readonly Mechanism[] = [mechanism, 'engine', 'software'];
      const chosen = choices.find(
        choice =>
          (choice !== 'hardware' || !this.#parts.mechanisms.slots.hasBreakpointAt(temporary.address)) &&
          this.#parts.mechanisms.insertBreakpoint(temporary.address, choice).ok,
      );
      if (chosen) placed.push({ temporary, mechanism: chosen });
    }
    request.temporaries = placed;
  }

  #removeTemporaries(request: Request): void {
    for (const { temporary, mechanism } of request.temporaries) this.#parts.mechanisms.removeBreakpoint(temporary.address, mechanism);
    request.temporaries = [];
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
        isConsoleAwaited = this.#parts.machine.serveExit(vcpu).kind === 'waitForConsole';
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
    if (running.length === 0) return this.#verdicts.error(request.vcpu, 'All vCPUs that may run are frozen.');
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
    const end = stepsExclusives ? endOfExclusiveSequence(pc, address => this.#parts.instructionAt(vcpu.vcpu, address)) : undefined;
    if (end !== undefined) {
      // Each stop clears the exclusive monitor: the sequence runs as one, to behind its loop (ARM-HW-29).
      request.move = { kind: 'run', until: [] };
      this.#placeTemporaries(request, [{ address: end, accepts: () => true }]);
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
      if (this.#parts.machine.serveExit(vcpu).kind === 'waitForConsole') return { kind: 'idle' };
      job.vcpu.isWaitingForConsole = false;
    }
    if (!job.isArmed) {
      vcpus.kick(vcpu);
      // Memory and tables are common to all: while something is lifted, the others are held (ARM-HW-33).
      const others = vcpus.all.filter(other => other !== job.vcpu).map(other => other.vcpu);
      if (others.length > 0 && this.#holdsOthers(request, job))
        job.actions.push({ kind: 'holdVcpus', vcpus: others.map(other => other.index) });
      const armed = method.arm(vcpu, job.lift, job.actions);
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
    const exit = result.result === 0 ? readDebugExit(vcpu) : undefined;
    if (!exit) return this.#verdicts.returned(request, returned, result.result, job);
    job.actions.push({
      kind: 'exit',
      reason: describeDebugExit(exit),
      syndrome: 'hsr' in exit ? BigInt(exit.hsr) : undefined,
      pc: job.vcpu.registers.pc,
    });
    const decision = method.decide(vcpu, exit, job.actions);
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
    if (this.#request) this.#removeTemporaries(this.#request);
    this.#request = undefined;
    this.#pause = undefined;
    this.#planEnd = undefined;
    // The kernel's words follow at once, so that nothing of a step is left in force while the guest stands still (API-30).
    for (const { vcpu } of this.#parts.vcpus.all) this.#parts.vcpus.prepare(vcpu, false);
  }
}
