// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { focusedThread, orShowRefusal } from '../session/focusedThread.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import { addressProblem } from './addressText.js';

type Until = 'branch' | 'call' | 'return' | 'exception';

/** Commands that step by instruction and to the next instruction of a kind, for the thread that is shown. */
export function registerExecutionCommands(sessions: SteptrapSessions): readonly vscode.Disposable[] {
  const command = (name: string, run: (session: SteptrapSession, threadId: number) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(`steptrap.${name}`, async () => {
      const session = sessions.focused;
      if (session?.state === 'stopped') await orShowRefusal(() => run(session, focusedThread(session)));
    });
  const stepInstruction = (request: string) => (session: SteptrapSession, threadId: number) =>
    Promise.resolve(session.session.customRequest(request, { threadId, granularity: 'instruction' }));
  const stepUntil = (until: Until) => (session: SteptrapSession, threadId: number) =>
    session.request('steptrap/stepUntil', { threadId, until });
  return [
    command('stepInstructionInto', stepInstruction('stepIn')),
    command('stepInstructionOver', stepInstruction('next')),
    command('stepInstructionOut', stepInstruction('stepOut')),
    command('stepUntilBranch', stepUntil('branch')),
    command('stepUntilCall', stepUntil('call')),
    command('stepUntilReturn', stepUntil('return')),
    command('stepUntilException', stepUntil('exception')),
    command('runToAddress', runToAddress),
    command('stepUntil', chooseUntil),
  ];
}

async function chooseUntil(session: SteptrapSession, threadId: number): Promise<void> {
  const { l10n } = vscode;
  const choices: readonly (vscode.QuickPickItem & { readonly until: Until | 'address' })[] = [
    { until: 'branch', label: l10n.t('Branch'), detail: l10n.t('To the next branch, before it is taken') },
    { until: 'call', label: l10n.t('Call'), detail: l10n.t('To the next call, before it is made') },
    { until: 'return', label: l10n.t('Return'), detail: l10n.t('To the return of this function or from the exception, before it is made') },
    { until: 'exception', label: l10n.t('Exception'), detail: l10n.t('To the first instruction of the vector of the next exception') },
    { until: 'address', label: l10n.t('Address…'), detail: l10n.t('To an address, a symbol or a place in a source') },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { title: l10n.t('Step until'), matchOnDetail: true });
  if (chosen?.until === 'address') await runToAddress(session, threadId);
  else if (chosen !== undefined) await session.request('steptrap/stepUntil', { threadId, until: chosen.until });
}

async function runToAddress(session: SteptrapSession, threadId: number): Promise<void> {
  const address = await vscode.window.showInputBox({
    title: vscode.l10n.t('Run to an address'),
    prompt: vscode.l10n.t('An address, a symbol such as main+0x10, or a place such as counter.c:42'),
    placeHolder: '0x40080000',
    validateInput: text => addressProblem(text, vscode.l10n),
  });
  if (address !== undefined) await session.request('steptrap/stepUntil', { threadId, until: 'address', address: address.trim() });
}
