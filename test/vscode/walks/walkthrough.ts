// SPDX-License-Identifier: MIT
import type { Workbench } from '../workbench/index.js';
import { lineOf } from './sourceLines.js';
import { walkOfNewUser } from './walk.js';

const NOTES = { 'notes.txt': { text: 'Nothing to debug here.\n' } };
const line = lineOf('counter/counter.c', 'store counter');

interface Sentences {
  readonly title: string;
  readonly hit: RegExp;
  readonly stepped: RegExp;
  readonly registers: readonly RegExp[];
  readonly actions: readonly string[];
}

/** Does what the walkthrough says, sentence by sentence. */
async function follow(bench: Workbench, { title, hit, stepped, registers, actions }: Sentences): Promise<void> {
  const { editor, debugging, walkthrough, terminal } = bench;
  await walkthrough.open(title);
  await walkthrough.press('Open the Sample');
  await bench.quickInput.choose('A folder that Steptrap keeps');
  await bench.quickInput.choose('Open in this window');
  // The window loads anew and shows both side by side. In a browser's own storage nothing is searched for, by which the extension would be started:
  // there the walkthrough is opened again, as it says.
  if (bench.host === 'web') await walkthrough.openAgain(title);
  await walkthrough.step('Open the sample').done().waitFor();
  await bench.focusFirstEditor();
  await editor.cursorAt(line);

  await bench.press('F9');
  await walkthrough.step('Set a breakpoint').done().waitFor();
  await walkthrough.step('Start the guest').open();
  await walkthrough.press('Start Debugging');
  await debugging.agreeToTrust();
  await debugging.toolbar.waitFor();
  await debugging.show();
  await debugging.stoppedIn('main');
  await walkthrough.step('Start the guest').done().waitFor();

  await walkthrough.step('Run to the breakpoint').says(hit);
  await bench.press('F5');
  await debugging.stoppedIn('increment', line);
  await walkthrough.step('Run to the breakpoint').done().waitFor();
  await walkthrough.step('Step one instruction').says(stepped);
  await bench.press('Shift+Alt+F11');
  await walkthrough.step('Step one instruction').done().waitFor();
  await walkthrough.press('Show Step Anatomy');
  for (const action of actions) await bench.anatomy.mark(action).waitFor();
  await walkthrough.step('Look at the debug registers').open();
  await walkthrough.press('Show Debug Registers');
  // What is out of sight is not drawn.
  for (const title of ['Variables', 'Watch']) await bench.pane(title).collapse();
  for (const row of registers) await bench.pane('Debug Registers').row(row).waitFor();
  await walkthrough.step('Look at the debug registers').done().waitFor();

  await bench.focusFirstEditor();
  await editor.goTo(line);
  await bench.press('F9', 'F5');
  await debugging.ended();
  await terminal.shows('counter = 55');
  await walkthrough.step('Let the guest end').done().waitFor();
}

walkOfNewUser(
  'ST-VSC-070 each sentence of the walkthrough for ARM64 is true, and each step is ticked when it is done',
  'node',
  NOTES,
  bench =>
    follow(bench, {
      title: 'Your First Guest: ARM64',
      hit: /hardware breakpoint, in slot 0/,
      stepped: /MDSCR_EL1\.SS and PSTATE\.SS/,
      registers: [/1 of 6 in use/],
      actions: ['PSTATE.SS ← 0', 'KVM_EXIT_DEBUG'],
    }),
);

walkOfNewUser(
  'ST-VSC-071 each sentence of the walkthrough for POWER is true, and each step is ticked when it is done',
  'web',
  NOTES,
  bench =>
    follow(bench, {
      title: 'Your First Guest: POWER',
      hit: /a trap word in its memory/,
      stepped: /the trap brings the guest out after its one instruction/,
      registers: [/^MSR/, /Single step/, /Trap words.*1 in memory/],
      actions: ['MSR[SE] ← 1', 'Trace interrupt', 'KVM_EXIT_DEBUG'],
    }),
);
