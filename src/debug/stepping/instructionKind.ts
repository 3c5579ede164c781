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

/** BL, BLR and the forms that authenticate: x30 is the address behind. */
export const isCall = (word: number): boolean => CALLS.some(encoding => matches(word, encoding));

/** RET and the forms that authenticate. */
export const isReturn = (word: number): boolean => RETURNS.some(encoding => matches(word, encoding));
