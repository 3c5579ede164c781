// SPDX-License-Identifier: MIT
import type { DebugTarget } from '../debug/index.js';
import { type Reply, refuse, reply } from './errors.js';
import type { Loading } from './loading.js';
import type { Session } from './session.js';
import { baseName } from './sourcePaths.js';

/** The symbols are read for this long before other messages are looked at, and before a client is told of it. */
const SLICE_MILLISECONDS = 10;
const QUIET_MILLISECONDS = 300;

/**
 * Reads the symbols of a guest that has just been made, in slices, so that no later request waits for seconds. A client that takes
 * progress reports is told of a load that lasts; it may cancel it, which ends the launch.
 */
export async function readSymbols(session: Session, loading: Loading, target: DebugTarget, path: string): Promise<Reply<undefined>> {
  const { host } = session;
  const start = host.now();
  let sliceStart = start;
  let told: number | undefined;
  const end = <T>(outcome: Reply<T>): Reply<T> => {
    if (told !== undefined) session.send('progressEnd', { progressId: loading.progressId });
    return outcome;
  };
  for (const { done, total } of target.readSymbols()) {
    const now = host.now();
    if (now - sliceStart < SLICE_MILLISECONDS) continue;
    const percentage = Math.floor((done * 100) / Math.max(1, total));
    if (session.client.takesProgress && now - start >= QUIET_MILLISECONDS && percentage !== told) {
      const report = { progressId: loading.progressId, percentage, message: `${done} of ${total} units` };
      if (told === undefined)
        session.send('progressStart', { ...report, title: `Reading symbols of ${baseName(path)}`, cancellable: true });
      else session.send('progressUpdate', report);
      told = percentage;
    }
    await new Promise<void>(resolve => host.defer(resolve));
    if (loading.isCancelled)
      return end(refuse('cancelled', `Reading the symbols of ${path} was cancelled after ${done} of ${total} units.`));
    sliceStart = host.now();
  }
  return end(reply(undefined));
}
