// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import type { Delay } from '../extensionHost.js';
import { focusedThread } from '../session/focusedThread.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import { CHANGED } from './changedDecoration.js';
import { RowTree } from './rowTree.js';
import { refusalRow, type TreeRow } from './treeRow.js';
import { VisibleRefresh } from './visibleRefresh.js';

/** What a view shows of a session. */
export interface SessionTreeContent {
  readonly rows: readonly TreeRow[];
  /** Stands beside the view's title. */
  readonly description?: string;
  /** Stands above the rows. */
  readonly message?: string;
}

/** What one view is about. */
export interface SessionTreeSubject {
  readonly viewId: string;
  /** Asks the adapter. A rejection leaves what is shown as it is until the next event. */
  read(session: SteptrapSession, threadId: number): Promise<SessionTreeContent>;
  /** Asks for the children of a row that were left for later. A rejection is shown in their place, until the next refresh. */
  readChildren?(session: SteptrapSession, row: TreeRow): Promise<readonly TreeRow[]>;
  /** What happens when the row is clicked or Enter is pressed on it. */
  select?(row: TreeRow): vscode.Command | undefined;
  /** The row that stands for the thread, which is selected when VS Code shows that thread. */
  rowOfThread?(threadId: number): string;
}

/** A guest that runs for less than this shows no "running" in between: a step must not flicker. */
const QUIET_MILLISECONDS = 250;

/** A tree view of the focused session. Its elements are the ids of rows, so that VS Code knows them again after a stop. */
export class SessionTree extends Owner implements vscode.TreeDataProvider<string> {
  readonly view: vscode.TreeView<string>;
  readonly #tree = new RowTree();
  readonly #refresh: VisibleRefresh;
  readonly #didChange = new vscode.EventEmitter<string[] | undefined>();
  readonly onDidChangeTreeData = this.#didChange.event;
  #shown: SteptrapSession | undefined;
  #thread: number | undefined;

  constructor(
    private readonly subject: SessionTreeSubject,
    private readonly sessions: SteptrapSessions,
    delay: Delay,
  ) {
    super();
    this.#refresh = this.own(new VisibleRefresh(() => this.#read(), delay));
    this.view = this.own(vscode.window.createTreeView(subject.viewId, { treeDataProvider: this, showCollapseAll: true }));
    this.own(this.view.onDidChangeVisibility(({ visible }) => this.#refresh.setVisible(visible)));
    this.own(sessions.onDidChangeFocus(() => this.invalidate()));
    this.own(sessions.onDidStop(({ session }) => this.#changed(session)));
    this.own(sessions.onDidContinue(session => this.#changed(session, QUIET_MILLISECONDS)));
    this.own(sessions.onDidEnd(() => this.invalidate()));
    this.own(vscode.debug.onDidChangeActiveStackItem(() => this.#threadChosen()));
    this.#refresh.setVisible(this.view.visible);
    this.invalidate();
  }

  row(id: string | undefined): TreeRow | undefined {
    return id === undefined ? undefined : this.#tree.row(id);
  }

  /** The row that the keyboard works on. */
  get selectedRow(): TreeRow | undefined {
    return this.row(this.view.selection[0]);
  }

  invalidate(): void {
    this.#refresh.invalidate();
  }

  getTreeItem(id: string): vscode.TreeItem {
    const row = this.#tree.row(id);
    return row === undefined ? new vscode.TreeItem(id) : this.#item(row);
  }

  async getChildren(id?: string): Promise<string[]> {
    const row = this.row(id);
    const session = this.#shown;
    if (row?.children === 'later' && session !== undefined && this.subject.readChildren !== undefined) {
      const children = await this.subject.readChildren(session, row).catch((error: unknown) => [refusalRow(row.id, error)]);
      // Rows of another session may have the same ids.
      if (session === this.#shown) this.#tree.graft(row.id, children);
    }
    return [...this.#tree.children(id)];
  }

  getParent(id: string): string | undefined {
    return this.#tree.parent(id);
  }

  #changed(session: SteptrapSession, within?: number): void {
    if (session === this.sessions.focused || session === this.#shown) this.#refresh.invalidate(within);
  }

  /** A stop makes VS Code choose a thread, and that is not a second reason to ask. */
  #threadChosen(): void {
    const { focused } = this.sessions;
    if (focused === undefined || focused.stop === undefined) return;
    const threadId = focusedThread(focused);
    if (threadId === this.#thread) return;
    if (this.subject.rowOfThread === undefined) this.invalidate();
    else void this.#reveal(threadId);
  }

  async #read(): Promise<void> {
    const session = this.sessions.focused;
    const threadId = session === undefined ? undefined : focusedThread(session);
    let content: SessionTreeContent = { rows: [] };
    if (session !== undefined && threadId !== undefined) {
      try {
        content = await this.subject.read(session, threadId);
      } catch {
        // The guest has just ended or another session is shown: the event that says so makes the next refresh.
        if (this.#shown === session) return;
      }
      if (session !== this.sessions.focused) return;
    }
    this.#shown = session;
    this.view.description = content.description ?? '';
    // An empty text would leave an empty line.
    (this.view as { message: string | undefined }).message = content.message;
    const repaint = this.#tree.update(content.rows);
    if (repaint === 'all') this.#didChange.fire(undefined);
    else if (repaint.length > 0) this.#didChange.fire([...repaint]);
    if (threadId === undefined) this.#thread = undefined;
    else await this.#reveal(threadId);
  }

  async #reveal(threadId: number): Promise<void> {
    const isNew = this.#thread !== threadId;
    this.#thread = threadId;
    const id = this.subject.rowOfThread?.(threadId);
    if (!isNew || id === undefined || !this.view.visible || this.#tree.row(id) === undefined) return;
    try {
      await this.view.reveal(id, { select: true, focus: false });
    } catch {
      // The row has gone or the view was hidden meanwhile; nothing is to be shown then.
    }
  }

  #item(row: TreeRow): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label, collapsible(row));
    item.id = row.id;
    item.contextValue = row.context;
    item.description = row.description ?? '';
    if (row.icon !== undefined)
      item.iconPath = new vscode.ThemeIcon(row.icon.name, row.icon.color === undefined ? undefined : new vscode.ThemeColor(row.icon.color));
    if (row.tooltip !== undefined) item.tooltip = new vscode.MarkdownString(row.tooltip);
    if (row.spoken !== undefined) item.accessibilityInformation = { label: row.spoken };
    if (row.isChanged === true) item.resourceUri = CHANGED;
    const command = this.subject.select?.(row);
    if (command !== undefined) item.command = command;
    return item;
  }
}

function collapsible({ children, isOpen }: TreeRow): vscode.TreeItemCollapsibleState {
  if (children === undefined) return vscode.TreeItemCollapsibleState.None;
  return isOpen === true ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}
