// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { assertNever } from '../../src/base/index.js';
import { allUnwindRows } from '../../src/symbols/dwarf/callFrameProgram.js';
import type { UnwindRow } from '../../src/symbols/dwarf/unwindRow.js';
import { STT } from '../../src/symbols/elf/constants.js';
import type { ElfFile } from '../../src/symbols/elf/elfFile.js';
import { parseElf } from '../../src/symbols/elf/parseElf.js';
import type { DebugInformationReader } from '../../src/symbols/model/debugInformationReader.js';
import { openDebugInformation } from '../../src/symbols/symbolFile.js';
import { POWER_VARIANTS, powerElfPath } from '../support/powerElf.js';
import { allSampleElfs } from '../support/sampleElf.js';

/** Programs without which there is nothing to compare with. */
export const peers = [['readelf']] as const;

/** Compares line tables, unwind rows and symbols of all samples, and of the POWER programs of the tests, with what GNU readelf decodes. */
export async function run(): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  let failed = 0;
  if (readelf('--version') === undefined) {
    console.error('dwarf oracle: readelf is not installed (package binutils); nothing was compared.');
    return { passed, failed: 1 };
  }
  for (const path of [...allSampleElfs(), ...POWER_VARIANTS.map(powerElfPath)]) {
    const bytes = new Uint8Array(readFileSync(path));
    const elf = parseElf(bytes);
    if (!elf.ok) {
      console.error(`${path}: ${elf.error.message}`);
      failed++;
      continue;
    }
    const debug = openDebugInformation(elf.value, bytes.length);
    const checks = [
      ['line tables', ourLines(debug), theirLines(readelf('--debug-dump=decodedline', '--wide', path) ?? '')],
      ['unwind rows', ourFrames(debug), theirFrames(readelf('--debug-dump=frames-interp', '--wide', path) ?? '')],
      ['symbols', ourSymbols(elf.value), theirSymbols(readelf('--symbols', '--wide', path) ?? '')],
    ] as const;
    for (const [what, ours, theirs] of checks) {
      const differences = differencesOf(ours, theirs);
      for (const difference of differences.slice(0, 20)) console.error(`${path}: ${what}: ${difference}`);
      console.log(`${path}: ${what}: ${theirs.length} rows, ${differences.length} differences`);
      if (differences.length > 0 || theirs.length === 0) failed++;
      else passed++;
    }
  }
  return { passed, failed };
}

function readelf(...parameters: string[]): string | undefined {
  try {
    return execFileSync('readelf', parameters, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

/** `file:line address statement?` for each row, without the ends of sequences, sorted. */
function ourLines(debug: DebugInformationReader): string[] {
  const rows = debug.units.flatMap(({ lineRows }) => lineRows);
  return rows.map(({ file, line, address, isStatement }) => lineText(file.path.split('/').pop() ?? '', line, address, isStatement)).sort();
}

const lineText = (file: string, line: number, address: bigint, isStatement: boolean): string =>
  `${address.toString(16)} ${file}:${line}${isStatement ? ' statement' : ''}`;

function theirLines(output: string): string[] {
  const rows: string[] = [];
  for (const text of output.split('\n')) {
    // File, line, address, view, "x" for a statement. Ends of sequences have "-" or END for the line.
    const match = /^(\S+)\s+(\d+)\s+(0x[0-9a-f]+|0)(\[\d+\])?(?:\s+(\d+))?((?:\s+\S+)*)\s*$/.exec(text);
    if (match === null || / END/.test(match[6] ?? '')) continue;
    rows.push(lineText(match[1] ?? '', Number(match[2]), BigInt(match[3] ?? '0'), / x/.test(match[6] ?? '')));
  }
  return rows.sort();
}

/** `start cfa register=rule…` for each row, sorted. */
function ourFrames(debug: DebugInformationReader): string[] {
  return debug.frames.descriptions
    .flatMap(description => allUnwindRows(debug.sections, description).map(frameText))
    .map(withoutUndefined)
    .sort();
}

function frameText({ start, cfa, registers }: UnwindRow): string {
  const cfaText = cfa.kind === 'registerOffset' ? `${cfa.register}${cfa.offset < 0n ? '' : '+'}${cfa.offset}` : 'exp';
  const rules = [...registers]
    .sort(([a], [b]) => a - b)
    .map(([register, rule]): string => {
      switch (rule.kind) {
        case 'undefined':
          return `${register}=u`;
        case 'sameValue':
          return `${register}=s`;
        case 'offset':
          return `${register}=c${rule.offset < 0n ? '' : '+'}${rule.offset}`;
        case 'valueOffset':
          return `${register}=v${rule.offset < 0n ? '' : '+'}${rule.offset}`;
        case 'register':
          return `${register}=r${rule.register}`;
        case 'expression':
          return `${register}=exp`;
        case 'valueExpression':
          return `${register}=vexp`;
        default:
          return assertNever(rule, 'register rule');
      }
    });
  return [start.toString(16), cfaText, ...rules].join(' ');
}

/**
 * Reads readelf's tables: a heading `LOC CFA x19 x29 ra` in each entry, then a row for each place. A description
 * without instructions has no table; its only row is the one of its common entry.
 */
function theirFrames(output: string): string[] {
  const rows: string[] = [];
  /** "ra" is the column that the common entry says: an interrupt's frame has one of its own. */
  const returnAddresses = new Map<string, number>();
  let returnAddress = -1;
  const numberOf = (name: string): number => (name === 'ra' ? returnAddress : registerNumber(name));
  const commonRules = new Map<string, string>();
  let columns: string[] = [];
  let common = '';
  let withoutTable: { readonly start: string; readonly common: string } | undefined;
  const endEntry = (): void => {
    if (withoutTable !== undefined) rows.push(`${withoutTable.start} ${commonRules.get(withoutTable.common) ?? 'no common entry'}`);
    withoutTable = undefined;
  };
  for (const text of output.split('\n')) {
    const commonEntry = /^([0-9a-f]+) .* CIE /.exec(text);
    const description = / FDE cie=([0-9a-f]+) pc=([0-9a-f]+)\.\./.exec(text);
    if (commonEntry !== null || description !== null) {
      endEntry();
      columns = [];
      common = commonEntry?.[1] ?? '';
      if (commonEntry !== null) returnAddresses.set(common, Number(/ ra=(\d+)/.exec(text)?.[1] ?? -1));
      returnAddress = returnAddresses.get(description?.[1] ?? common) ?? -1;
      if (description !== null) withoutTable = { start: BigInt(`0x${description[2]}`).toString(16), common: description[1] ?? '' };
    } else if (/^\s+LOC\s+CFA/.test(text)) {
      columns = text.trim().split(/\s+/).slice(2);
      withoutTable = undefined;
    } else if (/^[0-9a-f]{8,}\s/.test(text)) {
      const [location = '', cfa = '', ...rules] = text.trim().split(/\s+/);
      const described = columns
        .map((column, index) => ({ register: numberOf(column), rule: rules[index] ?? 'u' }))
        .sort((a, b) => a.register - b.register)
        .map(({ register, rule }) => `${register}=${rule}`);
      const rulesText = [cfa.replace(/^[a-z]+\d*/, name => String(numberOf(name))), ...described].join(' ');
      if (common !== '') commonRules.set(common, rulesText);
      else rows.push(`${BigInt(`0x${location}`).toString(16)} ${rulesText}`);
    }
  }
  endEntry();
  return rows.map(withoutUndefined).sort();
}

/** readelf prints "u" for an undefined register and also where there is no rule yet, so neither side can tell them apart here. */
const withoutUndefined = (row: string): string => row.replaceAll(/ \d+=u/g, '');

/** `name address size [local entry distance]` for each function and object. */
const ourSymbols = ({ symbols }: ElfFile): string[] =>
  symbols.all
    .filter(({ type }) => type === STT.STT_FUNC || type === STT.STT_OBJECT)
    .map(({ name, address, size, entryPoint, localEntryPoint }) => symbolText(name, address, size, localEntryPoint - entryPoint))
    .sort();

const symbolText = (name: string, address: bigint, size: bigint, local: bigint): string =>
  `${name} ${address.toString(16)} ${size}${local === 0n ? '' : ` local entry ${local}`}`;

function theirSymbols(output: string): string[] {
  return output
    .split('\n')
    .flatMap(text => {
      const match = /^\s*\d+: ([0-9a-f]+)\s+(\d+|0x[0-9a-f]+) (?:FUNC|OBJECT)\s+\w+\s+\w+\s+(?:\[<localentry>: (\d+)\]\s+)?\S+ (\S+)/.exec(
        text,
      );
      const [, address = '', size = '', local = '0', name = ''] = match ?? [];
      return match === null ? [] : [symbolText(name, BigInt(`0x${address}`), BigInt(size), BigInt(local))];
    })
    .sort();
}

/** readelf prints names, DWARF has numbers ("DWARF for the Arm 64-bit Architecture", DWARF register names). */
function registerNumber(name: string): number {
  if (name === 'sp') return 31;
  if (/^x\d+$/.test(name)) return Number(name.slice(1));
  if (/^[vbdq]\d+$/.test(name)) return 64 + Number(name.slice(1));
  return /^r\d+$/.test(name) ? Number(name.slice(1)) : -1;
}

function differencesOf(ours: readonly string[], theirs: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const row of ours) count.set(row, (count.get(row) ?? 0) + 1);
  for (const row of theirs) count.set(row, (count.get(row) ?? 0) - 1);
  return [...count]
    .filter(([, difference]) => difference !== 0)
    .map(([row, difference]) => `${difference > 0 ? 'only ours' : 'only readelf'}: ${row}`);
}
