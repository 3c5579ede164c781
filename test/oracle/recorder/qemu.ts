// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, type Result, success } from '../../../src/base/index.js';
import { WINDOW_CONTENT } from '../../vectors/inputs.js';
import type { RunInput, RunOutcome } from '../../vectors/observation.js';
import { decodeObservations, encodeRuns, INPUT_ADDRESS, type RecorderRun } from './protocol.js';

/** The program that stands for the CPU; another one by its environment variable. */
export const QEMU = process.env.STEPTRAP_QEMU_AARCH64 ?? 'qemu-system-aarch64';
/** A model with LSE, LOR and CRC32 and without pointer authentication, which would give hints a meaning that Armv8.0 does not have. */
export const QEMU_CPU = 'cortex-a76';
/** The project's root: this file is built to out/test/oracle/recorder. */
export const ROOT = join(import.meta.dirname, '../../../..');
const RECORDER = join(ROOT, 'test/oracle/recorder/recorder.elf');
const TIMEOUT_MILLISECONDS = 120_000;
/** Keeps the recorder's output inside its RAM. */
const RUNS_PER_START = 50_000;

/** QEMU's version line, or `undefined` if it is not installed. */
export function qemuVersion(): string | undefined {
  const { status, stdout } = spawnSync(QEMU, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

/** What QEMU makes of each of `inputs` by itself. */
export function observeInputs(inputs: readonly RunInput[]): Result<readonly RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  for (let from = 0; from < inputs.length; from += RUNS_PER_START) {
    const part = observeRuns(inputs.slice(from, from + RUNS_PER_START).map(independentRun));
    if (!part.ok) return part;
    for (const outcome of part.value) outcomes.push(outcome);
  }
  return success(outcomes);
}

/** What QEMU makes of `runs`, in order, in one start; 50,000 or fewer. */
export function observeRuns(runs: readonly RecorderRun[]): Result<readonly RunOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'steptrap-oracle-'));
  try {
    writeFileSync(join(folder, 'input.bin'), encodeRuns(runs, WINDOW_CONTENT));
    // prettier-ignore
    const { status, stderr, error } = spawnSync(
      QEMU,
      [
        '-M',
        'virt,virtualization=on',
        '-cpu',
        QEMU_CPU,
        '-m',
        '1G',
        '-display',
        'none',
        '-monitor',
        'none',
        '-serial',
        'none',
        '-nodefaults',
        '-kernel',
        RECORDER,
        '-device',
        `loader,file=input.bin,addr=0x${INPUT_ADDRESS.toString(16)},force-raw=on`,
        '-semihosting-config',
        'enable=on,target=native',
      ],
      { cwd: folder, encoding: 'utf8', timeout: TIMEOUT_MILLISECONDS },
    );
    if (error !== undefined) return failure('EIO', `${QEMU} did not finish: ${error.message}`);
    if (status !== 0) return failure('EIO', `${QEMU} ended with status ${status}. ${stderr.trim()}`);
    const outcomes = decodeObservations(readFileSync(join(folder, 'output.bin')), runs);
    return outcomes === undefined ? failure('EIO', 'The recorder wrote less or more than it was asked for.') : success(outcomes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run of its own: nothing of the one before remains. */
const independentRun = ({ words, state }: RunInput, index: number): RecorderRun => ({
  words,
  registers: state,
  memory: touchesMemory(words) ? 'undo' : 'ignore',
  startsAnew: index === 0,
});

/** Whether any of `words` may load or store, by the encoding index. */
const touchesMemory = (words: readonly number[]): boolean => words.some(word => ((word >>> 25) & 0b0101) === 0b0100);
