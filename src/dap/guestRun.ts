// SPDX-License-Identifier: MIT
import type { Result } from '../base/index.js';
import type { EndReport, ExecutionControl, SliceOutcome, StopReport } from '../debug/index.js';
import type { AdapterHost } from './adapterHost.js';

/** What the run of a guest tells its session. */
export interface RunListener {
  /** After each slice, before what it came to. */
  sliceDone(): void;
  stopped(stop: StopReport): void;
  ended(end: EndReport): void;
  /** The limit of instructions is used up; the guest will not run on. */
  limitReached(): void;
  /** The debugger itself failed (a bug of ours). The guest will not run on. */
  failed(sentence: string): void;
}

/** A slice takes no longer than this, so that pause and other requests get in between. */
const LONGEST_SLICE_MILLISECONDS = 5;
const FIRST_SLICE_INSTRUCTIONS = 100_000;
const SMALLEST_SLICE_INSTRUCTIONS = 1_000;
const LARGEST_SLICE_INSTRUCTIONS = 20_000_000;

/**
 * Drives the guest in slices from request to stop, and lets the host's other messages in between two of
 * them. Slices end by instruction count; the clock only chooses the next count, so the guest cannot see it.
 */
export class GuestRun {
  #instructions = FIRST_SLICE_INSTRUCTIONS;
  #state: 'idle' | 'scheduled' | 'waiting' = 'idle';
  #isOver = false;

  constructor(
    private readonly execution: ExecutionControl,
    private readonly host: AdapterHost,
    private readonly listener: RunListener,
    /** Instructions of all vCPUs after which the guest is stopped for good; `undefined`: no limit. */
    private readonly maximumInstructions: number | undefined,
  ) {}

  get isRunning(): boolean {
    return this.#state !== 'idle';
  }

  /** Whether the guest has ended and cannot run any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Asks `request` of the execution control. If granted, `go` makes it happen. */
  ask(request: (execution: ExecutionControl) => Result<undefined>): Result<undefined> {
    const asked = request(this.execution);
    if (asked.ok) this.#state = 'scheduled';
    return asked;
  }

  /** Runs the first slice at once and the rest between messages. To be called after the request was answered. */
  go(): void {
    if (this.#state === 'scheduled') this.#slice();
  }

  /** Console input has come: a guest that waits for it goes on. */
  inputArrived(): void {
    if (this.#state === 'waiting') this.#schedule();
  }

  /** Stops the guest at the next instruction boundary. */
  pause(vcpu: number): void {
    this.execution.pause(vcpu);
    if (this.#state === 'waiting') this.#schedule();
  }

  /** The guest is thrown away: no further slice. */
  abandon(): void {
    this.#isOver = true;
    this.#state = 'idle';
  }

  #schedule(): void {
    this.#state = 'scheduled';
    this.host.defer(() => {
      if (this.#state === 'scheduled') this.#slice();
    });
  }

  #slice(): void {
    const budget = this.#budget();
    if (budget <= 0) {
      this.abandon();
      this.listener.limitReached();
      return;
    }
    const before = this.host.now();
    let outcome: SliceOutcome;
    try {
      outcome = this.execution.runSlice(budget);
    } catch (error) {
      this.abandon();
      this.listener.failed(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#calibrate(this.host.now() - before);
    this.listener.sliceDone();
    this.#take(outcome);
  }

  #take(outcome: SliceOutcome): void {
    switch (outcome.kind) {
      case 'running':
        this.#schedule();
        return;
      case 'waitingForInput':
        this.#state = 'waiting';
        return;
      case 'stopped':
        this.#state = 'idle';
        this.listener.stopped(outcome.stop);
        return;
      case 'ended':
        this.abandon();
        this.listener.ended(outcome.end);
        return;
    }
  }

  #budget(): number {
    if (this.maximumInstructions === undefined) return this.#instructions;
    return Math.min(this.#instructions, this.maximumInstructions - Number(this.execution.retiredInstructions));
  }

  #calibrate(milliseconds: number): void {
    const target = LONGEST_SLICE_MILLISECONDS * 0.6;
    if (milliseconds > LONGEST_SLICE_MILLISECONDS) this.#instructions = Math.floor((this.#instructions * target) / milliseconds);
    else if (milliseconds < target) this.#instructions = Math.floor(this.#instructions * 1.5);
    this.#instructions = Math.min(LARGEST_SLICE_INSTRUCTIONS, Math.max(SMALLEST_SLICE_INSTRUCTIONS, this.#instructions));
  }
}
