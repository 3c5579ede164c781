// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamOptions } from './streamGuest.js';
import { assertStreams, proveStream, STEPS, streamCount } from './streamProof.js';

const COUNT = streamCount(6, 100);

test(`PPC-HV-41 ${COUNT} random streams of ${STEPS} steps under a radix tree are the same guest as un-stepped`, () =>
  assertStreams('translated', COUNT));

test('ST-TRC-019 a software breakpoint of POWER is where instructions are fetched, by MSR[IR], whatever data goes by', () => {
  // Sequences of reservation that end by trap words, with MSR[IR] 0 and MSR[DR] 1, where the two lead to different pages.
  const { console: characters } = proveStream(streamOptions(1013, 'translated'), STEPS);
  assert.ok(characters > 0);
});
