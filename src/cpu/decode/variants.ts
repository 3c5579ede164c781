// SPDX-License-Identifier: MIT
import { invariant } from '../../base/index.js';
import { type FieldPlace, fieldOf, withField } from './pattern.js';
import { controlOf, type Fields, fieldsOf, type InstructionRow } from './row.js';
import { pseudoRandomWords, sampleWord } from './sampleWords.js';

/** A row with one allocated combination of values of its control fields: what a printer prints once. */
export interface Variant {
  readonly row: InstructionRow;
  readonly control: Fields;
  /** Place among the variants of the row, from 0. */
  readonly index: number;
  /** An allocated encoding of this variant. */
  readonly word: number;
}

/** The variants of a row, and where each combination of control fields is among them. */
interface VariantTable {
  readonly variants: readonly Variant[];
  readonly byKey: ReadonlyMap<number, Variant>;
}

// What is worked out for a row stays true, as rows are constants.
const tables = new WeakMap<InstructionRow, VariantTable>();

/** The variants of `row` in the order of their control fields' values. Never empty. */
export function variantsOf(row: InstructionRow): readonly Variant[] {
  return tableOf(row).variants;
}

/** The variant that `fields`, which must be an allocated encoding of `row`, belong to. */
export function variantOf(row: InstructionRow, fields: Fields): Variant {
  const variant = tableOf(row).byKey.get(keyOf(controlFields(row), fields));
  invariant(variant !== undefined, `'${row.name}' has no variant for these fields; are they allocated?`);
  return variant;
}

const controlFields = (row: InstructionRow): readonly FieldPlace[] => row.encoding.fields.filter(field => field.isControl);

/** The values of `places` side by side in one number. */
function keyOf(places: readonly FieldPlace[], fields: Fields): number {
  let key = 0;
  for (const place of places) key = key * 2 ** place.width + (fields[place.name] ?? 0);
  return key;
}

function tableOf(row: InstructionRow): VariantTable {
  const known = tables.get(row);
  if (known !== undefined) return known;
  const table = enumerate(row);
  tables.set(row, table);
  return table;
}

function enumerate(row: InstructionRow): VariantTable {
  const places = controlFields(row);
  let words = [0];
  let mask = 0;
  for (const place of places) {
    mask = withField(mask, place, -1);
    words = words.flatMap(word => Array.from({ length: 2 ** place.width }, (_, content) => withField(word, place, content)));
  }
  const variants: Variant[] = [];
  const byKey = new Map<number, Variant>();
  for (const control of words) {
    const word = sampleWord(row, pseudoRandomWords(control), mask, control);
    if (word === undefined) continue;
    const fields = fieldsOf(row.encoding, word);
    invariant(
      places.every(place => fieldOf(word, place) === fields[place.name]),
      `'${row.name}': a control field reads back differently`,
    );
    const variant = { row, control: controlOf(row.encoding, fields), index: variants.length, word };
    variants.push(variant);
    byKey.set(keyOf(places, fields), variant);
  }
  invariant(variants.length > 0, `'${row.name}' has no allocated encoding`);
  return { variants, byKey };
}
