// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import { addressProblem } from '../commands/addressText.js';
import type { Delay } from '../extensionHost.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import { SessionTree, type SessionTreeContent } from '../tree/sessionTree.js';
import { ADDED_ADDRESS, addressRowId, type FollowedAddress, regionRows, translationRow } from './memoryRows.js';

/** Where the next instruction comes from: followed from the start. */
const PC = '$pc';

/** The view "Memory Map": what answers at which physical address, and the way to it of the addresses that it follows. */
export class MemoryView extends Owner {
  readonly tree: SessionTree;
  readonly #added: string[] = [];

  constructor(sessions: SteptrapSessions, delay: Delay) {
    super();
    const subject = { viewId: 'steptrap.memoryMap', read: (session: SteptrapSession, threadId: number) => this.#read(session, threadId) };
    this.tree = this.own(new SessionTree(subject, sessions, delay));
    this.own(vscode.commands.registerCommand('steptrap.translateAddress', (id?: unknown) => this.#add(id)));
    this.own(vscode.commands.registerCommand('steptrap.removeTranslation', (id?: unknown) => this.#remove(id)));
  }

  async #read(session: SteptrapSession, threadId: number): Promise<SessionTreeContent> {
    const [{ regions }, ...followed] = await Promise.all([
      session.request('steptrap/memoryMap', {}),
      this.#follow(session, threadId, PC, false),
      ...this.#added.map(text => this.#follow(session, threadId, text, true)),
    ]);
    return {
      rows: [regionRows(regions, vscode.l10n), ...followed.map(each => translationRow(each, vscode.l10n))],
      description: vscode.l10n.t('as vCPU {0} sees it', threadId - 1),
    };
  }

  async #follow(session: SteptrapSession, threadId: number, text: string, isAdded: boolean): Promise<FollowedAddress> {
    try {
      return { text, isAdded, answer: { translation: await session.request('steptrap/translate', { threadId, address: text }) } };
    } catch (error) {
      return { text, isAdded, answer: { refusal: error instanceof Error ? error.message : String(error) } };
    }
  }

  async #add(given: unknown): Promise<void> {
    const text =
      typeof given === 'string'
        ? given
        : await vscode.window.showInputBox({
            title: vscode.l10n.t('Translate an address'),
            prompt: vscode.l10n.t('An address, a symbol such as main+0x10, or an expression such as $sp or *pointer'),
            placeHolder: '0x40080000',
            validateInput: typed => addressProblem(typed, vscode.l10n),
          });
    if (text === undefined) return;
    const wanted = text.trim();
    if (wanted !== PC && !this.#added.includes(wanted)) this.#added.push(wanted);
    await vscode.commands.executeCommand('steptrap.memoryMap.focus');
    this.tree.invalidate();
  }

  #remove(id: unknown): void {
    const row = this.tree.row(typeof id === 'string' ? id : this.tree.view.selection[0]);
    if (row?.context !== ADDED_ADDRESS) return;
    const at = this.#added.findIndex(text => addressRowId(text) === row.id);
    if (at >= 0) this.#added.splice(at, 1);
    this.tree.invalidate();
  }
}
