// SPDX-License-Identifier: MIT
import { Worker } from 'node:worker_threads';
import type { FromWorker, SessionWorker, WorkerListener } from '../dap/index.js';

/** A session's worker of Node's; `gone` resolves when it has ended. */
export interface NodeSessionWorker extends SessionWorker {
  readonly gone: Promise<void>;
}

/** Starts the bundled worker at `script`. */
export function startNodeWorker(script: URL | string, listener: WorkerListener): NodeSessionWorker {
  // Options of this process (an inspector's port, test options) are not the worker's.
  const worker = new Worker(script, { execArgv: [] });
  worker.on('message', (message: FromWorker) => listener.message(message));
  worker.on('messageerror', error => listener.failed(error.message));
  worker.on('error', error => listener.failed(error.message));
  const gone = new Promise<void>(resolve => {
    worker.on('exit', status => {
      listener.failed(`it ended with status ${status}`);
      resolve();
    });
  });
  return {
    gone,
    post: message => worker.postMessage(message),
    terminate: () => void worker.terminate(),
  };
}
