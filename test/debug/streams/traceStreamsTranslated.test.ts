// SPDX-License-Identifier: MIT
import { test } from 'node:test';
import { assertStreams, STEPS, streamCount } from './streamProof.js';

const COUNT = streamCount(6, 100);

test(`PPC-HV-41 ${COUNT} random streams of ${STEPS} steps under a radix tree are the same guest as un-stepped`, () =>
  assertStreams('translated', COUNT));
