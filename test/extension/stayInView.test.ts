// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../../src/base/index.js';
import { StayInView } from '../../src/extension/vcpus/stayInView.js';

/** A view whose key has let the guest run, with a clock that the test turns. */
function pressedKey() {
  const [shown, ended] = [new Emitter<undefined>(), new Emitter<undefined>()];
  const state = { isStopped: false, focused: 0, isLate: (): void => undefined };
  const waiting = new StayInView({
    isStopped: () => state.isStopped,
    onDidShowFrame: listener => shown.event(listener),
    onDidEnd: listener => ended.event(listener),
    delay: work => {
      state.isLate = work;
      return () => {
        state.isLate = () => undefined;
      };
    },
    focus: () => state.focused++,
  });
  return { shown, ended, state, waiting };
}

test('ST-VIEW-060 the view gets the keyboard back once, at the frame of a stop that comes soon', () => {
  const { shown, state } = pressedKey();
  shown.fire(undefined);
  assert.equal(state.focused, 0);
  state.isStopped = true;
  state.isLate();
  shown.fire(undefined);
  shown.fire(undefined);
  assert.equal(state.focused, 1);
});

test('ST-VIEW-061 a stop that is long in coming, or comes after a refusal or in another session, takes the keyboard from nobody', () => {
  for (const giveUp of ['late', 'refused', 'ended'] as const) {
    const { shown, ended, state, waiting } = pressedKey();
    if (giveUp === 'late') state.isLate();
    if (giveUp === 'refused') waiting.dispose();
    if (giveUp === 'ended') ended.fire(undefined);
    state.isStopped = true;
    shown.fire(undefined);
    assert.equal(state.focused, 0, giveUp);
  }
});
