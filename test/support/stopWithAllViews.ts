// SPDX-License-Identifier: MIT
import type { WireMessage } from '../../src/dap/index.js';
import { recordsOf, type StoppedSession } from './stoppedSession.js';

/** A request that was granted, and its answer. */
export interface Granted {
  readonly command: string;
  readonly body: WireMessage;
}

/** Five expressions of the sample `smp` that are good wherever its counter is raised. */
export const WATCHES = ['shared_counter', 'cpus[0].tally', 'self->number', '$sp', '(shared_counter + 1) * 2'] as const;

/** As many frames as VS Code asks for when a thread is expanded. */
const FRAMES = 20;
/** As many instructions as the disassembly view asks for in each direction. */
const INSTRUCTIONS = 50;
/** As many bytes as a memory view shows at first. */
const MEMORY_BYTES = 1024;

/**
 * Asks what VS Code and our views ask at a stop of `threadId` when all of them are open: every thread, every scope and every register
 * expanded, five watches, disassembly in both directions, memory, the vCPUs and the debug registers of each. What does not wait for
 * another answer is asked at once, as the editor does.
 */
export async function askForAllViews(session: StoppedSession, threadId: number): Promise<readonly Granted[]> {
  const granted: Granted[] = [];
  const ask = async (command: string, args: object = {}): Promise<WireMessage> => {
    const body = await session.ask(command, args);
    granted.push({ command, body });
    return body;
  };
  /** The children of a reference and, down to `depth`, theirs. */
  const expand = async (variablesReference: unknown, depth: number): Promise<void> => {
    const { variables } = await ask('variables', { variablesReference });
    if (depth === 0) return;
    const inner = recordsOf(variables).filter(variable => Number(variable['variablesReference']) > 0);
    await Promise.all(inner.map(variable => expand(variable['variablesReference'], depth - 1)));
  };

  const threads = recordsOf((await ask('threads'))['threads']).map(({ id }) => id);
  // The editor wants the innermost frame first and shows it before it has the others.
  const [top] = recordsOf((await ask('stackTrace', { threadId, startFrame: 0, levels: 1 }))['stackFrames']);
  const frameId = top?.['id'];
  const pc = String(top?.['instructionPointerReference']);
  const ofThread = (thread: unknown): Promise<unknown> =>
    thread === threadId
      ? ask('stackTrace', { threadId, startFrame: 1, levels: FRAMES - 1 })
      : ask('stackTrace', { threadId: thread, startFrame: 0, levels: FRAMES });
  const scopes = async (): Promise<void> => {
    const all = recordsOf((await ask('scopes', { frameId }))['scopes']);
    await Promise.all(all.map(scope => expand(scope['variablesReference'], 1)));
  };
  const disassemble = (instructionOffset: number): Promise<unknown> =>
    ask('disassemble', {
      memoryReference: pc,
      offset: 0,
      instructionOffset,
      instructionCount: INSTRUCTIONS,
      resolveSymbols: true,
    });
  await Promise.all([
    ...threads.map(ofThread),
    scopes(),
    ...WATCHES.map(expression => ask('evaluate', { expression, frameId, context: 'watch' })),
    disassemble(0),
    disassemble(-INSTRUCTIONS),
    ask('readMemory', { memoryReference: pc, offset: 0, count: MEMORY_BYTES }),
    ask('steptrap/vcpus'),
    ...threads.map(thread => ask('steptrap/debugRegisters', { threadId: thread })),
  ]);
  return granted;
}

/** The sample `smp` with eight vCPUs, at a breakpoint where its four CPUs raise the counter, which each `continue` reaches again. */
export const SMP_STOP = { program: 'samples/smp/smp.aarch64.O0.elf', settings: { smp: 8 }, breakpoint: 'raise_counter' } as const;
