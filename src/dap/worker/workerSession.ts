// SPDX-License-Identifier: MIT
import { type Disposable, Emitter, type Files } from '../../base/index.js';
import type { WireMessage } from '../adapterClient.js';
import { ERRORS } from '../errors.js';
import { isRecord } from '../shape.js';
import type { FromWorker, ToWorker } from './workerMessages.js';

/** A worker as the forwarding side sees it. */
export interface SessionWorker {
  post(message: ToWorker): void;
  /** Ends the worker at once, whatever it does. */
  terminate(): void;
}

/** What a worker tells the forwarding side. */
export interface WorkerListener {
  message(message: FromWorker): void;
  /** The worker has failed, or is gone without having said so; `cause` is one clause. */
  failed(cause: string): void;
}

/**
 * One session in a worker, seen from outside: messages of the protocol pass one each way. The worker never
 * outlives it. If the worker fails, every request that waits is refused with the cause and the client is told
 * that the session is over.
 */
export class WorkerSession implements WorkerListener, Disposable {
  readonly #didSendMessage = new Emitter<WireMessage>();
  readonly #didEnd = new Emitter<{ readonly failure: string | undefined }>();
  /** A message of the adapter, for the client. */
  readonly onDidSendMessage = this.#didSendMessage.event;
  /** The session is over and its worker gone; `failure` is a sentence if it failed. */
  readonly onDidEnd = this.#didEnd.event;
  /** Commands of requests without an answer, by sequence number. */
  readonly #waiting = new Map<number, string>();
  #worker: SessionWorker | undefined;
  #early: ToWorker[] = [];
  #isOver = false;

  constructor(
    /** Files that the worker asks for. */
    private readonly files: Files,
  ) {}

  /** Gives the session its worker; what was sent before reaches it now. */
  attach(worker: SessionWorker): void {
    if (this.#isOver) {
      worker.terminate();
      return;
    }
    this.#worker = worker;
    for (const message of this.#early.splice(0)) worker.post(message);
  }

  /** Takes one message of the client. */
  receive(message: unknown): void {
    if (isRecord(message) && message['type'] === 'request' && typeof message['seq'] === 'number')
      this.#waiting.set(message['seq'], String(message['command']));
    this.post({ kind: 'message', message });
  }

  post(message: ToWorker): void {
    if (this.#isOver) return;
    if (this.#worker === undefined) this.#early.push(message);
    else this.#worker.post(message);
  }

  message(message: FromWorker): void {
    if (this.#isOver) return;
    switch (message.kind) {
      case 'message':
        this.#forward(message.message);
        return;
      case 'read':
        void this.files.read(message.path).then(outcome => this.post({ kind: 'file', id: message.id, outcome }));
        return;
      case 'ended':
        this.#end(undefined);
    }
  }

  failed(cause: string): void {
    if (this.#isOver) return;
    const sentence = `The session's worker failed: ${cause.replace(/\.$/, '')}.`;
    for (const [request_seq, command] of this.#waiting)
      this.#didSendMessage.fire({
        type: 'response',
        seq: 0,
        request_seq,
        command,
        success: false,
        message: sentence,
        body: { error: { id: ERRORS.workerFailed.id, format: sentence, showUser: ERRORS.workerFailed.showUser } },
      });
    this.#didSendMessage.fire({ type: 'event', seq: 0, event: 'output', body: { category: 'important', output: `${sentence}\n` } });
    this.#didSendMessage.fire({ type: 'event', seq: 0, event: 'terminated' });
    this.#end(sentence);
  }

  /** Ends session and worker; whoever listens is told once. */
  dispose(): void {
    this.#end(undefined);
  }

  #forward(message: unknown): void {
    if (!isRecord(message)) return;
    if (message['type'] === 'response' && typeof message['request_seq'] === 'number') this.#waiting.delete(message['request_seq']);
    this.#didSendMessage.fire(message);
  }

  #end(failure: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting.clear();
    this.#worker?.terminate();
    this.#didEnd.fire({ failure });
  }
}
