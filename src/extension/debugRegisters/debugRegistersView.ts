// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import type { Delay } from '../extensionHost.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import { SessionTree, type SessionTreeContent } from '../tree/sessionTree.js';
import type { TreeRow } from '../tree/treeRow.js';
import { debugRegisterRows, fullSlots, PLACELESS, slotUse } from './debugRegisterTree.js';

/** The view "Debug registers": those of the focused vCPU first, those of the others when their row is opened. */
export class DebugRegistersView extends Owner {
  readonly tree: SessionTree;
  /** The other threads whose row somebody has opened: a stop asks for those too. */
  readonly #opened = new Set<number>();

  constructor(sessions: SteptrapSessions, delay: Delay) {
    super();
    this.tree = this.own(
      new SessionTree(
        {
          viewId: 'steptrap.debugRegisters',
          read: (session, threadId) => this.#read(session, threadId),
          readChildren: (session, row) => this.#rowsOf(session, row.threadId ?? 1),
          select: row => {
            if (row.place !== undefined)
              return { title: vscode.l10n.t('Go to Breakpoint'), command: 'steptrap.openSource', arguments: [row.place] };
            return row.context.split(' ').includes(PLACELESS)
              ? { title: vscode.l10n.t('Show Breakpoints'), command: 'workbench.debug.action.focusBreakpointsView' }
              : undefined;
          },
        },
        sessions,
        delay,
      ),
    );
    const { view } = this.tree;
    this.own(view.onDidExpandElement(({ element }) => this.#open(element, true)));
    this.own(view.onDidCollapseElement(({ element }) => this.#open(element, false)));
    this.own(
      sessions.onDidChangeDebugRegisters(session => {
        if (session === sessions.focused) this.tree.invalidate();
      }),
    );
    this.own(
      sessions.onDidEnd(() => {
        if (sessions.focused === undefined) this.#opened.clear();
      }),
    );
  }

  #open(id: string, isOpen: boolean): void {
    const row = this.tree.row(id);
    if (row?.context !== 'thread' || row.threadId === undefined) return;
    if (isOpen) this.#opened.add(row.threadId);
    else this.#opened.delete(row.threadId);
  }

  async #read(session: SteptrapSession, threadId: number): Promise<SessionTreeContent> {
    const focused = await session.request('steptrap/debugRegisters', { threadId });
    const rows = debugRegisterRows(focused, 'focused', vscode.l10n);
    const use = slotUse(focused, vscode.l10n);
    const full = fullSlots(focused, vscode.l10n);
    const message = full === undefined ? {} : { message: full };
    if (focused.vcpuCount === 1) return { rows, description: use, ...message };
    const others = Array.from({ length: focused.vcpuCount }, (_, index) => index + 1).filter(thread => thread !== threadId);
    const children = await Promise.all(
      others.map(async thread => otherVcpu(thread, this.#opened.has(thread) ? await this.#rowsOf(session, thread) : 'later')),
    );
    const group: TreeRow = {
      id: 'others',
      label: vscode.l10n.t('Other vCPUs'),
      description: String(others.length),
      context: 'group',
      children,
    };
    return { rows: [...rows, group], description: vscode.l10n.t('vCPU {0}: {1}', threadId - 1, use), ...message };
  }

  async #rowsOf(session: SteptrapSession, threadId: number): Promise<readonly TreeRow[]> {
    return debugRegisterRows(await session.request('steptrap/debugRegisters', { threadId }), `other/${threadId}`, vscode.l10n);
  }
}

const otherVcpu = (threadId: number, children: readonly TreeRow[] | 'later'): TreeRow => ({
  id: `other/${threadId}`,
  label: vscode.l10n.t('vCPU {0}', threadId - 1),
  icon: { name: 'chip' },
  context: 'thread',
  threadId,
  children,
});
