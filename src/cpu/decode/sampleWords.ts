// SPDX-License-Identifier: MIT
import { invariant } from '../../base/index.js';
import type { InstructionRow } from './row.js';
import { fieldsOf } from './row.js';

/** A stream of 32-bit numbers, the same for the same seed on every machine (Marsaglia's xorshift32). */
export function pseudoRandomWords(seed: number): () => number {
  let state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** How often a word is thrown before the search for an allocated one is given up. */
const ATTEMPTS = 1000;

/**
 * A word that is an allocated encoding of `row`, its free bits from `random`, with `fixed` bits (a mask) as they are
 * in `value`. `undefined` if many attempts found none.
 */
export function sampleWord(row: InstructionRow, random: () => number, fixed = 0, value = 0): number | undefined {
  const { encoding } = row;
  const mask = encoding.mask | fixed;
  const content = encoding.value | (value & fixed);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Zeros and ones first: they satisfy most conditions on fields.
    const free = attempt === 0 ? 0 : attempt === 1 ? -1 : random();
    const word = (content | (free & ~mask)) >>> 0;
    if (row.where(fieldsOf(encoding, word))) return word;
  }
  return undefined;
}

/** `count` allocated encodings of `row`, the same ones for the same seed. */
export function sampleWords(row: InstructionRow, count: number, seed: number): readonly number[] {
  const random = pseudoRandomWords(seed);
  const words: number[] = [];
  for (let attempt = 0; words.length < count && attempt < count * ATTEMPTS; attempt++) {
    const word = (row.encoding.value | (random() & ~row.encoding.mask)) >>> 0;
    if (row.where(fieldsOf(row.encoding, word))) words.push(word);
  }
  invariant(words.length === count, `'${row.name}' has hardly any allocated encoding`);
  return words;
}
