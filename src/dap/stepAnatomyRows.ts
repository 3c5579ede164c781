// SPDX-License-Identifier: MIT
import type { WireMessage } from './adapterClient.js';
import { isRecord } from './shape.js';

/** An answer of `steptrap/stepAnatomy` for people: one numbered line for each action. */
export function stepAnatomyRows(body: WireMessage): readonly string[] {
  const actions = Array.isArray(body['actions']) ? body['actions'].filter(isRecord) : [];
  if (actions.length === 0) return [`vCPU ${Number(body['threadId']) - 1} has not stepped yet`];
  return [`by ${String(body['method'])}:`, ...actions.map((action, index) => `${String(index + 1).padStart(2)}  ${sentence(action)}`)];
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
      return `write ${String(register)}: ${String(before)} → ${String(after)}${because}`;
    case 'writeMemory':
      return `write memory at ${String(action['address'])}${symbol}: ${String(before)} → ${String(after)}${because}`;
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

const list = (values: unknown): string => (Array.isArray(values) ? values.join(', ') : '');

const bitNames = (names: unknown): string =>
  Array.isArray(names) ? names.map(name => String(name).replace('KVM_GUESTDBG_', '')).join('|') : '';

function breakpointName({ mode, slot }: WireMessage): string {
  if (mode === 'hardware') return `breakpoint register ${String(slot)}`;
  return mode === 'software' ? 'the trap instruction' : 'the engine breakpoint';
}
