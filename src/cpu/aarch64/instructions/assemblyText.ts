// SPDX-License-Identifier: MIT
import { CONDITIONS } from './flags.js';

/** The name of general-purpose register `n`, 64 or 32 bits by `sf`; register 31 is the zero register. */
export const registerName = (sf: number, n: number): string => `${sf ? 'x' : 'w'}${n === 31 ? 'zr' : n}`;

/** The same where register 31 is the stack pointer. */
export const registerOrSPName = (sf: number, n: number): string => (n === 31 ? (sf ? 'sp' : 'wsp') : registerName(sf, n));

/** An immediate in decimal. */
export const decimal = (value: number | bigint): string => `#${value}`;

/** An immediate in hexadecimal, but for 0. */
export const hexadecimal = (value: number | bigint): string => (Number(value) === 0 ? '#0' : `#0x${value.toString(16)}`);

/** The address that lies `offset` bytes from `address`. */
export const target = (address: bigint, offset: bigint): string => `0x${BigInt.asUintN(64, address + offset).toString(16)}`;

/** `lsl #n`; nothing if `amount` is 0. */
export const leftShift = (amount: number): string | false => amount !== 0 && `lsl #${amount}`;

/** Kinds of shift by their encoding. */
export const SHIFTS = ['lsl', 'lsr', 'asr', 'ror'] as const;

/** The shift of a shifted register; nothing for `lsl #0`. */
export const shiftText = (shift: number, amount: number): string | false => (shift !== 0 || amount !== 0) && `${SHIFTS[shift]} #${amount}`;

/** Kinds of extension by their encoding. */
export const EXTENSIONS = ['uxtb', 'uxth', 'uxtw', 'uxtx', 'sxtb', 'sxth', 'sxtw', 'sxtx'] as const;

/** The name of condition `cond`. The assembler's preferred names of the unsigned comparisons are `hs` and `lo`. */
export const conditionName = (cond: number): string => {
  const name = CONDITIONS[cond] ?? 'al';
  return name === 'cs' ? 'hs' : name === 'cc' ? 'lo' : name;
};

/** The name of the opposite condition. */
export const oppositeConditionName = (cond: number): string => conditionName(cond ^ 1);
