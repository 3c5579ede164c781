// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepTarget } from '../../src/debug/execution/executionControl.js';
import type { StopReport } from '../../src/debug/execution/stop.js';
import { SampleGuest } from './sampleGuest.js';

/** Mnemonics of the instructions that each target stops before. */
const MNEMONICS: Readonly<Record<Exclude<StepTarget, 'exception'>, RegExp>> = {
  branch: /^(b|b\.\w+|bl|blr|br|ret|eret|cbn?z|tbn?z)$/,
  call: /^blr?$/,
  return: /^(e?ret)$/,
};

function mnemonic(guest: SampleGuest): string {
  const [row] = guest.target.disassemble(0, { address: guest.frame().pc, count: 1 });
  return /^(?:<[^>]*> )?(\S+)/.exec(row?.text ?? '')?.[1] ?? '';
}

function until(guest: SampleGuest, target: StepTarget, kind: 'into' | 'over', slice = 1_000_000): StopReport {
  const begun = guest.target.execution.step({ vcpu: 0, kind, granularity: 'instruction', until: target, stepsExclusivesAsOne: true });
  assert.ok(begun.ok, begun.ok ? '' : begun.error.message);
  let outcome = guest.target.execution.runSlice(slice);
  while (outcome.kind === 'running') outcome = guest.target.execution.runSlice(slice);
  assert.ok(outcome.kind === 'stopped');
  return outcome.stop;
}

for (const target of ['branch', 'call', 'return'] as const) {
  test(`ST-DBG-070 a step into until the next ${target} ends where single steps first meet one (counter)`, () => {
    const [fast, slow] = [new SampleGuest('counter', 'O2'), new SampleGuest('counter', 'O2')];
    for (const guest of [fast, slow]) guest.runTo('main');
    for (let round = 0; round < 12; round++) {
      const stop = until(fast, target, 'into');
      do slow.step('into', 'instruction');
      while (!MNEMONICS[target].test(mnemonic(slow)));
      assert.deepEqual([stop.reason, stop.pc], ['step', slow.frame().pc], `round ${round}`);
      assert.equal(fast.target.execution.retiredInstructions, slow.target.execution.retiredInstructions);
    }
  });
}

test('ST-DBG-071 a step over until the return ends at the return of this function, not of those that it calls', () => {
  const guest = new SampleGuest('counter', 'O0');
  guest.runTo('fibonacci');
  const { callFrameAddress } = guest.frame();
  assert.equal(until(guest, 'return', 'over').reason, 'step');
  assert.equal(mnemonic(guest), 'ret');
  assert.match(guest.here, /^fibonacci:/);
  assert.equal(guest.frame().callFrameAddress, callFrameAddress);
});

test('ST-DBG-072 a step until the next exception ends at the first instruction of its vector', () => {
  const guest = new SampleGuest('svc', 'O2');
  guest.runTo('enter_user');
  const stop = until(guest, 'exception', 'into');
  assert.deepEqual([stop.reason, stop.description], ['exception', 'Stepped to the exception sync from lower EL (AArch64).']);
  assert.match(guest.target.describeAddress(stop.pc) ?? '', /^<exception_vectors\+0x400>$/);
});

test('ST-DBG-073 a step until something ends at the same instruction however it is sliced, and a breakpoint on the way stops it', () => {
  const ends = [100, 1_000_000].map(slice => {
    const guest = new SampleGuest('counter', 'O2');
    guest.runTo('main');
    for (let round = 0; round < 6; round++) until(guest, 'call', 'over', slice);
    return `${guest.frame().pc} ${guest.target.execution.retiredInstructions}`;
  });
  assert.equal(ends[0], ends[1]);
  const guest = new SampleGuest('counter', 'O0');
  guest.runTo('main');
  const [breakpoint] = guest.target.breakpoints.setFunctions([{ name: 'increment' }]);
  const stop = until(guest, 'return', 'over');
  assert.deepEqual([stop.reason, stop.breakpoints], ['breakpoint', [breakpoint?.id]]);
});

test('ST-DBG-074 a step that never finds what it runs until is ended by a pause', () => {
  const guest = new SampleGuest('counter', 'O2');
  guest.runTo('main');
  guest.target.writeMemory(0, guest.frame().pc, Uint8Array.of(0x00, 0x00, 0x00, 0x14)); // B .
  guest.target.execution.step({ vcpu: 0, kind: 'over', granularity: 'instruction', until: 'call' });
  assert.equal(guest.target.execution.runSlice(5000).kind, 'running');
  guest.target.execution.pause();
  const outcome = guest.target.execution.runSlice(5000);
  assert.equal(outcome.kind === 'stopped' && outcome.stop.reason, 'pause');
});
