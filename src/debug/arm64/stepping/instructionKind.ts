// SPDX-License-Identifier: MIT
/** An encoding pattern: the word matches if it equals `value` under `mask`. */
interface Encoding {
  readonly mask: number;
  readonly value: number;
}

const matches = (word: number, { mask, value }: Encoding): boolean => (word & mask) >>> 0 === value;

// biome-ignore format: a table
/** Arm DDI 0487: the instructions that stepping treats differently. */
const CALLS: readonly Encoding[] = [
  { mask: 0xfc00_0000, value: 0x9400_0000 }, // BL
  { mask: 0xffff_fc1f, value: 0xd63f_0000 }, // BLR
  { mask: 0xfeff_f800, value: 0xd63f_0800 }, // BLRAA, BLRAB and their Z forms
];

// biome-ignore format: a table
const RETURNS: readonly Encoding[] = [
  { mask: 0xffff_fc1f, value: 0xd65f_0000 }, // RET
  { mask: 0xffff_fbff, value: 0xd65f_0bff }, // RETAA, RETAB
];

// biome-ignore format: a table
/** Branches that are neither calls nor returns (Arm DDI 0487, Branches, Exception Generating and System instructions). */
const JUMPS: readonly Encoding[] = [
  { mask: 0xfc00_0000, value: 0x1400_0000 }, // B
  { mask: 0xff00_0010, value: 0x5400_0000 }, // B.cond
  { mask: 0x7e00_0000, value: 0x3400_0000 }, // CBZ, CBNZ
  { mask: 0x7e00_0000, value: 0x3600_0000 }, // TBZ, TBNZ
  { mask: 0xffff_fc1f, value: 0xd61f_0000 }, // BR
  { mask: 0xfeff_f800, value: 0xd61f_0800 }, // BRAA, BRAB and their Z forms
];

// biome-ignore format: a table
const EXCEPTION_RETURNS: readonly Encoding[] = [
  { mask: 0xffff_ffff, value: 0xd69f_03e0 }, // ERET
  { mask: 0xffff_fbff, value: 0xd69f_0bff }, // ERETAA, ERETAB
];

/** BL, BLR and the forms that authenticate: x30 is the address behind. */
export const isCall = (word: number): boolean => CALLS.some(encoding => matches(word, encoding));

/** RET and the forms that authenticate. */
export const isReturn = (word: number): boolean => RETURNS.some(encoding => matches(word, encoding));

/** ERET and the forms that authenticate. */
export const isExceptionReturn = (word: number): boolean => EXCEPTION_RETURNS.some(encoding => matches(word, encoding));

/** Whatever may go on elsewhere than behind itself without an exception: jumps, conditional or not, calls and returns of both kinds. */
export const isBranch = (word: number): boolean =>
  JUMPS.some(encoding => matches(word, encoding)) || isCall(word) || isReturn(word) || isExceptionReturn(word);
