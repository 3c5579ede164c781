// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import type { FromWorker, SessionWorker, ToWorker, WorkerListener } from '../../src/dap/index.js';
import { INTERPRETER_NAMES } from '../../src/debug/index.js';
import { projectFile } from './adapterConnection.js';

/** What of a browser's worker the session may use; everything else of Node's is missing in the context. */
const SCOPE = { MessageChannel, TextDecoder, TextEncoder, performance };

/** Node's names that a browser has not; the context must not have them either. */
export const NODE_NAMES = ['process', 'require', 'module', 'Buffer', 'setImmediate', '__dirname'] as const;

/** Runs the bundled worker for browsers in a context that has no API of Node's. Messages are cloned, as between threads. */
export function startWebWorkerInContext(listener: WorkerListener): SessionWorker & { readonly missing: readonly string[] } {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  const self: { onmessage: ((event: { readonly data: ToWorker }) => void) | null; postMessage(message: FromWorker): void; close(): void } =
    {
      onmessage: null,
      postMessage: message => {
        const data = structuredClone(message);
        queueMicrotask(() => listener.message(data));
      },
      close: end,
    };
  const context = createContext({ ...SCOPE, self });
  const missing: unknown = runInContext(`${JSON.stringify(NODE_NAMES)}.filter(name => !(name in globalThis))`, context);
  runInContext(readFileSync(projectFile('dist/session.worker.web.js'), 'utf8'), context, { filename: 'session.worker.web.js' });
  const post = (message: ToWorker): void => {
    const data = structuredClone(message);
    setImmediate(() => {
      if (!isOver) self.onmessage?.({ data });
    });
  };
  const interpreters = INTERPRETER_NAMES.map(name => [name, new Uint8Array(readFileSync(projectFile(`dist/${name}.wasm`)))]);
  post({ kind: 'start', interpreters: Object.fromEntries(interpreters) });
  return { post, terminate: end, missing: Array.isArray(missing) ? Array.from(missing, String) : [] };
}
