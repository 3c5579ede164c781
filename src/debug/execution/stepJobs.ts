// SPDX-License-Identifier: MIT
import type { KvmCallLog } from '../../kvm/index.js';
import type { StepAction, StepAnatomy } from '../stepping/stepAction.js';
import type { StepEnding, StepMethod } from '../stepping/stepMethod.js';
import type { StepJob } from './stepJob.js';
import type { DebuggedVcpu } from './vcpuControl.js';

/** The single steps that are to be made, one after another, and the anatomies of those that the user asked for. */
export class StepJobs {
  readonly #jobs: StepJob[] = [];
  readonly #anatomies = new Map<number, StepAnatomy>();
  /** Of the steps that the method keeps pending, by vCPU, the innermost last. */
  readonly #pendingAnatomies = new Map<number, StepAnatomy[]>();

  constructor(
    private readonly method: StepMethod,
    private readonly callLog: KvmCallLog,
  ) {}

  get first(): StepJob | undefined {
    return this.#jobs[0];
  }

  /** The one of `vcpu` that is made first. */
  of(vcpu: DebuggedVcpu): StepJob | undefined {
    return this.#jobs.find(job => job.vcpu === vcpu);
  }

  add(job: StepJob): void {
    job.firstLogEntry ??= this.callLog.newest;
    this.#jobs.push(job);
  }

  putFirst(job: StepJob): void {
    job.firstLogEntry ??= this.callLog.newest;
    this.#jobs.unshift(job);
  }

  /** Takes `job` away and everything back that it has set, as far as `ending` allows. */
  take(job: StepJob, ending: StepEnding): void {
    if (job.isArmed) this.method.disarm(job.vcpu.vcpu, job.lift, ending, job.actions);
    const index = this.#jobs.indexOf(job);
    if (index >= 0) this.#jobs.splice(index, 1);
  }

  /** As `take`, with `decision` as the last record; the anatomy of the user's own step is kept. */
  finish(job: StepJob, ending: StepEnding, decision: StepAction): void {
    const word = job.isArmed ? this.method.wordOf?.(job.vcpu.vcpu) : undefined;
    this.take(job, ending);
    const held = job.actions.find(action => action.kind === 'holdVcpus');
    if (held?.kind === 'holdVcpus') job.actions.push({ kind: 'releaseVcpus', vcpus: held.vcpus });
    job.actions.push(decision);
    const { vcpu } = job.vcpu;
    const { index } = vcpu;
    if (job.purpose !== 'plan') return;
    const end = this.callLog.newest;
    const log = { first: job.firstLogEntry ?? end, end };
    const anatomy = { vcpu: index, method: this.method.name, startPc: job.startPc, word, log, actions: job.actions };
    this.#anatomies.set(index, anatomy);
    if (this.method.isPending?.(vcpu) !== true) this.#pendingAnatomies.delete(index);
    else if (ending === 'stoppedElsewhere') this.#pendingAnatomies.set(index, [...(this.#pendingAnatomies.get(index) ?? []), anatomy]);
  }

  /** The pending step of a vCPU has ended: `actions` belong to it, whatever has been stepped meanwhile. */
  extendAnatomy({ vcpu: { index } }: DebuggedVcpu, actions: readonly StepAction[]): void {
    const anatomy = this.#pendingAnatomies.get(index)?.pop() ?? this.anatomy(index);
    const log = { first: anatomy.log.first, end: this.callLog.newest };
    this.#anatomies.set(index, { ...anatomy, log, actions: [...anatomy.actions, ...actions] });
  }

  /** Nothing is left in force of any step but what is pending. */
  abandonAll(): void {
    for (const job of [...this.#jobs]) {
      this.take(job, 'givenUp');
      // What it was to get past has been dealt with, and would be told again (ARM-HW-35).
      if (job.purpose === 'over' && job.vcpu.registers.pc === job.startPc) job.vcpu.passedAt = job.startPc;
    }
  }

  anatomy(vcpu: number): StepAnatomy {
    const none: StepAnatomy = { vcpu, method: this.method.name, startPc: undefined, log: { first: 0, end: 0 }, actions: [] };
    return this.#anatomies.get(vcpu) ?? none;
  }
}
