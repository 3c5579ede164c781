// SPDX-License-Identifier: MIT
import { type Folder, sample } from './walk.js';

/** The folder in which the mocha suite runs. */
export const SUITE_FOLDER: Folder = {
  ...sample('hello'),
  ...sample('counter'),
  'samples/smp/secondary.power64.S': { from: 'samples/smp/secondary.power64.S' },
};
