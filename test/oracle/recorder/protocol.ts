// SPDX-License-Identifier: MIT
import {
  type Change,
  type Ending,
  MAXIMUM_WORDS,
  type RunInput,
  type RunOutcome,
  SLOT_END,
  STATE_NZCV,
  STATE_WORDS,
  WINDOW_BYTES,
} from '../../vectors/observation.js';

/** The words of `recorder.S`: how runs go to it and observations come back. Its head describes both. */
const MAGIC = 0x3152_4543n;
const HEADER_WORDS = 3;
/** Where QEMU's loader puts the input. */
export const INPUT_ADDRESS = 0x4100_0000;
const CONTROL = {
  wordCountShift: 48n,
  scan: 1n << 40n,
  keep: 1n << 41n,
  reset: 1n << 42n,
  allRegisters: 2n ** BigInt(STATE_WORDS) - 1n,
} as const;
const NZCV_MASK = 0xf000_0000n;

/** A run as the recorder takes it. */
export interface RecorderRun {
  readonly words: readonly number[];
  /** What X0 to X30, SP and NZCV are to be; all that is not named keeps what the run before left. */
  readonly registers: RunInput['state'] | ReadonlyMap<number, bigint>;
  /** Memory changes are looked for, and then undone or kept for the next run. */
  readonly memory: 'ignore' | 'undo' | 'keep';
  /** The window has its first content again; so it must be for the first run of all. */
  readonly startsAnew: boolean;
}

/** The recorder's input for `runs`, with the window's first content. */
export function encodeRuns(runs: readonly RecorderRun[], windowContent: BigUint64Array): Uint8Array {
  const words = new BigUint64Array(HEADER_WORDS + WINDOW_BYTES / 8 + runs.length * (3 + STATE_WORDS));
  let at = HEADER_WORDS + WINDOW_BYTES / 8;
  words.set([MAGIC, BigInt(runs.length), BigInt(INPUT_ADDRESS + at * 8)]);
  words.set(windowContent, HEADER_WORDS);
  for (const run of runs) {
    const entries: readonly (readonly [number, bigint])[] =
      run.registers instanceof BigUint64Array
        ? [...run.registers].map((content, n) => [n, content] as const)
        : [...run.registers].sort((a, b) => a[0] - b[0]);
    let control = BigInt(run.words.length) << CONTROL.wordCountShift;
    for (const [n] of entries) control |= 1n << BigInt(n);
    if (run.memory !== 'ignore') control |= CONTROL.scan;
    if (run.memory === 'keep') control |= CONTROL.keep;
    if (run.startsAnew) control |= CONTROL.reset;
    words[at++] = control;
    const slots = [...Array.from({ length: MAXIMUM_WORDS - run.words.length }, () => 0), ...run.words].map(BigInt);
    words[at++] = (slots[0] ?? 0n) | ((slots[1] ?? 0n) << 32n);
    words[at++] = (slots[2] ?? 0n) | ((slots[3] ?? 0n) << 32n);
    for (const [, content] of entries) words[at++] = content;
  }
  return new Uint8Array(words.buffer, 0, at * 8);
}

// Arm DDI 0487, ESR_ELx: fields and exception classes.
const ESR = { classShift: 26, syndrome: 0x1ff_ffff, WnR: 1 << 6, DFSC: 0x3f, ISV: 1 << 24, validShift: 14, validMask: 0x7ff } as const;
const CLASS = { unknown: 0x00, dataAbortLower: 0x24, dataAbortSame: 0x25 } as const;
const DFSC_ALIGNMENT = 0x21;

function endingOf(ESR_ELx: number, isAtEL1: boolean, ELR: bigint, FAR: bigint, wordCount: number): Ending {
  const exceptionClass = ESR_ELx >>> ESR.classShift;
  if (ELR < SLOT_END - 4n * BigInt(wordCount) || ELR >= SLOT_END) return { kind: 'retired', pc: ELR };
  if (exceptionClass === CLASS.unknown) return { kind: 'undefined' };
  if (exceptionClass === CLASS.dataAbortLower || exceptionClass === CLASS.dataAbortSame) {
    const syndrome = (ESR_ELx & ESR.ISV) !== 0 ? (ESR_ELx >>> ESR.validShift) & ESR.validMask : 0;
    return {
      kind: 'memory',
      address: FAR,
      isWrite: (ESR_ELx & ESR.WnR) !== 0,
      isAlignment: (ESR_ELx & ESR.DFSC) === DFSC_ALIGNMENT,
      // Only aborts taken to EL2 have one.
      ...(isAtEL1 ? {} : { syndrome }),
    };
  }
  return { kind: 'exception', class: exceptionClass, syndrome: ESR_ELx & ESR.syndrome };
}

/** What the recorder observed of `runs`. `undefined`: the file ends too early, so QEMU or the recorder failed. */
export function decodeObservations(bytes: Uint8Array, runs: readonly RecorderRun[]): readonly RunOutcome[] | undefined {
  const words = new BigUint64Array(bytes.slice().buffer, 0, bytes.length >>> 3);
  const outcomes: RunOutcome[] = [];
  let at = 0;
  for (const run of runs) {
    const [what, ELR, FAR] = [words[at], words[at + 1], words[at + 2]];
    if (what === undefined || ELR === undefined || FAR === undefined || at + 3 + STATE_WORDS > words.length) return undefined;
    const state = words.slice(at + 3, at + 3 + STATE_WORDS);
    state[STATE_NZCV] = (state[STATE_NZCV] ?? 0n) & NZCV_MASK;
    at += 3 + STATE_WORDS;
    const changes: Change[] = [];
    for (let left = Number(what >> 48n); left > 0; left--) {
      changes.push({ offset: Number(words[at] ?? 0n), content: words[at + 1] ?? 0n });
      at += 2;
    }
    const ending = endingOf(Number(BigInt.asUintN(32, what)), ((what >> 32n) & 1n) === 1n, ELR, FAR, run.words.length);
    outcomes.push({ ending, state, changes });
  }
  return at === words.length ? outcomes : undefined;
}
