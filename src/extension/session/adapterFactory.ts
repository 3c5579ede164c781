// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { isRecord, type WireMessage, WorkerSession } from '../../dap/index.js';
import type { ExtensionHost } from '../extensionHost.js';
import type { LaunchProblems } from '../launch/launchProblems.js';
import { plainMessage } from '../markdownText.js';
import { plainProgress } from './plainProgress.js';
import type { SteptrapSessions } from './steptrapSessions.js';
import { WorkspaceFiles } from './workspaceFiles.js';

/** Gives each debug session an adapter in a worker of its own. This process only passes the messages on, one each way. */
export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(
    private readonly host: ExtensionHost,
    private readonly sessions: SteptrapSessions,
    private readonly problems: LaunchProblems,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const worker = new WorkerSession(new WorkspaceFiles());
    const adapter = new ForwardedAdapter(session, worker, this.sessions, this.problems, this.log);
    this.host.startWorker(worker).then(
      started => worker.attach(started),
      (error: unknown) => worker.failed(error instanceof Error ? error.message : String(error)),
    );
    return new vscode.DebugAdapterInlineImplementation(adapter);
  }
}

/** The adapter as VS Code sees it: a session's worker. */
class ForwardedAdapter implements vscode.DebugAdapter {
  readonly #didSendMessage = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.#didSendMessage.event;
  readonly #tracked: ReturnType<SteptrapSessions['track']>;

  constructor(
    private readonly session: vscode.DebugSession,
    private readonly worker: WorkerSession,
    sessions: SteptrapSessions,
    private readonly problems: LaunchProblems,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#tracked = sessions.track(session);
    log.info(`Session "${session.name}" (${session.id}) starts.`);
    worker.onDidSendMessage(message => {
      this.#trace('<-', message);
      this.#didSendMessage.fire(this.#shown(message));
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

  /**
   * A refused launch is told by us, with a button that opens the setting; the editor, which would tell it again in a dialog, is told that it
   * need not. Sentences of other refusals, and of progress, go to the editor without links. A refusal after the configuration would be told by the editor whatever it is told, so it becomes the end that follows it anyway.
   */
  #shown(message: WireMessage): WireMessage {
    const { type, command, success } = message;
    if (type === 'event' && String(message['event']).startsWith('progress')) return plainProgress(message);
    if (type !== 'response' || success !== false) return message;
    const body = isRecord(message['body']) ? message['body'] : {};
    const error = isRecord(body['error']) ? body['error'] : {};
    const sentence = String(message['message']);
    if (!(command === 'launch' || command === 'configurationDone')) {
      const plain = plainMessage(sentence);
      return { ...message, message: plain, body: { ...body, error: { ...error, format: plain } } };
    }
    const { name, workspaceFolder: folder } = this.session;
    // Who has cancelled the launch need not be told so.
    if (error['showUser'] !== false) void this.problems.show(sentence, { name, folder });
    if (command === 'configurationDone') return { ...message, success: true, body: {} };
    return { ...message, body: { ...body, error: { ...error, showUser: false } } };
  }

  #trace(direction: '->' | '<-', message: vscode.DebugProtocolMessage | WireMessage): void {
    if (this.log.logLevel === vscode.LogLevel.Trace) this.log.trace(`dap ${direction} ${JSON.stringify(message)}`);
  }
}
