// SPDX-License-Identifier: MIT
import type { Disposable, Result, VirtualAddress } from '../base/index.js';
import type { Breakpoints } from './breakpoints/breakpointRequest.js';
import type { DisassembledRow, DisassemblyRequest } from './disassembly/disassembledRow.js';
import type { ExceptionReport } from './exceptions/exceptionModel.js';
import type { ConsoleInput } from './execution/consoleInputLog.js';
import type { ExecutionControl } from './execution/executionControl.js';
import type { StopReport } from './execution/stop.js';
import type { StackFrame, StackTrace } from './frames/stackFrame.js';
import type { KvmTrace } from './kvmTrace.js';
import type { MemoryRegionView, TranslationView } from './memory/machineMemory.js';
import type { DebugRegisterWrite } from './registers/debugRegisterWrite.js';
import type { DebugRegistersView, FieldView, RegisterGroupName, RegisterView, VcpuView } from './registers/registerView.js';
import type { StepAnatomy } from './stepping/stepAction.js';
import type { ModuleView, SymbolFilter, SymbolView } from './symbols/moduleViews.js';
import type { ScopeView, ValueView } from './values/valueView.js';

/** A source file that the debug information names. */
export interface SourceReference {
  readonly path: string;
  readonly md5: string | undefined;
}

/** How many units of the debug information have been read. */
export interface SymbolProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * A guest under the debugger: the face of this layer. `launch` makes one. vCPUs are numbered from 0; a register, memory or
 * expression request while the guest runs sees it between two slices.
 */
export interface DebugTarget extends Disposable {
  readonly vcpuCount: number;
  readonly execution: ExecutionControl;
  readonly breakpoints: Breakpoints;

  /** The stop that the guest stands at, `undefined` while it runs. */
  readonly lastStop: StopReport | undefined;
  /** Lines for the debug console: log messages, notes on what the debugger did by itself. */
  readonly onDidLog: (listener: (line: string) => void) => Disposable;
  /** A slot changed: the debug register view is stale. */
  readonly onDidChangeDebugRegisters: (listener: () => void) => Disposable;
  /** A breakpoint's state changed by itself. */
  readonly onDidChangeBreakpoints: (listener: () => void) => Disposable;

  readonly modules: readonly ModuleView[];
  readonly sources: readonly SourceReference[];

  /** Symbols `start` … `start + count - 1` of a module by address, of those that pass the filter; none if there is no such module. */
  symbols(
    module: number,
    filter: SymbolFilter,
    start: number,
    count: number,
  ): { readonly symbols: readonly SymbolView[]; readonly total: number };

  /** Reads what the symbol files say, a unit a step, which all questions otherwise do when they are first asked. */
  readSymbols(): Iterable<SymbolProgress>;

  vcpus(): readonly VcpuView[];
  /** Frames `first` … `first + count - 1` of the vCPU's stack; at most 1000 deep in all. */
  stack(vcpu: number, first?: number, count?: number): StackTrace;
  /** Locals, Arguments and Globals of the frame. */
  scopes(frame: StackFrame): readonly ScopeView[];

  /** Evaluates a C expression in `frame`, or at file level with the registers of `vcpu`. Assignments write, unless `readOnly` refuses them. */
  evaluate(expression: string, where: StackFrame | { readonly vcpu: number }, access?: 'readWrite' | 'readOnly'): Result<ValueView>;
  /** Names that complete the expression `text` up to its end. */
  completions(text: string, where: StackFrame | { readonly vcpu: number }): readonly string[];

  /** The registers of a group. With an outer frame, the general registers have its values, unwound; those that the callee has not saved say so. */
  registers(vcpu: number, group: RegisterGroupName, frame?: StackFrame): readonly RegisterView[];
  /** One register by name, as `registers` has it. */
  register(vcpu: number, name: string, frame?: StackFrame): RegisterView | undefined;
  /** Writes a register (or `pstate.N`, one field of it) by name. */
  writeRegister(vcpu: number, name: string, value: bigint): Result<undefined>;
  /** The value that the manual calls `word` in the field `name` (`spsr_el1.M`), `undefined` if there is none. */
  registerFieldValue(name: string, word: string): bigint | undefined;
  /** The fields of a register with this value, and which of them are different in `before`; none for a register without fields. */
  registerFields(name: string, value: bigint, before: bigint): readonly FieldView[];
  debugRegisters(vcpu: number): DebugRegistersView;
  /** Writes a register of `debugRegisters`, or a field of it; answers what it has then. */
  writeDebugRegister(vcpu: number, write: DebugRegisterWrite): Result<bigint>;

  /** As many bytes from `address` on as can be read through the vCPU's translation, up to `count`; breakpoints of ours are not seen. */
  readMemory(vcpu: number, address: VirtualAddress, count: number): Uint8Array;
  readPhysicalMemory(address: bigint, count: number): Uint8Array;
  /** Writes all or nothing. */
  writeMemory(vcpu: number, address: VirtualAddress, bytes: Uint8Array): Result<undefined>;
  writePhysicalMemory(address: bigint, bytes: Uint8Array): Result<undefined>;

  /** RAM and devices of the machine, by address. */
  readonly memoryMap: readonly MemoryRegionView[];
  /** How the vCPU translates `address` now, entry by entry. */
  translation(vcpu: number, address: VirtualAddress): TranslationView;

  /** Exactly `request.count` rows. */
  disassemble(vcpu: number, request: DisassemblyRequest): readonly DisassembledRow[];
  /** The address that `text` (a symbol, `symbol+4`, `file.c:12`, a number, `*expression`) means. */
  resolveLocation(text: string, vcpu: number): Result<VirtualAddress>;
  /** Where a run to `text` ends: as `resolveLocation`, but a function by name is the instruction that all its callers come through. */
  resolveStop(text: string, vcpu: number): Result<VirtualAddress>;
  /** `<symbol+0x10>`, `undefined` if no symbol owns it. */
  describeAddress(address: VirtualAddress): string | undefined;

  /** The exception at whose vector `vcpu` stands; `undefined` if it stands elsewhere. */
  exception(vcpu: number): ExceptionReport | undefined;

  /** How the last step of `vcpu` was made; no actions if it has not stepped. */
  stepAnatomy(vcpu: number): StepAnatomy;
  /** The log of KVM calls and exits. */
  readonly kvmTrace: KvmTrace;
  /** What was typed into the guest's console and when it arrived, always recorded. */
  readonly consoleInput: readonly ConsoleInput[];
  /** `{"exit reason": count}` since the launch. */
  readonly exitCounts: Readonly<Record<string, number>>;
}
