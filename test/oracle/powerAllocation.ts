// SPDX-License-Identifier: MIT
// usage: node out/test/oracle/powerAllocation.js: writes src/cpu/power/book3s/instructions/otherEncodings.generated.ts from what objdump knows.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pseudoRandomWords } from '../../src/cpu/decode/sampleWords.js';
import { book3sInstructionSet } from '../../src/cpu/power/book3s/instructionSet.js';
import { disassembleWithGnu } from './powerDisassembly.oracle.js';

const LOW_BITS = 11;
const LOW_VALUES = 2 ** LOW_BITS;
/** Words tried for each primary opcode and each value of the low bits: with the fields between zero, with few bits set, and random. */
const TRIES = 24;
const SEED = 1;

/** An encoding by its primary opcode and low bits, with the mnemonics that objdump has for words of it. */
interface Allocated {
  readonly opcode: number;
  readonly low: number;
  readonly name: string;
  /** Whether objdump knows some word of it for power8, too. */
  readonly isOfPower8: boolean;
}

const implemented = book3sInstructionSet('ppc64').rows.filter(({ name, support }) => name !== 'illegal' && support.kind === 'implemented');
const matches = (word: number): boolean => implemented.some(({ encoding }) => (word & encoding.mask) >>> 0 === encoding.value);

/** Every primary opcode and value of the low bits of which objdump knows a word that no implemented row has. */
function allocated(): readonly Allocated[] {
  const random = pseudoRandomWords(SEED);
  const words: number[] = [];
  for (let opcode = 0; opcode < 64; opcode++) {
    for (let low = 0; low < LOW_VALUES; low++) {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const middle = attempt === 0 ? 0 : attempt < 6 ? random() & random() & random() : attempt < 9 ? (attempt - 1) << 5 : random();
        words.push(((opcode << 26) | ((middle & 0x7fff) << LOW_BITS) | low) >>> 0);
      }
    }
  }
  const keyOf = (word: number): string => `${word >>> 26} ${word & (LOW_VALUES - 1)}`;
  const known = ({ text }: { readonly text: string }): boolean => !text.startsWith('.long');
  const ofPower8 = new Set(
    disassembleWithGnu(words, 'power8')
      .filter(entry => known(entry) && !matches(entry.word))
      .map(({ word }) => keyOf(word)),
  );
  const names = new Map<string, Set<string>>();
  for (const { word, text } of disassembleWithGnu(words)) {
    if (!known({ text }) || matches(word)) continue;
    const key = keyOf(word);
    names.set(key, (names.get(key) ?? new Set()).add((text.split(' ')[0] ?? '').replace(/\.$/, '')));
  }
  return [...names].map(([key, mnemonics]) => {
    const [opcode = 0, low = 0] = key.split(' ').map(Number);
    return { opcode, low, name: [...mnemonics].sort().join(', '), isOfPower8: ofPower8.has(key) };
  });
}

/** Patterns of the low bits that cover `values` exactly: pairs that differ in one bit are joined as long as there are any. */
function cover(values: readonly number[]): readonly string[] {
  let terms = values.map(value => value.toString(2).padStart(LOW_BITS, '0'));
  for (let bit = 0; bit < LOW_BITS; bit++) {
    const kept = new Set(terms);
    const joined: string[] = [];
    for (const term of terms) {
      if (term[bit] !== '0') continue;
      const other = `${term.slice(0, bit)}1${term.slice(bit + 1)}`;
      if (!kept.has(other)) continue;
      kept.delete(term);
      kept.delete(other);
      joined.push(`${term.slice(0, bit)}-${term.slice(bit + 1)}`);
    }
    terms = [...kept, ...joined];
  }
  return terms.sort();
}

const lines: string[] = [];
const groups = new Map<string, { opcode: number; name: string; isOfPower8: boolean; lows: number[] }>();
for (const { opcode, low, name, isOfPower8 } of allocated()) {
  const key = `${opcode} ${name} ${isOfPower8}`;
  const group = groups.get(key) ?? { opcode, name, isOfPower8, lows: [] };
  group.lows.push(low);
  groups.set(key, group);
}
for (const { opcode, name, isOfPower8, lows } of [...groups.values()].sort(
  (a, b) => a.opcode - b.opcode || (a.lows[0] ?? 0) - (b.lows[0] ?? 0),
)) {
  const primary = opcode.toString(2).padStart(6, '0');
  for (const low of cover(lows)) lines.push(`  ['${name}', '${primary} --------------- ${low}'${isOfPower8 ? '' : ", 'v3.0'"}],`);
}
writeFileSync(
  fileURLToPath(new URL('../../../src/cpu/power/book3s/instructions/otherEncodings.generated.ts', import.meta.url)),
  `// SPDX-License-Identifier: MIT
// Made by test/oracle/powerAllocation.ts: objdump of GNU binutils 2.40, -M power9, was asked about words of every primary opcode and every
// value of the low eleven bits; what -M power8 does not know came with version 3.0. The mnemonics of words that no implemented row covers,
// and the low bits that they share.

// biome-ignore format: a table
export const OTHER_ENCODINGS: readonly (readonly [mnemonics: string, pattern: string, since?: 'v3.0'])[] = [
${lines.join('\n')}
];
`,
);
console.log(`${lines.length} rows`);
