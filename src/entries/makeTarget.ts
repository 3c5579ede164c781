// SPDX-License-Identifier: MIT
import type { MakeTarget } from '../dap/index.js';
import { launch } from '../debug/index.js';

/** Makes guests in this thread. */
export const makeTarget: MakeTarget = options => launch(options);
