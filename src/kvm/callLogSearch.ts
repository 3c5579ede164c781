// SPDX-License-Identifier: MIT
import type { CallLogKind, KvmCallLog } from './callLog.js';

/** Which entries of the log are wanted. */
export interface CallLogFilter {
  /** All kinds, if it is `undefined`. */
  readonly kinds?: readonly CallLogKind[] | undefined;
  /** A part of the entry's text; capital letters are not told from small ones. */
  readonly text?: string | undefined;
}

/** The entries of a log that pass a filter. What was looked through is not looked through again; a log that has not grown costs nothing. */
export class CallLogSearch {
  readonly #kinds: ReadonlySet<CallLogKind> | undefined;
  readonly #text: string;
  #numbers: number[] = [];
  #searchedTo = 0;

  constructor(
    private readonly log: KvmCallLog,
    { kinds, text = '' }: CallLogFilter,
  ) {
    this.#kinds = kinds && new Set(kinds);
    this.#text = text.toLowerCase();
  }

  /** The numbers of the entries that pass and are still kept, in their order. */
  numbers(): readonly number[] {
    const { log } = this;
    const { oldest, newest } = log;
    if ((this.#numbers[0] ?? oldest) < oldest) this.#numbers = this.#numbers.slice(firstFrom(this.#numbers, oldest));
    for (let number = Math.max(this.#searchedTo + 1, oldest); number <= newest; number++)
      if (this.#passes(number)) this.#numbers.push(number);
    this.#searchedTo = newest;
    return this.#numbers;
  }

  #passes(number: number): boolean {
    if (this.#kinds !== undefined && !this.#kinds.has(this.log.kindOf(number))) return false;
    return this.#text === '' || (this.log.read(number, 1)[0]?.text.toLowerCase().includes(this.#text) ?? false);
  }
}

/** The index of the first of `numbers`, which ascend, that is `least` or more; their count if there is none. */
export function firstFrom(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
