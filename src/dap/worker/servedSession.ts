// SPDX-License-Identifier: MIT
import type { Files } from '../../base/index.js';
import { DebugAdapter } from '../adapter.js';
import type { AdapterHost } from '../adapterHost.js';
import type { MakeTarget } from '../launchedGuest.js';
import { ForwardedFiles } from './forwardedFiles.js';
import type { FromWorker, Interpreters, ToWorker } from './workerMessages.js';

/** What a session needs of the worker that it lives in. */
export interface WorkerParts {
  post(message: FromWorker): void;
  /** The host of the adapter, which reads what the worker cannot reach from `forwarded`. */
  makeHost(forwarded: Files): AdapterHost;
  /** Makes guests on the interpreters of the `start` message, or on the worker's own if there was none. */
  makeTarget(interpreters: Interpreters | undefined): MakeTarget;
  /** The session has ended; nothing is posted any more. */
  ended(): void;
}

/** Serves one session inside a worker; the result takes each message of the forwarding side. */
export function serveSession({ post, makeHost, makeTarget, ended }: WorkerParts): (message: ToWorker) => void {
  const files = new ForwardedFiles(post);
  const host = makeHost(files);
  let make: MakeTarget = makeTarget(undefined);
  const end = (): void => {
    adapter.dispose();
    post({ kind: 'ended' });
    ended();
  };
  const adapter = new DebugAdapter(host, options => make(options), end);
  adapter.onDidSendMessage(message => post({ kind: 'message', message }));
  return message => {
    switch (message.kind) {
      case 'start':
        make = makeTarget(message.interpreters);
        return;
      case 'message':
        adapter.receive(message.message);
        return;
      case 'problem':
        adapter.reportProblem(message.sentence);
        return;
      case 'file':
        files.answered(message.id, message.outcome);
        return;
      case 'end':
        end();
    }
  };
}
