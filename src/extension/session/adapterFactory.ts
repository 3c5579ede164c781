// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { type WireMessage, WorkerSession } from '../../dap/index.js';
import type { ExtensionHost } from '../extensionHost.js';
import type { SteptrapSessions } from './steptrapSessions.js';
import { WorkspaceFiles } from './workspaceFiles.js';

/** Gives each debug session an adapter in a worker of its own. This process only passes the messages on, one each way. */
export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(
    private readonly host: ExtensionHost,
    private readonly sessions: SteptrapSessions,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async createDebugAdapterDescriptor(session: vscode.DebugSession): Promise<vscode.DebugAdapterDescriptor> {
    const worker = new WorkerSession(new WorkspaceFiles());
    worker.attach(await this.host.startWorker(worker));
    return new vscode.DebugAdapterInlineImplementation(new ForwardedAdapter(session, worker, this.sessions, this.log));
  }
}

/** The adapter as VS Code sees it: a session's worker. */
class ForwardedAdapter implements vscode.DebugAdapter {
  readonly #didSendMessage = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.#didSendMessage.event;
  readonly #tracked: ReturnType<SteptrapSessions['track']>;

  constructor(
    session: vscode.DebugSession,
    private readonly worker: WorkerSession,
    sessions: SteptrapSessions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#tracked = sessions.track(session);
    log.info(`Session "${session.name}" (${session.id}) starts.`);
    worker.onDidSendMessage(message => {
      this.#trace('<-', message);
      this.#didSendMessage.fire(message);
      this.#tracked.saw(message);
    });
    worker.onDidEnd(({ failure }) => {
      if (failure === undefined) log.info(`Session "${session.name}" (${session.id}) has ended.`);
      else log.error(`Session "${session.name}" (${session.id}): ${failure}`);
      this.#tracked.dispose();
    });
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    this.#trace('->', message);
    this.worker.receive(message);
  }

  /** VS Code is done with the session: the worker goes with it. */
  dispose(): void {
    this.worker.dispose();
    this.#didSendMessage.dispose();
  }

  #trace(direction: '->' | '<-', message: vscode.DebugProtocolMessage | WireMessage): void {
    if (this.log.logLevel === vscode.LogLevel.Trace) this.log.trace(`dap ${direction} ${JSON.stringify(message)}`);
  }
}
