// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex, virtualAddress } from '../base/index.js';
import type {
  BreakpointMode,
  BreakpointOptions,
  DataBreakpointRequest,
  DataBreakpointTarget,
  InstructionBreakpointRequest,
  StackFrame,
} from '../debug/index.js';
import { mechanismText } from './breakpointBook.js';
import { type Reply, refuse, reply } from './errors.js';
import { parseAddress } from './launchConfiguration.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { parseMemoryReference } from './memoryReference.js';
import { launched, type Routes } from './requestRoute.js';
import type { Session } from './session.js';
import { anything, type Checked, flag, integer, list, natural, object, oneOf, optional, text } from './shape.js';
import { childOfReference } from './variableRequests.js';

const MODE = optional(oneOf('auto', 'hardware', 'software', 'engine'));
const OPTIONS = { condition: optional(text), hitCondition: optional(text), logMessage: optional(text), mode: MODE };

const SOURCE = object({ name: optional(text), path: optional(text), sourceReference: optional(natural) });
const SET_BREAKPOINTS = object({
  source: SOURCE,
  breakpoints: optional(list(object({ line: natural, column: optional(natural), ...OPTIONS }))),
  lines: optional(list(natural)),
});
const SET_FUNCTIONS = object({ breakpoints: list(object({ name: text, ...OPTIONS })) });
const SET_INSTRUCTIONS = object({ breakpoints: list(object({ instructionReference: text, offset: optional(integer), ...OPTIONS })) });
const ACCESS = oneOf('read', 'write', 'readWrite');
const SET_DATA = object({ breakpoints: list(object({ dataId: text, accessType: optional(ACCESS), ...OPTIONS })) });
const DATA_INFO = object({
  variablesReference: optional(natural),
  name: text,
  frameId: optional(natural),
  bytes: optional(natural),
  asAddress: optional(flag),
  mode: MODE,
});
const LOCATIONS = object({
  source: SOURCE,
  line: natural,
  endLine: optional(natural),
  column: optional(natural),
  endColumn: optional(natural),
});
const SET_MODE = object({ breakpointId: natural, mode: oneOf('auto', 'hardware', 'software', 'engine') });
const SET_EXCEPTIONS = object({
  filters: list(text),
  filterOptions: optional(list(object({ filterId: text, condition: optional(text), mode: MODE }))),
  exceptionOptions: optional(anything),
});

/** Requests about breakpoints of all kinds. */
export const BREAKPOINT_ROUTES: Routes = {
  setBreakpoints: launched(SET_BREAKPOINTS, (guest, args, session) => {
    const path = args.source.path ?? args.source.name;
    if (path === undefined || path === '')
      return refuse('breakpointRefused', 'Breakpoints were requested without the path of a source file.');
    const wanted = args.breakpoints ?? (args.lines ?? []).map(line => ({ line, column: undefined, ...NO_OPTIONS }));
    const { lineOffset, columnOffset } = offsets(session);
    const requests = wanted.map(each => ({
      ...optionsOf(each),
      line: each.line + lineOffset,
      column: each.column === undefined ? undefined : each.column + columnOffset,
    }));
    return reply({ breakpoints: toClient(session, session.breakpoints.setSource(guest, path, requests)) });
  }),

  setFunctionBreakpoints: launched(SET_FUNCTIONS, (guest, args, session) => {
    const requests = args.breakpoints.map(each => ({ ...optionsOf(each), name: each.name }));
    return reply({ breakpoints: toClient(session, session.breakpoints.setFunctions(guest, requests)) });
  }),

  setInstructionBreakpoints: launched(SET_INSTRUCTIONS, (guest, args, session) => {
    const requests: InstructionBreakpointRequest[] = [];
    for (const each of args.breakpoints) {
      const reference = parseMemoryReference(each.instructionReference);
      if (reference === undefined || reference.space !== 'virtual')
        return refuse(
          'breakpointRefused',
          `An instruction breakpoint needs a virtual address such as "0x40080000", not "${each.instructionReference}".`,
        );
      requests.push({ ...optionsOf(each), address: virtualAddress(reference.address + BigInt(each.offset ?? 0)) });
    }
    return reply({ breakpoints: toClient(session, session.breakpoints.setInstructions(guest, requests)) });
  }),

  setDataBreakpoints: launched(SET_DATA, (guest, args, session) => {
    const requests: DataBreakpointRequest[] = [];
    for (const each of args.breakpoints) {
      const target = parseDataId(each.dataId);
      if (target === undefined) return refuse('breakpointRefused', `"${each.dataId}" is not an id that dataBreakpointInfo answered.`);
      requests.push({ ...optionsOf(each), ...target, access: each.accessType ?? 'write' });
    }
    return reply({ breakpoints: toClient(session, session.breakpoints.setData(guest, requests)) });
  }),

  dataBreakpointInfo: launched(DATA_INFO, (guest, args, session) => {
    const found = dataTarget(session, guest, args);
    if (!found.ok)
      return reply({ dataId: null, description: found.error.message } satisfies DebugProtocol.DataBreakpointInfoResponse['body']);
    const { target, name } = found.value;
    return reply({
      dataId: `${hex(target.address)}/${target.bytes}/${name}`,
      description: target.description,
      accessTypes: ['read', 'write', 'readWrite'],
      // Where a variable lies may be another place in the next session: another frame, another build. An address that was typed stays.
      canPersist: args.asAddress === true,
    } satisfies DebugProtocol.DataBreakpointInfoResponse['body']);
  }),

  breakpointLocations: launched(LOCATIONS, (guest, args, session) => {
    const path = args.source.path ?? args.source.name ?? '';
    const { lineOffset, columnOffset } = offsets(session);
    const positions = guest.target.breakpoints.positions(
      guest.paths.toDebug(path),
      args.line + lineOffset,
      (args.endLine ?? args.line) + lineOffset,
    );
    const [first, last] = [args.column ?? 0, args.endColumn ?? (args.endLine === undefined ? args.column : undefined)];
    const isInside = ({ line, column }: { readonly line: number; readonly column?: number }): boolean =>
      column === undefined ||
      ((line > args.line || column >= first) && (last === undefined || line < (args.endLine ?? args.line) || column <= last));
    const all = positions.map(({ line, column }) => ({
      line: line - lineOffset,
      ...(column === undefined ? {} : { column: column - columnOffset }),
    }));
    return reply({ breakpoints: all.filter(isInside) });
  }),

  // By what a breakpoint is made, the protocol takes with its request only; this is for one that is there.
  'steptrap/setBreakpointMode': launched(SET_MODE, (guest, args) => {
    const moved = guest.target.breakpoints.setMode(args.breakpointId, args.mode);
    if (!moved.ok) return refuse('breakpointRefused', moved.error.message);
    return reply({ mode: moved.value.mode ?? args.mode, message: mechanismText(moved.value) ?? '' });
  }),

  setExceptionBreakpoints: launched(SET_EXCEPTIONS, (guest, args, session) => {
    const wanted = [
      ...args.filters.map(name => ({ name, ...NO_OPTIONS })),
      ...(args.filterOptions ?? []).map(each => ({ ...optionsOf({ ...NO_OPTIONS, ...each }), name: each.filterId })),
    ];
    const unknown = wanted.find(({ name }) => !guest.target.breakpoints.vectors.names.includes(name));
    if (unknown !== undefined) return refuse('breakpointRefused', `"${unknown.name}" is not a vector of this machine.`);
    return reply({ breakpoints: toClient(session, session.breakpoints.setVectors(guest, wanted)) });
  }),
};

const NO_OPTIONS = { condition: undefined, hitCondition: undefined, logMessage: undefined, mode: undefined } as const;

interface GivenOptions {
  readonly condition: string | undefined;
  readonly hitCondition: string | undefined;
  readonly logMessage: string | undefined;
  readonly mode: BreakpointMode | undefined;
}

/** Clients send empty texts for what the user left empty. */
const optionsOf = (given: GivenOptions): BreakpointOptions => ({
  mode: given.mode,
  condition: given.condition || undefined,
  hitCondition: given.hitCondition || undefined,
  logMessage: given.logMessage || undefined,
});

/** What is added to the client's numbers to get those of the debug information, which count from 1. */
const offsets = (session: Session): { readonly lineOffset: number; readonly columnOffset: number } => ({
  lineOffset: session.client.linesStartAt1 ? 0 : 1,
  columnOffset: session.client.columnsStartAt1 ? 0 : 1,
});

function toClient(session: Session, breakpoints: DebugProtocol.Breakpoint[]): DebugProtocol.Breakpoint[] {
  const { lineOffset, columnOffset } = offsets(session);
  if (lineOffset === 0 && columnOffset === 0) return breakpoints;
  return breakpoints.map(each => ({
    ...each,
    ...(each.line === undefined ? {} : { line: each.line - lineOffset }),
    ...(each.column === undefined ? {} : { column: each.column - columnOffset }),
  }));
}

/** What a data breakpoint would watch: a child of a container, an address, or an expression. */
function dataTarget(
  session: Session,
  guest: LaunchedGuest,
  args: Checked<typeof DATA_INFO>,
): Reply<{ target: DataBreakpointTarget; name: string }> {
  const { bytes, name } = args;
  if (bytes !== undefined && (bytes === 0 || bytes > MAXIMUM_WATCHED_BYTES))
    return refuse('breakpointRefused', `${bytes} bytes cannot be watched; 1 to ${MAXIMUM_WATCHED_BYTES} can.`);
  if (args.asAddress === true) {
    const address = parseAddress(name);
    if (address === undefined) return refuse('breakpointRefused', `"${name}" is not an address.`);
    const watched = bytes ?? DEFAULT_WATCHED_BYTES;
    return reply({
      target: { address: virtualAddress(address), bytes: watched, description: `${watched} bytes at ${hex(address)}` },
      name: hex(address),
    });
  }
  let expression = name;
  let frame: StackFrame | undefined;
  if (args.variablesReference !== undefined && args.variablesReference > 0) {
    const child = childOfReference(session, guest, args.variablesReference, name);
    if (!child.ok) return child;
    if (child.value.view.expression === undefined) return refuse('breakpointRefused', `${name} is not in memory and cannot be watched.`);
    expression = child.value.view.expression;
    frame = child.value.frame;
  } else if (args.frameId !== undefined) {
    const found = session.references.frames.find(args.frameId);
    if (!found.ok) return found;
    frame = found.value;
  }
  const target = guest.target.breakpoints.dataTarget(expression, frame, bytes);
  return target.ok ? reply({ target: target.value, name: expression }) : refuse('breakpointRefused', target.error.message);
}

/** A watchpoint covers up to 2 GiB (ARM: MASK of 31 bits). */
const MAXIMUM_WATCHED_BYTES = 2 ** 31;
const DEFAULT_WATCHED_BYTES = 4;

function parseDataId(
  dataId: string,
): { readonly address: ReturnType<typeof virtualAddress>; readonly bytes: number; readonly name: string } | undefined {
  const match = /^(0x[0-9a-f]{1,16})\/(\d{1,10})\/(.*)$/s.exec(dataId);
  if (match === null) return undefined;
  const [, address = '0', bytes = '0', name = ''] = match;
  return Number(bytes) >= 1 && Number(bytes) <= MAXIMUM_WATCHED_BYTES
    ? { address: virtualAddress(BigInt(address)), bytes: Number(bytes), name }
    : undefined;
}
