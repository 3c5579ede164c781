// SPDX-License-Identifier: MIT
import type { SessionWorker, WorkerListener } from '../dap/index.js';

/** Timers are the host's. */
export type Delay = (work: () => void, milliseconds: number) => () => void;

/** What differs between the extension hosts: Node's on a desktop or a server, and the browser's. */
export interface ExtensionHost {
  /** Starts the worker of one session, which tells `listener`. A rejection is one sentence. */
  startWorker(listener: WorkerListener): Promise<SessionWorker>;
  /** Calls `work` once after `milliseconds`; the answer calls it off. */
  readonly delay: Delay;
}
