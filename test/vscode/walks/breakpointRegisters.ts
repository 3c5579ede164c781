// SPDX-License-Identifier: MIT
import type { Pane, Workbench } from '../workbench/index.js';
import { lineOf } from './sourceLines.js';

/** Breakpoint registers of the cortex-a57. */
export const REGISTERS = 6;

/**
 * Sets one breakpoint more than there are registers, from a line of the counter on, and starts the guest; returns that line and the view that says
 * so.
 */
export async function oneBreakpointTooMany(bench: Workbench): Promise<{ readonly first: number; readonly registers: Pane }> {
  const { editor, debugging } = bench;
  const first = lineOf('counter/counter.c', 'first statement');
  await bench.openFile('samples/counter/counter.c');
  await editor.goTo(first);
  await bench.press('F9');
  for (let number = 1; number <= REGISTERS; number++) {
    await bench.press('ArrowDown');
    await editor.cursorAt(first + number);
    await bench.press('F9');
  }
  await debugging.start();
  await debugging.stoppedIn('_start');
  await bench.showOnly('Debug Registers');
  const registers = bench.pane('Debug Registers');
  await registers.row(`${REGISTERS} of ${REGISTERS} in use`).waitFor();
  return { first, registers };
}
