// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamOptions } from './streamGuest.js';
import { assertStreams, proveStream, STEPS, streamCount } from './streamProof.js';

const COUNT = streamCount(5, 60);

test(`PPC-HV-41 ${COUNT} random streams of ${STEPS} steps without translation are the same guest as un-stepped`, () =>
  assertStreams('real', COUNT));

test('PPC-HV-16 mfmsr that the CIABR of the guest itself matches does not show the SE of the debugger', () => {
  assert.ok(proveStream(streamOptions(1380, 'real'), STEPS).traces > 0);
});
