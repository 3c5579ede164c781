// SPDX-License-Identifier: MIT
import { failure, success } from '../base/index.js';
import { type FromWorker, serveSession, type ToWorker } from '../dap/index.js';
import { launch } from '../debug/index.js';
import { MessageHost } from './messageHost.js';

/** The slice of a web worker's scope that a session uses. */
declare const self: {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: FromWorker): void;
  close(): void;
};

/** Everything of one session lives here, in a worker of the browser: adapter, debugger, machine. Files come by messages. */
let host: MessageHost | undefined;
const receive = serveSession({
  post: message => self.postMessage(message),
  makeHost: forwarded => {
    host = new MessageHost(forwarded);
    return host;
  },
  makeTarget:
    (interpreters = {}) =>
    options =>
      launch({
        ...options,
        interpreter: name => {
          const bytes = interpreters[name];
          return bytes === undefined ? failure('start', `The session was not given the interpreter ${name}.`) : success(bytes);
        },
      }),
  ended: () => {
    host?.dispose();
    self.close();
  },
});
self.onmessage = ({ data }) => receive(data);
