// SPDX-License-Identifier: MIT
import type { Files } from '../base/index.js';
import type { AdapterHost } from '../dap/index.js';

/** The version that package.json says; the bundler puts it in. */
declare const STEPTRAP_VERSION: string | undefined;

export const VERSION = typeof STEPTRAP_VERSION === 'string' ? STEPTRAP_VERSION : '0.0.0';

/** One end of a MessageChannel; only Node's keep the process alive, and only they can stop doing so. */
interface Port {
  onmessage: ((event: never) => void) | null;
  postMessage(value: undefined): void;
  close(): void;
  ref?(): void;
  unref?(): void;
}

/** Node's: the callback runs after the messages of this turn. Browsers have none and need none. */
declare const setImmediate: ((callback: () => void) => unknown) | undefined;

/** As browsers have it and Node has it, too; Node's types do not say so. */
declare const MessageChannel: new () => { readonly port1: Port; readonly port2: Port };

/** The process, worker or page that an adapter runs in: alike everywhere but for its files. `dispose` lets a process end. */
export class MessageHost implements AdapterHost {
  readonly version = VERSION;
  readonly #channel = new MessageChannel();
  #callbacks: (() => void)[] = [];

  constructor(readonly files: Files) {
    const { port1 } = this.#channel;
    port1.onmessage = () => {
      for (const callback of this.#callbacks.splice(0)) callback();
      if (this.#callbacks.length === 0) port1.unref?.();
    };
    port1.unref?.();
  }

  // A message lets those that have already arrived go first; a microtask or setImmediate of the same turn would not in a worker.
  // Node serves up to 1000 messages of one port before it looks at others: one that is sent by a message's own handler must wait a turn.
  defer(callback: () => void): void {
    this.#callbacks.push(callback);
    this.#channel.port1.ref?.();
    const send = (): void => this.#channel.port2.postMessage(undefined);
    if (typeof setImmediate === 'function') setImmediate(send);
    else send();
  }

  now(): number {
    return performance.now();
  }

  dispose(): void {
    this.#callbacks = [];
    this.#channel.port1.close();
  }
}
