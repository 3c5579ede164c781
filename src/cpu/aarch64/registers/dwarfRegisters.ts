// SPDX-License-Identifier: MIT

/** DWARF for the Arm 64-bit Architecture (AADWARF64), table "DWARF register names": numbers of the registers this engine has. */
export const AARCH64_DWARF_REGISTERS: ReadonlyMap<number, string> = new Map([
  ...Array.from({ length: 31 }, (_, n) => [n, `x${n}`] as const),
  [31, 'sp'] as const,
  [32, 'pc'] as const,
  [33, 'elr_mode'] as const,
]);
