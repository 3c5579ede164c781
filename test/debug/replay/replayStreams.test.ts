// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../vectors/random.js';
import { looksTheSame, StreamGuest, streamOptions, visibleIn } from '../streams/streamGuest.js';
import { replay } from './replay.js';

const STEPS = 400;
const INTERRUPTS_TURN = 25;

for (const [kind, seed] of [
  ['real', 3],
  ['real', 4],
  ['translated', 1],
  ['translated', 3],
  ['translated', 11],
] as const)
  test(`ST-TRC-012 the records of ${STEPS} steps of a random stream lead a copy to the same state each time (${kind}, seed ${seed})`, () => {
    const random = new Random(seed);
    const stepped = new StreamGuest(streamOptions(seed, kind));
    const copy = new StreamGuest(streamOptions(seed, kind));
    for (let step = 1; step <= STEPS; step++) {
      if (random.once(INTERRUPTS_TURN)) for (const guest of [stepped, copy]) guest.interrupt();
      stepped.step(0, false);
      const { method, actions } = stepped.target.stepAnatomy(0);
      assert.equal(method, 'POWER HV Trace');
      replay(actions, copy.target);
      if (!looksTheSame(stepped, copy)) assert.deepEqual(visibleIn(stepped), visibleIn(copy), `step ${step}`);
      assert.ok(Buffer.from(stepped.memory).equals(copy.memory), `step ${step}: memory differs`);
    }
    assert.equal(stepped.output, copy.output);
  });
