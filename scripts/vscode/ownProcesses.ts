// SPDX-License-Identifier: MIT
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** How long a process may take to end by itself before it is killed, in milliseconds. */
const GRACE = 3000;

/** What runs until it is ended, by this run only: nothing is ever ended by a name. */
const running = new Set<ChildProcess>();

export interface OwnProcess {
  readonly process: ChildProcess;
  /** Ends the process and its children; returns when it is gone. */
  end(): Promise<void>;
}

/** Sends a signal to a whole process group; that it is gone already is what was wanted. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // No such group any more.
  }
}

/** Starts a program as the head of a process group of its own, with its output in a file. */
export function startOwnProcess(
  program: string,
  args: readonly string[],
  options: { readonly log: string; readonly env?: NodeJS.ProcessEnv },
): OwnProcess {
  const log = openSync(options.log, 'a');
  const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...options.env } });
  closeSync(log);
  running.add(child);
  const gone = once(child, 'exit').catch(() => undefined);
  void gone.then(() => running.delete(child));
  return {
    process: child,
    async end() {
      if (child.pid === undefined || !running.has(child)) return;
      signalGroup(child.pid, 'SIGTERM');
      const timer = setTimeout(signalGroup, GRACE, child.pid, 'SIGKILL');
      await gone;
      clearTimeout(timer);
      // A server may leave its children behind when it ends in an orderly way.
      signalGroup(child.pid, 'SIGKILL');
    },
  };
}

/** Runs a program to its end; throws `complaint` with what it printed if it fails. */
export async function runToEnd(program: string, args: readonly string[], complaint: string): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running.add(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [status] = await once(child, 'close');
  running.delete(child);
  if (status !== 0) throw new Error(`${complaint}: ${printed}`);
}

/** Ends everything on Ctrl-C and when the run itself fails. */
export function endProcessesWithThisOne(): void {
  const endAll = (): void => {
    for (const { pid } of running) if (pid !== undefined) signalGroup(pid, 'SIGKILL');
  };
  process.on('exit', endAll);
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.on(signal, () => process.exit(status));
}
