// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { plainMessage } from '../markdownText.js';
import { focusedThread, orShowRefusal } from '../session/focusedThread.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import type { SessionTree } from '../tree/sessionTree.js';
import type { TreeRow } from '../tree/treeRow.js';
import { slotMoves } from './slotMoves.js';

/** Commands of the view "Debug Registers" that change something: a register, or by what a breakpoint is made. */
export function registerSlotCommands(sessions: SteptrapSessions, tree: SessionTree): readonly vscode.Disposable[] {
  const command = (name: string, run: (session: SteptrapSession, row: TreeRow | undefined) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(`steptrap.${name}`, async (id?: unknown) => {
      const session = sessions.focused;
      const row = typeof id === 'string' ? tree.row(id) : tree.selectedRow;
      if (session !== undefined) await orShowRefusal(() => run(session, row));
    });
  const move = (mode: 'engine' | 'software') => async (session: SteptrapSession, row: TreeRow | undefined) => {
    for (const breakpointId of row?.breakpoints ?? []) await setMode(session, breakpointId, mode);
  };
  return [
    command('slot.toEngine', move('engine')),
    command('slot.toSoftware', move('software')),
    command('freeSlot', freeSlot),
    command('editDebugRegister', edit),
  ];
}

async function setMode(session: SteptrapSession, breakpointId: number, mode: 'engine' | 'software'): Promise<void> {
  const { message } = await session.request('steptrap/setBreakpointMode', { breakpointId, mode });
  vscode.window.setStatusBarMessage(plainMessage(vscode.l10n.t('Breakpoint {0}: {1}', breakpointId, message)), 5000);
}

/** Asks which breakpoint leaves its slot, and for what. */
async function freeSlot(session: SteptrapSession): Promise<void> {
  const registers = await session.request('steptrap/debugRegisters', { threadId: focusedThread(session) });
  const moves = slotMoves(registers, vscode.l10n);
  const chosen = await vscode.window.showQuickPick(moves, {
    title: vscode.l10n.t('Which breakpoint leaves its register?'),
    matchOnDetail: true,
  });
  if (chosen !== undefined) await setMode(session, chosen.breakpointId, chosen.mode);
}

async function edit(session: SteptrapSession, row: TreeRow | undefined): Promise<void> {
  if (row?.edit === undefined) return;
  const { name, field } = row.edit;
  const told = field === undefined ? name.toUpperCase() : `${name.toUpperCase()}.${field}`;
  const value = await vscode.window.showInputBox({
    title: vscode.l10n.t('New value of {0}', told),
    prompt:
      field === undefined
        ? vscode.l10n.t('A number or an expression in C, with registers as $name')
        : vscode.l10n.t("A number, an expression in C, or the manual's word for the value"),
    value: row.value ?? '',
  });
  if (value === undefined || value.trim() === '') return;
  const threadId = row.threadId ?? focusedThread(session);
  const answer = await session.request('steptrap/setDebugRegister', { threadId, ...row.edit, value });
  vscode.window.setStatusBarMessage(plainMessage(vscode.l10n.t('{0} is {1} now.', name.toUpperCase(), answer.value)), 5000);
}
