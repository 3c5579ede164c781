// SPDX-License-Identifier: MIT
import type { VirtualAddress } from '../../base/index.js';
import type { ProcessorSupplement } from '../abi/processorSupplement.js';
import type { UnwindRow } from '../dwarf/unwindRow.js';
import type { Problem } from '../problem.js';
import type { CompilationUnit } from './compilationUnit.js';
import type { CallSite, FunctionScope, Subprogram, Variable } from './scope.js';
import type { LineRow, SourceFile, SourcePosition } from './sourceLine.js';
import type { Type } from './type.js';

/** A place of the code that a line breakpoint resolved to. */
export interface LineLocation {
  /** Where to stop: after the prologue if the row is the first of its function. */
  readonly address: VirtualAddress;
  readonly row: LineRow;
  /** The function or inlined copy that the place belongs to, `undefined` for code without one (assembly). */
  readonly scope: FunctionScope | undefined;
}

/** The outcome of looking for the code of a line. */
export interface LineResolution {
  /** The line that was found: the one asked for, or the next one that has code. */
  readonly line: number;
  /** By address; one for each function or inlined copy. Empty if there is no code. */
  readonly locations: readonly LineLocation[];
}

/** What the debug information of one file answers. All parts are read on first use and nothing throws on damaged files. */
export interface DebugInformation {
  /** What the code's ABI says of registers and frames; `undefined` for processors that are not known here. */
  readonly supplement: ProcessorSupplement | undefined;
  readonly units: readonly CompilationUnit[];
  /** What was found damaged or unknown so far; grows as parts are read. */
  readonly problems: readonly Problem[];
  /** Records read so far, for tests and the log. */
  readonly workDone: number;
  readonly sourceFiles: readonly SourceFile[];

  unitAt(pc: bigint): CompilationUnit | undefined;

  /** The function (not inlined) whose code holds `pc`. */
  functionAt(pc: bigint): Subprogram | undefined;
  /** The functions with code whose name or linkage name is `name`; statics of several files may share one. */
  functionsNamed(name: string): readonly Subprogram[];
  /** Copies of functions called `name` that were inlined somewhere. */
  inlinedCopiesOf(name: string): readonly FunctionScope[];
  /** The function scopes around `pc`, innermost inlined copy first, the function itself last. Empty outside of known functions. */
  functionScopesAt(pc: bigint): readonly FunctionScope[];
  /** Variables and parameters of `scope` that `pc` sees, innermost block first, not those of functions inlined into it. */
  variablesIn(scope: FunctionScope, pc: bigint): readonly Variable[];
  /** The variable or parameter whose entry is at `offset`. */
  variableAtOffset(offset: number): Variable | undefined;
  /** Global and file-static variables by name or linkage name; the unit of `pc` first. */
  globalsNamed(name: string, pc?: bigint): readonly Variable[];
  /** Types by name: `node`, `struct node`, `enum color`, `uint32_t`, `unsigned int`; complete ones first. */
  typesNamed(name: string): readonly Type[];

  /** The row for the instruction at `pc`: of several rows with its address, the last. */
  lineRowAt(pc: bigint): LineRow | undefined;
  /** All rows inside `scope`'s ranges, by address. */
  lineRowsOf(scope: FunctionScope): readonly LineRow[];
  /** The files that `path` may mean: equal paths, else those that share the longest tail (at least the last name). */
  sourceFilesMatching(path: string): readonly SourceFile[];
  /**
   * Where to stop for `line` of `path`, as gdb and lldb choose: rows that begin a statement, the first one of each function or inlined copy;
   * without code at the line, the next line that has some, but never a line of a function that begins after `line`.
   * With `column`, only the statements of the best column: equal, else the next one to the right, else the line's.
   */
  locationsOfLine(path: string, line: number, column?: number): LineResolution;
  /** The positions in [first, last] of `path` at which a statement begins, without repetition, in order. */
  statementPositions(path: string, first: number, last: number): readonly SourcePosition[];
  /** Where a breakpoint on `scope` belongs: after its prologue, and after the entry point that all its callers come through. */
  breakpointAddressOf(scope: FunctionScope): VirtualAddress;

  /** How to unwind the frame whose instruction at `pc` is next; `undefined` if no table covers it. For a caller's frame, pass the return address - 1. */
  unwindRowAt(pc: bigint): UnwindRow | undefined;
  /** The call that returns to `returnAddress`. */
  callSiteReturningTo(returnAddress: bigint): CallSite | undefined;
}
