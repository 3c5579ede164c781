// SPDX-License-Identifier: MIT
/** A loop of exclusives is shorter than this (Arm DDI 0487, Load-Exclusive and Store-Exclusive instruction usage restrictions: 128 bytes). */
const MAXIMUM_EXCLUSIVE_BYTES = 128n;

/** Arm DDI 0487, Load/store exclusive: bits 29:23 are 0010000, o1 is 21, L is 22; CASP shares bit 23 clear with size bit 31 clear and o1 set. */
const EXCLUSIVE = { MASK: 0x3f80_0000, VALUE: 0x0800_0000, LOAD: 0x0040_0000, PAIR: 0x0020_0000, SIZE_HIGH: 0x8000_0000 } as const;
const isExclusive = (word: number): boolean =>
  (word & EXCLUSIVE.MASK) === EXCLUSIVE.VALUE && ((word & EXCLUSIVE.PAIR) === 0 || (word & EXCLUSIVE.SIZE_HIGH) !== 0);
/** LDXR, LDAXR, LDXP, LDAXP of any size. */
export const isLoadExclusive = (word: number): boolean => isExclusive(word) && (word & EXCLUSIVE.LOAD) !== 0;
/** STXR, STLXR, STXP, STLXP of any size. */
const isStoreExclusive = (word: number): boolean => isExclusive(word) && (word & EXCLUSIVE.LOAD) === 0;

/** CBZ, CBNZ, B.cond, TBZ, TBNZ. */
const isConditionalBranch = (word: number): boolean =>
  (word & 0x7e00_0000) >>> 0 === 0x3400_0000 || (word & 0xff00_0010) >>> 0 === 0x5400_0000 || (word & 0x7e00_0000) >>> 0 === 0x3600_0000;

/**
 * The first instruction behind the loop of the load-exclusive at `start`: behind the branch that follows its store-exclusive.
 * `undefined` if no load-exclusive is at `start` or no store-exclusive follows within the architecture's limit.
 */
export function endOfExclusiveSequence(start: bigint, instructionAt: (address: bigint) => number | undefined): bigint | undefined {
  const first = instructionAt(start);
  if (first === undefined || !isLoadExclusive(first)) return undefined;
  let hasStore = false;
  for (let offset = 4n; offset <= MAXIMUM_EXCLUSIVE_BYTES; offset += 4n) {
    const word = instructionAt(start + offset);
    if (word === undefined) return undefined;
    if (isStoreExclusive(word)) hasStore = true;
    else if (hasStore) return isConditionalBranch(word) ? start + offset + 4n : start + offset;
  }
  return undefined;
}
