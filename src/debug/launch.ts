// SPDX-License-Identifier: MIT
import { failure, type Result } from '../base/index.js';
import type { DebugTarget } from './debugTarget.js';
import type { LaunchOptions } from './launchOptions.js';

/**
 * Makes the machine, loads the program and stops before its first instruction (`lastStop.reason` is `entry`).
 * What does not exist or does not fit together is refused with one sentence that names it.
 */
export function launch(options: LaunchOptions): Result<DebugTarget> {
  return failure('unsupported', `The machine for ${options.program.path} is not there yet.`);
}
