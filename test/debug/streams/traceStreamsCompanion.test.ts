// SPDX-License-Identifier: MIT
import { test } from 'node:test';
import { streamOptions } from './streamGuest.js';
import { assertStreams, proveStream, STEPS, streamCount } from './streamProof.js';

const COUNT = streamCount(2, 40);

test(`PPC-HV-41 ${COUNT} random streams of ${STEPS} steps beside a second vCPU are the same guest as un-stepped`, () =>
  assertStreams('companion', COUNT));

/** vCPU 1's slice ends behind its rfid, which stands at the trap of vCPU 0's step and leads to an instruction that vCPU 1 steps itself. */
const AT_THE_END_OF_A_SLICE = 2_000_671;

test('ST-TRC-022 a vCPU that passes the trap of another one by a return into its own stepping has no more than its slice', () => {
  proveStream(streamOptions(AT_THE_END_OF_A_SLICE, 'companion'), 150);
});

/** vCPU 1 steps a sequence of reservation at an address where vCPU 0, without translation, has another page. */
const IN_ANOTHER_PAGE = 2_001_809;

test('ST-TRC-023 a step that ends at a trap word has it where its own vCPU fetches, whatever another one has at this address', () => {
  proveStream(streamOptions(IN_ANOTHER_PAGE, 'companion'), 300);
});
