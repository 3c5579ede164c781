// SPDX-License-Identifier: MIT

/**
 * The out-of-line routines that POWER rows leave to, and their payloads:
 *
 *   illegal                  0: Hypervisor Emulation Assistance or Program interrupt; also what a word without a row means
 *   trap                     0: Program interrupt, type Trap
 *   sc, scv                  LEV
 *   mfspr, mtspr             the number of the register 9:0, RT or RS 14:10
 *   multiple or string       0: see `multipleAndString.ts`
 *   darn                     L 1:0, RT 6:2
 *   … unavailable            0: the interrupt of the facility
 *   system                   0: what only privileged state can say; the routine looks at the word
 *   unimplemented            0
 */
export const POWER_ROUTINES = [
  'illegal',
  'trap',
  'sc',
  'scv',
  'mfspr',
  'mtspr',
  'multiple or string',
  'darn',
  'FP unavailable',
  'VEC unavailable',
  'VSX unavailable',
  'TAR unavailable',
  'system',
  'unimplemented',
] as const;

/** Name of an out-of-line routine. */
export type PowerRoutine = (typeof POWER_ROUTINES)[number];
