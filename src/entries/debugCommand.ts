// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { failure, type Result, success } from '../base/index.js';
import { DebugAdapter, type MakeTarget, parseScript, type ScriptOutcome, ScriptRunner, type Statement } from '../dap/index.js';
import type { DebugTarget } from '../debug/index.js';
import { openSymbolFile } from '../symbols/index.js';
import type { Invocation } from './commandLine.js';
import { makeTarget } from './makeTarget.js';
import { NodeHost } from './nodeHost.js';
import { MarkedSources } from './scriptSources.js';

/** A session to be played in process. */
export interface ScriptedSession {
  readonly program: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly statements: readonly Statement[];
  readonly print: (line: string) => void;
  /** Addresses of the program are printed by name only, so that transcripts outlive a new build. */
  readonly isSymbolic?: boolean;
  /** Sees each guest that is launched. */
  readonly onTarget?: (target: DebugTarget) => void;
}

/** `steptrap debug`: plays the script; the status is the guest's if it ended, 0 otherwise. */
export async function debug(invocation: Invocation): Promise<Result<number>> {
  const path = invocation.options['script'] ?? '';
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return failure('usage', `The script ${path} cannot be read.`);
  }
  const { statements, problems } = parseScript(text);
  const [problem] = problems;
  if (problem !== undefined) return failure('usage', `${path}:${problem.line}: ${problem.message}`);
  const targets: DebugTarget[] = [];
  const before = performance.now();
  const outcome = await playScript({
    program: resolve(invocation.operands[0] ?? ''),
    settings: invocation.settings,
    statements,
    print: line => process.stdout.write(`${line}\n`),
    isSymbolic: invocation.options['symbolic'] !== undefined,
    onTarget: target => {
      targets.push(target);
      if (invocation.options['trace'] === 'kvm')
        target.kvmTrace.setOn(true, ({ number, text }) => process.stderr.write(`${number + 1}  ${text}\n`));
    },
  });
  if ('stats' in invocation.options) process.stderr.write(`${statistics(targets, (performance.now() - before) / 1000)}\n`);
  return outcome.problem === undefined ? success(outcome.exitCode ?? 0) : failure('script', `${path}: ${outcome.problem}`);
}

/** One JSON line over all guests of a session. */
function statistics(targets: readonly DebugTarget[], seconds: number): string {
  const exits: Record<string, number> = {};
  for (const target of targets) {
    for (const [name, count] of Object.entries(target.exitCounts)) exits[name] = (exits[name] ?? 0) + count;
  }
  const instructions = targets.reduce((total, target) => total + Number(target.execution.retiredInstructions), 0);
  return JSON.stringify({ instructions, seconds: Number(seconds.toFixed(6)), exits });
}

/** Plays a session with adapter, debugger and machine in this thread. */
export async function playScript({ program, settings, statements, print, isSymbolic, onTarget }: ScriptedSession): Promise<ScriptOutcome> {
  const host = new NodeHost();
  const folder = dirname(program);
  const sources = new MarkedSources(
    [folder, `${dirname(folder)}/start`],
    [[`${process.cwd()}/`, '']],
    isSymbolic ? addressNames(program) : undefined,
  );
  const make: MakeTarget = options => {
    const made = makeTarget(options);
    if (made.ok) onTarget?.(made.value);
    return made;
  };
  const adapter = new DebugAdapter(host, make, () => undefined);
  const runner = new ScriptRunner(message => adapter.receive(message), sources, { program, ...settings }, print);
  adapter.onDidSendMessage(message => runner.client.receive(message));
  try {
    return await runner.play(statements);
  } finally {
    adapter.dispose();
    host.dispose();
  }
}

/** Names of the program's addresses; none if it is no ELF file. */
function addressNames(program: string): ((address: bigint) => string | undefined) | undefined {
  try {
    const file = openSymbolFile(new Uint8Array(readFileSync(program)));
    return file.ok ? address => file.value.elf.symbols.describe(address) : undefined;
  } catch {
    // The launch says in its own sentence that the file cannot be read.
    return undefined;
  }
}
