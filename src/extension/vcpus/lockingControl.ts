// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import type { VcpusBody } from '../../dap/index.js';
import type { SchedulerLocking } from '../../debug/index.js';
import { orShowRefusal } from '../session/focusedThread.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import { LOCKING_MODES, lockingChoices } from './schedulerLocking.js';

/**
 * Scheduler locking as a command with a button for each mode, whose icon shows the mode in force, and what menus for vCPUs look at. The
 * mode is asked for when a session gets the focus and when the adapter says that something about its vCPUs has changed, which a stop is not.
 */
export class LockingControl extends Owner {
  #mode: SchedulerLocking | undefined;

  constructor(
    private readonly sessions: SteptrapSessions,
    private readonly extension: vscode.Uri,
  ) {
    super();
    this.own(vscode.commands.registerCommand('steptrap.setSchedulerLocking', () => this.#choose()));
    for (const mode of LOCKING_MODES) this.own(vscode.commands.registerCommand(`steptrap.schedulerLocking.${mode}`, () => this.#choose()));
    this.own(sessions.onDidChangeFocus(session => this.#read(session)));
    this.own(
      sessions.onDidChangeVcpus(session => {
        if (session === sessions.focused) void this.#read(session);
      }),
    );
    this.own(sessions.onDidEnd(() => this.#read(sessions.focused)));
    void this.#read(sessions.focused);
  }

  async #read(session: SteptrapSession | undefined): Promise<void> {
    const state = session === undefined ? undefined : await vcpusOf(session);
    // Answers of two sessions may come in another order than the questions.
    if (session === this.sessions.focused) this.#show(state);
  }

  #show(state: VcpusBody | undefined): void {
    this.#mode = state?.schedulerLocking;
    const vcpus = state?.vcpus ?? [];
    // What the menus look at.
    const keys = {
      schedulerLocking: this.#mode,
      hasSeveralVcpus: vcpus.length > 1,
      hasFrozenVcpu: vcpus.some(({ isFrozen }) => isFrozen),
      hasThawedVcpu: vcpus.some(({ isFrozen }) => !isFrozen),
    };
    for (const [key, value] of Object.entries(keys)) void vscode.commands.executeCommand('setContext', `steptrap.${key}`, value);
  }

  #icon(mode: SchedulerLocking): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(this.extension, 'media', theme, `locking-${mode}.svg`);
    return { light: icon('light'), dark: icon('dark') };
  }

  async #choose(): Promise<void> {
    const session = this.sessions.focused;
    if (session === undefined) return;
    const choices = lockingChoices(vscode.l10n).map(({ mode, sentence }) => ({
      mode,
      label: mode,
      detail: sentence,
      iconPath: this.#icon(mode),
      ...(mode === this.#mode ? { description: vscode.l10n.t('in force') } : {}),
    }));
    const chosen = await pickFrom(choices, mode => mode === this.#mode);
    if (chosen !== undefined) await orShowRefusal(() => session.request('steptrap/setSchedulerLocking', { mode: chosen.mode }));
  }
}

interface LockingItem extends vscode.QuickPickItem {
  readonly mode: SchedulerLocking;
}

/** Lets the user choose, beginning at the mode in force. */
function pickFrom(items: readonly LockingItem[], isInForce: (mode: SchedulerLocking) => boolean): Promise<LockingItem | undefined> {
  const pick = vscode.window.createQuickPick<LockingItem>();
  pick.title = vscode.l10n.t('Scheduler locking');
  pick.placeholder = vscode.l10n.t('Which vCPUs run while one is stepped or continued');
  pick.matchOnDetail = true;
  pick.items = items;
  pick.activeItems = items.filter(({ mode }) => isInForce(mode));
  return new Promise(resolve => {
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

async function vcpusOf(session: SteptrapSession): Promise<VcpusBody | undefined> {
  try {
    return await session.request('steptrap/vcpus', {});
  } catch {
    // The guest has ended meanwhile; there is no mode any more.
    return undefined;
  }
}
