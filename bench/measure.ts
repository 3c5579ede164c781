// SPDX-License-Identifier: MIT
/** Seconds of user CPU time that `work` took in this process, compilation in its other threads included. */
export function userSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1e6;
}

/** Seconds on the clock. */
export async function wallSeconds(work: () => unknown): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1e3;
}

/** The middle one of `values`. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The median of `rounds` alternating pairs, so that both sides see the same machine. */
export async function interleaved(rounds: number, ours: () => number | Promise<number>, theirs: () => number | Promise<number>) {
  const left: number[] = [];
  const right: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const a = await ours();
    const b = await theirs();
    left.push(a);
    right.push(b);
    ratios.push(a / b);
  }
  return { left: median(left), right: median(right), ratio: median(ratios) };
}
