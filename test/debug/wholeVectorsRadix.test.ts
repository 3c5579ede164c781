// SPDX-License-Identifier: MIT
import { test } from 'node:test';
import { assertSteppedAlike } from './wholeSampleSteps.js';

test('PPC-HV-41 vectors that is stepped through its whole run, by a hashed page table and by radix trees, is the guest that nobody steps (ppc64le, power9)', () =>
  assertSteppedAlike('vectors', 'ppc64le', 'power9'));
