// SPDX-License-Identifier: MIT
import { hex, virtualAddress } from '../base/index.js';
import type { KvmLogLine, StepAction, StepAnatomy } from '../debug/index.js';
import { reply } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { launched, type Routes } from './requestRoute.js';
import { isRecord, list, natural, object, oneOf, optional, text } from './shape.js';
import type { KvmTraceEntry, StepAnatomyBody, WireFieldChange, WireKernelWrite, WireStepAction } from './steptrapProtocol.js';

const THREAD = object({ threadId: natural });
const FILTER = object({ kinds: optional(list(oneOf('read', 'call', 'run', 'preemption'))), text: optional(text) });
const PAGE = object({ start: optional(natural), count: optional(natural), filter: optional(FILTER), around: optional(natural) });

/** The most lines of the KVM log in one answer. */
const LONGEST_PAGE = 10_000;

/** How steps are made: the records of the last one, and KVM's log. */
export const STEP_ROUTES: Routes = {
  // The log is free while nobody reads it: the first reader switches it on.
  'steptrap/kvmTrace': launched(PAGE, (guest, { start = 0, count = LONGEST_PAGE, filter, around }) => {
    const { kvmTrace } = guest.target;
    kvmTrace.setOn(true);
    const most = Math.min(count, LONGEST_PAGE);
    const { end } = kvmTrace;
    if (filter === undefined) return reply({ entries: kvmTrace.read(start, most).map(line => traceEntry(guest, line)), end });
    const first = around === undefined ? start : Math.max(0, kvmTrace.rowOf(filter, around) - Math.floor(most / 2));
    const { lines, total } = kvmTrace.page(filter, first, most);
    return reply({ entries: lines.map(line => traceEntry(guest, line)), end, total, start: first });
  }),

  'steptrap/stepAnatomy': launched(THREAD, (guest, args, session) => {
    const vcpu = session.vcpuOfThread(args.threadId);
    if (!vcpu.ok) return vcpu;
    return reply(stepAnatomyBody(guest, guest.target.stepAnatomy(vcpu.value)));
  }),
};

function traceEntry(guest: LaunchedGuest, { number, text: words, kind, vcpu, pc }: KvmLogLine): KvmTraceEntry {
  const symbol = pc === undefined ? undefined : guest.target.describeAddress(virtualAddress(pc));
  return {
    number,
    text: words,
    kind,
    ...(vcpu === undefined ? {} : { threadId: vcpu + 1 }),
    ...(pc === undefined ? {} : { pc: hex(pc) }),
    ...(symbol === undefined ? {} : { symbol }),
  };
}

/** How a step was made, in JSON. */
export function stepAnatomyBody(guest: LaunchedGuest, { vcpu, method, startPc, word, log, actions }: StepAnatomy): StepAnatomyBody {
  const { target } = guest;
  const symbol = startPc === undefined ? undefined : target.describeAddress(virtualAddress(startPc));
  const address = startPc === undefined ? undefined : virtualAddress(startPc);
  const row = address === undefined ? undefined : target.disassemble(vcpu, { address, count: 1, word })[0];
  return {
    threadId: vcpu + 1,
    method,
    ...(startPc === undefined ? {} : { startPc: hex(startPc) }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(row === undefined || !row.isReadable ? {} : { instruction: row.text }),
    log,
    actions: actions.map(action => wireAction(guest, action)),
  };
}

/** An action of a step in JSON: each 64-bit number, each run of bytes and KVM's control word as a `0x` text. */
function wireAction(guest: LaunchedGuest, action: StepAction): WireStepAction {
  const symbol = symbolOf(guest, action);
  const changes = action.kind === 'writeRegister' ? fieldChanges(guest, action) : [];
  return {
    ...Object.fromEntries(Object.entries(action).map(([name, value]) => [name, wireValue(value)])),
    ...('control' in action ? { control: hex(action.control) } : {}),
    ...(symbol === undefined ? {} : { symbol }),
    ...(action.kind === 'exit' && action.kernel !== undefined ? { kernel: action.kernel.map(write => wireKernelWrite(guest, write)) } : {}),
    ...(changes.length === 0 ? {} : { changes }),
  } as WireStepAction;
}

/** What lies where an action is: of memory by the address that the guest has for it, or else, as programs that move themselves are linked, by the real one. */
function symbolOf({ target }: LaunchedGuest, action: StepAction): string | undefined {
  const describe = (address: bigint): string | undefined => target.describeAddress(virtualAddress(address));
  if ('pc' in action) return describe(action.pc);
  if (!('address' in action)) return undefined;
  const effective = action.kind === 'writeMemory' && action.trap !== undefined ? describe(action.trap.address) : undefined;
  return effective ?? describe(action.address);
}

function wireKernelWrite(guest: LaunchedGuest, write: KernelWrite): WireKernelWrite {
  const changes = fieldChanges(guest, write);
  return { ...write, before: hex(write.before), after: hex(write.after), ...(changes.length === 0 ? {} : { changes }) };
}

type KernelWrite = NonNullable<Extract<StepAction, { kind: 'exit' }>['kernel']>[number];

function fieldChanges(
  { target }: LaunchedGuest,
  { register, before, after }: Pick<Extract<StepAction, { kind: 'writeRegister' }>, 'register' | 'before' | 'after'>,
): readonly WireFieldChange[] {
  const earlier = target.registerFields(register, before, before);
  return target
    .registerFields(register, after, before)
    .flatMap(({ name, bits, value, description, isChanged }, index) =>
      isChanged ? [{ name, bits, before: hex(earlier[index]?.value ?? 0n), after: hex(value), description }] : [],
    );
}

function wireValue(value: unknown): unknown {
  if (typeof value === 'bigint') return hex(value);
  if (Array.isArray(value)) return value.map(wireValue);
  if (isRecord(value) && !(value instanceof Uint8Array))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wireValue(inner)]));
  return value instanceof Uint8Array ? `0x${[...value].map(byte => byte.toString(16).padStart(2, '0')).join('')}` : value;
}
