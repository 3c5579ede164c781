// SPDX-License-Identifier: MIT
import { disassemble } from '../../src/cpu/aarch64/disassembly.js';
import { A64_ROWS } from '../../src/cpu/aarch64/instructions/index.js';
import { pseudoRandomWords, sampleWords } from '../../src/cpu/decode/sampleWords.js';
import { variantsOf } from '../../src/cpu/decode/variants.js';

/** An instruction word and its text at `address`. */
export interface DisassembledWord {
  readonly word: number;
  readonly address: number;
  readonly text: string;
}

/**
 * Words that reach every row, variant and alias of the implemented instructions: samples of each row, one word of each
 * variant, and the same with register fields and immediates that aliases ask for.
 */
export function wordsOfEveryAlias(samplesOfARow: number, seed: number): readonly number[] {
  const words: number[] = [];
  const random = pseudoRandomWords(seed);
  for (const row of A64_ROWS) {
    if (row.support.kind !== 'implemented') continue;
    words.push(...sampleWords(row, samplesOfARow, random()), ...variantsOf(row).map(variant => variant.word));
    // Most aliases stand for a register 31, two registers that are the same, or an immediate of zero.
    for (const field of row.encoding.fields) {
      for (const sample of sampleWords(row, 3, random())) {
        const ones = field.width === 32 ? -1 : (2 ** field.width - 1) << field.low;
        words.push((sample | ones) >>> 0, (sample & ~ones) >>> 0);
      }
    }
    for (const sample of sampleWords(row, 4, random())) {
      const n = (sample >>> 5) & 0x1f;
      words.push(((sample & ~(0x1f << 16)) | (n << 16)) >>> 0, (sample | (0x1f << 5) | (0x1f << 16)) >>> 0);
    }
  }
  return [...new Set(words)].filter(word => disassemble(word, 0n).row?.support.kind === 'implemented');
}

/** Reads a recorded table: one `word text` a line, the word in hexadecimal, at the address of four times its place; lines with `#` are comments. */
export function parseDisassemblyTable(content: string): readonly DisassembledWord[] {
  return content
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map((line, index) => ({ word: Number.parseInt(line.slice(0, 8), 16), address: 4 * index, text: line.slice(9) }));
}
