// SPDX-License-Identifier: MIT
import type { Emitter, Value } from '../../../operations/emitter.js';

/** 128 bits: doubleword 0, the more significant one, and doubleword 1. */
export type Quadword = readonly [high: Value, low: Value];

const BYTES = 8;

/**
 * The quadword whose byte n is byte `source[n]` of the doublewords in `from`, which lie side by side; bytes are counted from the most
 * significant. `from` must be kept by `let`.
 */
export function arrangeBytes(e: Emitter, from: readonly Value[], source: readonly number[]): Quadword {
  const half = (first: number): Value => {
    // Bytes that come from one doubleword by one distance move together.
    const groups = new Map<string, { doubleword: number; distance: number; mask: bigint }>();
    for (let n = 0; n < BYTES; n++) {
      const place = source[first + n] ?? 0;
      const [doubleword, byte] = [Math.floor(place / BYTES), place % BYTES];
      const key = `${doubleword} ${byte - n}`;
      const group = groups.get(key) ?? { doubleword, distance: byte - n, mask: 0n };
      group.mask |= 0xffn << BigInt(8 * (BYTES - 1 - n));
      groups.set(key, group);
    }
    let result: Value | undefined;
    for (const { doubleword, distance, mask } of groups.values()) {
      const taken = from[doubleword] ?? e.constant(0n);
      const amount = e.constant(BigInt(8 * Math.abs(distance)));
      const moved = distance === 0 ? taken : distance > 0 ? e.shiftLeft(taken, amount) : e.shiftRightUnsigned(taken, amount);
      const part = mask === 0xffff_ffff_ffff_ffffn ? moved : e.and(moved, e.constant(mask));
      result = result === undefined ? part : e.or(result, part);
    }
    return e.let(result ?? e.constant(0n));
  };
  return [half(0), half(BYTES)];
}

/** `elements` of `bytes` bytes each, by number, as the bytes that they are. */
export const elementBytes = (bytes: number, elements: readonly number[]): readonly number[] =>
  elements.flatMap(element => Array.from({ length: bytes }, (_, n) => element * bytes + n));
