// SPDX-License-Identifier: MIT
/** Random numbers that repeat with their seed (mulberry32). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return limit => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Values that break parsers more often than others. */
const SPITEFUL = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff];

/** A damaged copy of `bytes`: bytes changed in [from, to), and sometimes the end cut off. */
export function mutated(bytes: Uint8Array, from: number, to: number, random: (limit: number) => number): Uint8Array {
  const copy = bytes.slice();
  for (let count = 1 + random(6); count > 0; count--) {
    const at = from + random(Math.max(1, to - from));
    copy[at] = random(2) === 0 ? (SPITEFUL[random(SPITEFUL.length)] ?? 0) : random(256);
  }
  return random(16) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}
