// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { A64_ROWS } from '../../src/cpu/aarch64/instructions/index.js';
import { buildDecoder, fits } from '../../src/cpu/decode/decisionTree.js';
import { type Overlap, overlaps } from '../../src/cpu/decode/overlaps.js';
import { fieldsOf, instruction } from '../../src/cpu/decode/row.js';
import { pseudoRandomWords, sampleWords } from '../../src/cpu/decode/sampleWords.js';
import { variantOf, variantsOf } from '../../src/cpu/decode/variants.js';

/** Pairs of rows that overlap on purpose, the more specific one first, each with the reason. */
const EXPECTED_OVERLAPS: readonly (Omit<Overlap, 'word'> & { readonly reason: string })[] = [];

const row = (name: string, pattern: string, where?: (fields: Readonly<Record<string, number>>) => boolean) =>
  instruction(name, pattern, {
    operands: () => ({}),
    execute: () => undefined,
    assembly: () => [name],
    ...(where === undefined ? {} : { where }),
  });

const decode = buildDecoder(A64_ROWS);

test('ST-DEC-001 no word matches two A64 rows but for the listed overlaps, and every listed one is there', () => {
  const found = overlaps(A64_ROWS).map(({ specific, general }) => `${specific} in ${general}`);
  assert.deepEqual(
    found,
    EXPECTED_OVERLAPS.map(({ specific, general }) => `${specific} in ${general}`),
  );
});

test('ST-DEC-002 an overlap is found also where only conditions on fields keep rows apart', () => {
  const general = row('general', 'a:16 0000000000000000');
  const apart = row('apart', '0000 b:12 0000000000000000', ({ b }) => b === 1);
  assert.deepEqual(overlaps([row('even', 'a:31 b', ({ b }) => b === 0), row('odd', 'a:31 b', ({ b }) => b === 1)]), []);
  assert.deepEqual(
    overlaps([general, apart]).map(({ specific, general: of }) => [specific, of]),
    [['apart', 'general']],
  );
});

test('ST-DEC-003 of overlapping rows the one with more fixed bits is decoded', () => {
  const rows = [row('general', '0000 a:28'), row('specific', '00001111 a:24')];
  assert.deepEqual(
    [0x0f00_0000, 0x0e00_0000, 0x1000_0000].map(word => buildDecoder(rows)(word)?.name),
    ['specific', 'general', undefined],
  );
});

test('ST-DEC-004 a row is not decoded where its condition does not hold', () => {
  const rows = [row('even', '0000 a:27 b', ({ b }) => b === 0)];
  assert.deepEqual(
    [0, 1].map(word => buildDecoder(rows)(word)?.name),
    ['even', undefined],
  );
});

test('ST-DEC-005 the decision tree finds for each word the row that a search through all rows finds', () => {
  const random = pseudoRandomWords(5);
  const words = Array.from({ length: 5000 }, random);
  assert.deepEqual(
    words.map(word => decode(word)?.name),
    words.map(word => A64_ROWS.find(candidate => fits(candidate, word))?.name),
  );
});

test('ST-DEC-006 every allocated encoding of an A64 row decodes to that row', () => {
  const wrong = A64_ROWS.flatMap(candidate =>
    sampleWords(candidate, 50, 6)
      .filter(word => decode(word) !== candidate)
      .map(word => `${candidate.name} ${word.toString(16)}`),
  );
  assert.deepEqual(wrong, []);
});

test('ST-DEC-007 the variants of a row are its allocated combinations of control fields', () => {
  const twoOfThree = row('a', '0 a!:2 b:29', ({ a, b }) => a !== 0b11 && b === 0);
  assert.deepEqual(
    variantsOf(twoOfThree).map(({ control, index, word }) => ({ control, index, word })),
    [
      { control: { a: 0 }, index: 0, word: 0 },
      { control: { a: 1 }, index: 1, word: 0x2000_0000 },
      { control: { a: 2 }, index: 2, word: 0x4000_0000 },
    ],
  );
});

test('ST-DEC-008 every allocated encoding of an A64 row belongs to a variant with its own control fields', () => {
  for (const candidate of A64_ROWS) {
    for (const word of sampleWords(candidate, 50, 8)) {
      const fields = fieldsOf(candidate.encoding, word);
      const variant = variantOf(candidate, fields);
      for (const [name, value] of Object.entries(variant.control)) assert.equal(fields[name], value, `${candidate.name} ${name}`);
    }
  }
});
