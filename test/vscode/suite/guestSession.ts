// SPDX-License-Identifier: MIT
import { type DebugProtocolMessage, type DebugSession, debug, Uri, type WorkspaceFolder, workspace } from 'vscode';
import { ok } from './expect.js';

/** A protocol message as far as tests look at it. */
export interface Message {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly body?: Record<string, unknown>;
}

/** The folder that the workbench has open. */
export function folder(): WorkspaceFolder {
  const [first] = workspace.workspaceFolders ?? [];
  ok(first !== undefined, 'no folder is open');
  return first;
}

/** A file of the open folder. */
export const fileOf = (path: string): Uri => Uri.joinPath(folder().uri, path);

/** A debug session, and what was asked and said in it, in order. */
export class GuestSession {
  private readonly seen: Message[] = [];
  private readonly waiting = new Set<() => void>();
  private at = 0;

  private constructor(readonly session: DebugSession) {}

  /** Starts a session and waits until its launch has succeeded. */
  static async start(configuration: Readonly<Record<string, unknown>>): Promise<GuestSession> {
    let started: GuestSession | undefined;
    const tracking = debug.registerDebugAdapterTrackerFactory('steptrap', {
      createDebugAdapterTracker(session) {
        const guest = new GuestSession(session);
        started = guest;
        return {
          onWillReceiveMessage: (message: DebugProtocolMessage) => guest.saw(message as Message),
          onDidSendMessage: (message: DebugProtocolMessage) => guest.saw(message as Message),
        };
      },
    });
    try {
      const didStart = await debug.startDebugging(folder(), { type: 'steptrap', request: 'launch', name: 'Test', ...configuration });
      ok(didStart, 'the session did not start');
      ok(started !== undefined, 'the session has no adapter');
      return started;
    } finally {
      tracking.dispose();
    }
  }

  private saw(message: Message): void {
    this.seen.push(message);
    for (const wake of this.waiting) wake();
  }

  /** The next message that fits, from where the last wait ended. */
  async next(what: string, fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      while (this.at < this.seen.length) {
        const message = this.seen[this.at++];
        if (message !== undefined && fits(message)) return message;
        ok(message?.event !== 'terminated', `the session ended before ${what}`);
      }
      await this.nextMessage();
    }
  }

  private nextMessage(): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        this.waiting.delete(wake);
        resolve();
      };
      this.waiting.add(wake);
    });
  }

  /** Requests of VS Code and of the extension, events and answers so far. */
  get messages(): readonly Message[] {
    return this.seen;
  }

  /** How many messages there were up to the one that was waited for last; an answer may reach its asker later than what follows it. */
  get position(): number {
    return this.at;
  }

  /** Waits until the messages from the one with number `first` on are what is waited for. */
  async until(first: number, isThere: (messages: readonly Message[]) => boolean): Promise<void> {
    while (!isThere(this.seen.slice(first))) await this.nextMessage();
  }

  /** The next stop with its reason. */
  stopped(reason: string): Promise<Message> {
    return this.next(`a stop with reason '${reason}'`, ({ event, body }) => event === 'stopped' && body?.['reason'] === reason);
  }

  /** Sends a request and returns the answer's body. */
  async request(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
    return (await this.session.customRequest(command, args)) as Record<string, unknown>;
  }

  /** The innermost frame of a vCPU. */
  async topFrame(threadId = 1): Promise<{ readonly id: number; readonly name: string; readonly line: number }> {
    const { stackFrames } = (await this.request('stackTrace', { threadId, levels: 1 })) as {
      stackFrames: readonly { id: number; name: string; line: number }[];
    };
    const [frame] = stackFrames;
    ok(frame !== undefined, 'the vCPU has no frame');
    return frame;
  }

  /** Ends the session and waits until VS Code has forgotten it. */
  async end(): Promise<void> {
    const gone = new Promise<void>(resolve => {
      const listening = debug.onDidTerminateDebugSession(session => {
        if (session.id !== this.session.id) return;
        listening.dispose();
        resolve();
      });
    });
    await debug.stopDebugging(this.session);
    await gone;
  }
}
