// SPDX-License-Identifier: MIT

import { type Result, success } from '../../src/base/index.js';
import type { Decoder } from '../../src/cpu/decode/decisionTree.js';
import type { InstructionRow } from '../../src/cpu/decode/row.js';
import { observableVariants } from '../vectors/aarch64.js';
import { differencesFromQemu } from '../vectors/deviations.js';
import { anyContent, anyInput, preparedRegisters } from '../vectors/inputs.js';
import { describeInput, type RunOutcome, STATE_SP, STATE_WORDS, type Subject } from '../vectors/observation.js';
import { Random } from '../vectors/random.js';
import type { RecorderRun } from './recorder/protocol.js';
import { observeRuns } from './recorder/qemu.js';

/** After so many instructions the registers and the window start anew, so that a failure needs no long story. */
const CHAIN = 250;
/** Instructions for one start of QEMU; a multiple of the chain. */
const BATCH = 25_000;
const REFRESHED_REGISTERS = 2;

/** What a random program came to. */
export interface LockstepReport {
  readonly instructions: number;
  readonly failures: readonly string[];
}

/**
 * Runs `instructions` random allocated encodings of `rows` one after the other in QEMU and on `subjects`, each starting from what the
 * one before left, and compares everything after each. Only what an instruction must find in a register to be of use
 * (an address, mostly) is put there before it.
 */
export function randomLockstep(options: {
  readonly seed: number;
  readonly instructions: number;
  readonly rows: readonly InstructionRow[];
  readonly decode: Decoder;
  readonly subjects: readonly Subject[];
}): Result<LockstepReport> {
  const { seed, instructions, rows, decode, subjects } = options;
  const random = new Random(seed);
  const failures: string[] = [];
  for (let done = 0; done < instructions; done += BATCH) {
    const runs = Array.from({ length: Math.min(BATCH, instructions - done) }, (_, n) => anyRun(random, rows, decode, n % CHAIN === 0));
    const observed = observeRuns(runs);
    if (!observed.ok) return observed;
    failures.push(...compare(runs, observed.value, subjects, done));
  }
  return success({ instructions, failures });
}

function anyRun(random: Random, rows: readonly InstructionRow[], decode: Decoder, startsAnew: boolean): RecorderRun {
  for (;;) {
    const row = rows[random.below(rows.length)];
    const variants = row === undefined ? [] : observableVariants(row);
    const variant = variants[random.below(Math.max(variants.length, 1))];
    const input = variant === undefined ? undefined : anyInput(random, variant, decode);
    if (input === undefined) continue;
    if (startsAnew) return { words: input.words, registers: input.state, memory: 'keep', startsAnew };
    const registers = new Map<number, bigint>();
    for (let n = 0; n < REFRESHED_REGISTERS; n++) registers.set(random.below(STATE_SP), anyContent(random));
    for (const [n, content] of preparedRegisters(random, input.words.at(-1) ?? 0)) registers.set(n, content);
    return { words: input.words, registers, memory: 'keep', startsAnew };
  }
}

function compare(
  runs: readonly RecorderRun[],
  observed: readonly RunOutcome[],
  subjects: readonly Subject[],
  first: number,
): readonly string[] {
  const failures: string[] = [];
  let state = new BigUint64Array(STATE_WORDS);
  runs.forEach((run, n) => {
    const expected = observed[n];
    if (expected === undefined) return;
    if (run.registers instanceof BigUint64Array) state = run.registers.slice();
    else for (const [index, content] of run.registers) state[index] = content;
    const input = { words: run.words, state };
    for (const subject of subjects) {
      if (run.startsAnew) subject.startAnew();
      const { found } = differencesFromQemu(input, expected, subject.run(input));
      if (found.length > 0) failures.push(`instruction ${first + n}, ${subject.name}: ${found.join('; ')}\n  ${describeInput(input)}`);
      // From here on as QEMU did it, so that one difference is reported once.
      subject.apply(expected.changes);
    }
    state = expected.state.slice();
  });
  return failures;
}
