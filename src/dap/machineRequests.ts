// SPDX-License-Identifier: MIT
import { hex, type Result, success, type VirtualAddress, virtualAddress } from '../base/index.js';
import { type DebugTarget, type ModuleView, SYMBOL_KINDS, type SymbolView, type TranslationView } from '../debug/index.js';
import { wireField } from './debugRegistersBody.js';
import { refuse, reply } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { launched, type Routes } from './requestRoute.js';
import { anything, natural, object, oneOf, optional, text } from './shape.js';
import { baseName } from './sourcePaths.js';
import type { ModuleBody, SymbolBody, TranslationBody } from './steptrapBodies.js';

const ADDRESS = object({ threadId: natural, address: text });
const SYMBOLS = object({
  moduleId: natural,
  kind: optional(oneOf(...SYMBOL_KINDS)),
  text: optional(text),
  start: optional(natural),
  count: optional(natural),
});

/** The most symbols in one answer. */
const LONGEST_PAGE = 10_000;

/** What the machine has at which address, how addresses are translated, and what the program's files name. */
export const MACHINE_ROUTES: Routes = {
  'steptrap/memoryMap': launched(anything, guest =>
    reply({
      regions: guest.target.memoryMap.map(({ start, size, ...region }) => ({
        ...region,
        start: hex(start),
        end: hex(start + BigInt(size) - 1n),
        size,
        memoryReference: physicalReference(start),
      })),
    }),
  ),

  'steptrap/translate': launched(ADDRESS, (guest, { threadId, address }, session) => {
    const vcpu = session.vcpuOfThread(threadId);
    if (!vcpu.ok) return vcpu;
    const found = addressOf(guest.target, address, vcpu.value);
    if (!found.ok) return refuse('memoryRefused', found.error.message);
    return reply(translationBody(guest, guest.target.translation(vcpu.value, found.value)));
  }),

  'steptrap/modules': launched(anything, guest => reply({ modules: guest.target.modules.map(moduleBody) })),

  'steptrap/symbols': launched(SYMBOLS, (guest, { moduleId, kind, text: words, start = 0, count = LONGEST_PAGE }) => {
    if (moduleId < 1 || moduleId > guest.target.modules.length) return refuse('memoryRefused', `There is no module ${moduleId}.`);
    const { symbols, total } = guest.target.symbols(moduleId - 1, { kind, text: words }, start, Math.min(count, LONGEST_PAGE));
    return reply({ symbols: symbols.map(symbol => symbolBody(guest, symbol)), total });
  }),
};

/** `*pointer` is the target of the pointer; all else is a location as breakpoints have it. */
function addressOf(target: DebugTarget, text: string, vcpu: number): Result<VirtualAddress> {
  const value = text.trim().startsWith('*') ? target.evaluate(text, { vcpu }, 'readOnly') : undefined;
  return value?.ok === true && value.value.address !== undefined
    ? success(virtualAddress(value.value.address))
    : target.resolveLocation(text, vcpu);
}

const physicalReference = (address: bigint): string => `pa:${hex(address)}`;

function translationBody(guest: LaunchedGuest, view: TranslationView): TranslationBody {
  const { vcpu, address, regime, steps, physical, pageBytes, attributes, fault, region } = view;
  const symbol = guest.target.describeAddress(address);
  return {
    threadId: vcpu + 1,
    address: hex(address, 16),
    ...(symbol === undefined ? {} : { symbol }),
    regime,
    steps: steps.map(({ value, address: at, place, fields, ...step }) => ({
      ...step,
      value: hex(value, 16),
      ...(at === undefined ? {} : { memoryReference: physicalReference(at) }),
      ...(place === undefined ? {} : { place }),
      fields: fields.map(wireField),
    })),
    ...(physical === undefined ? {} : { physical: hex(physical), memoryReference: physicalReference(physical) }),
    ...(pageBytes === undefined ? {} : { pageBytes: Number(pageBytes) }),
    attributes,
    ...(fault === undefined ? {} : { fault }),
    ...(region === undefined ? {} : { region }),
  };
}

const moduleBody = ({ path, hasDebugInformation, sections, symbolCounts, problems }: ModuleView, index: number): ModuleBody => ({
  id: index + 1,
  name: baseName(path),
  path,
  hasDebugInformation,
  sections: sections.map(({ address, size, ...section }) => ({ ...section, address: hex(address), size: Number(size) })),
  symbolCounts,
  problems,
});

function symbolBody(guest: LaunchedGuest, { name, kind, address, size, binding, section, source }: SymbolView): SymbolBody {
  const path = source === undefined ? undefined : guest.paths.toClient(source.path);
  return {
    name,
    kind,
    address: hex(address),
    size: Number(size),
    binding,
    ...(section === undefined ? {} : { section }),
    ...(path === undefined ? {} : { source: { name: baseName(path), path }, line: source?.line ?? 0 }),
  };
}
