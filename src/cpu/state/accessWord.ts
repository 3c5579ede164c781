// SPDX-License-Identifier: MIT
import type { MemoryAccess } from '../operations/emitter.js';

/** What an access does. An update is a load and a store in one. */
export type AccessDirection = 'load' | 'store' | 'update';

/** An access as the fault record holds it. */
export interface DecodedAccess {
  readonly bytes: number;
  /** Required alignment in bytes. */
  readonly alignment: number;
  readonly direction: AccessDirection;
  readonly isUnprivileged: boolean;
  readonly isAlignmentFixed: boolean;
}

// The layout of an access word: bytes 4:0, log2 of the alignment 10:8, then one bit each.
export const ACCESS_BYTES = 0x1f;
export const ACCESS_ALIGNMENT = { shift: 8, mask: 0x7 } as const;
export const ACCESS_WRITES = 0x1000;
const UPDATES = 0x2000;
const UNPRIVILEGED = 0x4000;
const ALIGNMENT_FIXED = 0x8000;

/** `access` in the direction `direction`, packed into one number for the fault record. */
export function accessWord(access: MemoryAccess, direction: AccessDirection): number {
  return (
    access.bytes |
    (Math.log2(access.alignment ?? access.bytes) << ACCESS_ALIGNMENT.shift) |
    (direction === 'load' ? 0 : ACCESS_WRITES) |
    (direction === 'update' ? UPDATES : 0) |
    (access.isUnprivileged === true ? UNPRIVILEGED : 0) |
    (access.isAlignmentFixed === true ? ALIGNMENT_FIXED : 0)
  );
}

/** The inverse of `accessWord`. */
export function decodeAccess(word: number): DecodedAccess {
  return {
    bytes: word & ACCESS_BYTES,
    alignment: 2 ** ((word >>> ACCESS_ALIGNMENT.shift) & ACCESS_ALIGNMENT.mask),
    direction: (word & UPDATES) !== 0 ? 'update' : (word & ACCESS_WRITES) !== 0 ? 'store' : 'load',
    isUnprivileged: (word & UNPRIVILEGED) !== 0,
    isAlignmentFixed: (word & ALIGNMENT_FIXED) !== 0,
  };
}
