// SPDX-License-Identifier: MIT
import type { LogRow } from './messages.js';

/** Rows that are asked for at once. */
export const PAGE_ROWS = 200;
/** Answers that are waited for at once: who flies through the log asks for where it lands. */
const MOST_ASKED = 2;
/** Height of a row in pixels; stepAnatomy.css has the same. */
export const ROW_HEIGHT = 22;
/** Rows that are drawn above and below what is seen. */
export const OVERSCAN = 8;

/** The rows to draw, `last` included: those that are seen of `total` and some around them. None if `last` is below `first`. */
export function drawnRows(top: number, height: number, total: number): { readonly first: number; readonly last: number } {
  const seen = Math.floor(top / ROW_HEIGHT);
  return { first: Math.max(0, seen - OVERSCAN), last: Math.min(total - 1, seen + Math.ceil(height / ROW_HEIGHT) + OVERSCAN) };
}

/** Pages that are kept; a screen shows parts of three at most. */
const KEPT_PAGES = 12;

/** The rows of the log that have come, by pages; what is not there is asked for once. */
export class LogRows {
  #pages = new Map<number, readonly LogRow[]>();
  #asked = new Set<number>();
  total = 0;

  constructor(private readonly read: (start: number, count: number) => void) {}

  /** The row at a place, `undefined` while it has not come. */
  at(index: number): LogRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Asks for what is missing of the rows from `first` to `last`; not while others are on their way, after which it is wanted again. */
  want(first: number, last: number): void {
    for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page++) {
      if (page < 0 || this.#pages.has(page) || this.#asked.has(page) || this.#asked.size >= MOST_ASKED) continue;
      this.#asked.add(page);
      this.read(page * PAGE_ROWS, PAGE_ROWS);
    }
  }

  /** Keeps rows that have come. They may begin in the middle of a page; only whole pages are kept. */
  came(start: number, rows: readonly LogRow[], total: number): void {
    this.total = total;
    const first = Math.ceil(start / PAGE_ROWS);
    for (let page = first; page * PAGE_ROWS < start + rows.length; page++) {
      const from = page * PAGE_ROWS - start;
      const whole = rows.slice(from, from + PAGE_ROWS);
      if (whole.length < PAGE_ROWS && page * PAGE_ROWS + whole.length < total) break;
      this.#pages.delete(page);
      this.#pages.set(page, whole);
      this.#asked.delete(page);
    }
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= KEPT_PAGES) break;
      this.#pages.delete(page);
    }
  }

  /** Nothing that has come is true any more. */
  clear(): void {
    this.#pages.clear();
    this.#asked.clear();
  }
}
