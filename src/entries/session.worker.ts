// SPDX-License-Identifier: MIT
import { parentPort } from 'node:worker_threads';
import { DebugAdapter } from '../dap/index.js';
import { makeTarget } from './makeTarget.js';
import { NodeHost } from './nodeHost.js';
import type { FromWorker, ToWorker } from './workerMessages.js';

/** Everything of one session lives here: adapter, debugger, machine. Messages of the protocol pass one each way. */
const port = parentPort;
if (port !== null) {
  const send = (message: FromWorker): void => port.postMessage(message);
  const host = new NodeHost();
  const end = (): void => {
    adapter.dispose();
    host.dispose();
    send({ kind: 'ended' });
    port.close();
  };
  const adapter = new DebugAdapter(host, makeTarget, end);
  adapter.onDidSendMessage(message => send({ kind: 'message', message }));
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'message') adapter.receive(message.message);
    else if (message.kind === 'problem') adapter.reportProblem(message.sentence);
    else end();
  });
}
