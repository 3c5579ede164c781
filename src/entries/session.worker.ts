// SPDX-License-Identifier: MIT
import { parentPort } from 'node:worker_threads';
import { serveSession } from '../dap/index.js';
import { makeTarget } from './makeTarget.js';
import { NodeFiles, NodeHost } from './nodeHost.js';

/** Everything of one session lives here, in a worker of Node's: adapter, debugger, machine. */
const port = parentPort;
if (port !== null) {
  let host: NodeHost | undefined;
  const receive = serveSession({
    post: message => port.postMessage(message),
    makeHost: forwarded => {
      host = new NodeHost(new NodeFiles(forwarded));
      return host;
    },
    makeTarget: () => makeTarget,
    ended: () => {
      host?.dispose();
      port.close();
    },
  });
  port.on('message', receive);
}
