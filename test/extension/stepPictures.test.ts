// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepAnatomyBody, WireStepAction } from '../../src/dap/index.js';
import { stepAnatomyBody } from '../../src/dap/stepRequests.js';
import { drawStep } from '../../src/extension/stepAnatomy/drawStep.js';
import { HCALL } from '../../src/kvm/index.js';
import type { StepPicture } from '../../src/views/index.js';
import { NOP, ppc } from '../cpu/powerWords.js';
import { RESOURCE, SteppedPartition } from '../debug/steppedPartition.js';
import { english, marksOf } from '../support/steppedSession.js';

// Pictures of steps that are not over with the first exit, and of single records.

/** The picture of the last step of a partition's first vCPU. */
function pictureOf({ target }: SteppedPartition): StepPicture {
  // The records are all that the body takes of a session.
  const body = stepAnatomyBody({ target } as never, target.stepAnatomy(0));
  return drawn(body);
}

function drawn(body: StepAnatomyBody): StepPicture {
  const picture = drawStep(body, english);
  assert.ok(picture !== undefined);
  return picture;
}

/** What is in the guest, and what comes out of it. */
const inGuest = (picture: StepPicture): readonly string[] =>
  marksOf(picture)
    .filter(({ lane }) => lane === 'guest' || lane === 'kvm')
    .map(({ title, why = '' }) => (title === picture.instruction ? `${title}: ${why}` : title));

const CHARACTER = 0x4100_0000_0000_0000n;

test('ST-VIEW-102 an exit that the machine serves is drawn without a trap word, and the instruction as over behind it', () => {
  const guest = new SteppedPartition([ppc.sc(1), NOP], { gpr: { 3: BigInt(HCALL.PUT_TERM_CHAR), 4: 0x7100_0000n, 5: 1n, 6: CHARACTER } });
  guest.step();
  const picture = pictureOf(guest);
  assert.deepEqual(inGuest(picture), [
    'sc 1: the guest runs',
    'Something for KVM',
    'KVM_EXIT_PAPR_HCALL, served by the machine',
    'sc 1: it has what the machine has answered, and is over',
    'Trap word at 0xc000000000010004',
    'KVM_EXIT_DEBUG',
  ]);
});

test('ST-VIEW-103 traps that the stepped call itself moves are drawn as given back and placed before the guest goes on, with the AIL of each', () => {
  const gpr = { 3: BigInt(HCALL.SET_MODE), 4: 3n, 5: RESOURCE.LOCATION };
  const guest = new SteppedPartition([ppc.sc(1), NOP, NOP], { fidelity: 'kernel', ail: 0, gpr });
  guest.step();
  const picture = pictureOf(guest);
  assert.deepEqual(
    picture.phases.map(({ title }) => title),
    ['Prepare', 'One instruction', 'Prepare', 'One instruction', 'Put everything back'],
  );
  const words = marksOf(picture).filter(({ kind, title }) => kind === 'trap' || title.startsWith("The guest's own word"));
  assert.deepEqual(
    words.map(({ title }) => title),
    [
      'Trap word at 0xd00',
      "The guest's own word at 0xd00",
      'Trap word at 0xc000000000004d00',
      "The guest's own word at 0xc000000000004d00",
    ],
  );
  const { actions } = guest.target.stepAnatomy(0);
  assert.deepEqual(
    actions.flatMap(action => (action.kind === 'writeMemory' && action.trap?.isPlaced ? [action.trap.vector?.AIL] : [])),
    [0, 3],
  );
});

/** A step with nothing but these records. */
const bodyOf = (method: string, actions: readonly WireStepAction[]): StepAnatomyBody => ({
  threadId: 1,
  method,
  startPc: '0x1000',
  instruction: 'nop',
  log: { first: 0, end: 0 },
  actions,
});

test('ST-VIEW-104 a stay in the guest that begins active-pending is drawn without the instruction: only its exception is to come', () => {
  const picture = drawn(
    bodyOf('ARM64 software step', [
      {
        kind: 'exit',
        reason: 'KVM_EXIT_DEBUG: software step',
        syndrome: undefined,
        pc: '0x1004',
        kernel: [{ when: 'entering', register: 'pstate.SS', before: '0x0', after: '0x0' }],
      },
    ]),
  );
  assert.ok(inGuest(picture).includes('Software Step exception'));
  assert.ok(!marksOf(picture).some(({ kind }) => kind === 'instruction'));
});

test('ST-VIEW-105 the words at vectors of interrupts that may come instead are one track, however many come and go at once', () => {
  const word = (address: string, isPlaced: boolean): WireStepAction => {
    const [before, after] = isPlaced ? ['0x1', '0xdddd00'] : ['0xdddd00', '0x1'];
    return { kind: 'writeMemory', address, before, after, why: '', trap: { isPlaced, address, role: 'interrupt' } };
  };
  const exit: WireStepAction = { kind: 'exit', reason: 'KVM_EXIT_DEBUG: trap word', syndrome: undefined, pc: '0xd00' };
  const last = (actions: readonly WireStepAction[]): readonly (string | undefined)[] =>
    drawn(bodyOf('POWER HV Trace', actions)).tracks.map(({ states }) => states.at(-1));
  // Another vCPU's step has the other word at the beginning, or at the end.
  assert.deepEqual(last([word('0x480', true), exit, word('0x400', false), word('0x480', false)]), ['ends']);
  assert.deepEqual(last([word('0x400', true), word('0x480', true), exit, word('0x480', false)]), ['ends']);
});
