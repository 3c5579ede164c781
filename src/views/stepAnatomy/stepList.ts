// SPDX-License-Identifier: MIT
import { byId, element } from './element.js';
import { LANES, type Runner, rowGraph, runners } from './stepGraph.js';
import type { BorrowedTrack, StepFact, StepMark, StepPicture } from './stepPicture.js';
import type { ValueCard } from './valueCard.js';

/** What a person can do with a mark. */
export interface StepActions {
  showDisassembly(address: string): void;
  /** Goes to the mark's entry of KVM's log. */
  showInLog(mark: StepMark): void;
  didSelect(index: number): void;
}

/** The drawn step: a row for each mark, under headings. Arrow keys move through the rows. */
export class StepList {
  readonly #list = byId('marks');
  #rows: HTMLElement[] = [];
  #marks: readonly StepMark[] = [];
  #selected = 0;
  /** The page gets the focus back: nobody has asked for values. */
  #isReturning = false;

  constructor(
    private readonly card: ValueCard,
    private readonly actions: StepActions,
  ) {
    this.#list.addEventListener('keydown', event => this.#key(event));
    this.#list.addEventListener('scroll', () => card.hide(), { passive: true });
  }

  show(picture: StepPicture, selected: number): void {
    this.#marks = picture.phases.flatMap(({ marks }) => marks);
    this.#rows = [];
    byId('step-heading').textContent = picture.heading;
    byId('step-instruction').textContent = picture.instruction;
    byId('step-place').textContent = picture.place;
    byId('story').replaceChildren(...picture.story.map(sentence => element('li', { text: sentence })));
    byId('facts').replaceChildren(...picture.facts.map(factTable));
    byId('lanes').replaceChildren(...laneHeads(picture), ...trackHeads(picture.tracks));
    const running = runners(this.#marks);
    const content: Node[] = [];
    let runner: Runner = { before: 'debugger', after: 'debugger' };
    for (const { title, name, marks } of picture.phases) {
      const at = this.#rows.length;
      content.push(this.#headRow(title, name, { before: runner.after, after: runner.after }, trackCells(picture.tracks, at, true)));
      for (const mark of marks) {
        const index = this.#rows.length;
        runner = running[index] ?? runner;
        // A listbox has no headings: the first mark says the part that it begins.
        const spoken = `${index === at ? `${title}: ` : ''}${this.#spoken(mark, index, picture.tracks)}`;
        const row = this.#markRow(mark, index, runner, spoken, trackCells(picture.tracks, index, false));
        this.#rows.push(row);
        content.push(row);
      }
    }
    this.#list.replaceChildren(...content);
    this.#select(Math.min(selected, this.#rows.length - 1), false);
  }

  focus(): void {
    this.#isReturning = true;
    this.#rows[this.#selected]?.focus({ preventScroll: true });
    this.#isReturning = false;
  }

  #headRow(title: string, name: string, runner: Runner, tracks: readonly HTMLElement[]): HTMLElement {
    const heading = element('div', { class: 'phase', text: title });
    return element(
      'div',
      { class: `row head ${name}`, attributes: { role: 'presentation' } },
      rowGraph(undefined, runner),
      heading,
      ...tracks,
    );
  }

  #markRow(mark: StepMark, index: number, runner: Runner, spoken: string, tracks: readonly HTMLElement[]): HTMLElement {
    const title = element('span', { class: 'title', text: mark.title });
    const badges = mark.badges.map(text => element('span', { class: 'badge', text }));
    const why = element('span', { class: 'why', text: mark.why ?? '' });
    const text = element('div', { class: 'text' }, element('div', { class: 'line' }, title, ...badges), why);
    const row = element(
      'div',
      {
        class: `row mark ${mark.lane} ${mark.kind}${mark.isDerived ? ' derived' : ''}`,
        attributes: { role: 'option', tabindex: '-1', 'aria-label': spoken, id: `mark-${index}` },
      },
      rowGraph(mark, runner),
      text,
      ...tracks,
    );
    row.addEventListener('mouseenter', () => this.card.show(row, mark));
    row.addEventListener('mouseleave', () => this.card.hide());
    row.addEventListener('focus', () => {
      this.#select(index, true);
      if (!this.#isReturning) this.card.show(row, mark);
    });
    row.addEventListener('blur', () => this.card.hide());
    row.addEventListener('dblclick', () => this.#open(mark));
    row.addEventListener('click', () => row.focus());
    return row;
  }

  #spoken(mark: StepMark, index: number, tracks: readonly BorrowedTrack[]): string {
    const { lane, to, title, badges, why, values } = mark;
    const told = values.map(({ name, before, after }) => (before === undefined ? `${name} ${after}` : `${name} ${before} → ${after}`));
    const who = [lane, ...(to === undefined ? [] : [to])].map(each => byId(`lane-${each}`).textContent ?? each).join(' → ');
    const changed = (state: 'begins' | 'ends'): readonly string[] => {
      const titles = tracks.filter(({ states }) => states[index] === state).map(track => track.title);
      return titles.length === 0 ? [] : [`${this.#list.dataset[state]}: ${titles.join(', ')}`];
    };
    const derived = mark.isDerived ? [this.#list.dataset['derived'] ?? ''] : [];
    return [`${index + 1}`, who, title, ...badges, why ?? '', ...derived, ...told, ...changed('begins'), ...changed('ends')]
      .filter(Boolean)
      .join(', ');
  }

  #select(index: number, isTold: boolean): void {
    this.#rows[this.#selected]?.setAttribute('aria-selected', 'false');
    this.#rows[this.#selected]?.setAttribute('tabindex', '-1');
    this.#selected = Math.max(0, index);
    this.#rows[this.#selected]?.setAttribute('aria-selected', 'true');
    this.#rows[this.#selected]?.setAttribute('tabindex', '0');
    if (isTold) this.actions.didSelect(this.#selected);
  }

  #key(event: KeyboardEvent): void {
    const last = this.#rows.length - 1;
    const moves: Readonly<Record<string, number>> = { ArrowDown: this.#selected + 1, ArrowUp: this.#selected - 1, Home: 0, End: last };
    const target = moves[event.key];
    const mark = this.#marks[this.#selected];
    if (target !== undefined) {
      const row = this.#rows[Math.max(0, Math.min(last, target))];
      row?.focus();
      row?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && mark !== undefined) this.#open(mark);
    else if (event.key.toLowerCase() === 'l' && mark?.logText !== undefined) this.actions.showInLog(mark);
    else if (event.key === 'Escape') this.card.hide();
    else return;
    event.preventDefault();
  }

  #open({ address }: StepMark): void {
    if (address !== undefined) this.actions.showDisassembly(address);
  }
}

const laneHeads = ({ lanes }: StepPicture): readonly HTMLElement[] => [
  element(
    'div',
    { class: 'lane-heads' },
    ...LANES.map(lane =>
      element(
        'div',
        { class: `lane-head ${lane}` },
        element('div', { class: 'lane-title', text: lanes[lane].title, attributes: { id: `lane-${lane}` } }),
        element('div', { class: 'lane-subtitle', text: lanes[lane].subtitle }),
      ),
    ),
  ),
  element('div', { class: 'text' }),
];

const trackHeads = (tracks: readonly BorrowedTrack[]): readonly HTMLElement[] =>
  tracks.map(({ title }) => element('div', { class: 'track-head', attributes: { title } }, element('span', { text: title })));

/** A cell for each track in the row of mark `index`, or in a heading in front of it. */
const trackCells = (tracks: readonly BorrowedTrack[], index: number, isHeading: boolean): readonly HTMLElement[] =>
  tracks.map(({ states }) => {
    const state = states[index] ?? 'own';
    const shown = !isHeading ? state : state === 'borrowed' || state === 'ends' ? 'borrowed' : 'own';
    return element('div', { class: `track ${shown}`, attributes: { 'aria-hidden': 'true' } });
  });

function factTable({ title, rows, conclusion, isProse = false }: StepFact): HTMLElement {
  const [head, ...others] = rows;
  const cells = (texts: readonly string[], name: 'td' | 'th'): readonly HTMLElement[] => texts.map(text => element(name, { text }));
  return element(
    'section',
    { class: isProse ? 'fact prose' : 'fact' },
    element('h3', { text: title }),
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...cells(head?.cells ?? [], 'th'))),
      element(
        'tbody',
        {},
        ...others.map(row =>
          element('tr', row.isChosen ? { class: 'chosen', attributes: { 'aria-current': 'true' } } : {}, ...cells(row.cells, 'td')),
        ),
      ),
    ),
    element('p', { text: conclusion }),
  );
}
