// SPDX-License-Identifier: MIT
/**
 * What one run of one to four instruction words is: what it starts from and what came of it. QEMU
 * and the printers both answer in these terms.
 *
 *   0x5000_0000 ┌──────────────┐ window: 64 KiB of memory, the only addresses that can be loaded and stored
 *   0x5002_0ff0 ├──────────────┤ up to four words; they end at the page's end, and nothing else there is code
 *   0x5003_0000 ├──────────────┤ QEMU only: vectors of EL1
 *               └──────────────┘
 */
export const WINDOW = 0x5000_0000n;
export const WINDOW_BYTES = 0x1_0000;
export const SLOT_PAGE = 0x5002_0000n;
export const PAGE_BYTES = 0x1000;
export const SLOT_END = SLOT_PAGE + BigInt(PAGE_BYTES);
/** Address of the last word of every run. */
export const SLOT = SLOT_END - 4n;
export const EL1_VECTORS = 0x5003_0000n;
export const MAXIMUM_WORDS = 4;

/** X0 to X30, SP and NZCV in bits 31:28 as SPSR_ELx holds it. */
export const STATE_WORDS = 33;
export const STATE_SP = 31;
export const STATE_NZCV = 32;

/** What a run starts from. */
export interface RunInput {
  /** One to four instruction words, run in order; the last one is what the run is about. */
  readonly words: readonly number[];
  readonly state: BigUint64Array;
}

/** How a run ended. A run that does not retire leaves the pc at the word in question. */
export type Ending =
  | { readonly kind: 'retired'; readonly pc: bigint }
  | { readonly kind: 'undefined' }
  | {
      readonly kind: 'memory';
      readonly address: bigint;
      readonly isWrite: boolean;
      readonly isAlignment: boolean;
      /** ISS[24:14] of the data abort where QEMU took it to EL2, otherwise not known. */
      readonly syndrome?: number;
    }
  | { readonly kind: 'exception'; readonly class: number; readonly syndrome: number }
  /** A printer only: the word left to a routine, or stopped in a way that has no name here. */
  | { readonly kind: 'left'; readonly routine: string; readonly payload: bigint };

/** A 64-bit word of the window that is not as it was. */
export interface Change {
  /** Byte offset in the window, a multiple of 8. */
  readonly offset: number;
  readonly content: bigint;
}

/** What came of a run. */
export interface RunOutcome {
  readonly ending: Ending;
  readonly state: BigUint64Array;
  /** Ascending by offset. */
  readonly changes: readonly Change[];
}

/** Something that runs inputs. */
export interface Subject {
  readonly name: string;
  /** The window is afterwards as it was before. */
  run(input: RunInput): RunOutcome;
  /** Makes `changes` in the window, for the runs that follow. */
  apply(changes: readonly Change[]): void;
  /** Gives the window its first content again. */
  startAnew(): void;
}

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** Name of a word of the state. */
export const stateName = (index: number): string => (index === STATE_SP ? 'sp' : index === STATE_NZCV ? 'nzcv' : `x${index}`);

/** `ending` in words. */
export function describeEnding(ending: Ending): string {
  switch (ending.kind) {
    case 'retired':
      return `retires to ${hex(ending.pc)}`;
    case 'undefined':
      return 'is UNDEFINED';
    case 'memory':
      return `${ending.isAlignment ? 'is misaligned' : 'faults'} ${ending.isWrite ? 'writing' : 'reading'} ${hex(ending.address)}`;
    case 'exception':
      return `takes an exception of class ${hex(ending.class)}, syndrome ${hex(ending.syndrome)}`;
    case 'left':
      return `leaves to ${ending.routine} with ${hex(ending.payload)}`;
  }
}

/** What differs between two outcomes, a sentence each; empty if they agree. A syndrome is compared if both know it. */
export function differences(expected: RunOutcome, actual: RunOutcome): readonly string[] {
  const found: string[] = [];
  const [wanted, got] = [describeEnding(expected.ending), describeEnding(actual.ending)];
  if (wanted !== got) found.push(`${got} instead of: ${wanted}`);
  if (expected.ending.kind === 'memory' && actual.ending.kind === 'memory') {
    const [a, b] = [expected.ending.syndrome, actual.ending.syndrome];
    if (a !== undefined && b !== undefined && a !== b) found.push(`syndrome ISS[24:14] is ${hex(b)} instead of ${hex(a)}`);
  }
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

/** `input` in words, for a failing test: the words, and of the state what is not zero. */
export function describeInput({ words, state }: RunInput): string {
  const registers = [...state].flatMap((value, index) => (value === 0n ? [] : [`${stateName(index)}=${hex(value)}`]));
  return `words ${words.map(word => hex(word).slice(2).padStart(8, '0')).join(' ')}; ${registers.join(' ')}`;
}
