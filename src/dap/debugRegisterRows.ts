// SPDX-License-Identifier: MIT
import type { WireMessage } from './adapterClient.js';
import { isRecord } from './shape.js';
import { baseName } from './sourcePaths.js';

/** How a transcript spells what differs from build to build. */
export interface Spelling {
  /** Names in place of addresses. */
  readonly named: (text: string) => string;
  /** The place of a breakpoint in a source; empty if it is in none. */
  readonly place: (breakpoint: WireMessage) => string;
}

/** The slots in use, one aligned line each, how many are free, and the control registers that are not zero: an answer of `steptrap/debugRegisters` for people. */
export function debugRegisterRows(body: WireMessage, spell: Spelling): readonly string[] {
  const slots = records(body['slots']);
  const used = slots.filter(slot => slot['owner'] !== 'free').map(slot => slotCells(slot, spell.place).map(spell.named));
  const widths = [0, 1, 2].map(column => Math.max(0, ...used.map(cells => cells[column]?.length ?? 0)));
  const names = Array.isArray(body['controlNames']) ? body['controlNames'] : [];
  const told =
    names.length === 0 ? '0' : `${String(body['control'])} ${names.map(bit => String(bit).replace('KVM_GUESTDBG_', '')).join('|')}`;
  const isTold = names.length > 0 || body['loadedSet'] !== 'host';
  const loaded = body['loadedSet'] === 'none' ? 'no debug registers' : `the ${String(body['loadedSet'])}'s debug registers`;
  return [
    isTold
      ? `KVM_SET_GUEST_DEBUG ${told}: the next guest entry loads ${loaded}`
      : `KVM_SET_GUEST_DEBUG comes before the next guest entry, which then loads ${loaded}`,
    ...used.map(cells => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')),
    slots.length === 0
      ? 'this KVM gives the debugger no breakpoint and watchpoint registers'
      : `${freeOf(slots, 'breakpoint')} breakpoint and ${freeOf(slots, 'watchpoint')} watchpoint slots are free`,
    ...records(body['controls'])
      .filter(register => register['value'] !== '0x0' && register['value'] !== OS_LOCK_IS_THERE)
      .map(controlText),
    ...stepText(body['step']),
    ...records(body['traps']).map(trap => trapText(trap, spell)),
  ];
}

function controlText({ name, value, fields, owner, guestValue }: WireMessage): string {
  const lent = guestValue === undefined ? '' : `, the guest's is ${String(guestValue)}`;
  const holder = owner === undefined || owner === 'free' ? '' : `held by ${String(owner)}${lent}`;
  return [`${String(name).toUpperCase()}=${String(value)}`, setFields(fields), holder].filter(Boolean).join(' ');
}

/** Nothing for a vCPU that no step is under way on. */
function stepText(step: unknown): readonly string[] {
  if (!isRecord(step) || step['state'] === 'idle') return [];
  const { method, state, phase, pc } = step;
  const at = pc === undefined ? '' : ` at ${String(pc)}`;
  return [`step ${String(state)}${phase === undefined ? '' : ` (${String(phase)})`} by ${String(method)}${at}`];
}

function trapText({ address, purposes, isInMemory, behind, threadIds }: WireMessage, { named }: Spelling): string {
  const users = [
    ...records(behind).map(({ id }) => `breakpoint ${String(id)}`),
    ...(Array.isArray(threadIds) ? threadIds : []).map(id => `vCPU ${Number(id) - 1}`),
  ];
  const place = isInMemory === true ? 'trap word' : 'trap word while the guest runs';
  const what = Array.isArray(purposes) ? purposes.join(', ') : '';
  return `${place} at ${named(String(address))}: ${what}${users.length > 0 ? ` (${users.join(', ')})` : ''}`;
}

/** OSLSR_EL1 with the OS lock implemented and not locked, which says nothing. */
const OS_LOCK_IS_THERE = '0x8';

/** The place of a breakpoint in a source, as `counter.c:88`. */
export function breakpointPlace({ source, line }: WireMessage): string {
  const path = isRecord(source) ? source['path'] : undefined;
  return typeof path === 'string' ? `${baseName(path)}:${String(line)}` : '';
}

const records = (list: unknown): readonly WireMessage[] => (Array.isArray(list) ? list.filter(isRecord) : []);

function slotCells(slot: WireMessage, placeOf: Spelling['place']): readonly string[] {
  const { kind, index, owner, value, controlName, control, covers, fields } = slot;
  const behind = records(slot['behind']).map(breakpoint => {
    const place = breakpoint['line'] === undefined ? slot['symbol'] : placeOf(breakpoint);
    return `breakpoint ${String(breakpoint['id'])}${place === undefined ? '' : ` (${String(place)})`}`;
  });
  const holder = `held by ${String(owner)}${behind.length > 0 ? `: ${behind.join(', ')}` : ''}`;
  return [
    `${String(kind)} ${String(index)}`,
    String(value),
    `${String(controlName)}=${String(control)} ${setFields(fields)}`,
    kind === 'watchpoint' && covers !== undefined ? `${holder}, ${String(covers).replace(/^\w+, /, '')}` : holder,
  ];
}

function freeOf(slots: readonly WireMessage[], kind: string): string {
  const all = slots.filter(slot => slot['kind'] === kind);
  return `${all.filter(slot => slot['owner'] === 'free').length} of ${all.length}`;
}

/** The fields of a control register that are not zero, from bit 0 up: byte masks in binary, flags as 1, the rest in the manual's words. */
function setFields(fields: unknown): string {
  return records(fields)
    .filter(field => field['value'] !== '0x0')
    .map(({ name, bits, value, meaning }) => `${String(name)}=${fieldText(String(name), String(bits), String(value), meaning)}`)
    .reverse()
    .join(' ');
}

function fieldText(name: string, bits: string, value: string, meaning: unknown): string {
  if (name === 'BAS') return `0b${BigInt(value).toString(2)}`;
  if (!bits.includes(':')) return '1';
  return meaning === undefined ? value : String(meaning);
}
