// SPDX-License-Identifier: MIT
import type { MemoryRegionBody, TranslationBody, TranslationStepBody } from '../../dap/index.js';
import { fieldRow } from '../debugRegisters/debugRegisterTree.js';
import type { Localization } from '../localization.js';
import { markdownTable, plainMarkdown } from '../markdownText.js';
import type { TreeRow } from '../tree/treeRow.js';
import { byteSize } from './byteSize.js';

/** An address that the view follows: as it was typed, and what came of it, or why nothing did. */
export interface FollowedAddress {
  readonly text: string;
  readonly answer: { readonly translation: TranslationBody } | { readonly refusal: string };
  /** Whether a person has added it, and may take it away. */
  readonly isAdded: boolean;
}

/** The context of a row with an address that somebody has added. */
export const ADDED_ADDRESS = 'translation added';

/** The id of the row of a followed address. */
export const addressRowId = (text: string): string => `translation/${text}`;

/** RAM and devices, by address. */
export function regionRows(regions: readonly MemoryRegionBody[], l10n: Localization): TreeRow {
  return {
    id: 'regions',
    label: l10n.t('Physical memory'),
    description: regions.length === 1 ? l10n.t('1 region') : l10n.t('{0} regions', regions.length),
    icon: { name: 'layers' },
    context: 'group',
    isOpen: true,
    children: regions.map(region => regionRow(region, l10n)),
  };
}

function regionRow({ kind, name, start, end, size, memoryReference }: MemoryRegionBody, l10n: Localization): TreeRow {
  const word = kind === 'ram' ? l10n.t('RAM') : l10n.t('device');
  const range = `${start} – ${end}`;
  const description = [range, byteSize(size), ...(kind === 'ram' ? [] : [word])].join(' · ');
  return {
    id: `region/${start}`,
    label: name,
    description,
    icon: { name: kind === 'ram' ? 'circuit-board' : 'plug' },
    tooltip: [
      `**${plainMarkdown(name)}**`,
      markdownTable([
        [l10n.t('Physical addresses'), range],
        [l10n.t('Size'), byteSize(size)],
        [l10n.t('What answers'), word],
      ]),
    ].join('\n\n'),
    spoken: l10n.t('{0}, {1}, from {2} to {3}, {4}', name, word, start, end, byteSize(size)),
    context: `region ${kind}`,
    value: start,
    // Reading a device would change it.
    ...(kind === 'ram' ? { memory: memoryReference } : {}),
  };
}

/** An address with its way to physical memory. */
export function translationRow({ text, answer, isAdded }: FollowedAddress, l10n: Localization): TreeRow {
  const id = addressRowId(text);
  const context = isAdded ? ADDED_ADDRESS : 'translation';
  if ('refusal' in answer)
    return {
      id,
      label: text,
      description: answer.refusal,
      icon: { name: 'error', color: 'list.errorForeground' },
      context,
      tooltip: plainMarkdown(answer.refusal),
    };
  const { translation } = answer;
  const { address, symbol, regime, steps, physical, memoryReference, fault, region, threadId } = translation;
  const from = symbol === undefined ? shortHex(address) : `${shortHex(address)} ${symbol}`;
  const to = physical ?? l10n.t('not mapped');
  return {
    id,
    label: text,
    // What is typed as a number is not repeated.
    description: [
      `${text === shortHex(address) ? '' : `${shortHex(address)} `}→ ${to}`,
      ...(region === undefined ? [] : [region]),
      regime,
    ].join(' · '),
    icon: physical === undefined ? { name: 'error', color: 'list.errorForeground' } : { name: 'arrow-swap' },
    tooltip: [
      `**${plainMarkdown(text)}**`,
      markdownTable([
        [l10n.t('Virtual address'), from],
        [l10n.t('Physical address'), to],
        [l10n.t('What answers'), region ?? l10n.t('nothing')],
        [l10n.t('Translated by'), regime],
        [l10n.t('As seen by'), l10n.t('vCPU {0}', threadId - 1)],
      ]),
      ...(fault === undefined ? [] : [plainMarkdown(fault)]),
    ].join('\n\n'),
    spoken:
      fault === undefined
        ? l10n.t('{0}, at {1}, is {2} in {3}', text, from, to, region ?? l10n.t('nothing'))
        : `${text}, ${from}, ${fault}`,
    context,
    threadId,
    value: physical ?? address,
    code: address,
    ...(memoryReference === undefined ? {} : { memory: memoryReference }),
    children: [...steps.map((step, index) => stepRow(`${id}/${index}`, step, threadId, l10n)), ...resultRows(id, translation, l10n)],
  };
}

const STEP_ICONS = { register: 'symbol-field', entry: 'table' } as const;

function stepRow(id: string, step: TranslationStepBody, threadId: number, l10n: Localization): TreeRow {
  const { kind, title, description, value, place, memoryReference, fields } = step;
  const where = place ?? (memoryReference === undefined ? undefined : l10n.t('at {0}', memoryReference.replace('pa:', '')));
  const set = fields
    .filter(field => BigInt(field.value) !== 0n)
    .map(field => (field.bits.includes(':') ? `${field.name}=${field.meaning ?? field.value}` : field.name));
  return {
    id,
    label: title,
    description: [shortHex(value), ...(where === undefined ? [] : [where]), set.join(' ')].filter(Boolean).join(' · '),
    icon: { name: STEP_ICONS[kind] },
    tooltip: [
      `**${plainMarkdown(title)}** = ${plainMarkdown(value)}`,
      plainMarkdown(description),
      ...(where === undefined ? [] : [plainMarkdown(where)]),
    ].join('\n\n'),
    spoken: [title, value, ...(where === undefined ? [] : [where]), set.join(', ')].filter(Boolean).join(', '),
    context: `step ${kind}`,
    threadId,
    value,
    ...(memoryReference === undefined ? {} : { memory: memoryReference }),
    ...(fields.length === 0
      ? {}
      : { children: fields.map(field => fieldRow(`${id}/${field.name}`, field, { heading: description, threadId }, l10n)) }),
  };
}

/** What came of it: the physical address with the page, and what is so of the mapping; or why there is none. */
function resultRows(
  id: string,
  { physical, memoryReference, pageBytes, region, attributes, fault }: TranslationBody,
  l10n: Localization,
): readonly TreeRow[] {
  if (physical === undefined) {
    const why = fault ?? l10n.t('not mapped');
    return [
      {
        id: `${id}/fault`,
        label: l10n.t('No translation'),
        description: why,
        icon: { name: 'error', color: 'list.errorForeground' },
        tooltip: plainMarkdown(why),
        context: 'fault',
        value: why,
      },
    ];
  }
  const page = pageBytes === undefined ? [] : [l10n.t('page of {0}', byteSize(pageBytes))];
  const inRegion = region === undefined ? [l10n.t('nothing answers there')] : [region];
  return [
    {
      id: `${id}/physical`,
      label: l10n.t('Physical address'),
      description: [physical, ...page, ...inRegion].join(' · '),
      icon: { name: 'check' },
      context: 'physical',
      value: physical,
      ...(memoryReference === undefined ? {} : { memory: memoryReference }),
    },
    ...attributes.map(({ name, text }) => ({
      id: `${id}/attribute/${name}`,
      label: name,
      description: text,
      icon: { name: 'info' },
      context: 'attribute',
      value: text,
    })),
  ];
}

/** Without leading zeros. */
const shortHex = (text: string): string => `0x${BigInt(text).toString(16)}`;
