// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { failure, type Result, success } from '../../../src/base/index.js';
import { WINDOW_CONTENT } from '../../vectors/inputs.js';
import type { Change } from '../../vectors/observation.js';
import type { RecordedMode, RecordedModel } from '../../vectors/power/inputs.js';
import { type PowerEnding, type PowerOutcome, SCALAR_WORDS, SLOT_END, STATE_WORDS } from '../../vectors/power/observation.js';

/** The programs that stand for the CPU; others by their environment variables. */
export const QEMU_POWER: Readonly<Record<RecordedMode, string>> = {
  ppc64: process.env.STEPTRAP_QEMU_PPC64 ?? 'qemu-ppc64',
  ppc64le: process.env.STEPTRAP_QEMU_PPC64LE ?? 'qemu-ppc64le',
};
/** The project's root: this file is built to out/test/oracle/powerRecorder. */
const ROOT = join(import.meta.dirname, '../../../..');
const TIMEOUT_MILLISECONDS = 300_000;
const MAXIMUM_OUTPUT_BYTES = 2 ** 30;
/** Keeps input and output of one start in memory. */
const RUNS_PER_START = 20_000;

/** QEMU's version line, or `undefined` if it is not installed. */
export function qemuPowerVersion(mode: RecordedMode): string | undefined {
  const { status, stdout } = spawnSync(QEMU_POWER[mode], ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

/** A run as the recorder takes it. */
export interface PowerRecorderRun {
  readonly words: readonly number[];
  readonly state: BigUint64Array;
  /** Whether the vector-scalar registers are part of it; otherwise they are whatever they are. */
  readonly hasVectors: boolean;
  /** Memory changes are looked for, and then undone or kept for the next run. */
  readonly memory: 'ignore' | 'undo' | 'keep';
  /** The window has its first content again; always so for the first run of a start. */
  readonly startsAnew?: boolean;
}

// The words of `recorder.c`, whose head describes them.
const CONTROL = { vector: 1 << 8, scan: 1 << 9, keep: 1 << 10, anew: 1 << 11 } as const;
const WORD_BYTES = 8;
const SIGNAL = { illegal: 4, trap: 5, bus: 7, segmentation: 11 } as const;

function encode(runs: readonly PowerRecorderRun[], isLittle: boolean): Uint8Array {
  const words: bigint[] = [BigInt(runs.length), ...WINDOW_CONTENT];
  for (const [n, { words: instructions, state, hasVectors, memory, startsAnew = false }] of runs.entries()) {
    const flags =
      (hasVectors ? CONTROL.vector : 0) |
      (memory === 'ignore' ? 0 : CONTROL.scan) |
      (memory === 'keep' ? CONTROL.keep : 0) |
      (startsAnew || n === 0 ? CONTROL.anew : 0);
    const slots = [0, 0, 0, 0, ...instructions].slice(-4).map(BigInt);
    words.push(BigInt(instructions.length | flags));
    words.push(((slots[0] ?? 0n) << 32n) | (slots[1] ?? 0n), ((slots[2] ?? 0n) << 32n) | (slots[3] ?? 0n));
    for (const content of state.subarray(0, hasVectors ? STATE_WORDS : SCALAR_WORDS)) words.push(content);
  }
  const view = new DataView(new ArrayBuffer(words.length * WORD_BYTES));
  words.forEach((word, n) => {
    view.setBigUint64(n * WORD_BYTES, word, isLittle);
  });
  return new Uint8Array(view.buffer);
}

function endingOf(signal: number, NIP: bigint, address: bigint, wordCount: number): PowerEnding {
  if (NIP < SLOT_END - 4n * BigInt(wordCount) || NIP >= SLOT_END) return { kind: 'retired', pc: NIP };
  switch (signal) {
    case SIGNAL.illegal:
      return { kind: 'illegal' };
    case SIGNAL.trap:
      return { kind: 'trap' };
    case SIGNAL.segmentation:
      return { kind: 'memory', address };
    default:
      return { kind: 'alignment' };
  }
}

function decode(bytes: Uint8Array, runs: readonly PowerRecorderRun[], isLittle: boolean): readonly PowerOutcome[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const outcomes: PowerOutcome[] = [];
  let at = 0;
  const next = (): bigint => {
    at += WORD_BYTES;
    return view.getBigUint64(at - WORD_BYTES, isLittle);
  };
  for (const { words, state: before, hasVectors } of runs) {
    const count = hasVectors ? STATE_WORDS : SCALAR_WORDS;
    if (at + (3 + count) * WORD_BYTES > bytes.length) return undefined;
    const head = next();
    const [NIP, address] = [next(), next()];
    const state = before.slice();
    for (let n = 0; n < count; n++) state[n] = next();
    const changes: Change[] = [];
    for (let left = Number(head >> 32n); left > 0; left--) changes.push({ offset: Number(next()), content: next() });
    outcomes.push({ ending: endingOf(Number(head & 0xffff_ffffn), NIP, address, words.length), state, changes });
  }
  return at === bytes.length ? outcomes : undefined;
}

/** What QEMU makes of `runs`, in order. Nothing but memory that is kept goes from one to the next. */
export function observePower(
  mode: RecordedMode,
  runs: readonly PowerRecorderRun[],
  model: RecordedModel = 'power9',
): Result<readonly PowerOutcome[]> {
  const recorder = join(ROOT, `test/oracle/powerRecorder/recorder.${mode}.elf`);
  const isLittle = mode === 'ppc64le';
  const outcomes: PowerOutcome[] = [];
  for (let from = 0; from < runs.length; from += RUNS_PER_START) {
    const part = runs.slice(from, from + RUNS_PER_START);
    const { status, stdout, stderr, error } = spawnSync(QEMU_POWER[mode], ['-cpu', model, recorder], {
      input: encode(part, isLittle),
      maxBuffer: MAXIMUM_OUTPUT_BYTES,
      timeout: TIMEOUT_MILLISECONDS,
    });
    if (error !== undefined) return failure('EIO', `${QEMU_POWER[mode]} did not finish: ${error.message}`);
    if (status !== 0) return failure('EIO', `${QEMU_POWER[mode]} ended with status ${status}. ${stderr.toString().trim()}`);
    const decoded = decode(stdout, part, isLittle);
    if (decoded === undefined) return failure('EIO', 'The recorder wrote less or more than it was asked for.');
    for (const outcome of decoded) outcomes.push(outcome);
  }
  return success(outcomes);
}
