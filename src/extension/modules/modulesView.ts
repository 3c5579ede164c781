// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import type { SymbolBody } from '../../dap/index.js';
import type { Delay } from '../extensionHost.js';
import { orShowRefusal } from '../session/focusedThread.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import { SessionTree, type SessionTreeContent } from '../tree/sessionTree.js';
import type { TreeRow } from '../tree/treeRow.js';
import { moduleRow, rangeOf, SYMBOLS_A_PAGE, symbolRows } from './moduleRows.js';

/** The most symbols that a list to choose from has. */
const OFFERED = 200;

interface OfferedSymbol extends vscode.QuickPickItem {
  readonly symbol: SymbolBody;
}

/** The view "Modules and Symbols". What has been read of a session's files is kept: they do not change from stop to stop. */
export class ModulesView extends Owner {
  readonly tree: SessionTree;
  #session: SteptrapSession | undefined;
  #modules = '';
  readonly #read = new Map<string, readonly TreeRow[]>();

  constructor(
    private readonly sessions: SteptrapSessions,
    delay: Delay,
  ) {
    super();
    this.tree = this.own(
      new SessionTree(
        {
          viewId: 'steptrap.modules',
          read: session => this.#content(session),
          readChildren: (session, row) => this.#symbols(session, row),
          select: row => {
            if (row.place !== undefined)
              return { title: vscode.l10n.t('Go to Source'), command: 'steptrap.openSource', arguments: [row.place] };
            return row.code === undefined
              ? undefined
              : { title: vscode.l10n.t('Show Disassembly'), command: 'steptrap.showDisassembly', arguments: [row.id] };
          },
        },
        sessions,
        delay,
      ),
    );
    this.own(vscode.commands.registerCommand('steptrap.findSymbol', () => orShowRefusal(() => this.#find())));
  }

  async #content(session: SteptrapSession): Promise<SessionTreeContent> {
    const { modules } = await session.request('steptrap/modules', {});
    const text = JSON.stringify(modules);
    if (session !== this.#session || text !== this.#modules) this.#read.clear();
    this.#session = session;
    this.#modules = text;
    return { rows: modules.map(module => this.#known(moduleRow(module, vscode.l10n))) };
  }

  /** The row with the symbols that have been read. */
  #known(row: TreeRow): TreeRow {
    if (row.children === 'later') return { ...row, children: this.#read.get(row.id) ?? 'later' };
    return row.children === undefined ? row : { ...row, children: row.children.map(child => this.#known(child)) };
  }

  async #symbols(session: SteptrapSession, { id }: TreeRow): Promise<readonly TreeRow[]> {
    const range = rangeOf(id);
    if (range === undefined) return [];
    const { symbols } = await session.request('steptrap/symbols', { ...range, count: SYMBOLS_A_PAGE });
    const rows = symbolRows(range, symbols, vscode.l10n);
    if (session === this.#session) this.#read.set(id, rows);
    return rows;
  }

  /** Offers the symbols of all modules with what is typed in their names, and goes to the chosen one. */
  async #find(): Promise<void> {
    const session = this.sessions.focused;
    if (session === undefined) return;
    const { modules } = await session.request('steptrap/modules', {});
    const pick = vscode.window.createQuickPick<OfferedSymbol>();
    pick.title = vscode.l10n.t('Find a symbol');
    pick.placeholder = vscode.l10n.t('A part of its name');
    // VS Code knows what is chosen by its place in the list and shows what fits what is typed. So the list only grows: if it were filled anew while
    // somebody chooses, the choice would be lost or be another symbol.
    const known = new Set<string>();
    const keyOf = ({ name, address }: SymbolBody): string => `${address} ${name}`;
    const offer = async (text: string): Promise<void> => {
      const answers = await Promise.all(
        modules.map(({ id }) => session.request('steptrap/symbols', { moduleId: id, text, count: OFFERED })),
      );
      const found = answers.flatMap(({ symbols }) => symbols).filter(symbol => !known.has(keyOf(symbol)));
      for (const symbol of found) known.add(keyOf(symbol));
      if (found.length > 0) pick.items = [...pick.items, ...found.map(offered)];
    };
    pick.onDidChangeValue(text => void orShowRefusal(() => offer(text)));
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      pick.hide();
      if (chosen === undefined) return;
      const { source, line, address, kind } = chosen.symbol;
      if (source?.path !== undefined && line !== undefined)
        void vscode.commands.executeCommand('steptrap.openSource', { path: source.path, line });
      else if (kind === 'object') void vscode.commands.executeCommand('steptrap.showMemory', { memory: address });
      else void vscode.commands.executeCommand('steptrap.showDisassembly', { code: address });
    });
    pick.onDidHide(() => pick.dispose());
    pick.show();
    await offer('');
  }
}

const offered = (symbol: SymbolBody): OfferedSymbol => ({
  label: symbol.name,
  description: symbol.source?.name === undefined ? symbol.address : `${symbol.address} · ${symbol.source.name}:${symbol.line}`,
  symbol,
});
