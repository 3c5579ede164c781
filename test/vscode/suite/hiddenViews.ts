// SPDX-License-Identifier: MIT
import { commands, debug, type TabGroup, TabInputWebview, window, workspace } from 'vscode';
import { equal, ok } from './expect.js';
import { fileOf, GuestSession, type Message } from './guestSession.js';

const COUNTER = 'samples/counter/counter.aarch64.O0.elf';
/** What each of our views asks the adapter. */
const VCPUS = 'steptrap/vcpus';
const DEBUG_REGISTERS = 'steptrap/debugRegisters';

const count = (messages: readonly Message[], type: string, command: string): number =>
  messages.filter(message => message.type === type && message.command === command).length;

/** How often the two views have asked. */
const asked = (messages: readonly Message[]): readonly [vcpus: number, debugRegisters: number] => [
  count(messages, 'request', VCPUS),
  count(messages, 'request', DEBUG_REGISTERS),
];

const haveBothAnswers = (messages: readonly Message[]): boolean =>
  asked(messages).every(requests => requests > 0) &&
  count(messages, 'response', VCPUS) > 0 &&
  count(messages, 'response', DEBUG_REGISTERS) > 0;

/** A session that stands in `main` and has the editor's focus: what follows from its start has been asked. */
async function focusedSession(): Promise<GuestSession> {
  const focused = new Promise<void>(resolve => {
    const listening = debug.onDidChangeActiveStackItem(item => {
      if (item === undefined) return;
      listening.dispose();
      resolve();
    });
  });
  const guest = await GuestSession.start({ program: fileOf(COUNTER).toString(), stopOnEntry: false, stopAt: 'main' });
  await focused;
  return guest;
}

/** Steps over once; returns how many messages there were at the stop. */
async function step(guest: GuestSession): Promise<number> {
  await guest.request('next', { threadId: 1 });
  await guest.stopped('step');
  return guest.position;
}

/** Steps until the views have been told that nobody sees them, which comes on a way of its own: two steps pass without a request. */
async function unseenSince(guest: GuestSession): Promise<number> {
  for (;;) {
    const start = guest.position;
    await step(guest);
    const end = await step(guest);
    if (asked(guest.messages.slice(start)).every(requests => requests === 0)) return end;
  }
}

teardown(async () => {
  await debug.stopDebugging();
});

test('ST-VSC-030 nothing is asked for a collapsed or a hidden view, and one request catches up when it is shown', async () => {
  const guest = await focusedSession();
  // "Debug Registers" is collapsed until somebody opens it.
  await commands.executeCommand('steptrap.vcpus.focus');
  const collapsed = await step(guest);
  for (let stops = 0; stops < 3; stops++) {
    const stop = await step(guest);
    await guest.until(stop, messages => count(messages, 'response', VCPUS) > 0);
  }
  equal(count(guest.messages.slice(collapsed), 'request', DEBUG_REGISTERS), 0, 'requests for the collapsed view at three stops');

  await commands.executeCommand('steptrap.debugRegisters.focus');
  await guest.until(collapsed, messages => count(messages, 'response', DEBUG_REGISTERS) > 0);
  // The Explorer takes the place of all debug views.
  await commands.executeCommand('workbench.view.explorer');
  const hidden = await unseenSince(guest);
  for (let stops = 0; stops < 3; stops++) await step(guest);
  equal(asked(guest.messages.slice(hidden)), [0, 0], 'requests for the hidden views at three stops');

  await commands.executeCommand('workbench.view.debug');
  await guest.until(hidden, haveBothAnswers);
  await guest.topFrame();
  equal(asked(guest.messages.slice(hidden)), [1, 1], 'requests of the views that are shown again');
  await guest.end();
});

test('ST-VSC-031 a view that is shown asks once at each stop', async () => {
  const guest = await focusedSession();
  await commands.executeCommand('steptrap.vcpus.focus');
  await commands.executeCommand('steptrap.debugRegisters.focus');
  const stops: (readonly [vcpus: number, debugRegisters: number])[] = [];
  for (let count = 0; count < 5; count++) {
    const stop = await step(guest);
    await guest.until(stop, haveBothAnswers);
    await guest.topFrame();
    stops.push(asked(guest.messages.slice(stop)));
  }
  // The first stop may come upon what the views ask when they are shown.
  equal(stops.slice(1), Array(4).fill([1, 1]), 'requests of both views at four stops');
  await guest.end();
});

/** How often the view of step anatomy has asked for a step and for a page of the log. */
const askedByAnatomy = (messages: readonly Message[]): readonly [steps: number, pages: number] => [
  count(messages, 'request', 'steptrap/stepAnatomy'),
  count(messages, 'request', 'steptrap/kvmTrace'),
];
const hasAnatomyAnswers = (messages: readonly Message[]): boolean =>
  count(messages, 'response', 'steptrap/stepAnatomy') > 0 && count(messages, 'response', 'steptrap/kvmTrace') > 0;

/** The group of editors that the view is in. */
function groupOfAnatomy(): TabGroup {
  const group = window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith('steptrap.stepAnatomy')),
  );
  ok(group !== undefined, 'no group has the view');
  return group;
}

test('ST-VSC-032 the view of step anatomy asks for the step and for what is seen of the log, and for nothing while it is hidden', async () => {
  const guest = await focusedSession();
  await commands.executeCommand('steptrap.showStepAnatomy');
  await guest.until(0, hasAnatomyAnswers);
  for (let stops = 0; stops < 3; stops++) {
    const stop = await step(guest);
    await guest.until(stop, hasAnatomyAnswers);
  }
  // An editor in the same group takes its place.
  await window.showTextDocument(await workspace.openTextDocument(), { viewColumn: groupOfAnatomy().viewColumn });
  let hidden = guest.position;
  for (;;) {
    const start = guest.position;
    await step(guest);
    hidden = await step(guest);
    if (askedByAnatomy(guest.messages.slice(start)).every(requests => requests === 0)) break;
  }
  for (let stops = 0; stops < 3; stops++) await step(guest);
  equal(askedByAnatomy(guest.messages.slice(hidden)), [0, 0], 'requests for the hidden view at three stops');
  await commands.executeCommand('steptrap.showStepAnatomy');
  await guest.until(hidden, hasAnatomyAnswers);
  equal(askedByAnatomy(guest.messages.slice(hidden))[0], 1, 'requests for the step of the view that is shown again');
  await guest.end();
  await commands.executeCommand('workbench.action.closeAllEditors');
});

const MACHINE = ['steptrap/memoryMap', 'steptrap/translate', 'steptrap/modules', 'steptrap/symbols'] as const;
const askedForMachine = (messages: readonly Message[]): readonly number[] => MACHINE.map(command => count(messages, 'request', command));
const haveMachineAnswers = (messages: readonly Message[]): boolean =>
  MACHINE.slice(0, 3).every(command => count(messages, 'response', command) > 0);

test('ST-VSC-033 the memory map and the modules ask for nothing while they are collapsed or hidden', async () => {
  const guest = await focusedSession();
  await commands.executeCommand('steptrap.vcpus.focus');
  for (let stops = 0; stops < 3; stops++) await step(guest);
  equal(askedForMachine(guest.messages), [0, 0, 0, 0], 'requests for the collapsed views');

  await commands.executeCommand('steptrap.memoryMap.focus');
  await commands.executeCommand('steptrap.modules.focus');
  await guest.until(0, haveMachineAnswers);
  const shown = await step(guest);
  await guest.until(shown, haveMachineAnswers);
  await commands.executeCommand('workbench.view.explorer');
  let hidden = guest.position;
  // That nobody sees the views comes to them on a way of its own.
  for (;;) {
    const start = guest.position;
    await step(guest);
    hidden = await step(guest);
    if (askedForMachine(guest.messages.slice(start)).every(requests => requests === 0)) break;
  }
  for (let stops = 0; stops < 3; stops++) await step(guest);
  equal(askedForMachine(guest.messages.slice(hidden)), [0, 0, 0, 0], 'requests for the hidden views at three stops');

  await commands.executeCommand('workbench.view.debug');
  await guest.until(hidden, haveMachineAnswers);
  await guest.topFrame();
  equal(askedForMachine(guest.messages.slice(hidden)), [1, 1, 1, 0], 'requests of the views that are shown again');
  await guest.end();
});
