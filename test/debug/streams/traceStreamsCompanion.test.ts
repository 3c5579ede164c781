// SPDX-License-Identifier: MIT
import { test } from 'node:test';
import { assertStreams, STEPS, streamCount } from './streamProof.js';

const COUNT = streamCount(2, 40);

test(`PPC-HV-41 ${COUNT} random streams of ${STEPS} steps beside a second vCPU are the same guest as un-stepped`, () =>
  assertStreams('companion', COUNT));
