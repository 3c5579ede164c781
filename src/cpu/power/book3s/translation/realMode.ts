// SPDX-License-Identifier: MIT
/** Power ISA, Book III, Guest Real Address Mode: bits 0:3 of an effective address are ignored. */
const REAL_ADDRESS_BITS = 60;

/** The real address of `ea` where translation is off. */
export const realModeAddress = (ea: bigint): bigint => BigInt.asUintN(REAL_ADDRESS_BITS, ea);
