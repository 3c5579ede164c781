// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { MessageChannel } from 'node:worker_threads';
import { type Files, failure, type Result, success } from '../base/index.js';
import type { AdapterHost } from '../dap/index.js';

/** The version that package.json says; the bundler puts it in. */
declare const STEPTRAP_VERSION: string | undefined;

export const VERSION = typeof STEPTRAP_VERSION === 'string' ? STEPTRAP_VERSION : '0.0.0';

/** The cause of a failed read in words. Codes are those of errno. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder',
};

/** Files of Node's file system. */
export class NodeFiles implements Files {
  async read(path: string): Promise<Result<Uint8Array>> {
    try {
      return success(new Uint8Array(await readFile(path)));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
      return failure(code, `${path} cannot be read: ${CAUSES[code] ?? code}.`);
    }
  }
}

/** The process or worker that an adapter runs in. `dispose` lets the process end. */
export class NodeHost implements AdapterHost {
  readonly files = new NodeFiles();
  readonly version = VERSION;
  readonly #channel = new MessageChannel();
  #callbacks: (() => void)[] = [];

  constructor() {
    this.#channel.port1.on('message', () => {
      for (const callback of this.#callbacks.splice(0)) callback();
      if (this.#callbacks.length === 0) this.#channel.port1.unref();
    });
    this.#channel.port1.unref();
  }

  // A message lets those that have already arrived go first; a microtask or setImmediate of the same turn would not in a worker.
  defer(callback: () => void): void {
    this.#callbacks.push(callback);
    this.#channel.port1.ref();
    this.#channel.port2.postMessage(undefined);
  }

  now(): number {
    return performance.now();
  }

  dispose(): void {
    this.#callbacks = [];
    this.#channel.port1.close();
  }
}
