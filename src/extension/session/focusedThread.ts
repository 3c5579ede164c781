// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { plainMessage } from '../markdownText.js';
import type { SteptrapSession } from './steptrapSessions.js';

/** The thread that VS Code's views show of `session`: the one that the user chose, else the one that stopped. */
export function focusedThread(session: SteptrapSession): number {
  const item = vscode.debug.activeStackItem;
  return item?.session.id === session.session.id ? item.threadId : (session.stop?.threadId ?? 1);
}

/** Does what a command asks of the adapter. If it is refused, shows its sentence and calls `refused`. */
export async function orShowRefusal(work: () => Promise<unknown>, refused?: () => void): Promise<void> {
  try {
    await work();
  } catch (error) {
    refused?.();
    void vscode.window.showWarningMessage(plainMessage(error instanceof Error ? error.message : String(error)));
  }
}
