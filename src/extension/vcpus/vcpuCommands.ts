// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import type { Delay } from '../extensionHost.js';
import { focusedThread, orShowRefusal } from '../session/focusedThread.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';
import { StayInView } from './stayInView.js';
import type { VcpusView } from './vcpusView.js';

/** What a command acts on. */
interface ChosenVcpu {
  readonly session: SteptrapSession;
  readonly threadId: number;
}

/** Commands that end in a stop at once, most of the time. */
const STOPPING: readonly string[] = ['vcpu.stepOver', 'vcpu.stepInto', 'vcpu.stepOut', 'vcpu.stepInstruction', 'focusVcpu'];

/** What the keys of the view give as their argument. */
const IN_VIEW = 'steptrap.vcpus';

/** Commands for single vCPUs, from the view, from VS Code's call stack, by key and from the palette. */
export function registerVcpuCommands(sessions: SteptrapSessions, view: VcpusView, delay: Delay): readonly vscode.Disposable[] {
  const stay = (session: SteptrapSession) =>
    new StayInView({
      isStopped: () => session.state === 'stopped',
      onDidShowFrame: listener =>
        vscode.debug.onDidChangeActiveStackItem(item => {
          if (item instanceof vscode.DebugStackFrame) listener();
        }),
      onDidEnd: listener =>
        sessions.onDidEnd(ended => {
          if (ended === session) listener();
        }),
      delay,
      focus: () => void vscode.commands.executeCommand('steptrap.vcpus.focus'),
    });
  const command = (name: string, run: (vcpu: ChosenVcpu) => PromiseLike<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(`steptrap.${name}`, async (subject?: unknown, context?: unknown) => {
      const vcpu = chosenVcpu(sessions, view, subject, context);
      if (vcpu === undefined) return;
      const staying = STOPPING.includes(name) && typeof subject === 'string' ? stay(vcpu.session) : undefined;
      await orShowRefusal(
        () => Promise.resolve(run(vcpu)),
        () => staying?.dispose(),
      );
    });
  const alone =
    (request: string, more: object = {}) =>
    ({ session, threadId }: ChosenVcpu) =>
      session.session.customRequest(request, { threadId, singleThread: true, ...more });
  return [
    command('vcpu.stepOver', alone('next')),
    command('vcpu.stepInto', alone('stepIn')),
    command('vcpu.stepOut', alone('stepOut')),
    command('vcpu.stepInstruction', alone('stepIn', { granularity: 'instruction' })),
    command('vcpu.run', alone('continue')),
    command('vcpu.freeze', ({ session, threadId }) => session.request('steptrap/freeze', { threadId })),
    command('vcpu.thaw', ({ session, threadId }) => session.request('steptrap/thaw', { threadId })),
    // The view may be hidden and its rows old, so the adapter is asked.
    command('vcpu.toggleFreeze', async ({ session, threadId }) => {
      const { vcpus } = await session.request('steptrap/vcpus', {});
      const isFrozen = vcpus.some(vcpu => vcpu.threadId === threadId && vcpu.isFrozen);
      await session.request(isFrozen ? 'steptrap/thaw' : 'steptrap/freeze', { threadId });
    }),
    command('focusVcpu', ({ session, threadId }) => session.request('steptrap/focus', { threadId })),
  ];
}

/**
 * The vCPU that a command is for. The view's menus give a row's id; the call stack's menu gives a thread's id and its session;
 * the view's keys mean the selected row, and the palette the thread that is shown.
 */
function chosenVcpu(sessions: SteptrapSessions, view: VcpusView, subject: unknown, context: unknown): ChosenVcpu | undefined {
  const session = (typeof subject === 'number' && sessionOf(sessions, context)) || sessions.focused;
  if (session === undefined) return undefined;
  if (typeof subject === 'number') return { session, threadId: subject };
  const row = subject === IN_VIEW ? view.tree.selectedRow : typeof subject === 'string' ? view.tree.row(subject) : undefined;
  // A row that folds several vCPUs is none of them.
  const threadId = row === undefined ? focusedThread(session) : row.threadId;
  return threadId === undefined ? undefined : { session, threadId };
}

function sessionOf(sessions: SteptrapSessions, context: unknown): SteptrapSession | undefined {
  if (typeof context !== 'object' || context === null || !('sessionId' in context)) return undefined;
  return sessions.find(String(context.sessionId));
}
