// SPDX-License-Identifier: MIT
import { byId } from './element.js';
import { LogEntry } from './logEntry.js';
import { drawnRows, LogRows, PAGE_ROWS, ROW_HEIGHT } from './logRows.js';
import type { FromStepAnatomy, LogFilter, ToStepAnatomy } from './messages.js';

/** What the log asks of the rest of the page. */
export interface LogActions {
  post(message: FromStepAnatomy): void;
  filter(): LogFilter;
  didMove(top: number): void;
}

/** The log of KVM: as many rows are in the page as can be seen, and no others are asked for. */
export class LogList {
  readonly #box = byId('log-rows');
  readonly #sizer = byId('log-sizer');
  readonly #rows = new LogRows((start, count) => this.#read(start, count));
  readonly #drawn: LogEntry[] = [];
  #generation = 0;
  #selected: number | undefined;
  #step = { first: 0, end: 0 };
  #isPlanned = false;
  #shownHeight = 0;
  /** Of what is seen, in pixels: to ask the page for it makes it lay out all that was written before. */
  #height = 0;
  #restoredTop: number | undefined;

  constructor(private readonly actions: LogActions) {
    this.#box.addEventListener('scroll', () => this.#plan(), { passive: true });
    this.#box.addEventListener('keydown', event => this.#key(event));
    this.#box.addEventListener('click', event => this.#click(event));
    this.#box.addEventListener('dblclick', () => this.#open());
    new ResizeObserver(([entry]) => {
      this.#height = entry?.contentRect.height ?? this.#height;
      this.#plan();
    }).observe(this.#box);
  }

  /** The entries that the shown step has made. */
  set step(step: { readonly first: number; readonly end: number }) {
    this.#step = step;
    this.#plan();
  }

  /** The number of the selected entry. */
  get selectedNumber(): number | undefined {
    return this.#selected === undefined ? undefined : this.#rows.at(this.#selected)?.number;
  }

  /** Goes to the row that was on top before the page was hidden. */
  restore(top: number): void {
    this.#restoredTop = top;
    this.#generation++;
    this.#read(Math.floor(top / PAGE_ROWS) * PAGE_ROWS, PAGE_ROWS);
  }

  /** Forgets what has come. With `around`, goes to the entry with this number; else stays where it is. */
  refresh(around?: number): void {
    this.#generation++;
    this.#rows.clear();
    const { filter } = this.actions;
    if (around !== undefined)
      this.actions.post({ type: 'read', generation: this.#generation, start: 0, count: PAGE_ROWS, around, filter: filter() });
    else this.#read(Math.floor(this.#first() / PAGE_ROWS) * PAGE_ROWS, PAGE_ROWS);
  }

  /** Goes to the next entry with the text of the filter. */
  find(isBackward: boolean): void {
    const from = this.selectedNumber ?? this.#rows.at(this.#first())?.number ?? 0;
    this.actions.post({ type: 'find', generation: this.#generation, from, isBackward, count: PAGE_ROWS, filter: this.actions.filter() });
  }

  came({ generation, start, rows, total, summary, goTo }: Extract<ToStepAnatomy, { type: 'rows' }>): void {
    if (generation !== this.#generation) return;
    this.#rows.came(start, rows, total);
    // A screen reader says it whenever it is set.
    const told = byId('log-summary');
    if (told.textContent !== summary) told.textContent = summary;
    if (this.#shownHeight !== total) {
      this.#shownHeight = total;
      this.#sizer.style.height = `${total * ROW_HEIGHT}px`;
    }
    // Without a session there is nothing to say about entries.
    byId('log-empty').hidden = total > 0 || summary === '';
    if (this.#restoredTop !== undefined) {
      this.#box.scrollTop = this.#restoredTop * ROW_HEIGHT;
      this.#restoredTop = undefined;
    }
    if (goTo !== undefined && total > 0) this.#goTo(goTo, true);
    this.#plan();
  }

  focus(): void {
    this.#box.focus({ preventScroll: true });
  }

  #first(): number {
    return Math.floor(this.#box.scrollTop / ROW_HEIGHT);
  }

  #read(start: number, count: number): void {
    this.actions.post({ type: 'read', generation: this.#generation, start, count, filter: this.actions.filter() });
  }

  #goTo(index: number, isCentered: boolean): void {
    this.#selected = Math.max(0, Math.min(this.#rows.total - 1, index));
    const top = this.#selected * ROW_HEIGHT;
    const height = this.#box.clientHeight;
    const isSeen = top >= this.#box.scrollTop && top + ROW_HEIGHT <= this.#box.scrollTop + height;
    if (!isSeen) {
      const above = top < this.#box.scrollTop;
      this.#box.scrollTop = isCentered ? top - height / 3 : above ? top : top + ROW_HEIGHT - height;
    }
    this.#plan();
  }

  /** Draws with the next frame, however many events come before it. */
  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    requestAnimationFrame(() => {
      this.#isPlanned = false;
      this.#draw();
    });
  }

  #draw(): void {
    const top = this.#box.scrollTop;
    const { first, last } = drawnRows(top, this.#height, this.#rows.total);
    if (this.#rows.total > 0 && this.#height > 0) this.#rows.want(first, last);
    const count = Math.max(0, last - first + 1);
    while (this.#drawn.length > count) this.#drawn.pop()?.element.remove();
    while (this.#drawn.length < count) {
      const row = new LogEntry();
      this.#drawn.push(row);
      this.#sizer.append(row.element);
    }
    for (let index = first; index <= last; index++) this.#fill(this.#drawn[index % count], index);
    const active = this.#selected === undefined ? undefined : `log-${this.#selected}`;
    if (active !== undefined && document.getElementById(active) !== null) this.#box.setAttribute('aria-activedescendant', active);
    else this.#box.removeAttribute('aria-activedescendant');
    this.actions.didMove(Math.floor(top / ROW_HEIGHT));
  }

  /** A row keeps its element while it is seen, so that scrolling by one changes one. */
  #fill(row: LogEntry | undefined, index: number): void {
    row?.show({
      index,
      total: this.#rows.total,
      entry: this.#rows.at(index),
      isSelected: index === this.#selected,
      search: this.actions.filter().text,
      step: this.#step,
    });
  }

  #key(event: KeyboardEvent): void {
    const screen = Math.max(1, Math.floor(this.#box.clientHeight / ROW_HEIGHT) - 1);
    const at = this.#selected ?? this.#first();
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + screen,
      PageUp: at - screen,
      Home: 0,
      End: this.#rows.total - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) this.#goTo(target, false);
    else if (event.key === 'Enter') this.#open();
    else return;
    event.preventDefault();
  }

  #click(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.entry') : null;
    if (row === null) return;
    this.#selected = Number(row.id.replace('log-', ''));
    if (event.target instanceof Element && event.target.closest('.place') !== null) this.#open();
    this.#plan();
  }

  #open(): void {
    const entry = this.#selected === undefined ? undefined : this.#rows.at(this.#selected);
    if (entry?.address !== undefined) this.actions.post({ type: 'showDisassembly', address: entry.address, number: entry.number });
  }
}
