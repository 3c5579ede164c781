// SPDX-License-Identifier: MIT
import { element } from './element.js';
import { ROW_HEIGHT } from './logRows.js';
import type { LogRow } from './messages.js';

/** What a row of the log shows. */
export interface ShownEntry {
  readonly index: number;
  readonly total: number;
  /** `undefined` while it has not come. */
  readonly entry: LogRow | undefined;
  readonly isSelected: boolean;
  /** The text that is marked where it is found. */
  readonly search: string;
  /** The entries of the shown step, from number `first` on to before `end`. */
  readonly step: { readonly first: number; readonly end: number };
}

/** A row of the log. Its elements stay, and show one entry after the other: nothing is made while the log is scrolled. */
export class LogEntry {
  readonly #number = element('span', { class: 'number' });
  readonly #vcpu = element('span', { class: 'vcpu' });
  readonly #name = element('span', { class: 'name' });
  readonly #rest = element('span', { class: 'rest' });
  readonly #words = element('div', { class: 'words' }, this.#number, this.#vcpu, this.#name, this.#rest);
  readonly #place = element('span', { class: 'place' });
  // The place floats, so that it comes first; to lay out two boxes a row costs a third of five in a line.
  readonly element = element('div', { class: 'entry', attributes: { role: 'option' } }, this.#place, this.#words);
  #shown: ShownEntry | undefined;

  show(shown: ShownEntry): void {
    const before = this.#shown;
    this.#shown = shown;
    if (before === undefined || (Object.keys(shown) as (keyof ShownEntry)[]).some(key => before[key] !== shown[key])) this.#draw(shown);
  }

  #draw({ index, total, entry, isSelected, search, step }: ShownEntry): void {
    const row = this.element;
    row.id = `log-${index}`;
    row.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    row.setAttribute('aria-setsize', String(total));
    row.setAttribute('aria-posinset', String(index + 1));
    row.setAttribute('aria-label', spoken(entry));
    row.setAttribute('aria-selected', String(isSelected));
    const isOfStep = entry !== undefined && entry.number >= step.first && entry.number < step.end;
    row.className = `entry ${entry?.kind ?? 'waiting'}${isOfStep ? ' of-step' : ''}`;
    const { number = '…', vcpu = '', text = '', address, symbol } = entry ?? {};
    this.#words.title = text;
    this.#number.textContent = String(number).padStart(NUMBER_WIDTH);
    this.#vcpu.textContent = ` ${String(vcpu).padStart(VCPU_WIDTH)}  `;
    const [name = ''] = /^\S+/.exec(text) ?? [];
    mark(this.#name, name, search);
    mark(this.#rest, text.slice(name.length), search);
    this.#place.hidden = address === undefined;
    this.#place.textContent = symbol ?? address ?? '';
    this.#place.title = address ?? '';
  }
}

/** Columns, in characters: the font of the log has one width. */
const [NUMBER_WIDTH, VCPU_WIDTH] = [7, 2];

const spoken = (entry: LogRow | undefined): string =>
  entry === undefined
    ? '…'
    : [entry.number, entry.vcpu === undefined ? undefined : `vCPU ${entry.vcpu}`, entry.text, entry.symbol ?? entry.address]
        .filter(part => part !== undefined)
        .join(', ');

/** Sets a text with the places marked that the search has found. */
function mark(where: HTMLElement, text: string, search: string): void {
  const lower = text.toLowerCase();
  const wanted = search.toLowerCase();
  const parts: (string | Node)[] = [];
  let at = 0;
  for (let found = wanted === '' ? -1 : lower.indexOf(wanted); found >= 0; found = lower.indexOf(wanted, at)) {
    parts.push(text.slice(at, found), element('mark', { text: text.slice(found, found + wanted.length) }));
    at = found + wanted.length;
  }
  if (parts.length === 0) where.textContent = text;
  else where.replaceChildren(...parts, text.slice(at));
}
