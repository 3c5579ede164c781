// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { orShowRefusal } from '../session/focusedThread.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import type { DisassemblyDocuments } from '../stepAnatomy/disassemblyDocuments.js';
import type { SessionTree } from '../tree/sessionTree.js';
import type { TreeRow } from '../tree/treeRow.js';
import { rowFinder } from './rowCommands.js';

/** What VS Code's own "View Binary Data" opens. */
const MEMORY = { scheme: 'vscode-debug-memory', editor: 'hexEditor.hexedit' } as const;

type Shown = Pick<TreeRow, 'memory' | 'code'>;

/** Commands on rows that stand for memory, instructions or functions. A caller may give what is to be shown in place of a row's id. */
export function registerMemoryCommands(
  sessions: SteptrapSessions,
  trees: readonly SessionTree[],
  disassembly: DisassemblyDocuments,
): readonly vscode.Disposable[] {
  const rowOf = rowFinder(trees);
  const shown = (given: unknown): Shown | undefined => (isShown(given) ? given : rowOf(given));
  const command = (name: string, run: (session: SteptrapSession, given: unknown) => Promise<unknown> | undefined): vscode.Disposable =>
    vscode.commands.registerCommand(`steptrap.${name}`, async (given?: unknown) => {
      const session = sessions.focused;
      if (session !== undefined) await orShowRefusal(() => Promise.resolve(run(session, given)));
    });
  return [
    command('showMemory', (session, given) => {
      const memory = shown(given)?.memory;
      return memory === undefined ? undefined : showMemory(session, memory);
    }),
    command('showDisassembly', (session, given) => {
      const code = shown(given)?.code;
      return code === undefined ? undefined : disassembly.show(session, code, undefined);
    }),
    command('addFunctionBreakpoint', (_session, given) => {
      const row = rowOf(given);
      if (row?.context.startsWith('symbol function') === true) vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(row.label)]);
      return undefined;
    }),
  ];
}

const isShown = (given: unknown): given is Shown => typeof given === 'object' && given !== null && ('memory' in given || 'code' in given);

async function showMemory({ session }: SteptrapSession, memoryReference: string): Promise<void> {
  const path = `/${encodeURIComponent(memoryReference)}/${encodeURIComponent(memoryReference.replace(':', ' '))}.bin`;
  await vscode.commands.executeCommand(
    'vscode.openWith',
    vscode.Uri.from({ scheme: MEMORY.scheme, authority: session.id, path }),
    MEMORY.editor,
  );
}
