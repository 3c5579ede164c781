// SPDX-License-Identifier: MIT
import type { StepMark, StepPicture } from '../../views/index.js';
import type { Localization } from '../localization.js';

/** A step as text, for people who want it in a mail or a bug report. */
export function stepText(picture: StepPicture, l10n: Localization): string {
  const { heading, instruction, place, story, phases, facts, lanes } = picture;
  const lines = [heading, `${instruction}  ${place}`, '', ...story];
  let number = 0;
  for (const { title, marks } of phases) {
    lines.push('', title);
    for (const mark of marks) {
      number++;
      const who = mark.to === undefined ? lanes[mark.lane].title : `${lanes[mark.lane].title} → ${lanes[mark.to].title}`;
      lines.push(`${String(number).padStart(3)}  ${who.padEnd(18)}  ${markText(mark, l10n)}`, ...valueLines(mark));
    }
  }
  for (const { title, rows, conclusion } of facts)
    lines.push('', title, ...rows.map(({ cells, isChosen }) => `  ${isChosen ? '→' : ' '} ${cells.join('  ')}`), `  ${conclusion}`);
  return `${lines.join('\n')}\n`;
}

const markText = ({ title, why, isDerived }: StepMark, l10n: Localization): string =>
  `${title}${why === undefined ? '' : `: ${why}`}${isDerived ? ` (${l10n.t('follows from how processor and KVM work')})` : ''}`;

const valueLines = ({ values }: StepMark): readonly string[] =>
  values.map(({ name, before, after, fields = [] }) => {
    const changed = fields.map(field => `${field.name} [${field.bits}] ${field.before} → ${field.after}`);
    return `${' '.repeat(25)}${name}: ${before === undefined ? '' : `${before} → `}${after}${changed.length === 0 ? '' : ` (${changed.join(', ')})`}`;
  });
