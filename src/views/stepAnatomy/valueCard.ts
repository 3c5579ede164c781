// SPDX-License-Identifier: MIT
import { byId, element } from './element.js';
import type { MarkValue, StepMark } from './stepPicture.js';

const GAP = 4;

/** The values of the mark that the pointer or the keyboard is at. */
export class ValueCard {
  readonly #card = byId('card');

  show(row: HTMLElement, mark: StepMark): void {
    if (mark.values.length === 0) {
      this.hide();
      return;
    }
    const { showDisassembly = '', showInLog = '' } = this.#card.dataset;
    const hints = [...(mark.address === undefined ? [] : [showDisassembly]), ...(mark.logText === undefined ? [] : [showInLog])];
    this.#card.replaceChildren(
      element('table', {}, element('tbody', {}, ...mark.values.flatMap(valueRows))),
      ...(hints.length === 0 ? [] : [element('div', { class: 'hint', text: hints.join(' · ') })]),
    );
    this.#card.hidden = false;
    const at = row.querySelector('.text')?.getBoundingClientRect() ?? row.getBoundingClientRect();
    const height = this.#card.offsetHeight;
    const isBelow = at.bottom + GAP + height <= window.innerHeight;
    const left = Math.max(GAP, Math.min(at.left, window.innerWidth - this.#card.offsetWidth - GAP));
    this.#card.style.left = `${left}px`;
    this.#card.style.top = `${isBelow ? at.bottom + GAP : Math.max(GAP, at.top - height - GAP)}px`;
  }

  hide(): void {
    this.#card.hidden = true;
  }
}

function valueRows({ name, before, after, fields = [] }: MarkValue): readonly HTMLElement[] {
  const change =
    before === undefined
      ? [text(after)]
      : [...marked(before, after), element('span', { class: 'to', text: ' → ' }), ...marked(after, before)];
  return [
    element('tr', {}, element('th', { text: name }), element('td', {}, ...change)),
    ...fields.map(field =>
      element(
        'tr',
        { class: 'field' },
        element('th', { text: `${field.name} [${field.bits}]` }),
        element('td', { text: `${field.before} → ${field.after}` }),
      ),
    ),
  ];
}

const text = (words: string): HTMLElement => element('span', { text: words });

/** A number with the digits marked that are others in `other`. */
function marked(number: string, other: string): readonly HTMLElement[] {
  const [digits, others] = [number.replace(/^0x/, ''), other.replace(/^0x/, '')];
  if (!/^0x/.test(number)) return [text(number)];
  const width = Math.max(digits.length, others.length);
  const padded = others.padStart(width, '0');
  const offset = width - digits.length;
  return [
    text('0x'),
    ...[...digits].map((digit, index) =>
      element('span', padded[index + offset] === digit ? { text: digit } : { class: 'changed', text: digit }),
    ),
  ];
}
