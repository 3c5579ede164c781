// SPDX-License-Identifier: MIT
// The data of an MMIO exit: `bytes` bytes in the guest's byte order at the time of the access, as struct kvm_run has them.

/** Puts the low `bytes` bytes of `value` into `into`. */
export function writeMmioData(into: Uint8Array, bytes: number, value: bigint, isBigEndian: boolean): void {
  for (let n = 0; n < bytes; n++) into[isBigEndian ? bytes - 1 - n : n] = Number((value >> BigInt(8 * n)) & 0xffn);
}

/** The number that `bytes` bytes of `from` are, without a sign. */
export function readMmioData(from: Uint8Array, bytes: number, isBigEndian: boolean): bigint {
  let value = 0n;
  for (let n = bytes - 1; n >= 0; n--) value = (value << 8n) | BigInt(from[isBigEndian ? bytes - 1 - n : n] ?? 0);
  return value;
}
