// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { debugRegisterRows, slotUse } from '../debugRegisters/debugRegisterTree.js';
import { focusedThread, orShowRefusal } from '../session/focusedThread.js';
import type { SteptrapSessions } from '../session/steptrapSessions.js';
import { uriOfPath } from '../session/workspaceFiles.js';
import type { SessionTree } from '../tree/sessionTree.js';
import { rowText, type SourcePlace, type TreeRow } from '../tree/treeRow.js';

/** Finds the row of one of the views that a command is for: by its id, else the one that the keyboard works on. */
export const rowFinder =
  (trees: readonly SessionTree[]) =>
  (id: unknown): TreeRow | undefined => {
    for (const tree of trees) {
      const row = typeof id === 'string' ? tree.row(id) : undefined;
      if (row !== undefined) return row;
    }
    return trees.map(tree => tree.selectedRow).find(row => row !== undefined);
  };

/** Commands on rows of our views: copy, and go to the source. */
export function registerRowCommands(sessions: SteptrapSessions, trees: readonly SessionTree[]): readonly vscode.Disposable[] {
  const rowOf = rowFinder(trees);
  const copy = (name: string, textOf: (row: TreeRow) => string): vscode.Disposable =>
    vscode.commands.registerCommand(`steptrap.${name}`, async (id?: unknown) => {
      const row = rowOf(id);
      if (row !== undefined) await vscode.env.clipboard.writeText(textOf(row));
    });
  return [
    copy('copyValue', row => row.value ?? row.description ?? row.label),
    copy('copyRow', row => rowText(row)),
    vscode.commands.registerCommand('steptrap.goToSource', async (id?: unknown) => {
      const place = rowOf(id)?.place;
      if (place !== undefined) await orShowRefusal(() => openSource(place));
    }),
    vscode.commands.registerCommand('steptrap.openSource', (place: SourcePlace) => orShowRefusal(() => openSource(place))),
    vscode.commands.registerCommand('steptrap.copyDebugRegisters', async () => {
      const session = sessions.focused;
      if (session === undefined) return;
      await orShowRefusal(async () => {
        const registers = await session.request('steptrap/debugRegisters', { threadId: focusedThread(session) });
        const rows = debugRegisterRows(registers, '', vscode.l10n).map(row => rowText(row));
        await vscode.env.clipboard.writeText([slotUse(registers, vscode.l10n), ...rows, ''].join('\n'));
        vscode.window.setStatusBarMessage(vscode.l10n.t('The debug registers are on the clipboard.'), 3000);
      });
    }),
  ];
}

async function openSource({ path, line }: SourcePlace): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uriOfPath(path), { selection: new vscode.Range(at, at), preview: true });
}
