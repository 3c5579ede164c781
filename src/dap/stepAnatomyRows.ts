// SPDX-License-Identifier: MIT
import type { WireMessage } from './adapterClient.js';
import { isRecord } from './shape.js';

/** An answer of `steptrap/stepAnatomy` for people: a numbered line for each action, and one for all writes of a trap for the same reason. */
export function stepAnatomyRows(body: WireMessage): readonly string[] {
  const actions = Array.isArray(body['actions']) ? body['actions'].filter(isRecord) : [];
  if (actions.length === 0) return [`vCPU ${Number(body['threadId']) - 1} has not stepped yet`];
  const rows: (readonly [number: string, text: string])[] = [];
  for (let index = 0; index < actions.length; ) {
    const { length } = alikeFrom(actions, index);
    const alike = actions.slice(index, index + length);
    rows.push(...kernelRows(alike[0]));
    rows.push([length === 1 ? `${index + 1}` : `${index + 1}–${index + length}`, length === 1 ? sentence(alike[0] ?? {}) : writes(alike)]);
    index += length;
  }
  const width = Math.max(2, ...rows.map(([number]) => number.length));
  return [
    `by ${[body['method'], steppedAt(body)].filter(text => text !== '').join(', ')}:`,
    ...rows.map(([number, text]) => `${number.padStart(width)}  ${text}`),
  ];
}

const WAYS = [
  ['entering', 'in'],
  ['leaving', 'out'],
] as const;

/** What KVM itself has written on its way into the guest and out of it, in front of its return. */
function kernelRows(action: WireMessage | undefined): readonly (readonly [number: string, text: string])[] {
  const writes = Array.isArray(action?.['kernel']) ? action['kernel'].filter(isRecord) : [];
  return WAYS.flatMap(([when, way]) => {
    const told = writes
      .filter(write => write['when'] === when)
      .map(write => `${String(write['register'])} ${String(write['before'])} → ${String(write['after'])}${changedBits(write)}`);
    return told.length === 0 ? [] : [['', `KVM writes on its way ${way}: ${told.join(', ')}`] as const];
  });
}

/** The instruction that was stepped. */
function steppedAt({ instruction, startPc, symbol }: WireMessage): string {
  if (startPc === undefined) return '';
  return [String(instruction ?? 'one instruction').replace(/<[^>]*>\s*/, ''), 'at', startPc, symbol]
    .filter(text => text !== undefined)
    .join(' ');
}

/** The action at `index` with those behind it that write traps, or take them away, for the same reason. */
function alikeFrom(actions: readonly WireMessage[], index: number): readonly WireMessage[] {
  const reason = trapReason(actions[index]);
  const end = actions.findIndex((action, at) => at > index && (reason === undefined || trapReason(action) !== reason));
  return actions.slice(index, end < 0 ? actions.length : end);
}

const trapReason = (action: WireMessage | undefined): unknown =>
  action?.['kind'] === 'writeMemory' && isRecord(action['trap']) ? action['why'] : undefined;

/** What lies beneath traps differs from place to place, and is left out. */
function writes(actions: readonly WireMessage[]): string {
  const places = actions.map(action => String(action['address'])).join(', ');
  const values = new Set(actions.map(action => action['after']));
  const [value, other] = values;
  return `write memory at ${places}${other === undefined ? ` → ${String(value)}` : ''}: ${String(actions[0]?.['why'])}`;
}

/** Who a decision gives the exit to. */
const DECISIONS: Readonly<Record<string, string>> = {
  toDebugger: 'to the debugger',
  toGuest: 'to the guest',
  reenter: 'enter the guest again',
};

function sentence(action: WireMessage): string {
  const { kind, why, names, control, reason, syndrome, decision, register, value, before, after, vcpus } = action;
  const symbol = action['symbol'] === undefined ? '' : ` ${String(action['symbol'])}`;
  const because = why === undefined ? '' : `: ${String(why)}`;
  switch (kind) {
    case 'saveRegister':
      return `remember ${String(register)} = ${String(value)}`;
    case 'writeRegister':
      return `write ${String(register)}: ${String(before)} → ${String(after)}${changedBits(action)}${because}`;
    case 'writeMemory':
      return `write memory at ${String(action['address'])}${symbol}: ${String(before)} → ${String(after)}${because}${trapPlace(action)}`;
    case 'setGuestDebug':
      return `KVM_SET_GUEST_DEBUG ${String(control)} ${bitNames(names)}${because}`;
    case 'guestDebugInForce':
      return `guest debug ${String(control)} ${bitNames(names)} is still in force${because}`;
    case 'liftBreakpoint':
      return `take ${breakpointName(action)} at ${String(action['address'])}${symbol} out of force`;
    case 'restoreBreakpoint':
      return `put ${breakpointName(action)} at ${String(action['address'])}${symbol} back`;
    case 'holdVcpus':
      return `hold vCPU ${list(vcpus)}`;
    case 'releaseVcpus':
      return `release vCPU ${list(vcpus)}`;
    case 'exit':
      return `KVM_RUN returns ${String(reason)}${syndrome === undefined ? '' : `, hsr ${String(syndrome)}`}, pc ${String(action['pc'])}${symbol}`;
    case 'decision':
      return `${DECISIONS[String(decision)] ?? String(decision)}${because}`;
    default:
      return `${String(kind)}${because}`;
  }
}

/** Which bits of a register change, if they are few and all have names. */
function changedBits({ changes, before, after }: WireMessage): string {
  if (!Array.isArray(changes) || changes.length > MOST_BITS) return '';
  const different = BigInt(String(before)) ^ BigInt(String(after));
  if (different.toString(2).replaceAll('0', '').length !== changes.length) return '';
  const digit = (value: unknown): string => String(value).replace('0x', '');
  return ` (${changes
    .filter(isRecord)
    .map(change => `${String(change['name'])} ${digit(change['before'])} → ${digit(change['after'])}`)
    .join(', ')})`;
}

const MOST_BITS = 2;

/** The effective address of a trap, and for that of the Trace interrupt why its vector is there. */
function trapPlace({ trap, address }: WireMessage): string {
  if (!isRecord(trap)) return '';
  const vector = trap['role'] === 'trace' && isRecord(trap['vector']) ? trap['vector'] : undefined;
  if (vector === undefined) return trap['address'] === address ? '' : `, ${String(trap['address'])}`;
  const { IR, DR, AIL } = vector;
  return `, ${String(trap['address'])} by MSR[IR] = ${String(IR)}, MSR[DR] = ${String(DR)}, LPCR[AIL] = ${String(AIL)}`;
}

const list = (values: unknown): string => (Array.isArray(values) ? values.join(', ') : '');

const bitNames = (names: unknown): string =>
  Array.isArray(names) ? names.map(name => String(name).replace('KVM_GUESTDBG_', '')).join('|') : '';

function breakpointName({ mode, slot }: WireMessage): string {
  if (mode === 'hardware') return `breakpoint register ${String(slot)}`;
  return mode === 'software' ? 'the trap instruction' : 'the engine breakpoint';
}
