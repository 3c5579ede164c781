// SPDX-License-Identifier: MIT
import type { Change } from '../observation.js';

/** The window, the page with the words and its end are where `../observation.ts` has them for A64. */
export { MAXIMUM_WORDS, PAGE_BYTES, SLOT, SLOT_END, SLOT_PAGE, WINDOW, WINDOW_BYTES } from '../observation.js';

/** Places in the state: GPR 0 to 31, then these, then doublewords 0 and 1 of VSR 0 to 63. */
export const STATE = { LR: 32, CTR: 33, XER: 34, CR: 35, VRSAVE: 36, VSR: 37 } as const;
export const SCALAR_WORDS = STATE.VSR;
export const STATE_WORDS = STATE.VSR + 128;

/** What a run starts from: one to four words, of which the last is what the run is about. */
export interface PowerInput {
  readonly words: readonly number[];
  readonly state: BigUint64Array;
}

/** How a run ended. Unless it retired the last word, pc is at the word in question. */
export type PowerEnding =
  | { readonly kind: 'retired'; readonly pc: bigint }
  | { readonly kind: 'illegal' }
  | { readonly kind: 'trap' }
  | { readonly kind: 'memory'; readonly address: bigint }
  | { readonly kind: 'alignment' }
  /** A printer only: the word left to a routine that no program in user mode can watch. */
  | { readonly kind: 'left'; readonly routine: string };

/** What came of a run. */
export interface PowerOutcome {
  readonly ending: PowerEnding;
  readonly state: BigUint64Array;
  /** Doublewords of the window as the program reads them, ascending. */
  readonly changes: readonly Change[];
}

/** Something that runs inputs. */
export interface PowerSubject {
  readonly name: string;
  run(input: PowerInput): PowerOutcome;
  /** Makes `changes` in the window, for the runs that follow. */
  apply(changes: readonly Change[]): void;
  /** Gives the window its first content again. */
  startAnew(): void;
}

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** Name of a word of the state. */
export function stateName(index: number): string {
  if (index < 32) return `r${index}`;
  const named = Object.entries(STATE).find(([, place]) => place === index && place !== STATE.VSR);
  return named?.[0].toLowerCase() ?? `vs${(index - STATE.VSR) >> 1}.${(index - STATE.VSR) & 1}`;
}

/** `ending` in words. */
export function describeEnding(ending: PowerEnding): string {
  switch (ending.kind) {
    case 'retired':
      return `retires to ${hex(ending.pc)}`;
    case 'memory':
      return `faults at ${hex(ending.address)}`;
    case 'left':
      return `leaves to ${ending.routine}`;
    default:
      return `raises ${ending.kind}`;
  }
}

/** The most that two names of one access can lie apart: its first byte, the first one that is not there, or the cache block. */
const ACCESS_BYTES = 128n;

/** Addresses that a host has none for: QEMU's signal is then that of misalignment, or names address 0. */
const HOST_ADDRESSES = 1n << 47n;

/** Whether two endings are the same. */
function isSameEnding(expected: PowerEnding, actual: PowerEnding): boolean {
  if (expected.kind === 'alignment' && actual.kind === 'memory') return actual.address >= HOST_ADDRESSES;
  if (expected.kind !== 'memory' || actual.kind !== 'memory') return describeEnding(expected) === describeEnding(actual);
  const distance = expected.address - actual.address;
  return expected.address === 0n || (distance < ACCESS_BYTES && distance > -ACCESS_BYTES);
}

/** What differs between two outcomes, a sentence each; empty if they agree. */
export function powerDifferences(expected: PowerOutcome, actual: PowerOutcome): readonly string[] {
  const found: string[] = [];
  const [wanted, got] = [describeEnding(expected.ending), describeEnding(actual.ending)];
  if (!isSameEnding(expected.ending, actual.ending)) found.push(`${got} instead of: ${wanted}`);
  for (let index = 0; index < STATE_WORDS; index++) {
    const [a, b] = [expected.state[index] ?? 0n, actual.state[index] ?? 0n];
    if (a !== b) found.push(`${stateName(index)} is ${hex(b)} instead of ${hex(a)}`);
  }
  const text = (changes: readonly Change[]): string =>
    changes.map(({ offset, content }) => `[${hex(offset)}]=${hex(content)}`).join(' ') || 'nothing';
  const [stored, wrote] = [text(expected.changes), text(actual.changes)];
  if (stored !== wrote) found.push(`memory changed ${wrote} instead of ${stored}`);
  return found;
}

/** `input` in words, for a failing test. */
export function describePowerInput({ words, state }: PowerInput): string {
  const registers = [...state].flatMap((value, index) => (value === 0n ? [] : [`${stateName(index)}=${hex(value)}`]));
  return `words ${words.map(word => hex(word).slice(2).padStart(8, '0')).join(' ')}; ${registers.slice(0, 60).join(' ')}`;
}
