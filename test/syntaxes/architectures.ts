// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from 'node:fs';
import { AARCH64_INSTRUCTION_SET, type assemblyVocabulary, book3sInstructionSet } from '../../src/cpu/index.js';
import { ROOT } from './tokens.js';

/** What the tests of a grammar must know of its architecture. */
export interface Architecture {
  readonly name: string;
  readonly grammar: string;
  readonly scopeName: string;
  readonly rows: Parameters<typeof assemblyVocabulary>[0];
  /** The assembly of the samples, as paths in the project. */
  readonly samples: readonly string[];
  /** The samples whose tokens are recorded, and the file with every construct. */
  readonly recorded: readonly string[];
  readonly everything: string;
  /** A line of assembly whose tokens depend on no line before it. */
  readonly plainLine: string;
  /** A recorded disassembly, and what its tool prints for words that are no instruction. */
  readonly disassembly: string;
  readonly noInstruction: RegExp;
  /** The name of a register, as a piece of lines that are made to be costly. */
  readonly register: string;
  /** Registers without a name are 32,000, and all of one form. */
  readonly isRepetitiveWord: (word: string) => boolean;
}

const SOURCES = readdirSync(`${ROOT}samples`, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.[Sh]$/.test(name))
  .sort()
  .map(name => `samples/${name.replaceAll('\\', '/')}`);
const SAMPLES = SOURCES.filter(name => name.endsWith('.S'));

/** The macros that the samples define: statements that are no instructions. */
export const SAMPLE_MACROS: ReadonlySet<string> = new Set(
  SOURCES.flatMap(name => [...readFileSync(`${ROOT}${name}`, 'utf8').matchAll(/^\s*\.macro\s+(\w+)/gm)].map(([, macro = '']) => macro)),
);
/** The assembly for POWER shares one header. */
const isPower = (path: string): boolean => readFileSync(`${ROOT}${path}`, 'utf8').includes('power64.h');

const power = book3sInstructionSet('ppc64');

export const ARCHITECTURES: readonly Architecture[] = [
  {
    name: 'AArch64',
    grammar: 'aarch64.tmLanguage.json',
    scopeName: 'source.asm.aarch64',
    rows: AARCH64_INSTRUCTION_SET.rows.filter(row => row !== AARCH64_INSTRUCTION_SET.undefinedRow),
    samples: SAMPLES.filter(path => !isPower(path)),
    recorded: ['start/aarch64', 'svc/user', 'svc/vectors'],
    everything: 'everything',
    plainLine: '        mov     x0, #1 // as ever',
    disassembly: 'test/vectors/disassembly.aarch64.txt',
    noInstruction: /^<unknown>$/,
    register: 'x0,',
    isRepetitiveWord: word => /^s[23]_/.test(word) && !word.endsWith('_c0_c0_0'),
  },
  {
    name: 'POWER',
    grammar: 'power.tmLanguage.json',
    scopeName: 'source.asm.power',
    rows: power.rows.filter(row => row !== power.undefinedRow),
    samples: SAMPLES.filter(isPower),
    recorded: ['start/power64', 'smp/secondary.power64'],
    everything: 'everything.power',
    plainLine: '        addi    %r3,%r4,-1 # as ever',
    disassembly: 'test/vectors/disassembly.power9.txt',
    noInstruction: /^\.long /,
    register: '%r3,',
    isRepetitiveWord: () => false,
  },
];
