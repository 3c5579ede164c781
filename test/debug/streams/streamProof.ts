// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { INTERRUPT, MSR_BIT } from '../../../src/cpu/index.js';
import { Random } from '../../vectors/random.js';
import { looksTheSame, StreamGuest, type StreamKind, type StreamOptions, streamOptions, visibleIn } from './streamGuest.js';
import { COUNTER, REGISTER } from './streamLayout.js';

// A stream stepped through by the Trace method, and the same un-stepped beside it, which the engine counts up to where a step has ended.

/** How often things happened. */
export type Events = Readonly<Record<keyof typeof COUNTER | 'console', number>>;

const LONGEST_DIFFERENCE = 4000;
/** vCPU 0 is stepped, and the other one, where there is one, each so many steps. */
const OTHERS_TURN = 150;
const INTERRUPTS_TURN = 30;

/** Where each interrupt's handler begins, in the page of vectors. */
const isVector = (pc: bigint): boolean => {
  const [page, offset] = [BigInt.asUintN(60, pc) >> 12n, pc & 0xfffn];
  return (page === 0n || page === 4n) && offset >= 0x300n && offset <= 0xf60n && (offset & 0x1fn) === 0n;
};
const extended = (word: number): number => (word >>> 1) & 0x3ff;
const isReservation = (word: number): boolean => word >>> 26 === 31 && extended(word) === 20;
const isReturn = (word: number): boolean => word >>> 26 === 19 && [18, 82].includes(extended(word));
/** lwz and stw: without translation KVM carries them out there, and nothing is traced. */
const isAccessNowhere = (word: number): boolean => [32, 36].includes(word >>> 26) && ((word >>> 16) & 31) === REGISTER.NOWHERE;
/**
 * rfid, rfscv, scv, sc 1 and what KVM carries out: behind them an interrupt may come first. A guest that steps itself runs one more, up to its own Trace
 * interrupt.
 */
const mayBeTwo = (word: number): boolean => isReturn(word) || word >>> 26 === 17 || isAccessNowhere(word);

/** A guest that steps itself was returned to, at an access that KVM has carried out: nothing is traced there, and an interrupt came behind it. */
function mayBeThree(guest: StreamGuest): boolean {
  const { srr0, srr1 } = guest.registers(0);
  return isVector(guest.pc()) && (srr1 & MSR_BIT.SE) !== 0n && guest.wordsAt(srr0 - 4n).some(isAccessNowhere);
}

/** A step is one instruction, or one interrupt. */
function assertOne(guest: StreamGuest, from: bigint, retired: number): void {
  if (retired <= 1) return;
  const words = guest.wordsAt(from);
  if (words.some(isReservation)) return;
  const isTold = isVector(guest.pc()) || (guest.registers(0).msr & MSR_BIT.SE) !== 0n;
  assert.ok(
    words.some(mayBeTwo) && isTold && (retired === 2 || (retired === 3 && words.some(isReturn) && mayBeThree(guest))),
    `the step from 0x${from.toString(16)} retired ${retired} instructions and ended at 0x${guest.pc().toString(16)}`,
  );
}

/** A match of DAWR0 takes no virtual time: at its handler's first instruction the count does not tell whether it has come. */
const isBesideCount = (guest: StreamGuest): boolean =>
  guest.target.machine.vcpus.some(({ index }) => (guest.pc(index) & 0xfffn) === BigInt(INTERRUPT.dataStorage) && guest.isWatchMatch(index));

function assertSame(one: StreamGuest, other: StreamGuest): void {
  if (looksTheSame(one, other)) return;
  assert.deepEqual(visibleIn(one), visibleIn(other));
}

/** How many steps there are at most from one comparison to the next. */
const LONGEST_RUN = 16;

/**
 * Steps a stream `steps` times, and lets the same run un-stepped up to places where a step has ended, `longestRun` of them at most in one go. Throws with
 * the seed where anything differs that the guest can see.
 */
export function proveStream(options: StreamOptions, steps: number, longestRun = LONGEST_RUN): Events {
  const { seed, hasCompanion } = options;
  const [random, lengths] = [new Random(seed ^ 0x5555), new Random(seed)];
  const stepped = new StreamGuest(options);
  const beside = new StreamGuest(options);
  let step = 0;
  let next = 0;
  const compare = (): boolean => {
    if (isBesideCount(stepped)) return false;
    beside.runTo(stepped.retired);
    assertSame(stepped, beside);
    next = step + 1 + lengths.below(longestRun);
    return true;
  };
  try {
    for (; step < steps; step++) {
      const isInterrupted = random.once(INTERRUPTS_TURN) && !isBesideCount(stepped);
      if (step >= next || isInterrupted) compare();
      if (isInterrupted) for (const guest of [stepped, beside]) guest.interrupt();
      const index = hasCompanion && random.once(OTHERS_TURN) ? 1 : 0;
      const [from, before] = [stepped.pc(index), stepped.vcpu(index).retiredInstructions];
      stepped.step(index);
      if (index === 0) assertOne(stepped, from, stepped.vcpu(0).retiredInstructions - before);
    }
    while (!compare()) stepped.step();
    assert.ok(Buffer.from(stepped.memory).equals(beside.memory), 'memory differs');
    assert.equal(stepped.output, beside.output);
  } catch (error) {
    // Once more, with a look at each step.
    if (longestRun > 1) proveStream(options, steps, 1);
    const about = error instanceof Error ? error.message.slice(0, LONGEST_DIFFERENCE) : String(error);
    throw new Error(`seed ${seed}, step ${step + 1} of ${JSON.stringify(options)}: ${about}`, { cause: error });
  }
  const { gpr } = stepped.registers(0);
  const counts = Object.entries(COUNTER).map(([name, register]) => [name, Number(gpr[register] ?? 0n)] as const);
  return { ...Object.fromEntries(counts), console: stepped.output.length } as Events; // Each counter is a key, by construction.
}

/** Instructions of one stream, about. */
export const STEPS = 500;
/** Set by people who look further, or at one stream again. */
const [FIRST, ASKED] = [Number(process.env['SEED'] ?? 1), process.env['STREAMS']];

/** How many streams a test proves: `quick` of them, or `thorough` where CI is set, or as many as are asked for. */
export const streamCount = (quick: number, thorough: number): number =>
  ASKED === undefined ? (process.env['CI'] === undefined ? quick : thorough) : Number(ASKED);

/** Proves `count` streams of a kind and answers how often things happened. `told` hears of each; the others go on behind one that fails if it is there. */
export function proveStreams(
  kind: StreamKind,
  count: number,
  told?: (seed: number, failure?: unknown) => void,
): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (let seed = FIRST; seed < FIRST + count; seed++)
    try {
      const events = Object.entries(proveStream(streamOptions(seed, kind), STEPS));
      for (const [name, times] of events) totals.set(name, (totals.get(name) ?? 0) + times);
      told?.(seed);
    } catch (error) {
      if (told === undefined) throw error;
      told(seed, error);
    }
  return totals;
}

/** As `proveStreams`, and everything has happened that there is. */
export function assertStreams(kind: StreamKind, count: number): void {
  const totals = proveStreams(kind, count);
  const missing = [...totals].filter(([name, times]) => times === 0 && (kind === 'translated' || name !== 'pageFaults'));
  // A single one is looked at again by somebody.
  if (count > 1) assert.deepEqual(missing, [], 'too little happened');
}
