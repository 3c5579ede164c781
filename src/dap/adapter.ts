// SPDX-License-Identifier: MIT
import { DebugSession, Event, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Disposable } from '../base/index.js';
import type { AdapterHost } from './adapterHost.js';
import { BREAKPOINT_ROUTES } from './breakpointRequests.js';
import { ERRORS, type RequestFailure } from './errors.js';
import { EVALUATE_ROUTES } from './evaluateRequests.js';
import { EXECUTION_ROUTES } from './executionRequests.js';
import type { MakeTarget } from './launchedGuest.js';
import { LIFECYCLE_ROUTES } from './lifecycleRequests.js';
import { MACHINE_ROUTES } from './machineRequests.js';
import { MEMORY_ROUTES } from './memoryRequests.js';
import type { Body, Routes } from './requestRoute.js';
import { Session } from './session.js';
import { excerpt, isRecord } from './shape.js';
import { SOURCE_ROUTES } from './sourceRequests.js';
import { STACK_ROUTES } from './stackRequests.js';
import { STEP_ROUTES } from './stepRequests.js';
import { STEPTRAP_ROUTES } from './steptrapRequests.js';
import { VARIABLE_ROUTES } from './variableRequests.js';

const ROUTES: Routes = {
  ...LIFECYCLE_ROUTES,
  ...EXECUTION_ROUTES,
  ...STACK_ROUTES,
  ...VARIABLE_ROUTES,
  ...EVALUATE_ROUTES,
  ...BREAKPOINT_ROUTES,
  ...MEMORY_ROUTES,
  ...SOURCE_ROUTES,
  ...MACHINE_ROUTES,
  ...STEPTRAP_ROUTES,
  ...STEP_ROUTES,
};

/** The requests that the adapter serves, by command. */
export const SERVED_REQUESTS: readonly string[] = Object.keys(ROUTES);

/** The most requests that wait while one is served. */
const LONGEST_QUEUE = 10_000;

/** Characters of a traced message; memory and variables can be long. */
const LONGEST_TRACED_MESSAGE = 1000;

/**
 * One debug session behind the protocol. Messages come in by `receive` and go out through `onDidSendMessage`;
 * the base class numbers them. Requests are served one at a time, in the order in which they came.
 */
export class DebugAdapter extends DebugSession implements Disposable {
  readonly #session: Session;
  readonly #queue: DebugProtocol.Request[] = [];
  #isBusy = false;
  /** The number of the request that is being served. */
  #served: number | undefined;
  #isDisposed = false;

  constructor(
    host: AdapterHost,
    makeTarget: MakeTarget,
    /** The client has disconnected. */
    onDidEnd: () => void,
  ) {
    super();
    this.#session = new Session(
      host,
      makeTarget,
      (event, body) => {
        if (!this.#isDisposed) this.sendEvent(new Event(event, body));
      },
      onDidEnd,
    );
  }

  /** Takes one message of the client, as parsed from JSON. What is no request gets one clear answer. */
  receive(message: unknown): void {
    if (this.#isDisposed) return;
    const request = requestOf(message);
    if (typeof request === 'string') this.reportProblem(request);
    else if (request !== undefined) {
      this.#traceWire('→', request);
      this.dispatchRequest(request);
    }
  }

  override sendResponse(response: DebugProtocol.Response): void {
    super.sendResponse(response);
    this.#traceWire('←', response);
  }

  override sendEvent(event: DebugProtocol.Event): void {
    super.sendEvent(event);
    // A trace of the trace would have no end.
    if (event.event !== 'output') this.#traceWire('←', event);
  }

  /** A message as a line of the debug console, for the setting "trace": "dap". */
  #traceWire(direction: '→' | '←', message: DebugProtocol.ProtocolMessage): void {
    if (this.#session.trace !== 'dap') return;
    const text = JSON.stringify(message);
    const cut = text.length > LONGEST_TRACED_MESSAGE ? `${text.slice(0, LONGEST_TRACED_MESSAGE)}…` : text;
    super.sendEvent(new Event('output', { category: 'console', output: `dap ${direction} ${cut}\n` }));
  }

  /** Tells the client about a message that could not be read. */
  reportProblem(sentence: string): void {
    this.sendEvent(new Event('output', { category: 'important', output: `${sentence}\n`, data: { code: ERRORS.brokenMessage.id } }));
  }

  /** Ends the guest. Nothing is sent any more. */
  override dispose(): void {
    this.#isDisposed = true;
    this.#queue.length = 0;
    this.#session.dispose();
  }

  /** The base class would end the process; whoever made the session ends it. */
  override shutdown(): void {
    this.dispose();
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    if (request.command === 'cancel') {
      this.#cancel(request);
      // The request at hand may be what it is about: the answer to the cancel does not wait for that.
      if (this.#isBusy) {
        this.sendResponse(new Response(request));
        return;
      }
    }
    // A client that ends the session does not wait for what is being loaded.
    if (request.command === 'disconnect' || request.command === 'terminate') this.#session.cancelLoading();
    if (this.#isBusy) {
      if (this.#queue.length < LONGEST_QUEUE) this.#queue.push(request);
      else this.#refuse(request, { code: 'outOfOrder', message: `More than ${LONGEST_QUEUE} requests are waiting.` });
      return;
    }
    this.#serve(request);
  }

  #serve(request: DebugProtocol.Request): void {
    const route = Object.hasOwn(ROUTES, request.command) ? ROUTES[request.command] : undefined;
    if (route === undefined) {
      this.#refuse(request, { code: 'unknownRequest', message: `The request ${excerpt(request.command)} is not known to this adapter.` });
      return;
    }
    this.#isBusy = true;
    this.#served = request.seq;
    try {
      const answer = route(this.#session, request.arguments);
      if (!(answer instanceof Promise)) {
        this.#answer(request, answer);
        return;
      }
      answer.then(
        result => this.#answer(request, result),
        (error: unknown) => this.#fail(request, error),
      );
    } catch (error) {
      this.#fail(request, error);
    }
  }

  #answer(
    request: DebugProtocol.Request,
    answer: { readonly ok: true; readonly value: Body } | { readonly ok: false; readonly error: RequestFailure },
  ): void {
    if (this.#isDisposed) return;
    if (answer.ok) {
      const response: DebugProtocol.Response = new Response(request);
      if (answer.value !== undefined) response.body = answer.value;
      this.sendResponse(response);
    } else {
      this.#refuse(request, answer.error);
    }
    this.#isBusy = false;
    this.#finish(request);
    this.#serveNext();
  }

  /** What follows an answer may fail as well; the request has its answer then, and the client is told in a line. */
  #finish(request: DebugProtocol.Request): void {
    try {
      this.#session.answered();
    } catch (error) {
      this.reportProblem(`The debugger failed after ${request.command}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #fail(request: DebugProtocol.Request, error: unknown): void {
    const sentence = error instanceof Error ? error.message : String(error);
    this.#answer(request, { ok: false, error: { code: 'internal', message: `The debugger failed on ${request.command}: ${sentence}` } });
  }

  #serveNext(): void {
    const next = this.#isBusy || this.#isDisposed ? undefined : this.#queue.shift();
    if (next !== undefined) this.#serve(next);
  }

  #refuse(request: DebugProtocol.Request, { code, message }: RequestFailure): void {
    if (this.#isDisposed) return;
    const { id, showUser } = ERRORS[code];
    const response: DebugProtocol.ErrorResponse = new Response(request, message) as DebugProtocol.ErrorResponse; // The body follows on the next line.
    response.body = { error: { id, format: message, showUser } };
    this.sendResponse(response);
  }

  #cancel(request: DebugProtocol.Request): void {
    const args = isRecord(request.arguments) ? request.arguments : {};
    const wanted = args['requestId'];
    if (this.#isBusy && wanted !== undefined && wanted === this.#served) this.#session.cancelLoading();
    if (typeof args['progressId'] === 'string') this.#session.cancelLoading(args['progressId']);
    const at = this.#queue.findIndex(waiting => waiting.seq === wanted);
    const [cancelled] = at < 0 ? [] : this.#queue.splice(at, 1);
    if (cancelled !== undefined) this.#refuse(cancelled, { code: 'cancelled', message: 'cancelled' });
  }
}

/** The request that `message` is; a sentence if it is malformed; `undefined` for a response of the client, which nobody waits for. */
function requestOf(message: unknown): DebugProtocol.Request | string | undefined {
  if (!isRecord(message)) return `A message was skipped: it must be an object, not ${excerpt(message)}.`;
  const { type, seq, command } = message;
  if (type === 'response') return undefined;
  if (type !== 'request') return `A message was skipped: its type must be "request", not ${excerpt(type)}.`;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq))
    return `A request was skipped: its seq must be a whole number, not ${excerpt(seq)}.`;
  if (typeof command !== 'string') return `A request was skipped: its command must be a text, not ${excerpt(command)}.`;
  return { type, seq, command, arguments: message['arguments'] };
}
