// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../base/index.js';
import type {
  BreakpointReport,
  DataBreakpointRequest,
  FunctionBreakpointRequest,
  InstructionBreakpointRequest,
  SourceBreakpointRequest,
  VectorBreakpointRequest,
} from '../debug/index.js';
import type { LaunchedGuest, SendEvent } from './launchedGuest.js';
import { baseName } from './sourcePaths.js';
import type { BreakpointKind, BreakpointKinds } from './stopEvents.js';

/** A breakpoint that was typed into the debug console. */
export interface ConsoleBreakpoint extends FunctionBreakpointRequest {
  readonly isTemporary: boolean;
}

/** Something to which the book can announce changed breakpoints. */
export interface BreakpointAudience {
  readonly guest: LaunchedGuest | undefined;
  readonly send: SendEvent;
}

/** What the client asked for, kept so that a restarted guest gets the same breakpoints, and which id came from what. */
export class BreakpointBook implements BreakpointKinds {
  readonly #source = new Map<string, readonly SourceBreakpointRequest[]>();
  #functions: readonly FunctionBreakpointRequest[] = [];
  #instructions: readonly InstructionBreakpointRequest[] = [];
  /** Those of the debug console; a temporary one goes with its first stop. */
  #console: readonly ConsoleBreakpoint[] = [];
  #data: readonly DataBreakpointRequest[] = [];
  #vectors: readonly VectorBreakpointRequest[] = [];
  readonly #kinds = new Map<number, BreakpointKind>();
  /** The slots that the client knows each breakpoint in. */
  readonly #told = new Map<number, string>();

  kindOf(id: number): BreakpointKind | undefined {
    return this.#kinds.get(id);
  }

  /** Replaces the breakpoints of the client's file `path`. */
  setSource(guest: LaunchedGuest, path: string, requests: readonly SourceBreakpointRequest[]): DebugProtocol.Breakpoint[] {
    this.#source.set(path, requests);
    return this.#protocol(guest, 'source', guest.target.breakpoints.setSource(guest.paths.toDebug(path), requests));
  }

  setFunctions(guest: LaunchedGuest, requests: readonly FunctionBreakpointRequest[]): DebugProtocol.Breakpoint[] {
    this.#functions = requests;
    return this.#protocol(guest, 'function', guest.target.breakpoints.setFunctions(requests));
  }

  setInstructions(guest: LaunchedGuest, requests: readonly InstructionBreakpointRequest[]): DebugProtocol.Breakpoint[] {
    this.#instructions = requests;
    return this.#protocol(guest, 'instruction', guest.target.breakpoints.setInstructions(requests));
  }

  setData(guest: LaunchedGuest, requests: readonly DataBreakpointRequest[]): DebugProtocol.Breakpoint[] {
    this.#data = requests;
    return this.#protocol(guest, 'data', guest.target.breakpoints.setData(requests));
  }

  setVectors(guest: LaunchedGuest, requests: readonly VectorBreakpointRequest[]): DebugProtocol.Breakpoint[] {
    this.#vectors = requests;
    return this.#protocol(guest, 'exception', guest.target.breakpoints.setVectors(requests));
  }

  /** Adds a breakpoint from the debug console. */
  addConsole(guest: LaunchedGuest, request: ConsoleBreakpoint): BreakpointReport | undefined {
    this.#console = [...this.#console, request];
    return this.#applyConsole(guest).at(-1);
  }

  /** Takes away the breakpoint of the debug console with this id, or all; how many there were. */
  removeConsole(guest: LaunchedGuest, id?: number): number {
    const ids = guest.target.breakpoints.setConsole(this.#console).map(report => report.id);
    const rest = this.#console.filter((_request, index) => id !== undefined && ids[index] !== id);
    const removed = this.#console.length - rest.length;
    this.#console = rest;
    this.#applyConsole(guest);
    return removed;
  }

  /** The guest has stopped at `ids`: the temporary ones among them have done their work. */
  stopped(guest: LaunchedGuest, ids: readonly number[]): void {
    if (!this.#console.some(({ isTemporary }) => isTemporary)) return;
    const own = this.#applyConsole(guest);
    for (const [index, report] of own.entries())
      if (this.#console[index]?.isTemporary && ids.includes(report.id)) this.removeConsole(guest, report.id);
  }

  #applyConsole(guest: LaunchedGuest): readonly BreakpointReport[] {
    const reports = guest.target.breakpoints.setConsole(this.#console);
    for (const { id } of reports) this.#kinds.set(id, 'function');
    return reports;
  }

  /** Sets all that was asked for on a guest that has just been launched again. */
  apply(guest: LaunchedGuest): void {
    this.#kinds.clear();
    for (const [path, requests] of this.#source) this.setSource(guest, path, requests);
    this.setFunctions(guest, this.#functions);
    this.setInstructions(guest, this.#instructions);
    this.setData(guest, this.#data);
    this.setVectors(guest, this.#vectors);
    this.#applyConsole(guest);
  }

  /** Tells the client of breakpoints whose slot is another one now: those behind a slot that was freed move up. */
  announceSlots({ guest, send }: BreakpointAudience): void {
    if (guest === undefined) return;
    for (const report of guest.target.breakpoints.list()) {
      const told = this.#told.get(report.id);
      if (told === undefined || told === report.slots.join()) continue;
      this.#told.set(report.id, report.slots.join());
      send('breakpoint', { reason: 'changed', breakpoint: protocolBreakpoint(guest, report) });
    }
  }

  /** Tells the client the state of all breakpoints, after some changed by themselves. */
  announceChanges({ guest, send }: BreakpointAudience): void {
    if (guest === undefined) return;
    for (const report of guest.target.breakpoints.list()) {
      this.#told.set(report.id, report.slots.join());
      if (this.#kinds.has(report.id)) send('breakpoint', { reason: 'changed', breakpoint: protocolBreakpoint(guest, report) });
    }
  }

  #protocol(guest: LaunchedGuest, kind: BreakpointKind, reports: readonly BreakpointReport[]): DebugProtocol.Breakpoint[] {
    for (const report of reports) {
      this.#kinds.set(report.id, kind);
      this.#told.set(report.id, report.slots.join());
    }
    return reports.map(report => protocolBreakpoint(guest, report));
  }
}

/** By what a breakpoint is made: the register that holds it, the trap word, or the emulator's table. */
export function mechanismText({ mode, slots, address }: BreakpointReport): string | undefined {
  switch (mode) {
    case 'hardware': {
      const what = address === undefined ? 'hardware watchpoint' : 'hardware breakpoint';
      return slots.length === 0 ? what : `${what}, in ${slots.length === 1 ? 'slot' : 'slots'} ${slots.join(', ')}`;
    }
    case 'software':
      return "software breakpoint, a trap word in the guest's memory";
    case 'engine':
      return address === undefined ? 'engine watchpoint, it needs no slot' : 'engine breakpoint, it needs no slot';
    case undefined:
      return undefined;
  }
}

/** A breakpoint in the protocol's form, with the debugger's sentence, or with what it is made by. */
export function protocolBreakpoint(guest: LaunchedGuest, report: BreakpointReport): DebugProtocol.Breakpoint {
  const path = report.path === undefined ? undefined : guest.paths.toClient(report.path);
  const message = report.message ?? mechanismText(report);
  return {
    id: report.id,
    verified: report.isVerified,
    ...(message === undefined ? {} : { message }),
    ...(report.isVerified ? {} : { reason: 'failed' as const }),
    ...(path === undefined ? {} : { source: { name: baseName(path), path } }),
    ...(report.line === undefined ? {} : { line: report.line }),
    ...(report.column === undefined ? {} : { column: report.column }),
    ...(report.address === undefined ? {} : { instructionReference: hex(report.address) }),
  };
}
