// SPDX-License-Identifier: MIT
import { withField } from '../../src/cpu/decode/pattern.js';
import { fieldsOf, type InstructionRow } from '../../src/cpu/decode/row.js';
import { pseudoRandomWords, sampleWords } from '../../src/cpu/decode/sampleWords.js';
import { variantsOf } from '../../src/cpu/decode/variants.js';
import { book3sInstructionSet } from '../../src/cpu/power/book3s/instructionSet.js';

/** The rows of the server processors, in one mode. */
export const POWER_ROWS: readonly InstructionRow[] = book3sInstructionSet('ppc64').rows.filter(({ name }) => name !== 'illegal');

/** `word` with the reserved bits of `row` as software must write them: zero. */
export function withoutReservedBits(row: InstructionRow, word: number): number {
  let kept = row.encoding.mask;
  for (const field of row.encoding.fields) kept = withField(kept, field, -1);
  return (word & kept) >>> 0;
}

/** Values of a field that extended mnemonics ask for. */
const NOTABLE = [0, 1, 2, 4, 16, 31, 63, -1] as const;

/**
 * Words that reach every row, variant and extended mnemonic: samples of each row, one word of each variant, notable values of each field, and
 * fields that agree with one another. Reserved bits are zero.
 */
export function powerWordsOfEveryAlias(rows: readonly InstructionRow[], samplesOfARow: number, seed: number): readonly number[] {
  const words: number[] = [];
  const random = pseudoRandomWords(seed);
  for (const row of rows) {
    const { fields } = row.encoding;
    const add = (word: number): void => {
      const clean = withoutReservedBits(row, word);
      if (row.where(fieldsOf(row.encoding, clean))) words.push(clean);
    };
    for (const word of sampleWords(row, samplesOfARow, random())) add(word);
    for (const { word } of variantsOf(row)) add(word);
    for (const field of fields) {
      for (const value of NOTABLE) for (const sample of sampleWords(row, 2, random())) add(withField(sample, field, value));
      for (const other of fields) {
        if (other.name === field.name) continue;
        const [sample = 0] = sampleWords(row, 1, random());
        const content = sample >>> field.low;
        // The same value, both zero, and the ones that make shifts and clears of rotates.
        add(withField(sample, other, content));
        add(withField(withField(sample, other, 0), field, 0));
        for (const width of [31, 32, 63, 64]) add(withField(sample, other, width - content));
      }
    }
    // All fields but one are zero.
    for (const field of fields) add(withField(row.encoding.value, field, random()));
  }
  return [...new Set(words)];
}
