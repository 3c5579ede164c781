// SPDX-License-Identifier: MIT
import type { DebugRegistersBody, WireSlot } from '../../dap/index.js';
import type { Localization } from '../localization.js';
import { markdownTable, plainMarkdown } from '../markdownText.js';
import type { RegisterEdit, RowIcon, SourcePlace, TreeRow } from '../tree/treeRow.js';
import { firstPlace } from './slotPlace.js';
import { stepRow, trapGroup } from './stepRows.js';

type WireField = WireSlot['fields'][number];
type WireRegister = DebugRegistersBody['controls'][number];
type SlotKind = WireSlot['kind'];

const SLOT_ICONS: Readonly<Record<SlotKind, Readonly<Record<'inUse' | 'notLoaded', string>>>> = {
  breakpoint: { inUse: 'debug-breakpoint', notLoaded: 'debug-breakpoint-unverified' },
  watchpoint: { inUse: 'debug-breakpoint-data', notLoaded: 'debug-breakpoint-data-unverified' },
};
/** In the context of a slot of the debugger's whose breakpoint stands in no source: a data breakpoint, an address, a vector. */
export const PLACELESS = 'placeless';
const FREE_ICON: RowIcon = { name: 'circle-outline', color: 'disabledForeground' };
const HOST_COLOR = 'debugIcon.breakpointForeground';
const GUEST_COLOR = 'charts.purple';
const FULL_ICON: RowIcon = { name: 'warning', color: 'list.warningForeground' };

/** How many are in use, `4/6 breakpoints, 1/4 watchpoints`; of the kinds that there are. Short: it stands in the title of a narrow view. */
export function slotUse({ slots }: DebugRegistersBody, l10n: Localization): string {
  const [breakpoints, watchpoints] = [countOf(slots, 'breakpoint'), countOf(slots, 'watchpoint')];
  if (breakpoints.all === 0 && watchpoints.all === 0) return l10n.t('no slots');
  if (breakpoints.all === 0) return l10n.t('{0}/{1} watchpoints', watchpoints.used, watchpoints.all);
  return l10n.t('{0}/{1} breakpoints, {2}/{3} watchpoints', breakpoints.used, breakpoints.all, watchpoints.used, watchpoints.all);
}

function countOf(slots: readonly WireSlot[], kind: SlotKind): { readonly used: number; readonly all: number } {
  const ofKind = slots.filter(slot => slot.kind === kind);
  return { used: ofKind.filter(slot => slot.owner !== 'free').length, all: ofKind.length };
}

/** What to know before the next breakpoint is set, if all slots of a kind are in use; with what follows from how breakpoints are made. */
export function fullSlots({ slots, breakpointMode }: DebugRegistersBody, l10n: Localization): string | undefined {
  const [breakpoints, watchpoints] = [countOf(slots, 'breakpoint'), countOf(slots, 'watchpoint')];
  const isFull = ({ used, all }: { readonly used: number; readonly all: number }): boolean => all > 0 && used === all;
  const full = [
    ...(isFull(breakpoints) ? [l10n.t('All {0} breakpoint registers are in use.', breakpoints.all)] : []),
    ...(isFull(watchpoints) ? [l10n.t('All {0} watchpoint registers are in use.', watchpoints.all)] : []),
  ];
  if (full.length === 0) return undefined;
  const next =
    breakpointMode === 'hardware'
      ? l10n.t('The next one is refused; move one out of its register to make room.')
      : l10n.t("The next one goes to the emulator's engine, unless it asks for a register.");
  return [...full, next].join(' ');
}

/**
 * The debug registers of one vCPU, decoded: slots, the guest's own slots behind the debugger's, KVM's control word, control registers,
 * the single step and the trap words. Ids of rows begin with `id`.
 */
export function debugRegisterRows(registers: DebugRegistersBody, id: string, l10n: Localization): readonly TreeRow[] {
  const { threadId, slots, guestSlots, loadedSet } = registers;
  const kinds: readonly SlotKind[] = ['breakpoint', 'watchpoint'];
  return [
    ...kinds.map(kind => slotGroup(`${id}/${kind}`, kind, slots, { threadId, isLoaded: loadedSet !== 'none' }, l10n)),
    ...(loadedSet === 'host' ? [guestGroup(`${id}/guest`, guestSlots, threadId, l10n)] : []),
    kvmRow(`${id}/kvm`, registers, l10n),
    ...registers.controls.map(register => controlRow(`${id}/${register.name}`, register, threadId, l10n)),
    stepRow(`${id}/step`, registers.step, threadId, l10n),
    trapGroup(`${id}/traps`, registers.traps, threadId, l10n),
  ];
}

interface Holding {
  readonly threadId: number;
  readonly isLoaded: boolean;
  /** The guest's set beside the debugger's. */
  readonly isGuests?: boolean;
}

function slotGroup(id: string, kind: SlotKind, slots: readonly WireSlot[], holding: Holding, l10n: Localization): TreeRow {
  const ofKind = slots.filter(slot => slot.kind === kind);
  const { used, all } = countOf(slots, kind);
  const isFull = used === all && all > 0;
  return {
    id,
    label: kind === 'breakpoint' ? l10n.t('Breakpoints') : l10n.t('Watchpoints'),
    description: all === 0 ? l10n.t('none under this KVM') : l10n.t('{0} of {1} in use', used, all),
    ...(isFull ? { icon: FULL_ICON } : {}),
    ...(ofKind[0] === undefined ? {} : { tooltip: plainMarkdown(ofKind[0].title) }),
    context: isFull && ofKind.some(({ behind }) => behind.length > 0) ? 'group full' : 'group',
    threadId: holding.threadId,
    isOpen: true,
    children: ofKind.map(slot => slotRow(`${id}/${slot.index}`, slot, holding, l10n)),
  };
}

function guestGroup(id: string, slots: readonly WireSlot[], threadId: number, l10n: Localization): TreeRow {
  const used = slots.filter(slot => slot.owner !== 'free').length;
  return {
    id,
    label: l10n.t("Guest's own slots"),
    description: used === 0 ? l10n.t('none in use') : l10n.t('{0} in use, not loaded', used),
    tooltip: l10n.t("The guest's values. KVM keeps them aside while the debugger's are loaded; they do not fire."),
    context: 'group',
    threadId,
    children: slots.map(slot => slotRow(`${id}/${slot.kind}/${slot.index}`, slot, { threadId, isLoaded: false, isGuests: true }, l10n)),
  };
}

function slotRow(id: string, slot: WireSlot, { threadId, isLoaded, isGuests }: Holding, l10n: Localization): TreeRow {
  const { kind, index, owner, value, control, fields, valueName, valueTitle, controlName, title, isChanged } = slot;
  const label = kind === 'breakpoint' ? l10n.t('Breakpoint {0}', index) : l10n.t('Watchpoint {0}', index);
  const address = slot.symbol === undefined ? value : `${value} ${slot.symbol}`;
  const place = firstPlace(slot.behind);
  const facts = slotFacts(slot, isLoaded, l10n);
  const isFree = owner === 'free';
  const editOf = (name: string): RegisterEdit => ({ name, ...(isGuests ? { isGuests } : {}) });
  const described = isFree
    ? l10n.t('free')
    : [place && `${nameOf(place.path)}:${place.line}`, ownerWord(owner, l10n), address, watchedBytes(slot)].filter(Boolean).join(' · ');
  return {
    id,
    label,
    description: described,
    icon: isFree
      ? FREE_ICON
      : { name: SLOT_ICONS[kind][isLoaded ? 'inUse' : 'notLoaded'], color: owner === 'guest' ? GUEST_COLOR : HOST_COLOR },
    tooltip: [`**${plainMarkdown(label)}** – ${plainMarkdown(slot.title)}`, markdownTable(facts)].join('\n\n'),
    spoken: [label, described, ...(isChanged ? [l10n.t('changed')] : [])].join(', '),
    context: slotContext(slot, place),
    threadId,
    isChanged,
    value,
    ...(place === undefined ? {} : { place }),
    breakpoints: slot.breakpoints,
    children: [
      numberRow(`${id}/value`, { name: valueName, heading: valueTitle, text: address }, threadId, editOf(valueName)),
      numberRow(`${id}/control`, { name: controlName, heading: title, text: control }, threadId, editOf(controlName)),
      ...fields.map(field => fieldRow(`${id}/${field.name}`, field, { heading: slot.title, threadId, edit: editOf(controlName) }, l10n)),
    ],
  };
}

function slotFacts(slot: WireSlot, isLoaded: boolean, l10n: Localization): readonly (readonly [string, string])[] {
  const { owner, covers, behind } = slot;
  const places = behind.map(({ id, name, source, line }) =>
    [l10n.t('breakpoint {0}', id ?? '?'), source?.name === undefined ? (name ?? '') : `${source.name}:${line ?? '?'}`].join(' ').trim(),
  );
  return [
    [l10n.t('Owner'), ownerWord(owner, l10n)],
    ...(covers === undefined ? [] : [[l10n.t('Covers'), covers] as const]),
    ...(slot.symbol === undefined ? [] : [[l10n.t('Symbol'), slot.symbol] as const]),
    ...(places.length === 0 ? [] : [[l10n.t('Behind it'), places.join(', ')] as const]),
    ...(owner === 'free'
      ? []
      : [[l10n.t('Loaded'), isLoaded ? l10n.t('at the next guest entry') : l10n.t('no, KVM keeps it aside')] as const]),
    [slot.valueName, slot.value],
    [slot.controlName, slot.control],
  ];
}

function ownerWord(owner: WireSlot['owner'], l10n: Localization): string {
  switch (owner) {
    case 'free':
      return l10n.t('free');
    case 'host':
      return l10n.t('debugger');
    case 'guest':
      return l10n.t('guest');
  }
}

/** What a watchpoint covers but for the address, `4 bytes, write`. */
const watchedBytes = ({ kind, covers }: WireSlot): string | undefined =>
  kind === 'watchpoint' ? covers?.replace(/^0x[0-9a-f]+, /i, '') : undefined;

const nameOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** The words that the menus look at: whose it is, whether it leads to a source, whether its breakpoint can be made by other means. */
function slotContext({ owner, kind, behind }: WireSlot, place: SourcePlace | undefined): string {
  const isOurs = owner === 'host' && behind.length > 0;
  const words = [
    'slot',
    owner,
    place !== undefined ? 'placed' : owner === 'host' ? PLACELESS : undefined,
    isOurs ? `movable-${kind}` : undefined,
  ];
  return words.filter(Boolean).join(' ');
}

/** A register of a pair, as the manual names it. */
interface NamedNumber {
  readonly name: string;
  readonly heading: string;
  readonly text: string;
}

const numberRow = (id: string, { name, heading, text }: NamedNumber, threadId: number, edit: RegisterEdit): TreeRow => ({
  id,
  label: name,
  description: text,
  tooltip: [`**${plainMarkdown(name)}** = ${plainMarkdown(text)}`, `*${plainMarkdown(heading)}*`].join('\n\n'),
  spoken: [name, text, heading].join(', '),
  context: 'register editable',
  edit,
  threadId,
  value: text.replace(/ .*/, ''),
});

/** A field of a register or an entry; `heading` says of which. */
interface FieldHolder {
  readonly heading: string;
  readonly threadId: number;
  /** Absent: the register is read-only. */
  readonly edit?: RegisterEdit | undefined;
}

export function fieldRow(id: string, field: WireField, { heading, threadId, edit }: FieldHolder, l10n: Localization): TreeRow {
  const { name, bits, value, meaning, description, isChanged } = field;
  const text = `= ${fieldText(field)}`;
  return {
    id,
    label: `${name} [${bits}]`,
    description: text,
    tooltip: [
      `**${plainMarkdown(name)}** \\[${plainMarkdown(bits)}\\] = ${plainMarkdown(value)}${meaning === undefined ? '' : ` (${plainMarkdown(meaning)})`}`,
      plainMarkdown(description),
      `*${plainMarkdown(heading)}*`,
    ].join('\n\n'),
    spoken: [l10n.t('{0}, bits {1}', name, bits), meaning ?? value, description, ...(isChanged ? [l10n.t('changed')] : [])].join(', '),
    context: edit === undefined ? 'field' : 'field editable',
    threadId,
    isChanged,
    value,
    ...(edit === undefined ? {} : { edit: { ...edit, field: name } }),
  };
}

/** A mask of bytes in binary, other values as they are written in the manual: `1`, `0x1f`, `2 (stores)`. */
function fieldText({ name, bits, value, meaning }: WireField): string {
  const number = BigInt(value);
  const [high = 0, low = high] = bits.split(':').map(Number);
  const digits = name === 'BAS' ? `0b${number.toString(2).padStart(high - low + 1, '0')}` : number < 10n ? `${number}` : value;
  return meaning === undefined ? digits : `${digits} (${meaning})`;
}

function kvmRow(id: string, { control, controlNames, loadedSet, isDirty, threadId }: DebugRegistersBody, l10n: Localization): TreeRow {
  // Breakpoints are in their slots as soon as they are set; KVM is told before the guest is entered.
  const none = loadedSet === 'host' ? l10n.t('comes before the next entry') : l10n.t('not enabled');
  const names = controlNames.map(name => name.replace(/^KVM_GUESTDBG_/, '')).join(' | ') || none;
  const loaded = {
    none: l10n.t('no debug registers'),
    guest: l10n.t("the guest's debug registers"),
    host: l10n.t("the debugger's debug registers"),
  }[loadedSet];
  return {
    id,
    label: 'KVM_SET_GUEST_DEBUG',
    description: names,
    icon: { name: 'settings-gear' },
    tooltip: markdownTable([
      [l10n.t('Control word'), [control, ...controlNames].join(' ')],
      [l10n.t('The next entry loads'), loaded],
      ...(isDirty === undefined ? [] : [[l10n.t("Guest's set is dirty"), isDirty ? l10n.t('yes') : l10n.t('no')] as const]),
    ]),
    spoken: l10n.t('KVM_SET_GUEST_DEBUG, {0}; the next entry loads {1}', names, loaded),
    context: 'register',
    threadId,
    value: control,
  };
}

function controlRow(id: string, register: WireRegister, threadId: number, l10n: Localization): TreeRow {
  const { name, value, fields, description, isChanged, owner, guestValue } = register;
  const holder = owner === undefined ? undefined : ownerWord(owner, l10n);
  const set = fields
    .filter(field => BigInt(field.value) !== 0n)
    .map(field => (field.bits.includes(':') ? `${field.name}=${field.value}` : field.name));
  const label = name.toUpperCase();
  const edit = register.isWritable ? { name } : undefined;
  return {
    id,
    label,
    description: [value, set.join(' '), holder].filter(Boolean).join(' · '),
    icon: {
      name: 'symbol-field',
      ...(owner === undefined || owner === 'free' ? {} : { color: owner === 'guest' ? GUEST_COLOR : HOST_COLOR }),
    },
    tooltip: [
      `**${plainMarkdown(label)}** = ${plainMarkdown(value)}`,
      plainMarkdown(description),
      ...(holder === undefined
        ? []
        : [
            markdownTable([
              [l10n.t('Owner'), holder],
              ...(guestValue === undefined ? [] : [[l10n.t("Guest's own value"), guestValue] as const]),
            ]),
          ]),
    ].join('\n\n'),
    spoken: [label, value, description, holder, ...(isChanged ? [l10n.t('changed')] : [])].filter(Boolean).join(', '),
    context: edit === undefined ? 'register' : 'register editable',
    threadId,
    isChanged,
    value,
    ...(edit === undefined ? {} : { edit }),
    children: fields.map(field => fieldRow(`${id}/${field.name}`, field, { heading: `${label}, ${description}`, threadId, edit }, l10n)),
  };
}
