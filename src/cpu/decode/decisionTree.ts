// SPDX-License-Identifier: MIT
import { type FieldPlace, fieldOf } from './pattern.js';
import { fieldsOf, type InstructionRow } from './row.js';

/** Finds the row of an instruction word; `undefined` if no encoding is allocated to it. */
export type Decoder = (word: number) => InstructionRow | undefined;

/** A node asks for a few neighbouring bits of the word; a leaf lists the rows that are left, the most specific first. */
type Node =
  | { readonly kind: 'branch'; readonly low: number; readonly ones: number; readonly children: readonly Node[] }
  | { readonly kind: 'leaf'; readonly rows: readonly InstructionRow[] };

/** A branch looks at no more neighbouring bits than this, which keeps it at 64 children. */
const MAXIMUM_BITS_OF_A_BRANCH = 6;

/**
 * A decoder for `rows`. Where encodings overlap, the one with more fixed bits wins; which ones do is
 * listed by `overlaps`.
 */
export function buildDecoder(rows: readonly InstructionRow[]): Decoder {
  const bySpecificity = [...rows].sort((a, b) => fixedBits(b) - fixedBits(a));
  const root = grow(bySpecificity, 0);
  return word => {
    let node = root;
    while (node.kind === 'branch') {
      const child = node.children[(word >>> node.low) & node.ones];
      if (child === undefined) return undefined;
      node = child;
    }
    for (const row of node.rows) if (fits(row, word)) return row;
    return undefined;
  };
}

/** Whether `word` is an allocated encoding of `row`. */
export function fits(row: InstructionRow, word: number): boolean {
  const { mask, value } = row.encoding;
  return (word & mask) >>> 0 === value && row.where(fieldsOf(row.encoding, word));
}

function fixedBits(row: InstructionRow): number {
  let count = 0;
  for (let rest = row.encoding.mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** The tree for `rows`, where the bits in `decided` have been looked at on the way. */
function grow(rows: readonly InstructionRow[], decided: number): Node {
  const run = rows.length > 1 ? separatingBits(rows, decided) : undefined;
  if (run === undefined) return { kind: 'leaf', rows };
  const ones = 2 ** run.width - 1;
  const children = Array.from({ length: ones + 1 }, (_, bits) =>
    grow(
      rows.filter(row => canHave(row, run, bits)),
      decided | (ones << run.low),
    ),
  );
  return { kind: 'branch', low: run.low, ones, children };
}

function canHave({ encoding }: InstructionRow, run: FieldPlace, bits: number): boolean {
  return ((fieldOf(encoding.value, run) ^ bits) & fieldOf(encoding.mask, run)) === 0;
}

/** The neighbouring bits around the bit that most rows fix, as long as each of them is fixed by at least as many as half of those. */
function separatingBits(rows: readonly InstructionRow[], decided: number): FieldPlace | undefined {
  const counts = Array.from({ length: 32 }, (_, bit) => {
    if ((decided >>> bit) & 1) return 0;
    const fixed = rows.filter(({ encoding }) => (encoding.mask >>> bit) & 1);
    const isSeparating = fixed.length < rows.length || new Set(fixed.map(({ encoding }) => (encoding.value >>> bit) & 1)).size > 1;
    return isSeparating ? fixed.length : 0;
  });
  const most = Math.max(...counts);
  if (most === 0) return undefined;
  const isWorthwhile = (bit: number): boolean => (counts[bit] ?? 0) * 2 > most;
  let low = counts.indexOf(most);
  let width = 1;
  while (width < MAXIMUM_BITS_OF_A_BRANCH && isWorthwhile(low + width)) width++;
  while (width < MAXIMUM_BITS_OF_A_BRANCH && isWorthwhile(low - 1)) {
    low--;
    width++;
  }
  return { name: '', low, width, isControl: false };
}
