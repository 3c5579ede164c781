// SPDX-License-Identifier: MIT
import type { MakeTarget } from '../dap/index.js';
import { launch } from '../debug/index.js';
import { interpreterBytes } from './engineImage.js';

/** Makes guests in this thread, on the interpreter that the build generated. */
export const makeTarget: MakeTarget = options => {
  const interpreter = interpreterBytes('aarch64');
  return interpreter.ok ? launch({ ...options, interpreter: interpreter.value }) : interpreter;
};
