// SPDX-License-Identifier: MIT
import type { ExtensionContext } from 'vscode';
import { Uri, workspace } from 'vscode';
import type { FromWorker, Interpreters, SessionWorker, ToWorker, WorkerListener } from '../dap/index.js';
import { INTERPRETER_NAMES } from '../debug/index.js';
import { activateSteptrap } from '../extension/index.js';

/** The slice of a browser's Worker that a session uses. */
declare class Worker {
  constructor(script: string);
  onmessage: ((event: { readonly data: FromWorker }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  onmessageerror: (() => void) | null;
  postMessage(message: ToWorker): void;
  terminate(): void;
}

/** The extension in a browser's extension host. */
export function activate(context: ExtensionContext): void {
  const read = (name: string): PromiseLike<Uint8Array> => workspace.fs.readFile(Uri.joinPath(context.extensionUri, 'dist', name));
  activateSteptrap(context, {
    startWorker: async listener => {
      const interpreters = INTERPRETER_NAMES.map(async name => [name, await read(`${name}.wasm`)] as const);
      const [script, ...entries] = await Promise.all([read('session.worker.web.js'), ...interpreters]);
      return startWebWorker(script, Object.fromEntries(entries), listener);
    },
    delay: (work, milliseconds) => {
      const timer = setTimeout(work, milliseconds);
      return () => clearTimeout(timer);
    },
  });
}

// A browser refuses a worker whose script is of another origin than the page, and an extension's is; a blob is of the page's own.
function startWebWorker(script: Uint8Array, interpreters: Interpreters, listener: WorkerListener): SessionWorker {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => listener.message(data);
  worker.onerror = ({ message }) => listener.failed(message ?? 'its script cannot run');
  worker.onmessageerror = () => listener.failed('a message of it cannot be read');
  worker.postMessage({ kind: 'start', interpreters });
  return {
    post: message => worker.postMessage(message),
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
