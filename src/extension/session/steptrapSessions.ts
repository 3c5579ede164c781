// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { type Disposable, Emitter, Owner } from '../../base/index.js';
import { isRecord, type SteptrapEvents, type SteptrapRequests, type WireMessage } from '../../dap/index.js';

/** The type of our debug sessions in launch configurations. */
export const DEBUG_TYPE = 'steptrap';

/** What a session is doing. `starting` lasts until the launch has succeeded. */
export type SessionState = 'starting' | 'running' | 'stopped' | 'ended';

/** The body of a `stopped` event, as far as the extension looks at it. */
export interface SessionStop {
  readonly reason: string;
  readonly description: string | undefined;
  /** The vCPU that stopped, by its thread id (vCPU index + 1). All vCPUs stand still at it. */
  readonly threadId: number | undefined;
}

/** One running debug session of ours. It is the same object from its start to its end, over restarts. */
export interface SteptrapSession {
  /** VS Code's session; `id` is its id. */
  readonly session: vscode.DebugSession;
  readonly state: SessionState;
  /** Where the guest stands; `undefined` while it runs. */
  readonly stop: SessionStop | undefined;
  /** Sends one of the adapter's own requests. Rejects with the adapter's sentence if it is refused, or when the session has ended. */
  request<K extends keyof SteptrapRequests>(command: K, args: SteptrapRequests[K]['arguments']): Promise<SteptrapRequests[K]['answer']>;
}

/** Something that a session announced. */
export interface SessionEvent<T> {
  readonly session: SteptrapSession;
  readonly body: T;
}

/** Requests after whose success the guest runs. */
const RESUMING: readonly string[] = ['continue', 'next', 'stepIn', 'stepOut', 'steptrap/stepUntil'];

/**
 * The debug sessions of type `steptrap`, for everything that shows or steers them: views, commands, the guest
 * console. There is one object for the whole extension.
 *
 * - `active` holds the launched sessions in the order of their start; `focused` is the one that VS Code's own
 *   views show, or `undefined` while that is none of ours.
 * - `onDidStart` comes when a launch has succeeded, `onDidEnd` once for each of these sessions.
 *   A refused launch causes neither.
 * - `onDidStop` and `onDidContinue` follow the guest (`session.stop` is already up to date); a restart is a
 *   continue and a stop of the same session.
 * - `onDidChangeVcpus` and `onDidChangeDebugRegisters` say that what was asked before is stale; whoever shows it
 *   asks again, and only if it is visible.
 *
 * The events come from the messages that this process forwards to VS Code, in their order, after VS Code has been given them.
 */
export class SteptrapSessions extends Owner {
  readonly #sessions = new Map<string, TrackedSession>();
  readonly #didStart = new Emitter<SteptrapSession>();
  readonly #didEnd = new Emitter<SteptrapSession>();
  readonly #didChangeFocus = new Emitter<SteptrapSession | undefined>();
  readonly #didStop = new Emitter<SessionEvent<SessionStop>>();
  readonly #didContinue = new Emitter<SteptrapSession>();
  readonly #didChangeVcpus = new Emitter<SteptrapSession>();
  readonly #didChangeDebugRegisters = new Emitter<SteptrapSession>();
  readonly #didWriteConsole = new Emitter<SessionEvent<SteptrapEvents['steptrap/console']>>();
  readonly #didExit = new Emitter<SessionEvent<{ readonly exitCode: number }>>();

  readonly onDidStart = this.#didStart.event;
  readonly onDidEnd = this.#didEnd.event;
  readonly onDidChangeFocus = this.#didChangeFocus.event;
  readonly onDidStop = this.#didStop.event;
  readonly onDidContinue = this.#didContinue.event;
  readonly onDidChangeVcpus = this.#didChangeVcpus.event;
  readonly onDidChangeDebugRegisters = this.#didChangeDebugRegisters.event;
  /** The guest wrote to its console. */
  readonly onDidWriteConsole = this.#didWriteConsole.event;
  /** The guest has ended by itself, with its exit status. */
  readonly onDidExit = this.#didExit.event;

  constructor() {
    super();
    this.own(vscode.debug.onDidChangeActiveDebugSession(() => this.#didChangeFocus.fire(this.focused)));
  }

  /** The launched sessions, oldest first. */
  get active(): readonly SteptrapSession[] {
    return [...this.#sessions.values()].filter(session => session.state !== 'starting');
  }

  /** The session that VS Code's views show. */
  get focused(): SteptrapSession | undefined {
    const session = this.#sessions.get(vscode.debug.activeDebugSession?.id ?? '');
    return session?.state === 'starting' ? undefined : session;
  }

  /** The session with VS Code's id. */
  find(id: string): SteptrapSession | undefined {
    return this.#sessions.get(id);
  }

  /** Follows a session; its messages are given by `saw`. Disposed of when the session is over. */
  track(session: vscode.DebugSession): Disposable & { saw(message: WireMessage): void } {
    const tracked = new TrackedSession(session);
    this.#sessions.set(session.id, tracked);
    return {
      saw: message => this.#saw(tracked, message),
      dispose: () => this.#ended(tracked),
    };
  }

  #saw(session: TrackedSession, message: WireMessage): void {
    if (session.state === 'ended') return;
    const body = isRecord(message['body']) ? message['body'] : {};
    if (message['type'] === 'response') {
      if (message['success'] === true) this.#answered(session, String(message['command']));
      return;
    }
    switch (message['event']) {
      case 'stopped': {
        const stop = stopOf(body);
        session.stop = stop;
        session.state = 'stopped';
        this.#didStop.fire({ session, body: stop });
        return;
      }
      case 'continued':
        this.#resumed(session);
        return;
      case 'exited':
        if (typeof body['exitCode'] === 'number') this.#didExit.fire({ session, body: { exitCode: body['exitCode'] } });
        return;
      case 'terminated':
        this.#ended(session);
        return;
      case 'steptrap/vcpusChanged':
        this.#didChangeVcpus.fire(session);
        return;
      case 'steptrap/debugRegistersChanged':
        this.#didChangeDebugRegisters.fire(session);
        return;
      case 'steptrap/console':
        if (typeof body['output'] === 'string') this.#didWriteConsole.fire({ session, body: { output: body['output'] } });
    }
  }

  #answered(session: TrackedSession, command: string): void {
    if (command === 'launch') {
      session.state = 'running';
      this.#didStart.fire(session);
      if (session === this.focused) this.#didChangeFocus.fire(session);
    } else if (command === 'restart' || RESUMING.includes(command)) {
      this.#resumed(session);
    }
  }

  #resumed(session: TrackedSession): void {
    if (session.state !== 'stopped') return;
    session.state = 'running';
    session.stop = undefined;
    this.#didContinue.fire(session);
  }

  #ended(session: TrackedSession): void {
    if (session.state === 'ended') return;
    const wasLaunched = session.state !== 'starting';
    session.state = 'ended';
    session.stop = undefined;
    this.#sessions.delete(session.session.id);
    if (wasLaunched) this.#didEnd.fire(session);
  }
}

class TrackedSession implements SteptrapSession {
  state: SessionState = 'starting';
  stop: SessionStop | undefined;

  constructor(readonly session: vscode.DebugSession) {}

  async request<K extends keyof SteptrapRequests>(
    command: K,
    args: SteptrapRequests[K]['arguments'],
  ): Promise<SteptrapRequests[K]['answer']> {
    if (this.state === 'ended') throw new Error(vscode.l10n.t('The debug session has ended.'));
    return this.session.customRequest(command, args);
  }
}

function stopOf(body: WireMessage): SessionStop {
  const { reason, description, threadId } = body;
  return {
    reason: String(reason),
    description: typeof description === 'string' ? description : undefined,
    threadId: typeof threadId === 'number' ? threadId : undefined,
  };
}
