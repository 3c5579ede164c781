// SPDX-License-Identifier: MIT
import { Emitter, failure, hex, type Result, success, type VirtualAddress, virtualAddress } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { VirtMachine } from '../../vmm/index.js';
import type { Mechanism, StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { WatchRequest } from '../slots/slotTable.js';
import type { StepAction, StepAnatomy } from '../stepping/stepAction.js';
import type { StepMethod } from '../stepping/stepMethod.js';
import type { DebugExit } from './debugExit.js';
import { describeDebugExit, exitReasonName, readDebugExit } from './debugExit.js';
import type { DebugQuirks } from './debugQuirks.js';
import type { ExecutionControl, SchedulerLocking, StepInterrupts, StepRequest } from './executionControl.js';
import { guestTakesDebugExceptions, injectDebugException } from './injection.js';
import type { Move, Plan, Temporary } from './move.js';
import { StepJob, type WatchedAccess } from './stepJob.js';
import type { EndReport, SliceOutcome, StopReport, WatchReport } from './stop.js';
import type { StopSites } from './stopSites.js';
import type { DebuggedVcpu, VcpuControl } from './vcpuControl.js';

/** What the execution control is made of. */
export interface ExecutionParts {
  readonly machine: VirtMachine;
  readonly mechanisms: StopMechanisms;
  readonly vcpus: VcpuControl;
  readonly method: StepMethod;
  readonly sites: StopSites;
  readonly quirks: DebugQuirks;
  /** Makes the plan of a step from where the vCPU stands; a refusal is one sentence. */
  readonly planStep: (request: StepRequest, stepInterrupts: StepInterrupts) => Result<Plan>;
  /** The mechanism for breakpoints of our own, as at a return address. */
  readonly temporaryMechanism: () => Mechanism;
}

/** What one turn of the loop came to. */
type Turn =
  | { readonly kind: 'goOn' }
  | { readonly kind: 'moveDone' }
  | { readonly kind: 'limit' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'stopped'; readonly stop: StopReport }
  | { readonly kind: 'ended'; readonly end: EndReport };

const GO_ON: Turn = { kind: 'goOn' };

/** A request under way. */
interface Request {
  readonly vcpu: DebuggedVcpu;
  readonly isSingle: boolean;
  readonly plan: Plan;
  move: Move | undefined;
  temporaries: readonly { readonly temporary: Temporary; readonly mechanism: Mechanism }[];
}

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
  readonly #exitCounts = new Map<number, number>();
  readonly #anatomies = new Map<number, StepAnatomy>();
  readonly #jobs: StepJob[] = [];
  #request: Request | undefined;
  #pause: number | undefined;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
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
    return this.#anatomies.get(vcpu) ?? { vcpu, method: this.#parts.method.name, actions: [] };
  }

  /** How often KVM_RUN returned with each exit reason, in the kernel's words. */
  get exitCounts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#exitCounts].map(([reason, count]) => [exitReasonName(reason), count]));
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
        return this.#halt(this.#report(this.#parts.vcpus.at(this.#pause), { reason: 'pause', description: 'Paused.' }));
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
      this.lastStop ?? this.#report(this.#parts.vcpus.at(0), { reason: 'entry', description: 'Stopped before the first instruction.' });
    return { kind: 'stopped', stop };
  }

  #turn(request: Request, left: number): Turn {
    const [job] = this.#jobs;
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

  #planEnd: { readonly reason: StopReport['reason']; readonly description: string } | undefined;

  #planEnded(request: Request): Turn {
    const { vcpu } = request;
    const { pc } = vcpu.registers;
    // One stop for a step that ends at a breakpoint (ARM-HW-35): it is told, counted, and does not fire again here.
    const hit = vcpu.passedAt === pc ? undefined : this.#parts.sites.hit(vcpu.vcpu, pc);
    const end = this.#planEnd ?? { reason: 'step', description: 'Stepped.' };
    return { kind: 'stopped', stop: this.#report(vcpu, { ...end, breakpoints: hit?.ids ?? [] }) };
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
          const mechanisms = this.#parts.mechanisms.mechanismsAt(passed);
          if (mechanisms.length > 1 || (mechanisms[0] !== undefined && mechanisms[0] !== 'engine')) {
            this.#jobs.push(new StepJob(debugged, 'over', passed));
            return GO_ON;
          }
          if (mechanisms.length === 1) vcpu.steptrapRun.skip_breakpoint_at_pc = 1;
        }
      }
      const refusal = this.#parts.vcpus.prepare(vcpu, false);
      if (refusal && !refusal.ok) return this.#error(debugged, refusal.error.message);
      running.push(vcpu);
    }
    if (isConsoleAwaited && running.length === 0) return { kind: 'idle' };
    if (running.length === 0) return this.#error(request.vcpu, 'All vCPUs that may run are frozen.');
    const result = this.#parts.vcpus.run(running, left);
    if (result.kind === 'limit') return { kind: 'limit' };
    if (result.kind === 'idle') return { kind: 'idle' };
    return this.#returned(request, this.#parts.vcpus.of(result.vcpu), result.result, undefined);
  }

  /** Begins the single step of a plan, unless the user has a breakpoint there that has not been told yet. */
  #beginInstruction(request: Request, isFirst: boolean, stepsExclusives: boolean): Turn {
    const { vcpu } = request;
    const { pc } = vcpu.registers;
    if (!isFirst && vcpu.passedAt !== pc && this.#parts.sites.hasSite(pc)) {
      const hit = this.#parts.sites.hit(vcpu.vcpu, pc);
      vcpu.passedAt = pc;
      if (hit) return this.#stoppedBySite(vcpu, hit);
    }
    const end = stepsExclusives ? this.#endOfExclusiveSequence(vcpu, pc) : undefined;
    if (end !== undefined) {
      // Each stop clears the exclusive monitor: the sequence runs as one, to behind its loop (ARM-HW-29).
      request.move = { kind: 'run', until: [] };
      this.#placeTemporaries(request, [{ address: end, accepts: () => true }]);
      vcpu.passedAt = pc;
      return GO_ON;
    }
    this.#jobs.push(new StepJob(vcpu, 'plan', pc));
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
        this.#jobs.shift();
        return this.#error(job.vcpu, armed.error.message);
      }
      job.isArmed = true;
    }
    const companions = this.#holdsOthers(request, job)
      ? []
      : this.#runnable(request).filter(other => other !== job.vcpu && !other.isFrozen);
    for (const other of companions) {
      const refusal = vcpus.prepare(other.vcpu, false);
      if (refusal && !refusal.ok) return this.#error(other, refusal.error.message);
    }
    const result = vcpus.run([vcpu, ...companions.map(other => other.vcpu)], left);
    if (result.kind !== 'returned') return { kind: result.kind };
    const returned = vcpus.of(result.vcpu);
    if (returned !== job.vcpu) return this.#returned(request, returned, result.result, undefined);
    const exit = result.result === 0 ? readDebugExit(vcpu) : undefined;
    if (!exit) return this.#returned(request, returned, result.result, job);
    job.actions.push({
      kind: 'exit',
      reason: describeDebugExit(exit),
      syndrome: 'hsr' in exit ? BigInt(exit.hsr) : undefined,
      pc: job.vcpu.registers.pc,
    });
    const decision = method.decide(vcpu, exit, job.actions);
    if (decision.kind === 'reenter' || (decision.kind === 'toDebugger' && decision.isCompleted)) this.#countExit(vcpu);
    if (decision.kind === 'reenter') return GO_ON;
    if (decision.kind === 'toDebugger' && decision.isCompleted) {
      return this.#jobCompleted(job);
    }
    return this.#returned(request, returned, 0, job);
  }

  #holdsOthers(request: Request, job: StepJob): boolean {
    return request.isSingle || job.purpose !== 'plan' || this.#parts.mechanisms.mechanismsAt(job.startPc).length > 0;
  }

  #finishJob(job: StepJob, decision: StepAction): void {
    this.#parts.method.disarm(job.vcpu.vcpu, job.lift, job.actions);
    job.actions.push(decision);
    this.#jobs.shift();
    if (job.purpose === 'plan')
      this.#anatomies.set(job.vcpu.vcpu.index, { vcpu: job.vcpu.vcpu.index, method: this.#parts.method.name, actions: job.actions });
  }

  #jobCompleted(job: StepJob): Turn {
    const { vcpu } = job;
    vcpu.passedAt = undefined;
    this.#finishJob(job, { kind: 'decision', decision: 'toDebugger', why: 'the instruction has run' });
    const watches = job.watched.flatMap(access => this.#watchReports(vcpu.vcpu, access));
    if (watches.length > 0) {
      const { pc } = vcpu.registers;
      const hit = this.#parts.sites.hit(vcpu.vcpu, pc);
      const stop = this.#report(vcpu, {
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

  /** The first instruction behind the loop of a load-exclusive at `start`: behind the branch that follows its store-exclusive. */
  #endOfExclusiveSequence(vcpu: DebuggedVcpu, start: bigint): bigint | undefined {
    const first = this.#instructionAt(vcpu, start);
    if (first === undefined || !isLoadExclusive(first)) return undefined;
    let hasStore = false;
    for (let offset = 4n; offset <= MAXIMUM_EXCLUSIVE_BYTES; offset += 4n) {
      const word = this.#instructionAt(vcpu, start + offset);
      if (word === undefined) return undefined;
      if (isStoreExclusive(word)) hasStore = true;
      else if (hasStore) return isConditionalBranch(word) ? start + offset + 4n : start + offset;
    }
    return undefined;
  }

  #instructionAt(vcpu: DebuggedVcpu, address: bigint): number | undefined {
    const bytes = this.#parts.machine.readVirtual(vcpu.vcpu, address, 4);
    if (!bytes) return undefined;
    this.#parts.mechanisms.software.hide(address, bytes);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }

  #watchReports(vcpu: Vcpu, access: WatchedAccess): readonly WatchReport[] {
    const after = this.#parts.machine.readVirtual(vcpu, access.request.address, Number(access.request.bytes)) ?? access.before;
    return this.#parts.sites.accessed(vcpu, access.request, access.isWrite, access.before, after);
  }

  #countExit(vcpu: Vcpu): void {
    const reason = vcpu.kvmRun.exit_reason;
    this.#exitCounts.set(reason, (this.#exitCounts.get(reason) ?? 0) + 1);
  }

  /** A return of KVM_RUN that is not the completion of a step. `job` is the step that it interrupted. */
  #returned(request: Request, vcpu: DebuggedVcpu, result: number, job: StepJob | undefined): Turn {
    // -EINTR: a signal of ours; nothing has happened.
    if (result !== 0) return GO_ON;
    this.#countExit(vcpu.vcpu);
    const exit = readDebugExit(vcpu.vcpu);
    if (exit) return this.#debugExit(request, vcpu, exit, job);
    const served = this.#parts.machine.serveExit(vcpu.vcpu);
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
        return this.#error(vcpu, served.message);
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
        return this.#watchpoint(vcpu, requests, exit.isWrite, job);
      }
      case 'breakpoint': {
        const { pc } = vcpu.registers;
        if (mechanisms.slots.hasBreakpointAt(pc)) return this.#breakpointAt(request, vcpu, pc, job);
        return this.#guestHardwareEvent(vcpu, exit.hsr, undefined, job);
      }
      case 'trapInstruction': {
        const { pc } = vcpu.registers;
        if (!exit.isAArch32 && mechanisms.software.has(pc)) return this.#breakpointAt(request, vcpu, pc, job);
        return this.#inject(vcpu, exit.hsr, undefined, job);
      }
      case 'watchpoint': {
        const found = mechanisms.slots.watchpointsAt(exit.far, exit.isWrite);
        const exact = found.filter(watch => watch.address === exit.far);
        const requests = this.#parts.quirks.watchpointNeedsExactAddress ? exact : found;
        if (requests.length > 0) return this.#watchpoint(vcpu, requests, exit.isWrite, job);
        return this.#guestHardwareEvent(vcpu, exit.hsr, exit.far, job);
      }
      case 'step':
        // Nobody asked for it, and the guest's own stepping is suppressed while KVM_SET_GUEST_DEBUG is in force (RV-21).
        this.didRemark.fire(`vCPU ${vcpu.vcpu.index} reported a software step that nobody asked for.`);
        return GO_ON;
      case 'instructionLimit':
        return GO_ON;
      case 'unknown':
        return this.#error(vcpu, `KVM_EXIT_DEBUG with the syndrome ${hex(exit.hsr)}, which is no debug exception.`);
    }
  }

  #breakpointAt(request: Request, vcpu: DebuggedVcpu, pc: bigint, job: StepJob | undefined): Turn {
    if (job) this.#finishJob(job, { kind: 'decision', decision: 'toDebugger', why: 'a breakpoint came first' });
    vcpu.passedAt = pc;
    const hit = this.#parts.sites.hasSite(pc) ? this.#parts.sites.hit(vcpu.vcpu, pc) : undefined;
    if (hit) return this.#stoppedBySite(vcpu, hit);
    const isArrival = vcpu === request.vcpu && request.temporaries.some(({ temporary }) => temporary.address === pc && temporary.accepts());
    return isArrival ? { kind: 'moveDone' } : GO_ON;
  }

  #stoppedBySite(
    vcpu: DebuggedVcpu,
    hit: { readonly ids: readonly number[]; readonly remark: string | undefined; readonly isVector: boolean },
  ): Turn {
    const where = `Breakpoint ${hit.ids.join(', ')} on vCPU ${vcpu.vcpu.index}.`;
    const description = hit.remark ? `${where} ${hit.remark}` : where;
    return {
      kind: 'stopped',
      stop: this.#report(vcpu, { reason: hit.isVector ? 'exception' : 'breakpoint', description, breakpoints: hit.ids }),
    };
  }

  /** The access has not happened yet (ARM-HW-09): note the old bytes, let the instruction run, then compare. */
  #watchpoint(vcpu: DebuggedVcpu, requests: readonly WatchRequest[], isWrite: boolean, job: StepJob | undefined): Turn {
    const watched = requests.map(request => ({
      request,
      isWrite,
      before: this.#parts.machine.readVirtual(vcpu.vcpu, request.address, Number(request.bytes)) ?? new Uint8Array(0),
    }));
    const next = new StepJob(vcpu, job?.purpose ?? 'over', vcpu.registers.pc, watched);
    if (job) {
      // The step is not completed by the exit: it is armed again with the watch lifted (ARM-HW-36).
      this.#parts.method.disarm(vcpu.vcpu, job.lift, job.actions);
      job.actions.push({ kind: 'decision', decision: 'reenter', why: 'a watchpoint came before the access; the step goes on without it' });
      next.actions.push(...job.actions);
      this.#jobs.shift();
    }
    this.#jobs.unshift(next);
    return GO_ON;
  }

  #inject(vcpu: DebuggedVcpu, hsr: number, far: bigint | undefined, job: StepJob | undefined): Turn {
    injectDebugException(vcpu.registers, hsr, far, this.#parts.quirks);
    if (!job) return GO_ON;
    // The exception's entry is what the step came to (ARM-HW-24).
    this.#finishJob(job, { kind: 'decision', decision: 'toGuest', why: "the exception is the guest's own; it is at its handler" });
    if (job.purpose !== 'plan') return GO_ON;
    return { kind: 'moveDone' };
  }

  /** A hardware breakpoint or watchpoint of the guest's own set. */
  #guestHardwareEvent(vcpu: DebuggedVcpu, hsr: number, far: bigint | undefined, job: StepJob | undefined): Turn {
    if (this.#parts.quirks.injectsMaskedDebugExceptions || guestTakesDebugExceptions(vcpu.registers))
      return this.#inject(vcpu, hsr, far, job);
    // The guest has it masked at EL1; only the host's debugging made it fire (ARM-HW-37). One instruction without the guest's set.
    if (job) {
      this.#parts.method.disarm(vcpu.vcpu, job.lift, job.actions);
      this.#jobs.shift();
    }
    this.#jobs.unshift(new StepJob(vcpu, job?.purpose ?? 'over', vcpu.registers.pc, [], 'guestSet'));
    return GO_ON;
  }

  #error(vcpu: DebuggedVcpu, description: string): Turn {
    return { kind: 'stopped', stop: this.#report(vcpu, { reason: 'error', description }) };
  }

  #report(
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
    for (const job of this.#jobs.splice(0)) if (job.isArmed) this.#parts.method.disarm(job.vcpu.vcpu, job.lift, job.actions);
    if (this.#request) this.#removeTemporaries(this.#request);
    this.#request = undefined;
    this.#pause = undefined;
    this.#planEnd = undefined;
    // The kernel's words follow at once, so that nothing of a step is left in force while the guest stands still (API-30).
    for (const { vcpu } of this.#parts.vcpus.all) this.#parts.vcpus.prepare(vcpu, false);
  }
}

/** A loop of exclusives is shorter than this (Arm DDI 0487, Load-Exclusive and Store-Exclusive instruction usage restrictions: 128 bytes). */
const MAXIMUM_EXCLUSIVE_BYTES = 128n;

/** Arm DDI 0487, Load/store exclusive: bits 29:23 are 0010000, o1 is 21, L is 22; CASP shares bit 23 clear with size bit 31 clear and o1 set. */
const EXCLUSIVE = { MASK: 0x3f80_0000, VALUE: 0x0800_0000, LOAD: 0x0040_0000, PAIR: 0x0020_0000, SIZE_HIGH: 0x8000_0000 } as const;
const isExclusive = (word: number): boolean =>
  (word & EXCLUSIVE.MASK) === EXCLUSIVE.VALUE && ((word & EXCLUSIVE.PAIR) === 0 || (word & EXCLUSIVE.SIZE_HIGH) !== 0);
/** LDXR, LDAXR, LDXP, LDAXP of any size. */
const isLoadExclusive = (word: number): boolean => isExclusive(word) && (word & EXCLUSIVE.LOAD) !== 0;
/** STXR, STLXR, STXP, STLXP of any size. */
const isStoreExclusive = (word: number): boolean => isExclusive(word) && (word & EXCLUSIVE.LOAD) === 0;

/** CBZ, CBNZ, B.cond, TBZ, TBNZ. */
const isConditionalBranch = (word: number): boolean =>
  (word & 0x7e00_0000) >>> 0 === 0x3400_0000 || (word & 0xff00_0010) >>> 0 === 0x5400_0000 || (word & 0x7e00_0000) >>> 0 === 0x3600_0000;

function endReport(kind: EndReport['kind'], status: number): EndReport {
  const sentences = {
    powerOff: 'The guest has powered off.',
    reset: 'The guest has asked for a reset.',
    semihostingExit: `The guest has exited with status ${status}.`,
    crash: 'The guest has reported a crash.',
  } as const;
  return { kind, status, description: sentences[kind] };
}

function* runForever(): Plan {
  for (;;) yield { kind: 'run', until: [] };
}

function* runToAddress(temporary: Temporary): Plan {
  yield { kind: 'run', until: [temporary] };
  return { reason: 'goto', description: `Arrived at ${hex(temporary.address)}.` };
}
