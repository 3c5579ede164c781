// SPDX-License-Identifier: MIT
import { Emitter, failure, hex, type Result, success, type VirtualAddress } from '../../base/index.js';
import type { DebugRegistersView, VcpuStep } from '../registers/registerView.js';
import type { SlotsView } from '../slots/debugSlots.js';
import type { StepAnatomy } from '../stepping/stepAction.js';
import { type TrapUse, withSteps } from '../stepping/stepView.js';
import type { ExecutionControl, SchedulerLocking, StepInterrupts, StepRequest } from './executionControl.js';
import { HeldVcpus, whyNobodyRuns } from './held.js';
import { type Plan, runForever, runToAddress } from './move.js';
import { type PendingStep, PendingSteps } from './pendingSteps.js';
import { StepJobs } from './stepJobs.js';
import type { EndReport, SliceOutcome, StopReport } from './stop.js';
import { removeTemporaries } from './temporaries.js';
import { type ExecutionParts, GO_ON, type Request, type Turn } from './turn.js';
import { Turns } from './turns.js';
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
  readonly #turns: Turns;
  readonly #pending = new PendingSteps();
  #request: Request | undefined;
  #pause: number | undefined;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
    this.#jobs = new StepJobs(parts.method, parts.machine.kvm.callLog);
    this.#verdicts = new Verdicts(parts, this.#jobs, this.#pending, line => this.didRemark.fire(line));
    this.#turns = new Turns(parts, this.#jobs, this.#verdicts, this.#pending);
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
    this.#request = { vcpu: debugged.value, isSingle, plan, remark: '', move: undefined, planEnd: undefined, temporaries: [] };
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

  /** What a step of `vcpu` is at. */
  stepOf(vcpu: DebuggedVcpu): VcpuStep | undefined {
    const job = this.#jobs.of(vcpu);
    if (job) return job.purpose === 'plan' ? 'armed' : 'passing';
    const isPending = this.#pending.all.some(step => step.vcpu === vcpu) || this.#parts.method.isPending?.(vcpu.vcpu) === true;
    return isPending ? 'pending' : undefined;
  }

  /** `view` with what the steps of vCPU `vcpu` have in the guest, and the trap words of all beside `others`. */
  withSteps(view: SlotsView, vcpu: number, others: readonly TrapUse[]): DebugRegistersView {
    const { method, vcpus } = this.#parts;
    const debugged = vcpus.at(vcpu);
    const traps = [...(method.traps?.() ?? []), ...others];
    return withSteps(view, { method: method.name, state: this.stepOf(debugged) ?? 'idle' }, method.view?.(debugged.vcpu), traps);
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
      const turn = this.#turns.take(request, left);
      switch (turn.kind) {
        case 'goOn':
          break;
        case 'moveDone':
          this.#turns.endMove(request);
          break;
        case 'pendingStep':
          this.#goOnWith(turn.step);
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
    const held = new HeldVcpus(
      vcpus,
      job && this.#turns.holdsOthers(request, job) ? { ...request, vcpu: job.vcpu, isSingle: true } : request,
    );
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

  /** A pending step is what ends the run: its plan goes on where the handler has come back to. */
  #goOnWith(step: PendingStep): void {
    const request = this.#request;
    if (!request) return;
    this.#turns.endMove(request);
    this.#pending.drop(step);
    this.#request = { ...request, vcpu: step.vcpu, plan: step.plan };
  }

  /** All-stop: every vCPU leaves KVM_RUN, nothing of the request stays behind. */
  #halt(stop: StopReport): SliceOutcome {
    this.#keepIfPending(stop);
    this.#close();
    for (const { vcpu } of this.#pending.all) this.#pending.dropArrived(vcpu);
    const vcpu = this.#parts.vcpus.at(stop.vcpu);
    if (stop.reason !== 'pause' && stop.reason !== 'error') vcpu.passedAt = stop.pc;
    this.lastStop = stop;
    return { kind: 'stopped', stop };
  }

  /** A breakpoint in the handler of what an instruction step has led to: the step is not over. */
  #keepIfPending({ reason }: StopReport): void {
    const request = this.#request;
    if (request?.move?.kind !== 'run' || request.move.over !== 'exception') return;
    const { vcpu, plan, move } = request;
    if (reason === 'breakpoint' || reason === 'exception' || reason === 'watchpoint') this.#pending.keep({ vcpu, plan, until: move.until });
  }

  /** The debugger leaves the guest: nothing of a step that is under way or pending stays. */
  detach(): void {
    this.#close();
    this.#pending.clear();
    for (const { vcpu } of this.#parts.vcpus.all)
      this.#parts.method.disarm(vcpu, { vcpu, breakpoint: undefined, watchpoints: false }, 'detached', []);
  }

  #close(): void {
    this.#parts.vcpus.kickAll();
    this.#jobs.abandonAll();
    if (this.#request) removeTemporaries(this.#parts, this.#request);
    this.#request = undefined;
    this.#pause = undefined;
    // The kernel's words follow at once, so that nothing of a step is left in force while the guest stands still (API-30).
    for (const { vcpu } of this.#parts.vcpus.all) this.#parts.vcpus.prepare(vcpu, false);
    this.#parts.mechanisms.rest();
  }
}
