// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import type { StopReport } from './stop.js';

/** A place where a run shall end for the sake of a step. */
export interface Temporary {
  readonly address: bigint;
  /** Whether the arrival counts: the frame is the right one. Asked when the vCPU stands at `address`. */
  accepts(): boolean;
}

/** What a plan asks for next. */
export type Move =
  /** One instruction of the plan's vCPU. `isFirst`: a breakpoint at its pc has been reported already. */
  | { readonly kind: 'instruction'; readonly isFirst: boolean; readonly stepsExclusives: boolean }
  /** Until the plan's vCPU arrives at one of `until`; with none, until something stops. */
  | { readonly kind: 'run'; readonly until: readonly Temporary[]; readonly over?: RunOver };

/** What a run leads over. */
export type RunOver =
  /** The exception of an instruction that the user steps: a breakpoint on the way leaves that step pending. */
  | 'exception'
  /** What the method of the step runs through by itself: the run ends with the step that is pending there. */
  | 'pendingStep';

/** How the plan of a request goes on: yields moves, is resumed when one is done, and returns how to report its end. */
export type Plan = Generator<Move, PlanEnd, undefined>;

/** How a plan that came to its end is reported. */
export interface PlanEnd {
  readonly reason: StopReport['reason'];
  readonly description: string;
}

/** The plan of a resumption: until something stops. */
export function* runForever(): Plan {
  for (;;) yield { kind: 'run', until: [] };
}

/** The plan of a run to a location. */
export function* runToAddress(temporary: Temporary): Plan {
  yield { kind: 'run', until: [temporary] };
  return { reason: 'goto', description: `Arrived at ${hex(temporary.address)}.` };
}
