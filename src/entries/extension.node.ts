// SPDX-License-Identifier: MIT
import { join } from 'node:path';
import type { ExtensionContext } from 'vscode';
import { activateSteptrap } from '../extension/index.js';
import { startNodeWorker } from './nodeWorker.js';

/** The extension in Node's extension host: desktop, remote, code-server. */
export function activate(context: ExtensionContext): void {
  const script = join(context.extensionPath, 'dist', 'session.worker.js');
  activateSteptrap(context, {
    startWorker: async listener => startNodeWorker(script, listener),
    delay: (work, milliseconds) => {
      const timer = setTimeout(work, milliseconds);
      return () => clearTimeout(timer);
    },
  });
}
