// SPDX-License-Identifier: MIT
import { test } from 'node:test';
import { assertSteppedAlike } from './wholeSampleSteps.js';

for (const [isa, cpu] of [
  ['ppc64', 'power8'],
  ['ppc64le', 'power9'],
] as const)
  test(`PPC-HV-41 selfstep that is stepped through its whole run is the guest that nobody steps (${isa}, ${cpu})`, () =>
    assertSteppedAlike('selfstep', isa, cpu));
