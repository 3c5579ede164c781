// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ppc } from '../cpu/powerWords.js';
import { TraceStepper } from '../debug/traceStepper.js';
import { CODE, powerpcGuest, setRegs } from '../kvm/powerpcGuest.js';

// What makes the Trace method fast: it writes many words into pages with code at each step. See engine.test.ts.

const LOOP = [ppc.addi(3, 3, 1), ppc.lwz(4, 5, 0), ppc.stw(4, 5, 4), ppc.addi(6, 6, 1), ppc.b(-16)];
/** Behind the vector of the System Reset interrupt, in the page of the others. */
const AMONG_VECTORS = 0x140;
const FREE_INSTRUCTIONS = 10_000;

/** What each of 300 steps of the loop at `address` has counted, after a free run, which decodes it, and a pass of steps. */
function countsOfSteps(address: number) {
  const guest = powerpcGuest();
  const { engine, kvm, vcpu } = guest;
  guest.put(address, LOOP);
  setRegs(vcpu, { pc: BigInt(address) }, { 5: 0x8000n });
  kvm.scheduler.run([vcpu], { maximumInstructions: FREE_INSTRUCTIONS });
  vcpu.signal();
  vcpu.run();
  const stepper = new TraceStepper(guest);
  for (const _ of LOOP) stepper.step();
  return Array.from({ length: 300 }, () => {
    const before = { ...engine.counters };
    stepper.step();
    const { crossings, decodes, givenUp } = engine.counters;
    return { crossings: crossings - before.crossings, decodes: decodes - before.decodes, givenUp: givenUp - before.givenUp };
  });
}

for (const { where, address } of [
  { where: 'code in a page of its own', address: CODE },
  { where: 'code in a page with vectors', address: AMONG_VECTORS },
])
  test(`ST-GATE-020 a Trace step of ${where} gives up at most two decoded instructions and decodes at most two`, () => {
    for (const counts of countsOfSteps(address)) {
      assert.ok(counts.givenUp <= 2, `${counts.givenUp} given up`);
      assert.ok(counts.decodes <= 2, `${counts.decodes} decoded`);
      assert.ok(counts.crossings <= 4, `${counts.crossings} crossings`);
    }
  });
