// SPDX-License-Identifier: MIT
/** Fault status codes whose two low bits are the level of the table walk, by the code's other bits (Arm DDI 0487, ISS encoding for a Data Abort: DFSC). */
const LEVELLED: Readonly<Record<number, string>> = {
  0: 'address size fault',
  4: 'translation fault',
  8: 'access flag fault',
  12: 'permission fault',
  20: 'external abort on a table walk',
  28: 'parity or ECC error on a table walk',
};

const OTHER: Readonly<Record<number, string>> = {
  16: 'external abort',
  24: 'parity or ECC error',
  33: 'alignment fault',
  34: 'debug exception',
  48: 'TLB conflict',
  52: 'lockdown fault',
  53: 'unsupported exclusive or atomic access',
};

/** A fault status code (DFSC or IFSC, 6 bits) in words. */
export function faultStatusText(code: number): string {
  const levelled = LEVELLED[code & 0b11_1100];
  return OTHER[code] ?? (levelled === undefined ? `fault status 0x${code.toString(16)}` : `${levelled}, level ${code & 0b11}`);
}
