// SPDX-License-Identifier: MIT
import type { ModuleBody, SymbolBody } from '../../dap/index.js';
import type { Localization } from '../localization.js';
import { byteSize } from '../machine/byteSize.js';
import { markdownTable, plainMarkdown } from '../markdownText.js';
import type { TreeRow } from '../tree/treeRow.js';

type SymbolKind = SymbolBody['kind'];

/** The most symbols below one row: of more, each so many get a row of their own. */
export const SYMBOLS_A_PAGE = 500;

/** Which symbols a row stands for. */
export interface SymbolRange {
  readonly moduleId: number;
  readonly kind: SymbolKind;
  readonly start: number;
}

const KIND_ICONS: Readonly<Record<SymbolKind, string>> = { function: 'symbol-method', object: 'symbol-variable', other: 'symbol-key' };

/** The symbols that are asked for when the row with this id is opened; `undefined`: it is no row of symbols. */
export function rangeOf(id: string): SymbolRange | undefined {
  const [, moduleId, kind, start] = /^module\/(\d+)\/(function|object|other)\/(\d+)$/.exec(id) ?? [];
  // The expression lets nothing else through.
  return moduleId === undefined ? undefined : { moduleId: Number(moduleId), kind: kind as SymbolKind, start: Number(start) };
}

/** A program or symbol file: what is damaged in it, its sections, its symbols by kind. */
export function moduleRow(module: ModuleBody, l10n: Localization): TreeRow {
  const { id, name, path, hasDebugInformation, sections, symbolCounts, problems } = module;
  const rowId = `module/${id}`;
  const symbols = Object.values(symbolCounts).reduce((sum, count) => sum + count, 0);
  const information = hasDebugInformation ? l10n.t('debug information') : l10n.t('no debug information');
  const description = [information, l10n.t('{0} symbols', symbols)].join(' · ');
  const kindNames: readonly (readonly [SymbolKind, string])[] = [
    ['function', l10n.t('Functions')],
    ['object', l10n.t('Variables')],
    ['other', l10n.t('Labels')],
  ];
  return {
    id: rowId,
    label: name,
    description,
    icon: problems.length === 0 ? { name: 'file-binary' } : { name: 'warning', color: 'list.warningForeground' },
    tooltip: [
      `**${plainMarkdown(name)}**`,
      markdownTable([
        [l10n.t('File'), path],
        [l10n.t('Symbols'), String(symbols)],
        [l10n.t('Debug information'), hasDebugInformation ? l10n.t('yes') : l10n.t('no')],
      ]),
    ].join('\n\n'),
    context: 'module',
    value: path,
    isOpen: true,
    children: [
      ...problems.map((problem, index) => problemRow(`${rowId}/problem/${index}`, problem)),
      ...(sections.length === 0 ? [] : [sectionGroup(rowId, sections, l10n)]),
      ...kindNames.filter(([kind]) => symbolCounts[kind] > 0).map(([kind, label]) => symbolGroup(module, kind, label, l10n)),
    ],
  };
}

const problemRow = (id: string, problem: string): TreeRow => ({
  id,
  label: problem,
  icon: { name: 'warning', color: 'list.warningForeground' },
  tooltip: plainMarkdown(problem),
  context: 'problem',
  value: problem,
});

function sectionGroup(rowId: string, sections: ModuleBody['sections'], l10n: Localization): TreeRow {
  return {
    id: `${rowId}/sections`,
    label: l10n.t('Sections'),
    description: String(sections.length),
    icon: { name: 'list-flat' },
    context: 'group',
    children: sections.map(({ name, address, size, isWritable, isExecutable }, index) => {
      const access = isExecutable ? l10n.t('code') : isWritable ? l10n.t('data') : l10n.t('read-only data');
      const description = [address, byteSize(size), access].join(' · ');
      return {
        id: `${rowId}/section/${index}`,
        label: name,
        description,
        icon: { name: isExecutable ? 'file-code' : 'file' },
        spoken: `${name}, ${access}, ${address}, ${byteSize(size)}`,
        context: isExecutable ? 'section code' : 'section',
        value: address,
        memory: address,
        ...(isExecutable ? { code: address } : {}),
      };
    }),
  };
}

/** The symbols of a kind: asked for when they are wanted, and when there are many, page by page. */
function symbolGroup({ id, symbolCounts }: ModuleBody, kind: SymbolKind, label: string, l10n: Localization): TreeRow {
  const count = symbolCounts[kind];
  const rowId = (start: number): string => `module/${id}/${kind}/${start}`;
  const group = { label, description: String(count), icon: { name: KIND_ICONS[kind] }, context: 'group' };
  if (count <= SYMBOLS_A_PAGE) return { ...group, id: rowId(0), children: 'later' };
  const starts = Array.from({ length: Math.ceil(count / SYMBOLS_A_PAGE) }, (_, page) => page * SYMBOLS_A_PAGE);
  return {
    ...group,
    id: `module/${id}/${kind}`,
    children: starts.map(start => ({
      id: rowId(start),
      label: l10n.t('{0} to {1}', start + 1, Math.min(count, start + SYMBOLS_A_PAGE)),
      icon: { name: KIND_ICONS[kind] },
      context: 'group',
      children: 'later',
    })),
  };
}

/** The symbols below a row. */
export const symbolRows = (range: SymbolRange, symbols: readonly SymbolBody[], l10n: Localization): readonly TreeRow[] =>
  symbols.map((symbol, index) => symbolRow(`module/${range.moduleId}/${range.kind}/${range.start}/${index}`, symbol, l10n));

function symbolRow(id: string, { name, kind, address, size, binding, section, source, line }: SymbolBody, l10n: Localization): TreeRow {
  const place = source?.path === undefined || line === undefined ? undefined : { path: source.path, line };
  const where = place === undefined ? section : `${source?.name}:${line}`;
  const words = {
    kind: { function: l10n.t('function'), object: l10n.t('variable'), other: l10n.t('label') }[kind],
    binding: { global: l10n.t('global'), weak: l10n.t('weak'), local: l10n.t('local') }[binding],
  };
  return {
    id,
    label: name,
    description: [address, ...(where === undefined ? [] : [where])].join(' · '),
    icon: { name: KIND_ICONS[kind] },
    tooltip: [
      `**${plainMarkdown(name)}**`,
      markdownTable([
        [l10n.t('Kind'), `${words.binding} ${words.kind}`],
        [l10n.t('Address'), address],
        ...(size === 0 ? [] : [[l10n.t('Size'), byteSize(size)] as const]),
        ...(section === undefined ? [] : [[l10n.t('Section'), section] as const]),
        ...(where === undefined || where === section ? [] : [[l10n.t('Source'), where] as const]),
      ]),
    ].join('\n\n'),
    spoken: [words.kind, name, ...(where === undefined ? [] : [where]), address].join(', '),
    context: ['symbol', kind, ...(place === undefined ? [] : ['placed'])].join(' '),
    value: address,
    memory: address,
    ...(kind === 'object' ? {} : { code: address }),
    ...(place === undefined ? {} : { place }),
  };
}
