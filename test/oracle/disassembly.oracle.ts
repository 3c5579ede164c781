// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disassemble } from '../../src/cpu/aarch64/disassembly.js';
import { pseudoRandomWords } from '../../src/cpu/decode/sampleWords.js';
import { type DisassembledWord, wordsOfEveryAlias } from '../support/disassemblyTable.js';

/** Programs without which there is nothing to compare with. */
export const peers = [['llvm-objcopy'], ['llvm-objdump']] as const;

/** The extensions whose instructions are rows here. */
const FEATURES = '--mattr=+lse,+crc,+lor,+el3';

/** What llvm-objdump makes of `words`, the first one at address 0. Needs llvm-objcopy and llvm-objdump. */
export function disassembleWithLLVM(words: readonly number[]): readonly DisassembledWord[] {
  const directory = mkdtempSync(join(tmpdir(), 'disassembly-'));
  try {
    const raw = join(directory, 'words.bin');
    const object = join(directory, 'words.o');
    writeFileSync(raw, new Uint8Array(new Uint32Array(words).buffer));
    execFileSync('llvm-objcopy', ['-I', 'binary', '-O', 'elf64-littleaarch64', '--rename-section=.data=.text,code', raw, object]);
    const listing = execFileSync('llvm-objdump', ['-d', '--no-show-raw-insn', FEATURES, object], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    return parseListing(listing, words);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function parseListing(listing: string, words: readonly number[]): readonly DisassembledWord[] {
  const found: DisassembledWord[] = [];
  for (const line of listing.split('\n')) {
    const parts = /^\s*([0-9a-f]+):\s+(\S.*)$/.exec(line);
    if (parts === null) continue;
    const address = Number.parseInt(parts[1] ?? '', 16);
    // Symbols of targets and comments are the tool's own.
    const text = (parts[2] ?? '')
      .replace(/\s*(<\$d.*|<_binary.*|\/\/.*)$/, '')
      .replace(/\s+/g, ' ')
      .trim();
    found.push({ word: words[address / 4] ?? 0, address, text });
  }
  return found;
}

/** What an oracle run found. */
export interface OracleResult {
  readonly passed: number;
  readonly failed: number;
}

const UNKNOWN = '<unknown>';

/** Words whose allocation is compared, besides the words of every row. */
const RANDOM_WORDS = 100_000;

/** MRS and MSR with an op0 of 0 or 1 look like system registers to LLVM; they are unallocated. */
const isUnallocatedMove = (text: string): boolean => /^m(rs|sr) .*\bS[01]_/.test(text);

/**
 * Compares the disassembler with llvm-objdump: text for random encodings of every row and alias, allocation for random
 * words. Prints each difference, the first ones in full.
 */
export async function run({ seed }: { readonly seed: number }): Promise<OracleResult> {
  const random = pseudoRandomWords(seed);
  const words = [...wordsOfEveryAlias(100, seed), ...Array.from({ length: RANDOM_WORDS }, random)];
  const differences: string[] = [];
  const theirs = disassembleWithLLVM(words);
  for (const { word, address, text } of theirs) {
    const ours = disassemble(word, BigInt(address));
    const isOurs =
      ours.row === undefined ? text === UNKNOWN || isUnallocatedMove(text) : ours.row.support.kind !== 'implemented' || ours.text === text;
    if (!isOurs) differences.push(`${word.toString(16).padStart(8, '0')}: '${ours.text}' here, '${text}' there`);
  }
  const missing = words.length - theirs.length;
  for (const difference of differences.slice(0, 20)) console.error(`seed ${seed}: ${difference}`);
  if (missing > 0) console.error(`seed ${seed}: llvm-objdump left ${missing} words out`);
  const failed = differences.length + missing;
  return { passed: words.length - failed, failed };
}

/** The content of the recorded table, as `test/vectors/disassembly.aarch64.txt` has it. */
export function recordTable(seed: number): string {
  const lines = disassembleWithLLVM(wordsOfEveryAlias(8, seed)).map(({ word, text }) => `${word.toString(16).padStart(8, '0')} ${text}`);
  return [
    `# llvm-objdump -d of LLVM 14 with ${FEATURES}: one instruction a line, the first at address 0.`,
    `# Made by recordTable(${seed}) of test/oracle/disassembly.oracle.ts.`,
    ...lines,
    '',
  ].join('\n');
}
