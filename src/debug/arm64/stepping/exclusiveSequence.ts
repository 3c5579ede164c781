// SPDX-License-Identifier: MIT
import type { SequenceWords } from '../../stepping/exclusiveSequence.js';

/** A loop of exclusives is shorter than this (Arm DDI 0487, Load-Exclusive and Store-Exclusive instruction usage restrictions: 128 bytes). */
const MAXIMUM_EXCLUSIVE_BYTES = 128n;

/** Arm DDI 0487, Load/store exclusive: bits 29:23 are 0010000, o1 is 21, L is 22; CASP shares bit 23 clear with size bit 31 clear and o1 set. */
const EXCLUSIVE = { MASK: 0x3f80_0000, VALUE: 0x0800_0000, LOAD: 0x0040_0000, PAIR: 0x0020_0000, SIZE_HIGH: 0x8000_0000 } as const;
const isExclusive = (word: number): boolean =>
  (word & EXCLUSIVE.MASK) === EXCLUSIVE.VALUE && ((word & EXCLUSIVE.PAIR) === 0 || (word & EXCLUSIVE.SIZE_HIGH) !== 0);
/** LDXR, LDAXR, LDXP, LDAXP of any size. */
const isLoadExclusive = (word: number): boolean => isExclusive(word) && (word & EXCLUSIVE.LOAD) !== 0;
/** STXR, STLXR, STXP, STLXP of any size. */
const isStoreExclusive = (word: number): boolean => isExclusive(word) && (word & EXCLUSIVE.LOAD) === 0;

/** Arm DDI 0487, Branches: how far a conditional branch goes, in bytes; `undefined` for other instructions. */
function conditionalBranchOffset(word: number): bigint | undefined {
  // CBZ, CBNZ and B.cond have imm19 in 23:5, TBZ and TBNZ imm14 in 18:5; both count words.
  const hasImm19 = (word & 0x7e00_0000) >>> 0 === 0x3400_0000 || (word & 0xff00_0010) >>> 0 === 0x5400_0000;
  if (hasImm19) return BigInt((word << 8) >> 13) * 4n;
  return (word & 0x7e00_0000) >>> 0 === 0x3600_0000 ? BigInt((word << 13) >> 18) * 4n : undefined;
}

/** B, BL, BR, BLR, RET and their kin, exceptions and what else does not come to the next instruction (Arm DDI 0487, Branches, Exception Generating). */
const leavesSequence = (word: number): boolean =>
  (word & 0x7c00_0000) >>> 0 === 0x1400_0000 || (word & 0xfe00_0000) >>> 0 === 0xd600_0000 || (word & 0xff00_0000) >>> 0 === 0xd400_0000;

/** Sequences of exclusives. */
export const A64_SEQUENCES: SequenceWords = {
  isLoadExclusive,
  isStoreExclusive,
  conditionalTarget: (word, address) => {
    const offset = conditionalBranchOffset(word);
    return offset === undefined ? undefined : address + offset;
  },
  leavesSequence,
  maximumBytes: MAXIMUM_EXCLUSIVE_BYTES,
};
