// SPDX-License-Identifier: MIT
/** General-purpose register n. */
export const r = (n: number): string => `r${n}`;
/** (RA|0) */
export const rOr0 = (n: number): string => (n === 0 ? '0' : r(n));
/** Condition register field n. */
export const cr = (n: number): string => `cr${n}`;
/** A field of CR as an optional first operand: CR0 is left out. */
export const crUnless0 = (n: number): readonly string[] => (n === 0 ? [] : [cr(n)]);
/** A number. */
export const decimal = (value: number | bigint): string => String(value);
/** A signed immediate of `bits` bits. */
export const signedDecimal = (value: number, bits: number): string => String(BigInt.asIntN(bits, BigInt(value)));
/** A signed displacement of `bits` bits from a base register. */
export const displaced = (value: number, bits: number, RA: number): string => `${signedDecimal(value, bits)}(${rOr0(RA)})`;
/** The address that a branch goes to. */
export const target = (address: bigint): string => `0x${BigInt.asUintN(64, address).toString(16)}`;

const CONDITION_NAMES = ['lt', 'gt', 'eq', 'so'] as const;
/** A bit of CR: `4*cr7+eq`, or just `eq` in CR0. */
export function crBit(n: number): string {
  const name = CONDITION_NAMES[n & 3] ?? '';
  return n < 4 ? name : `4*${cr(n >> 2)}+${name}`;
}
