// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { MemoryRegionBody, ModuleBody, SymbolBody, TranslationBody } from '../../src/dap/index.js';
import { ADDED_ADDRESS, regionRows, translationRow } from '../../src/extension/machine/memoryRows.js';
import { moduleRow, rangeOf, SYMBOLS_A_PAGE, symbolRows } from '../../src/extension/modules/moduleRows.js';
import { rowText, type TreeRow } from '../../src/extension/tree/treeRow.js';
import { recordsOf, StoppedSession } from '../support/stoppedSession.js';

const l10n = {
  t: (message: string, ...args: unknown[]): string => message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
};

let session: StoppedSession;
let regions: readonly MemoryRegionBody[];
let modules: readonly ModuleBody[];

// The bodies are what the adapter's types say; other tests hold it to them.
before(async () => {
  session = await StoppedSession.launch('samples/counter/counter.aarch64.O0.elf', { memory: '64M' });
  regions = recordsOf((await session.ask('steptrap/memoryMap'))['regions']) as unknown as readonly MemoryRegionBody[];
  modules = recordsOf((await session.ask('steptrap/modules'))['modules']) as unknown as readonly ModuleBody[];
});
after(() => session.close());

const translate = async (address: string): Promise<TranslationBody> =>
  (await session.ask('steptrap/translate', { threadId: 1, address })) as unknown as TranslationBody;

const childrenOf = (row: TreeRow | undefined): readonly TreeRow[] => (Array.isArray(row?.children) ? row.children : []);

test('ST-VIEW-090 the memory map has a row for each region with its range and size, and only RAM can be read', () => {
  const map = regionRows(regions, l10n);
  assert.equal(
    rowText(map),
    'Physical memory  2 regions\n  PL011  0x9000000 – 0x9000fff · 4 KiB · device\n  RAM  0x40000000 – 0x43ffffff · 64 MiB',
  );
  assert.deepEqual(
    childrenOf(map).map(({ context, memory }) => [context, memory]),
    [
      ['region device', undefined],
      ['region ram', 'pa:0x40000000'],
    ],
  );
});

test('ST-VIEW-091 a followed address opens into what was looked at and what came of it', async () => {
  const row = translationRow({ text: '$pc', isAdded: false, answer: { translation: await translate('$pc') } }, l10n);
  assert.match(row.description ?? '', /^0x400[0-9a-f]+ → 0x400[0-9a-f]+ · RAM · EL1&0 stage 1, off$/);
  const [control, physical, memoryType] = childrenOf(row);
  assert.equal(control?.label, 'SCTLR_EL1');
  assert.ok(childrenOf(control).some(({ label }) => label === 'M [0]'));
  assert.match(physical?.description ?? '', /^0x400[0-9a-f]+ · RAM$/);
  assert.equal(physical?.memory, `pa:${physical?.value}`);
  assert.deepEqual([memoryType?.label, memoryType?.description], ['Memory type', 'Device-nGnRnE']);
  assert.match(row.spoken ?? '', /^\$pc, at 0x400[0-9a-f]+ <main>, is 0x400[0-9a-f]+ in RAM$/);
});

test('ST-VIEW-092 the entries of a walk are rows with place, fields and access to their memory, and a missing translation says why', async () => {
  const power = await StoppedSession.launch('samples/vectors/vectors.ppc64le.O0.elf', { kvm: 'hv', cpu: 'power9', stopAt: 'touch' });
  const asked = async (address: string): Promise<TreeRow> => {
    const translation = (await power.ask('steptrap/translate', { threadId: 1, address })) as unknown as TranslationBody;
    return translationRow({ text: address, isAdded: true, answer: { translation } }, l10n);
  };
  const hashed = await asked('$pc');
  assert.match(rowText(hashed), /SLB entry \d+: VSID {2}0x[0-9a-f]+ · VSID=/);
  assert.match(rowText(hashed), /HPTE1 {2}0x[0-9a-f]+ · (primary|secondary) group 0x[0-9a-f]+, entry [0-7]/);
  for (const name of ['add_process', 'touch']) {
    await power.ask('setFunctionBreakpoints', { breakpoints: [{ name }] });
    await power.run('continue');
  }
  const radix = await asked('$pc');
  const entries = childrenOf(radix).filter(({ context }) => context === 'step entry');
  assert.deepEqual(
    entries.map(({ label }) => label),
    ['Process Table Entry', ...[1, 2, 3].map(level => `Level ${level}: PDE`), 'Level 4: PTE'],
  );
  for (const { memory } of entries) assert.match(memory ?? '', /^pa:0x[0-9a-f]+$/);
  assert.match(rowText(radix), /Physical address {2}0x[0-9a-f]+ · page of 4 KiB · RAM/);
  assert.match(rowText(radix), /Problem state {2}read, execute/);
  const hole = await asked('0x20000000');
  assert.match(rowText(hole), /No translation {2}No translation was found: Storage interrupt\.$/);
  assert.deepEqual([hole.context, hole.icon?.name], [ADDED_ADDRESS, 'error']);
  await power.close();
});

test('ST-VIEW-093 an address that the debugger does not know stands in the view with the sentence of the refusal', () => {
  const row = translationRow({ text: 'nobody', isAdded: true, answer: { refusal: 'There is no "nobody" here.' } }, l10n);
  assert.deepEqual(
    [row.label, row.description, row.context, row.children],
    ['nobody', 'There is no "nobody" here.', ADDED_ADDRESS, undefined],
  );
});

test('ST-VIEW-094 a module opens into its sections and its symbols by kind, which are asked for when they are opened', () => {
  const [module] = modules;
  assert.ok(module);
  const row = moduleRow(module, l10n);
  assert.equal(row.label, 'counter.aarch64.O0.elf');
  assert.match(row.description ?? '', /^debug information · \d+ symbols$/);
  const groups = childrenOf(row);
  assert.deepEqual(
    groups.map(({ label }) => label),
    ['Sections', 'Functions', 'Variables', 'Labels'],
  );
  assert.match(rowText(groups[0] ?? row), /\n {2}\.text\S* {2}0x400[0-9a-f]+ · [\d.]+ KiB · code/);
  assert.deepEqual([groups[1]?.children, rangeOf(groups[1]?.id ?? '')], ['later', { moduleId: 1, kind: 'function', start: 0 }]);
});

test('ST-VIEW-095 many symbols come page by page', () => {
  const [module] = modules;
  assert.ok(module);
  const count = 2 * SYMBOLS_A_PAGE + 1;
  const row = moduleRow({ ...module, symbolCounts: { function: count, object: 0, other: 0 } }, l10n);
  const group = childrenOf(row).find(({ label }) => label === 'Functions');
  const pages = childrenOf(group);
  assert.deepEqual(
    pages.map(({ label }) => label),
    [`1 to ${SYMBOLS_A_PAGE}`, `${SYMBOLS_A_PAGE + 1} to ${2 * SYMBOLS_A_PAGE}`, `${count} to ${count}`],
  );
  assert.deepEqual(
    pages.map(({ id }) => rangeOf(id)?.start),
    [0, SYMBOLS_A_PAGE, 2 * SYMBOLS_A_PAGE],
  );
  assert.equal(new Set([row, group, ...pages].map(each => each?.id)).size, 5);
});

test('ST-VIEW-096 a symbol says address and source, leads there, and what can be done with it', async () => {
  const ask = async (kind: string, text: string): Promise<readonly SymbolBody[]> =>
    recordsOf((await session.ask('steptrap/symbols', { moduleId: 1, kind, text }))['symbols']) as unknown as readonly SymbolBody[];
  const [increment] = symbolRows({ moduleId: 1, kind: 'function', start: 0 }, await ask('function', 'increment'), l10n);
  assert.match(increment?.description ?? '', /^0x400[0-9a-f]+ · counter\.c:\d+$/);
  assert.deepEqual(
    [increment?.context, increment?.code, increment?.memory],
    ['symbol function placed', increment?.value, increment?.value],
  );
  assert.match(increment?.place?.path ?? '', /samples\/counter\/counter\.c$/);
  assert.match(increment?.spoken ?? '', /^function, increment, counter\.c:\d+, 0x/);
  const [counter] = symbolRows({ moduleId: 1, kind: 'object', start: 0 }, await ask('object', 'counter'), l10n);
  assert.deepEqual([counter?.context, counter?.code], ['symbol object placed', undefined]);
  const [hostile] = symbolRows(
    { moduleId: 1, kind: 'other', start: 0 },
    [{ name: '[x](command:y)', kind: 'other', address: '0x0', size: 0, binding: 'local' }],
    l10n,
  );
  assert.ok(!hostile?.tooltip?.includes('[x](command:y)'));
});
