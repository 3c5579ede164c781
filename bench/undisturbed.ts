// SPDX-License-Identifier: MIT
import { median } from './measure.js';

/** A rate by the clock, in units of work a second. */
export interface Rate {
  /** The median of the rounds in which the machine was left to us; `undefined`: they were too few. */
  readonly undisturbed: number | undefined;
  /** The median of all rounds. */
  readonly median: number;
  /** How many of all rounds were undisturbed: 0 to 1. */
  readonly share: number;
}

const TABLE_WORDS = 0x2_0000;
const REFERENCE_ROUNDS = 150_000;
/** A round counts as undisturbed if the reference takes at most so many times its best time, before it and behind it. */
const TOLERANCE = 1.1;
/** A round takes at least so long, in seconds: V8 collects garbage in it as often as it does otherwise. */
const ROUND_SECONDS = 0.03;
const ROUNDS = { least: 120, most: 600, undisturbed: 15 } as const;

const table = Int32Array.from({ length: TABLE_WORDS }, (_, n) => Math.imul(n, 0x9e37_79b1));

/** Work that is the same each time: arithmetic, branches, and loads from more memory than the first cache has. */
function reference(): number {
  let [hash, place] = [0, 0];
  for (let count = 0; count < REFERENCE_ROUNDS; count++) {
    place = (Math.imul(place, 1_664_525) + (table[(place >>> 15) & (TABLE_WORDS - 1)] ?? 0) + 1_013_904_223) | 0;
    hash = ((hash ^ place) + ((place & 8) !== 0 ? count : hash >>> 3)) | 0;
  }
  return hash;
}

/**
 * The rate of `work`, which does `units` of work. On a machine that others share the same work takes up to twice the time, from one moment
 * to the next: rounds of it alternate with a reference, and a round was undisturbed if the reference was as quick as it can be. What is measured
 * has no part in which rounds these are.
 */
export function undisturbedRate(work: (units: number) => void): Rate {
  const unitsOfRound = roundFor(work);
  const referenceSeconds = (): number => secondsOf(reference);
  for (let warming = 0; warming < 20; warming++) referenceSeconds();
  const rounds: { readonly rate: number; readonly reference: number }[] = [];
  let before = Number.POSITIVE_INFINITY;
  let best = Number.POSITIVE_INFINITY;
  const isUndisturbed = (round: { readonly reference: number }): boolean => round.reference <= best * TOLERANCE;
  while (rounds.length < ROUNDS.least || (rounds.length < ROUNDS.most && rounds.filter(isUndisturbed).length < ROUNDS.undisturbed)) {
    const rate = unitsOfRound / secondsOf(() => work(unitsOfRound));
    const behind = referenceSeconds();
    // Behind a round the caches have what it left in them: the first time, behind no round, is no measure.
    const round = { rate, reference: Math.max(before, behind) };
    rounds.push(round);
    best = Math.min(best, round.reference);
    before = behind;
  }
  const counting = rounds.filter(isUndisturbed);
  return {
    undisturbed: counting.length < ROUNDS.undisturbed ? undefined : median(counting.map(({ rate }) => rate)),
    median: median(rounds.map(({ rate }) => rate)),
    share: counting.length / rounds.length,
  };
}

/** CPU time would be too coarse: the kernel counts it by its ticks. */
function secondsOf(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1e3;
}

/** Units of work that take a round's time. */
function roundFor(work: (units: number) => void): number {
  let units = 1000;
  while (secondsOf(() => work(units)) < ROUND_SECONDS) units *= 2;
  return units;
}
