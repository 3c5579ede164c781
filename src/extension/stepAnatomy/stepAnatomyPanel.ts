// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import type { FromStepAnatomy, StepPicture, ToStepAnatomy } from '../../views/index.js';
import type { ExtensionHost } from '../extensionHost.js';
import { focusedThread, orShowRefusal } from '../session/focusedThread.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import { VisibleRefresh } from '../tree/visibleRefresh.js';
import type { DisassemblyDocuments } from './disassemblyDocuments.js';
import { drawStep } from './drawStep.js';
import { KvmLogReader } from './kvmLogReader.js';
import { stepAnatomyPage } from './stepAnatomyPage.js';
import { stepText } from './stepText.js';

/** The view "Step Anatomy": the last step of the thread that is shown, drawn, and the log of KVM beside it. One for all sessions. */
export class StepAnatomyPanel extends Owner {
  static readonly viewType = 'steptrap.stepAnatomy';
  #panel: vscode.WebviewPanel | undefined;
  #refresh: VisibleRefresh | undefined;
  #picture: StepPicture | undefined;
  /** Whose step the picture shows. */
  #pictured: SteptrapSession | undefined;
  /** The thread whose step is shown. */
  #threadId: number | undefined;
  #isReady = false;

  constructor(
    private readonly sessions: SteptrapSessions,
    private readonly host: ExtensionHost,
    private readonly extension: vscode.Uri,
    private readonly disassembly: DisassemblyDocuments,
  ) {
    super();
    const stale = (): void => this.#refresh?.invalidate();
    this.own(sessions.onDidStop(stale));
    this.own(sessions.onDidChangeFocus(stale));
    this.own(sessions.onDidEnd(stale));
    this.own(
      vscode.debug.onDidChangeActiveStackItem(() => {
        const { focused } = sessions;
        if (focused?.state === 'stopped' && focusedThread(focused) !== this.#threadId) stale();
      }),
    );
    this.own({ dispose: () => this.#panel?.dispose() });
  }

  /** Shows the view, beside the source when it opens, and gives it the keyboard. */
  show(): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(StepAnatomyPanel.viewType, vscode.l10n.t('Step Anatomy'), vscode.ViewColumn.Beside, {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.extension, 'dist'), vscode.Uri.joinPath(this.extension, 'media')],
    });
    this.#panel = panel;
    this.#refresh = new VisibleRefresh(() => this.#show(), this.host.delay);
    const { webview } = panel;
    const file = (...path: string[]): string => webview.asWebviewUri(vscode.Uri.joinPath(this.extension, ...path)).toString();
    const icon = (theme: 'light' | 'dark'): vscode.Uri => vscode.Uri.joinPath(this.extension, 'media', theme, 'step-anatomy.svg');
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    webview.onDidReceiveMessage((message: FromStepAnatomy) => orShowRefusal(() => this.#received(message)));
    panel.onDidChangeViewState(() => this.#setVisible(panel.visible));
    panel.onDidDispose(() => {
      this.#refresh?.dispose();
      this.#panel = undefined;
      this.#isReady = false;
    });
    webview.html = stepAnatomyPage(
      {
        script: file('dist', 'stepAnatomy.js'),
        style: file('media', 'stepAnatomy.css'),
        cspSource: webview.cspSource,
        language: vscode.env.language,
      },
      vscode.l10n,
    );
  }

  #setVisible(isVisible: boolean): void {
    // A hidden page is gone, and comes back as it was loaded first: it says so when it is ready.
    if (!isVisible) this.#isReady = false;
    this.#refresh?.setVisible(isVisible && this.#isReady);
  }

  async #received(message: FromStepAnatomy): Promise<void> {
    if (message.type === 'ready') {
      this.#isReady = true;
      // A page that comes back while the guest runs has nothing; the last step stays meanwhile.
      const { focused } = this.sessions;
      if (this.#picture !== undefined && this.#pictured === focused && focused?.state === 'running')
        this.#post({ type: 'picture', picture: this.#picture, sentence: '' });
      this.#refresh?.invalidate(0);
      // The view may have been hidden while the page's message was under way.
      this.#setVisible(this.#panel?.visible === true);
      return;
    }
    const session = this.sessions.focused;
    if (session === undefined) {
      if (message.type === 'read') this.#post({ type: 'rows', generation: message.generation, start: 0, total: 0, rows: [], summary: '' });
      return;
    }
    const log = logOf(session);
    switch (message.type) {
      case 'read':
        this.#post(await log.read(message));
        return;
      case 'find': {
        const rows = await log.find(message);
        const sentence = vscode.l10n.t('No entry of the KVM log has this text.');
        if (rows === undefined) {
          vscode.window.setStatusBarMessage(sentence, 3000);
          this.#post({ type: 'told', sentence });
        } else this.#post(rows);
        return;
      }
      case 'showInLog': {
        const number = await log.numberAt(message);
        if (number !== undefined) this.#post({ type: 'goTo', number });
        return;
      }
      case 'showDisassembly':
        await this.disassembly.show(session, message.address, this.#panel?.viewColumn);
        return;
      case 'export':
        await exported(this.#picture, await log.text(message.filter));
    }
  }

  async #show(): Promise<void> {
    const session = this.sessions.focused;
    if (session === undefined) {
      this.#showPicture(undefined, undefined, vscode.l10n.t('No Steptrap session has the focus. Start one and step once.'));
      return;
    }
    if (session.state !== 'stopped') {
      // While its guest runs, the last step stays; it is asked for again at the stop.
      if (this.#pictured !== session)
        this.#showPicture(undefined, session, vscode.l10n.t('The guest runs. Its last step is drawn when it stops.'));
      return;
    }
    const threadId = focusedThread(session);
    this.#threadId = threadId;
    try {
      const body = await session.request('steptrap/stepAnatomy', { threadId });
      const sentence = vscode.l10n.t('vCPU {0} has not stepped yet. Step once, and the anatomy of the step is drawn here.', threadId - 1);
      this.#showPicture(drawStep(body, vscode.l10n), session, sentence);
    } catch (error) {
      // The session may have ended, or its guest gone on, while the answer was under way.
      this.#showPicture(undefined, session, error instanceof Error ? error.message : String(error));
    }
  }

  /** Shows the picture of a session's step, or `sentence` where there is none, and the log that belongs to it. */
  #showPicture(picture: StepPicture | undefined, session: SteptrapSession | undefined, sentence: string): void {
    this.#picture = picture;
    this.#pictured = session;
    this.#post({ type: 'picture', picture, sentence });
    this.#post({ type: 'logChanged' });
  }

  #post(message: ToStepAnatomy): void {
    void this.#panel?.webview.postMessage(message);
  }
}

const logOf = (session: SteptrapSession): KvmLogReader => new KvmLogReader(args => session.request('steptrap/kvmTrace', args), vscode.l10n);

/** Opens the step and the log as a text that can be saved, or copied into a mail. */
async function exported(picture: StepPicture | undefined, log: string): Promise<void> {
  const content = [picture === undefined ? '' : stepText(picture, vscode.l10n), vscode.l10n.t('KVM log'), '\n', log].join('\n');
  const document = await vscode.workspace.openTextDocument({ content: content.trimStart(), language: 'plaintext' });
  await vscode.window.showTextDocument(document, { preview: false });
}
