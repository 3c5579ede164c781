// SPDX-License-Identifier: MIT
import { type Reply, refuse, reply } from './errors.js';
import {
  AVAILABLE_MACHINES,
  CPUS_OF_MACHINE,
  LAUNCH_SETTINGS,
  type LaunchConfiguration,
  type Setting,
  type SymbolFileSetting,
} from './launchSettings.js';
import { excerpt, isRecord } from './shape.js';

/** Attributes of every launch configuration that the editor itself owns; names with two leading underscores are the editor's as well. */
const EDITOR_ATTRIBUTES: readonly string[] = [
  'type',
  'request',
  'name',
  'noDebug',
  'presentation',
  'order',
  'preLaunchTask',
  'postDebugTask',
  'internalConsoleOptions',
  'debugServer',
  'serverReadyAction',
  'suppressMultipleSessionWarning',
  'windows',
  'linux',
  'osx',
];

/**
 * Checks what a client sent with `launch`. The first thing that is unknown, has the wrong form or does
 * not fit the rest is refused in one sentence that names the setting.
 */
export function checkLaunchConfiguration(given: unknown): Reply<LaunchConfiguration> {
  if (!isRecord(given)) return refuse('wrongSetting', `The launch configuration must be an object, not ${excerpt(given)}.`);
  const table: Readonly<Record<string, Setting>> = LAUNCH_SETTINGS;
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(table, name) || EDITOR_ATTRIBUTES.includes(name) || name.startsWith('__')) continue;
    return refuse('unknownSetting', unknownSettingSentence(name, Object.keys(table)));
  }
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) {
      const fallback = 'default' in setting ? setting.default : undefined;
      values[name] = setting.kind === 'size' && typeof fallback === 'string' ? parseSize(fallback) : fallback;
      continue;
    }
    const checked = checkSetting(setting, value);
    if ('problem' in checked) return refuse('wrongSetting', `Setting "${name}" ${checked.problem}`);
    values[name] = checked.value;
  }
  // Each setting of the table has just been checked by its kind, or holds the table's default.
  const configuration = values as LaunchConfiguration;
  const misfit = MISFITS.map(find => find(configuration)).find(sentence => sentence !== undefined);
  return misfit === undefined ? reply(configuration) : refuse('settingsDoNotFit', misfit);
}

/** One sentence for a name that no setting has, with the nearest one that exists. */
export function unknownSettingSentence(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `Setting "${name}" is not known.` : `Setting "${name}" is not known; did you mean "${nearest}"?`;
}

type CheckedSetting = { readonly value: unknown } | { readonly problem: string };

function checkSetting(setting: Setting, value: unknown): CheckedSetting {
  switch (setting.kind) {
    case 'file':
    case 'text':
      if (typeof value !== 'string') return { problem: `must be a text, not ${excerpt(value)}.` };
      return value === '' && setting.kind === 'file' ? { problem: 'is empty; it must name a file.' } : { value };
    case 'flag':
      return typeof value === 'boolean' ? { value } : { problem: `must be true or false, not ${excerpt(value)}.` };
    case 'choice':
      if (typeof value === 'string' && Object.hasOwn(setting.values, value)) return { value };
      return { problem: `must be one of ${Object.keys(setting.values).join(', ')}, not ${excerpt(value)}.` };
    case 'count':
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= setting.minimum && value <= setting.maximum)
        return { value };
      return { problem: `must be a whole number from ${setting.minimum} to ${setting.maximum}, not ${excerpt(value)}.` };
    case 'size':
      return checkSize(setting, value);
    case 'address': {
      const address = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : parseAddress(value);
      return address === undefined ? { problem: `must be an address such as "0x40080000", not ${excerpt(value)}.` } : { value: address };
    }
    case 'symbolFiles':
      return checkSymbolFiles(value);
    case 'switches':
      return checkSwitches(Object.keys(setting.values), value);
    case 'sourceMap':
      if (isRecord(value) && Object.values(value).every(to => typeof to === 'string')) return { value };
      return { problem: `must be an object from path to path, not ${excerpt(value)}.` };
  }
}

function checkSize({ minimum, maximum, granule }: Extract<Setting, { kind: 'size' }>, value: unknown): CheckedSetting {
  const bytes = typeof value === 'number' && Number.isSafeInteger(value) ? value : typeof value === 'string' ? parseSize(value) : undefined;
  if (bytes === undefined) return { problem: `must be a size such as "512M", not ${excerpt(value)}.` };
  if (bytes < minimum || bytes > maximum)
    return { problem: `must be from ${sizeText(minimum)} to ${sizeText(maximum)}, not ${excerpt(value)}.` };
  return bytes % granule === 0 ? { value: bytes } : { problem: `must be a multiple of ${sizeText(granule)}, not ${excerpt(value)}.` };
}

/** A number of bytes as a setting says it: `64K`, `16M`, `3G`. */
const sizeText = (bytes: number): string => {
  const [unit, shift] = SIZE_UNITS.find(([, each]) => bytes % 2 ** each === 0) ?? ['', 0];
  return `${bytes / 2 ** shift}${unit}`;
};

const SIZE_UNITS = [
  ['G', 30],
  ['M', 20],
  ['K', 10],
] as const;

function checkSymbolFiles(value: unknown): CheckedSetting {
  if (!Array.isArray(value)) return { problem: `must be a list, not ${excerpt(value)}.` };
  const files: SymbolFileSetting[] = [];
  for (const [index, entry] of value.entries()) {
    const path = isRecord(entry) ? entry['path'] : entry;
    if (typeof path !== 'string' || path === '') return { problem: `has no path in entry ${index + 1}.` };
    const where = isRecord(entry) ? entry['address'] : undefined;
    const address = where === undefined ? undefined : parseAddress(where);
    if (where !== undefined && address === undefined)
      return { problem: `has an address in entry ${index + 1} that is none: ${excerpt(where)}.` };
    files.push(address === undefined ? { path } : { path, address });
  }
  return { value: files };
}

function checkSwitches(names: readonly string[], value: unknown): CheckedSetting {
  if (!isRecord(value)) return { problem: `must be an object from name to true or false, not ${excerpt(value)}.` };
  for (const [name, isOn] of Object.entries(value)) {
    if (!names.includes(name)) {
      const nearest = nearestName(name, names);
      return { problem: `has no "${name}"; ${nearest === undefined ? `there are ${names.join(', ')}.` : `did you mean "${nearest}"?`}` };
    }
    if (typeof isOn !== 'boolean') return { problem: `must say true or false for "${name}", not ${excerpt(isOn)}.` };
  }
  return { value };
}

/** `512M`, `64K`, `1G` or plain bytes as a number of bytes; `undefined` for anything else. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,15})([KMG]?)$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, digits = '', unit = ''] = match;
  const bytes = Number(digits) * 2 ** (SIZE_UNITS.find(([name]) => name === unit.toUpperCase())?.[1] ?? 0);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** `0x` and hexadecimal digits, or decimal digits, of at most 64 bits; `undefined` for anything else. */
export function parseAddress(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(value.trim())) return undefined;
  const address = BigInt(value.trim());
  return address < 1n << 64n ? address : undefined;
}

/** Each finds one way in which settings do not fit together, or what does not exist in this version, and says it in one sentence. */
const MISFITS: readonly ((configuration: LaunchConfiguration) => string | undefined)[] = [
  ({ program, kernel }) =>
    program === undefined && kernel === undefined ? 'Setting "program" is missing: it names the ELF file to boot.' : undefined,
  ({ machine }) =>
    machine !== undefined && !AVAILABLE_MACHINES.includes(machine)
      ? `Setting "machine" names ${machine}, which this version does not have; it has ${AVAILABLE_MACHINES.join(', ')}.`
      : undefined,
  ({ machine, cpu }) => {
    const machines = machine === undefined ? AVAILABLE_MACHINES : [machine];
    const has = machines.flatMap((each): readonly string[] => CPUS_OF_MACHINE[each]);
    if (cpu === undefined || has.includes(cpu)) return undefined;
    return machine === undefined
      ? `Setting "cpu" names ${cpu}, which no machine of this version has; there are ${has.join(', ')}.`
      : `Setting "cpu" names ${cpu}, which machine ${machine} does not have; it has ${has.join(', ')}.`;
  },
  ({ machine, kvm }) =>
    kvm !== undefined && machine === 'virt'
      ? `Setting "kvm" chooses between the two KVMs of POWER machines; machine virt has one, so leave it out.`
      : undefined,
  ({ firmware }) =>
    firmware === undefined ? undefined : 'Setting "firmware" is not available in this version; give the image that boots as "kernel".',
  ({ loadAddress, kernel }) =>
    loadAddress !== undefined && kernel === undefined
      ? 'Setting "loadAddress" is for a raw "kernel" file, and no "kernel" is given.'
      : undefined,
];

/** The name of `known` that differs from `name` by the fewest edits, if that is less than half of it. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.ceil(Math.min(name.length, 40) / 2));
  for (const candidate of known) {
    const distance = editDistance(name.slice(0, 40).toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
