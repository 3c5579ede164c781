// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pseudoRandomWords } from '../../src/cpu/decode/sampleWords.js';
import { disassemblePower } from '../../src/cpu/power/book3s/disassembly.js';
import type { DisassembledWord } from '../support/disassemblyTable.js';
import { POWER_ROWS, powerWordsOfEveryAlias, withoutReservedBits } from '../support/powerWords.js';

/** Programs without which there is nothing to compare with. */
export const peers = [['powerpc64-linux-gnu-objdump']] as const;

const optionsFor = (cpu: string) => ['-D', '-b', 'binary', '-m', 'powerpc:common64', '-EB', '-M', cpu];

/** What GNU objdump makes of `words` for `cpu`, the first one at address 0. */
export function disassembleWithGnu(words: readonly number[], cpu: 'power8' | 'power9' = 'power9'): readonly DisassembledWord[] {
  const directory = mkdtempSync(join(tmpdir(), 'disassembly-'));
  try {
    const raw = join(directory, 'words.bin');
    const bytes = new DataView(new ArrayBuffer(words.length * 4));
    words.forEach((word, index) => {
      bytes.setUint32(index * 4, word);
    });
    writeFileSync(raw, new Uint8Array(bytes.buffer));
    const listing = execFileSync('powerpc64-linux-gnu-objdump', [...optionsFor(cpu), '-z', raw], { encoding: 'utf8', maxBuffer: 2 ** 29 });
    return parseListing(listing, words);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function parseListing(listing: string, words: readonly number[]): readonly DisassembledWord[] {
  const found: DisassembledWord[] = [];
  for (const line of listing.split('\n')) {
    const parts = /^\s*([0-9a-f]+):\t[^\t]*\t(.*)$/.exec(line);
    if (parts === null) continue;
    const address = Number.parseInt(parts[1] ?? '', 16);
    const text = (parts[2] ?? '').replace(/\s+/g, ' ').trim();
    found.push({ word: words[address / 4] ?? 0, address, text });
  }
  return found;
}

const IMPLEMENTED = POWER_ROWS.filter(({ support }) => support.kind === 'implemented');

const isUnknown = (text: string): boolean => text.startsWith('.long');

/** Words whose allocation is compared, besides the words of every row: of each primary opcode and each value of the low bits. */
const LOW_VALUES = 2048;
const MIDDLE_SHIFT = 11;
const SAMPLES_OF_A_ROW = 60;
const MAXIMUM_PRINTED = 20;

/** Whether `ours` is the text of a word that objdump knows: allocated, and the same unless the row has none or reserved bits are set. */
function agrees(ours: ReturnType<typeof disassemblePower>, word: number, text: string): boolean {
  if (ours.row === undefined) return false;
  return ours.row.support.kind !== 'implemented' || withoutReservedBits(ours.row, word) !== word || ours.text === text;
}

/** Compares the disassembler with objdump: the text of every row and extended mnemonic, and that no word that objdump knows is illegal here. */
export async function run({ seed }: { readonly seed: number }): Promise<{ readonly passed: number; readonly failed: number }> {
  const random = pseudoRandomWords(seed);
  const ofRows = powerWordsOfEveryAlias(IMPLEMENTED, SAMPLES_OF_A_ROW, seed);
  const words = [...ofRows];
  for (let opcode = 0; opcode < 64; opcode++) {
    for (let low = 0; low < LOW_VALUES; low++) {
      for (const middle of [0, random() & random(), random()])
        words.push(((opcode << 26) | ((middle & 0x7fff) << MIDDLE_SHIFT) | low) >>> 0);
    }
  }
  const differences: string[] = [];
  const theirs = disassembleWithGnu(words);
  for (const { word, address, text } of theirs) {
    const ours = disassemblePower(word, BigInt(address));
    if (isUnknown(text) || agrees(ours, word, text)) continue;
    differences.push(`${word.toString(16).padStart(8, '0')}: '${ours.text}' here, '${text}' there`);
  }
  const missing = words.length - theirs.length;
  for (const difference of differences.slice(0, MAXIMUM_PRINTED)) console.error(`seed ${seed}: ${difference}`);
  if (missing > 0) console.error(`seed ${seed}: objdump left ${missing} words out`);
  const failed = differences.length + missing;
  return { passed: words.length - failed, failed };
}

const SAMPLES_OF_THE_TABLE = 4;

/** The content of the recorded table, as `test/vectors/disassembly.power9.txt` has it. */
export function recordPowerTable(seed: number): string {
  const known = disassembleWithGnu(powerWordsOfEveryAlias(IMPLEMENTED, SAMPLES_OF_THE_TABLE, seed))
    .filter(({ text }) => !isUnknown(text))
    .map(({ word }) => word);
  // Some of them, but all of each row if there are few: the table is read by people, too.
  const seen = new Map<string, number>();
  const chosen = known.filter(word => {
    const { text, row } = disassemblePower(word, 0n);
    const mnemonic = `${row?.name} ${text.split(' ')[0]}`;
    seen.set(mnemonic, (seen.get(mnemonic) ?? 0) + 1);
    return (seen.get(mnemonic) ?? 0) <= SAMPLES_OF_THE_TABLE;
  });
  const lines = disassembleWithGnu(chosen).map(({ word, text }) => `${word.toString(16).padStart(8, '0')} ${text}`);
  return [
    `# objdump of GNU binutils 2.40 with ${optionsFor('power9').join(' ')}: one instruction a line, the first at address 0.`,
    `# Made by recordPowerTable(${seed}) of test/oracle/powerDisassembly.oracle.ts.`,
    ...lines,
    '',
  ].join('\n');
}
