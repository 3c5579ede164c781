// SPDX-License-Identifier: MIT
import { test } from 'node:test';
import { assertSteppedAlike } from './wholeSampleSteps.js';

test('PPC-HV-41 vectors that is stepped through its whole run, by a hashed page table, is the guest that nobody steps (ppc64, power8)', () =>
  assertSteppedAlike('vectors', 'ppc64', 'power8'));
