// SPDX-License-Identifier: MIT
import { type CallLogFilter, type CallLogKind, CallLogSearch, firstFrom, type KvmCallLog } from '../kvm/index.js';

/** One line of the log of KVM calls and exits. */
export interface KvmLogLine {
  /** From 0, without gaps. */
  readonly number: number;
  /** vCPU index, or `undefined` for a call on the VM or on the system. */
  readonly vcpu: number | undefined;
  readonly kind: CallLogKind;
  /** Of a return of KVM_RUN: the vCPU's program counter then. */
  readonly pc: bigint | undefined;
  readonly text: string;
}

/** Lines that pass a filter. */
export interface KvmLogPage {
  readonly lines: readonly KvmLogLine[];
  /** How many lines pass of all that are kept. */
  readonly total: number;
}

/** Filters whose results are kept: what is shown, and what is looked for in it. */
const KEPT_SEARCHES = 2;

/** The log of KVM calls and exits. It is off at launch; off, it costs nothing. */
export class KvmTrace {
  readonly #searches = new Map<string, CallLogSearch>();

  constructor(private readonly log: KvmCallLog) {}

  /** Starts or stops the log. `listener` gets each line as it is made. */
  setOn(isOn: boolean, listener?: (line: KvmLogLine) => void): void {
    this.log.setOn(isOn);
    if (listener) this.log.listener = entry => listener({ ...entry, number: entry.number - 1 });
  }

  /** The number that the next line will have. */
  get end(): number {
    return this.log.newest;
  }

  /** Up to `count` lines from number `first` on; lines no longer kept are left out. */
  read(first: number, count: number): readonly KvmLogLine[] {
    return this.log.read(first + 1, count).map(entry => ({ ...entry, number: entry.number - 1 }));
  }

  /** Up to `count` of the lines that pass, behind the first `start` of them. */
  page(filter: CallLogFilter, start: number, count: number): KvmLogPage {
    const numbers = this.#search(filter).numbers();
    const lines = numbers.slice(start, start + count).flatMap(number => this.read(number - 1, 1));
    return { lines, total: numbers.length };
  }

  /** How many of the lines that pass come before number `number`. */
  rowOf(filter: CallLogFilter, number: number): number {
    return firstFrom(this.#search(filter).numbers(), number + 1);
  }

  #search(filter: CallLogFilter): CallLogSearch {
    const key = JSON.stringify([filter.kinds, filter.text]);
    const search = this.#searches.get(key) ?? new CallLogSearch(this.log, filter);
    // The one that was asked for last stands last.
    this.#searches.delete(key);
    this.#searches.set(key, search);
    for (const oldest of this.#searches.keys()) {
      if (this.#searches.size <= KEPT_SEARCHES) break;
      this.#searches.delete(oldest);
    }
    return search;
  }
}
