// SPDX-License-Identifier: MIT
import type { MakeTarget } from '../dap/index.js';
import { launch } from '../debug/index.js';
import { interpreterBytes } from './engineImage.js';

/** Makes guests in this thread, on the interpreters that the build generated. */
export const makeTarget: MakeTarget = options => launch({ ...options, interpreter: interpreterBytes });
