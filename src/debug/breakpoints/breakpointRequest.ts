// SPDX-License-Identifier: MIT
import type { Result, VirtualAddress } from '../../base/index.js';
import type { VectorChoice } from '../exceptions/exceptionModel.js';
import type { BreakpointIds } from './breakpointIds.js';
import type { BreakpointMode } from './breakpointMode.js';

/** What all breakpoints may ask for. */
export interface BreakpointOptions {
  /** `undefined`: the target's `defaultBreakpointMode`. */
  readonly mode?: BreakpointMode | undefined;
  /** A C expression; stops where it is not zero, and where it cannot be evaluated (with a sentence in the stop). */
  readonly condition?: string | undefined;
  /** `5` or `>= 5`, `> 5`, `== 5`, `% 5`, `< 5`: compared with the number of hits whose condition held, from 1. */
  readonly hitCondition?: string | undefined;
  /** Text with `{expression}` in it: is written to the debug console instead of stopping. */
  readonly logMessage?: string | undefined;
}

export interface SourceBreakpointRequest extends BreakpointOptions {
  readonly line: number;
  readonly column?: number | undefined;
}

export interface FunctionBreakpointRequest extends BreakpointOptions {
  /** A function's name, `file.c:function`, or `*0x40080000` and `*symbol+4` for an exact address. */
  readonly name: string;
}

export interface InstructionBreakpointRequest extends BreakpointOptions {
  readonly address: VirtualAddress;
}

export interface DataBreakpointRequest extends BreakpointOptions {
  readonly address: VirtualAddress;
  readonly bytes: number;
  readonly access: 'read' | 'write' | 'readWrite';
  /** Name for the stop's sentence, as `counter`. */
  readonly name?: string | undefined;
}

export interface VectorBreakpointRequest extends BreakpointOptions {
  /** One of `vectors.names`. */
  readonly name: string;
}

/** What became of a requested breakpoint. */
export interface BreakpointReport {
  /** Stable while the same request is set again. From 1. */
  readonly id: number;
  /** What the user would call it: `counter.c:72`, `increment`, the watched expression. */
  readonly name: string;
  readonly isVerified: boolean;
  /** Why it is not verified: one sentence, naming the slots' holders if a table is full. */
  readonly message: string | undefined;
  /** The mechanism in force, `undefined` while unverified. */
  readonly mode: Exclude<BreakpointMode, 'auto'> | undefined;
  /** The breakpoint or watchpoint registers that hold it, by number; empty in other modes. */
  readonly slots: readonly number[];
  /** Of the first place, if several. */
  readonly address: VirtualAddress | undefined;
  readonly path: string | undefined;
  readonly line: number | undefined;
  /** Where the place is in its line, for a request that names a column. */
  readonly column: number | undefined;
}

/** What can be watched behind an expression or address. */
export interface DataBreakpointTarget {
  readonly address: VirtualAddress;
  readonly bytes: number;
  /** As `counter (4 bytes at 0x40082000)`. */
  readonly description: string;
}

/** A place in [first, last] of a file where a breakpoint can be. */
export interface BreakpointPosition {
  readonly line: number;
  readonly column: number | undefined;
}

/** The user's breakpoints. Each `set` replaces all of its kind (of its file) and answers in the order of the requests. Allowed while running. */
export interface Breakpoints {
  /** For requests that name no mode. */
  defaultMode: BreakpointMode;
  /** Ids by request. A restarted guest is given those of the one before, so that its breakpoints keep theirs. */
  ids: BreakpointIds;
  /** The modes that this machine can do. */
  readonly modes: readonly BreakpointMode[];
  setSource(path: string, requests: readonly SourceBreakpointRequest[]): readonly BreakpointReport[];
  setFunctions(requests: readonly FunctionBreakpointRequest[]): readonly BreakpointReport[];
  setInstructions(requests: readonly InstructionBreakpointRequest[]): readonly BreakpointReport[];
  /** Those of the debug console, apart from those that an editor sets as its own; locations as `setFunctions` takes them. */
  setConsole(requests: readonly FunctionBreakpointRequest[]): readonly BreakpointReport[];
  setData(requests: readonly DataBreakpointRequest[]): readonly BreakpointReport[];
  /** Stops at the first instruction of these vectors. They move along when the guest installs another vector table. */
  setVectors(requests: readonly VectorBreakpointRequest[]): readonly BreakpointReport[];
  readonly vectors: VectorChoice;
  /** Makes breakpoint `id` by another mechanism from now on, over a restart too, or leaves it as it is and says why in a sentence. */
  setMode(id: number, mode: BreakpointMode): Result<BreakpointReport>;
  /** All breakpoints with their state. */
  list(): readonly BreakpointReport[];
  /** How often breakpoint `id` was reached with its condition true. */
  hitCount(id: number): number;
  positions(path: string, firstLine: number, lastLine: number): readonly BreakpointPosition[];
  /** What `expression` in `frame` (or at file level) would watch. */
  dataTarget(expression: string, frame?: import('../frames/stackFrame.js').StackFrame, bytes?: number): Result<DataBreakpointTarget>;
}
