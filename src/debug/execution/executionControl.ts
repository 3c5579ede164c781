// SPDX-License-Identifier: MIT
import type { Result, VirtualAddress } from '../../base/index.js';
import type { SliceOutcome } from './stop.js';

/**
 * Who runs while one vCPU is resumed or stepped; the words and what they mean are gdb's (manual, "set scheduler-locking").
 * `off`: all. `on`: that one only. `step`: that one only while it steps `into` or `over`; all while it continues, runs to a location or
 * steps `out`. `replay`: as `on` while a recording is replayed and as `off` otherwise; there is no recording yet, so as `off`.
 */
export const SCHEDULER_LOCKING_MODES = ['off', 'on', 'step', 'replay'] as const;

export type SchedulerLocking = (typeof SCHEDULER_LOCKING_MODES)[number];

/** What an interrupt that is taken during a step does: its handler runs within the step, or the step stops at its first instruction. */
export type StepInterrupts = 'over' | 'into';

/** What a step "until" looks for: an instruction of a kind that is about to run, or the entry of an exception. */
export type StepTarget = 'branch' | 'call' | 'return' | 'exception';

/** How far one step goes. */
export interface StepRequest {
  readonly vcpu: number;
  readonly kind: 'into' | 'over' | 'out';
  /** `instruction` ignores lines: `over` runs a call until it returns, `out` to the caller. `line` is the same as `statement` with whole lines. */
  readonly granularity: 'statement' | 'line' | 'instruction';
  /**
   * Instead of by lines, the step runs until an instruction of this kind is next, which has not run yet; one instruction runs in any case.
   * `over` does not look into functions that are called on the way, `into` does. `exception` ends at the first instruction of a vector.
   */
  readonly until?: StepTarget;
  /** Honoured for this request alone; without it `schedulerLocking` decides. */
  readonly isSingleVcpu?: boolean;
  /** A step that comes to a load-exclusive runs on to behind the loop that holds it (ARM-HW-29). Without it, all steps do but those that go `into` by instruction. */
  readonly stepsExclusivesAsOne?: boolean;
}

/**
 * All-stop execution. A request (`resume`, `step`, `runTo`) only says what shall happen; `runSlice` makes it happen, a bounded
 * number of instructions at a time, so that the caller can look at other requests in between. Nothing here is asynchronous.
 */
export interface ExecutionControl {
  /** Whether a request is under way, i.e. `runSlice` has something to do. */
  readonly isRunning: boolean;
  schedulerLocking: SchedulerLocking;
  stepInterrupts: StepInterrupts;
  /** Whether the last request lets its own vCPU run only: the others are held by scheduler locking. */
  readonly holdsOthers: boolean;
  /** Instructions retired by all vCPUs since the launch: the virtual time. */
  readonly retiredInstructions: bigint;

  /**
   * Continues; with `isSingleVcpu` (or locking `on`) only `vcpu`. A breakpoint at the pc is stepped over first. Refused while running, after
   * the end, and if nobody would run: those who may are frozen or off.
   */
  resume(vcpu: number, isSingleVcpu?: boolean): Result<undefined>;
  step(request: StepRequest): Result<undefined>;
  /** Continues until `vcpu` (or any, if locking lets others run) reaches `address` in the same or an outer frame; reason `goto`. Other breakpoints stop as well. */
  runTo(vcpu: number, address: VirtualAddress): Result<undefined>;
  /** The next `runSlice` stops with reason `pause`. Without effect if nothing runs. */
  pause(vcpu?: number): void;
  /**
   * Runs up to `maximumInstructions` of the request under way (1 to 2^31 - 1; may overshoot by the steps of one decision). False conditions,
   * hit counts and log messages are dealt with inside and cost no extra call.
   */
  runSlice(maximumInstructions: number): SliceOutcome;

  /** A frozen vCPU does not run, whatever is asked for; a step of it itself is refused. */
  freeze(vcpu: number): void;
  thaw(vcpu: number): void;
  isFrozen(vcpu: number): boolean;
}
