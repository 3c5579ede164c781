// SPDX-License-Identifier: MIT
import { isRecord } from './shape.js';

/** A message of the protocol as JSON carries it. */
export type WireMessage = Readonly<Record<string, unknown>>;

/** The answer to a request. */
export interface ClientAnswer {
  readonly success: boolean;
  /** The sentence of a refusal. */
  readonly message: string | undefined;
  readonly body: WireMessage;
}

/**
 * The other end of the protocol: numbers requests, matches answers and keeps events until somebody waits
 * for them. It works over any transport: `send` takes a message away, `receive` is given each that comes.
 */
export class AdapterClient {
  #sequence = 1;
  readonly #waiting = new Map<number, (answer: ClientAnswer) => void>();
  readonly #events: WireMessage[] = [];
  #waiter: { readonly names: readonly string[]; readonly resolve: (event: WireMessage | undefined) => void } | undefined;
  #isClosed = false;

  constructor(
    private readonly send: (message: WireMessage) => void,
    /** Sees every event as it comes. */
    private readonly onEvent: (event: WireMessage) => void = () => undefined,
  ) {}

  /** Sends a request; resolves with its answer. */
  request(command: string, args?: object): Promise<ClientAnswer> {
    const seq = this.#sequence++;
    return new Promise(resolve => {
      if (this.#isClosed) {
        resolve({ success: false, message: 'The connection is closed.', body: {} });
        return;
      }
      this.#waiting.set(seq, resolve);
      this.send({ type: 'request', seq, command, ...(args === undefined ? {} : { arguments: args }) });
    });
  }

  /** The next event, kept or coming, whose name is one of `names`; events before it are dropped. `undefined` if the connection ends first. */
  waitFor(...names: readonly string[]): Promise<WireMessage | undefined> {
    const at = this.#events.findIndex(event => names.includes(String(event['event'])));
    if (at >= 0) return Promise.resolve(this.#events.splice(0, at + 1).at(-1));
    this.#events.length = 0;
    if (this.#isClosed) return Promise.resolve(undefined);
    return new Promise(resolve => {
      this.#waiter = { names, resolve };
    });
  }

  /** Takes one message of the adapter. */
  receive(message: unknown): void {
    if (!isRecord(message)) return;
    if (message['type'] === 'event') {
      this.onEvent(message);
      const waiter = this.#waiter;
      if (waiter?.names.includes(String(message['event']))) {
        this.#waiter = undefined;
        waiter.resolve(message);
      } else {
        this.#events.push(message);
      }
      return;
    }
    const sequence = message['request_seq'];
    const resolve = typeof sequence === 'number' ? this.#waiting.get(sequence) : undefined;
    if (typeof sequence !== 'number' || resolve === undefined) return;
    this.#waiting.delete(sequence);
    const { body, message: sentence } = message;
    resolve({
      success: message['success'] === true,
      message: typeof sentence === 'string' ? sentence : undefined,
      body: isRecord(body) ? body : {},
    });
  }

  /** The connection has ended: whoever waits is answered. */
  close(): void {
    this.#isClosed = true;
    for (const resolve of this.#waiting.values()) resolve({ success: false, message: 'The connection is closed.', body: {} });
    this.#waiting.clear();
    this.#waiter?.resolve(undefined);
  }
}
