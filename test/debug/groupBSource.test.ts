// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepTarget } from '../../src/debug/execution/executionControl.js';
import { COUNTER, lineOf, SampleGuest } from './sampleGuest.js';

// Group B: steps by source lines over the Trace method. The same sample under KVM-PR, where the kernel steps, shows where they have to end.

const METHODS = [
  { kvm: 'hv', fidelity: 'exact' },
  { kvm: 'hv', fidelity: 'kernel' },
] as const;

/** Where a step has ended: the place in the source, and the instruction. */
const placeOf = (guest: SampleGuest): string => `${guest.here} 0x${guest.frame().pc.toString(16)} ${guest.frames.length}`;

function until(guest: SampleGuest, target: StepTarget, kind: 'into' | 'over'): void {
  const begun = guest.target.execution.step({ vcpu: 0, kind, granularity: 'instruction', until: target });
  assert.ok(begun.ok, begun.ok ? '' : begun.error.message);
  assert.equal(guest.stop().reason, 'step');
}

/** Into functions and out of them; optimized, the sample calls none of its own here. */
function intoAndOut(guest: SampleGuest, note: () => void): void {
  guest.runTo('increment');
  note();
  guest.step('over');
  note();
  guest.step('out');
  note();
  guest.target.breakpoints.setSource(COUNTER, [{ line: lineOf('call increment') }]);
  guest.continue();
  guest.target.breakpoints.setSource(COUNTER, []);
  note();
  guest.step('into');
  note();
  guest.step('out');
  note();
  guest.runTo('fibonacci', 'n == 4');
  note();
  guest.step('out');
  note();
}

/** A walk through the sample, and each place that it comes to. */
function walk(guest: SampleGuest, level: 'O0' | 'O2'): readonly string[] {
  const places: string[] = [];
  const note = (): void => void places.push(placeOf(guest));
  guest.runTo('main');
  for (let count = 0; count < 6; count++) {
    guest.step('over');
    note();
  }
  if (level === 'O0') intoAndOut(guest, note);
  // Over all that is left of `main` the guest comes to its end.
  for (const target of ['branch', 'call', 'return'] as const)
    for (const kind of level === 'O0' ? (['into', 'over'] as const) : (['into'] as const)) {
      until(guest, target, kind);
      note();
    }
  for (let count = 0; count < 20; count++) {
    guest.step('into', 'instruction');
    note();
  }
  for (let count = 0; count < 10; count++) {
    guest.step('over', 'instruction');
    note();
  }
  return places;
}

for (const isa of ['ppc64', 'ppc64le'] as const)
  for (const level of ['O0', 'O2'] as const)
    for (const method of METHODS)
      test(`ST-TRC-008 steps over, into, out and until end where those of KVM-PR do (${method.fidelity}, ${isa}, -${level})`, () => {
        const [guest, reference] = [
          new SampleGuest('counter', level, { isa, ...method }),
          new SampleGuest('counter', level, { isa, kvm: 'pr' }),
        ];
        assert.deepEqual(walk(guest, level), walk(reference, level));
        assert.equal(guest.target.stepAnatomy(0).method, 'POWER HV Trace');
        assert.deepEqual([guest.runToEnd(), guest.output], [reference.runToEnd(), reference.output]);
      });
