// SPDX-License-Identifier: MIT
import { fits } from './decisionTree.js';
import type { InstructionRow } from './row.js';
import { pseudoRandomWords } from './sampleWords.js';

/** Two rows that a word matches both. The first one has more fixed bits, or comes first in the table. */
export interface Overlap {
  readonly specific: string;
  readonly general: string;
  /** A word that matches both. */
  readonly word: number;
}

/** Words tried for each pair of rows whose fixed bits agree. */
const WORDS_OF_A_PAIR = 2000;

/** All pairs of `rows` that overlap. Conditions on fields are tried on sampled words, the same ones each time. */
export function overlaps(rows: readonly InstructionRow[]): readonly Overlap[] {
  const found: Overlap[] = [];
  rows.forEach((a, index) => {
    for (const b of rows.slice(index + 1)) {
      const word = commonWord(a, b);
      if (word === undefined) continue;
      const isFirstSpecific = (a.encoding.mask & b.encoding.mask) >>> 0 === b.encoding.mask;
      const [specific, general] = isFirstSpecific ? [a, b] : [b, a];
      found.push({ specific: specific.name, general: general.name, word });
    }
  });
  return found;
}

function commonWord(a: InstructionRow, b: InstructionRow): number | undefined {
  const common = a.encoding.mask & b.encoding.mask;
  if (((a.encoding.value ^ b.encoding.value) & common) !== 0) return undefined;
  const mask = a.encoding.mask | b.encoding.mask;
  const value = a.encoding.value | b.encoding.value;
  const random = pseudoRandomWords(value);
  for (let attempt = 0; attempt < WORDS_OF_A_PAIR; attempt++) {
    const word = (value | (random() & ~mask)) >>> 0;
    if (fits(a, word) && fits(b, word)) return word;
  }
  return undefined;
}
