// SPDX-License-Identifier: MIT
import { StoppedSession } from '../test/support/stoppedSession.js';
import { askForAllViews, SMP_STOP } from '../test/support/stopWithAllViews.js';
import type { Figures } from './figures.js';
import { median, wallSeconds } from './measure.js';

/** V8 has compiled what answers by then. */
const WARM_STOPS = 20;
const STOPS = 100;

/** `milliseconds.stopAllViews8`: from the first request after a stop to the last answer. */
export async function stopWithAllViews(): Promise<Figures> {
  const session = await StoppedSession.launch(SMP_STOP.program, SMP_STOP.settings);
  await session.ask('setFunctionBreakpoints', { breakpoints: [{ name: SMP_STOP.breakpoint }] });
  const seconds: number[] = [];
  for (let count = 0; count < WARM_STOPS + STOPS; count++) {
    const { threadId } = await session.run('continue');
    seconds.push(await wallSeconds(() => askForAllViews(session, Number(threadId))));
  }
  await session.close();
  return { 'milliseconds.stopAllViews8': median(seconds.slice(WARM_STOPS)) * 1e3 };
}
