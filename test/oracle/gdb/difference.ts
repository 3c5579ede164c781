// SPDX-License-Identifier: MIT
import type { Sample } from './comparedGuest.js';

/** What was compared. */
export type Aspect = 'instruction' | 'step' | 'next' | 'finish' | 'stop' | 'frames' | 'variable' | 'place' | 'row' | 'watch';

/** Something that gdb shows and we show otherwise. */
export interface Difference {
  readonly sample: Sample;
  readonly aspect: Aspect;
  /** Where it was met: `file:line`, a function, a stop's address with its line. */
  readonly where: string;
  readonly theirs: string;
  readonly ours: string;
  /** Whether an inlined copy is at the start, at gdb's end or at our end of a movement. */
  readonly meetsInlined: boolean;
}

/** A difference that stays, because ours is what we mean. */
export interface Deviation {
  readonly reason: string;
  readonly concerns: (difference: Difference) => boolean;
}
