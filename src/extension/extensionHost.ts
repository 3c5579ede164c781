// SPDX-License-Identifier: MIT
import type { SessionWorker, WorkerListener } from '../dap/index.js';

/** What differs between the extension hosts: Node's on a desktop or a server, and the browser's. */
export interface ExtensionHost {
  /** Starts the worker of one session, which tells `listener`. A rejection is one sentence. */
  startWorker(listener: WorkerListener): Promise<SessionWorker>;
}
