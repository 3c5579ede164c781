// SPDX-License-Identifier: MIT
import type { SchedulerLocking } from '../../debug/index.js';
import type { Localization } from '../localization.js';

/** gdb's modes, in gdb's order. */
export const LOCKING_MODES: readonly SchedulerLocking[] = ['off', 'on', 'step', 'replay'];

/** A mode of scheduler locking as it is offered. */
export interface LockingChoice {
  readonly mode: SchedulerLocking;
  readonly sentence: string;
}

/** Each mode, with what it means. */
export const lockingChoices = (l10n: Localization): readonly LockingChoice[] => [
  { mode: 'off', sentence: l10n.t('All vCPUs run, whichever one is stepped or continued.') },
  { mode: 'on', sentence: l10n.t('Only the vCPU that is stepped or continued runs.') },
  { mode: 'step', sentence: l10n.t('While a vCPU is stepped, only it runs; on continue all run.') },
  { mode: 'replay', sentence: l10n.t('As "on" in a recording and as "off" otherwise; needs a recording.') },
];
