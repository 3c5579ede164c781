// SPDX-License-Identifier: MIT
import { test } from 'node:test';
import { assertStreams, STEPS, streamCount } from './streamProof.js';

const COUNT = streamCount(5, 60);

test(`PPC-HV-41 ${COUNT} random streams of ${STEPS} steps without translation are the same guest as un-stepped`, () =>
  assertStreams('real', COUNT));
