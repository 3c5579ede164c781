// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import { GuestTerminal } from './guestTerminal.js';

/** A terminal for the console of each guest that wants one. The next session of the same name takes over one whose guest has ended. */
export class GuestConsoles extends Owner {
  readonly #terminals = new Map<string, GuestTerminal[]>();
  readonly #ofSession = new Map<SteptrapSession, GuestTerminal>();
  readonly #exitCodes = new Map<SteptrapSession, number>();

  constructor(
    private readonly sessions: SteptrapSessions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.own(sessions.onDidStart(session => this.#started(session)));
    this.own(sessions.onDidWriteConsole(({ session, body }) => this.#ofSession.get(session)?.write(body.output)));
    this.own(sessions.onDidExit(({ session, body }) => this.#exitCodes.set(session, body.exitCode)));
    this.own(sessions.onDidEnd(session => this.#ended(session)));
  }

  /** The command "Steptrap: Show Guest Console": the console of the session that is looked at, else the latest one. */
  show(): void {
    const session = this.sessions.focused;
    const terminal = (session === undefined ? undefined : this.#ofSession.get(session)) ?? [...this.#terminals.values()].at(-1)?.at(-1);
    if (terminal !== undefined) terminal.show();
    else
      void vscode.window.showInformationMessage(
        vscode.l10n.t('No guest has a console in a terminal; set "console" to integratedTerminal.'),
      );
  }

  override dispose(): void {
    super.dispose();
    for (const terminal of [...this.#terminals.values()].flat()) terminal.dispose();
  }

  #started(session: SteptrapSession): void {
    const { configuration, name } = session.session;
    if (configuration['console'] !== 'integratedTerminal') return;
    const terminals = this.#terminals.get(name) ?? [];
    this.#terminals.set(name, terminals);
    let terminal = terminals.find(each => !each.isInUse);
    if (terminal === undefined) {
      terminal = new GuestTerminal(name);
      terminals.push(terminal);
    }
    this.#ofSession.set(session, terminal);
    terminal.begin(text => this.#type(session, text));
  }

  #type(session: SteptrapSession, text: string): void {
    session.request('steptrap/consoleInput', { text }).catch((error: unknown) => {
      this.log.warn(`What was typed did not reach the guest: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  #ended(session: SteptrapSession): void {
    const exitCode = this.#exitCodes.get(session);
    this.#exitCodes.delete(session);
    const terminal = this.#ofSession.get(session);
    this.#ofSession.delete(session);
    terminal?.end(
      exitCode === undefined ? vscode.l10n.t('The session was stopped.') : vscode.l10n.t('The guest ended with status {0}.', exitCode),
    );
  }
}
