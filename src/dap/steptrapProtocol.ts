// SPDX-License-Identifier: MIT
import type { BreakpointMode, KvmLogLine, SchedulerLocking, StepAction, StepAnatomy, SymbolKind, ValueFormat } from '../debug/index.js';
import type { DebugRegistersBody, MemoryRegionBody, ModuleBody, SymbolBody, TranslationBody, VcpusBody, Wire } from './steptrapBodies.js';

/**
 * An action of a step; runs of bytes are `0x` texts as numbers are. With the symbol of its address, and the fields of the register that it
 * writes which come to another value.
 */
export type WireStepAction = (
  | Exclude<Wire<StepAction>, { kind: 'exit' }>
  | (Omit<WireExit, 'kernel'> & { readonly kernel?: readonly WireKernelWrite[] })
) & { readonly symbol?: string; readonly changes?: readonly WireFieldChange[] };

type WireExit = Extract<Wire<StepAction>, { kind: 'exit' }>;

/** What KVM itself has written on its way into the guest or out of it, with the fields that come to another value. */
export type WireKernelWrite = NonNullable<WireExit['kernel']>[number] & { readonly changes?: readonly WireFieldChange[] };

export interface WireFieldChange {
  readonly name: string;
  /** Most and least significant bit, as `15:14`; `3` for one bit. */
  readonly bits: string;
  readonly before: string;
  readonly after: string;
  readonly description: string;
}

/** How the last step of a vCPU was made, with the text of the stepped instruction and the symbol that it stands in. */
export type StepAnatomyBody = Omit<Wire<StepAnatomy>, 'vcpu' | 'startPc' | 'actions'> & {
  readonly threadId: number;
  readonly startPc?: string;
  readonly symbol?: string;
  readonly instruction?: string;
  readonly actions: readonly WireStepAction[];
};

/** One line of the log of KVM calls and exits; `pc` is that of a return of KVM_RUN. */
export interface KvmTraceEntry {
  readonly number: number;
  readonly text: string;
  readonly kind: KvmLogLine['kind'];
  readonly threadId?: number;
  readonly pc?: string;
  readonly symbol?: string;
}

/** Which lines of the log are wanted: all kinds unless some are named, and those that have `text` in them. */
export interface KvmTraceFilter {
  readonly kinds?: readonly KvmLogLine['kind'][];
  readonly text?: string;
}

/** A register of the debug facilities, or a field of it, that is to be given another value. */
export interface SetDebugRegister {
  readonly threadId: number;
  /** As the answer to `steptrap/debugRegisters` has it: `ciabr`, `DBGBCR0_EL1`. */
  readonly name: string;
  /** A field of it. */
  readonly field?: string;
  /** A number in C syntax, or the manual's word for a field's value. */
  readonly value: string;
  /** The guest's own register, which KVM keeps aside while the debugger's are loaded. */
  readonly isGuests?: boolean;
}

interface OfThread {
  readonly threadId: number;
}
type Nothing = Readonly<Record<string, never>>;
type TraceMode = 'off' | 'dap' | 'kvm';

/** Arguments and answers of the adapter's own requests. */
export interface SteptrapRequests {
  'steptrap/vcpus': { readonly arguments: Nothing; readonly answer: VcpusBody };
  'steptrap/focus': { readonly arguments: OfThread; readonly answer: undefined };
  'steptrap/debugRegisters': { readonly arguments: OfThread; readonly answer: DebugRegistersBody };
  'steptrap/setSchedulerLocking': {
    readonly arguments: { readonly mode: SchedulerLocking | 'replay' };
    readonly answer: { readonly mode: SchedulerLocking };
  };
  'steptrap/freeze': { readonly arguments: OfThread; readonly answer: { readonly isFrozen: boolean } };
  'steptrap/thaw': { readonly arguments: OfThread; readonly answer: { readonly isFrozen: boolean } };
  'steptrap/stepUntil': {
    readonly arguments: OfThread & {
      readonly until: 'branch' | 'call' | 'return' | 'exception' | 'address';
      readonly address?: string;
      readonly entersCalls?: boolean;
      readonly singleThread?: boolean;
    };
    readonly answer: undefined;
  };
  'steptrap/setFormat': {
    readonly arguments: { readonly format: ValueFormat; readonly name?: string };
    readonly answer: { readonly format: ValueFormat };
  };
  'steptrap/setTrace': { readonly arguments: { readonly mode: TraceMode }; readonly answer: { readonly mode: TraceMode } };
  'steptrap/kvmTrace': {
    readonly arguments: { readonly start?: number; readonly count?: number; readonly filter?: KvmTraceFilter; readonly around?: number };
    readonly answer: {
      readonly entries: readonly KvmTraceEntry[];
      /** The number that the next entry will have. */
      readonly end: number;
      /** With `filter`: how many entries pass, and how many of those stand before the first of this answer. */
      readonly total?: number;
      readonly start?: number;
    };
  };
  'steptrap/stepAnatomy': { readonly arguments: OfThread; readonly answer: StepAnatomyBody };
  'steptrap/memoryMap': { readonly arguments: Nothing; readonly answer: { readonly regions: readonly MemoryRegionBody[] } };
  'steptrap/translate': { readonly arguments: OfThread & { readonly address: string }; readonly answer: TranslationBody };
  'steptrap/modules': { readonly arguments: Nothing; readonly answer: { readonly modules: readonly ModuleBody[] } };
  'steptrap/symbols': {
    readonly arguments: {
      readonly moduleId: number;
      readonly kind?: SymbolKind;
      readonly text?: string;
      readonly start?: number;
      readonly count?: number;
    };
    readonly answer: {
      readonly symbols: readonly SymbolBody[];
      /** How many there are of that kind and text. */
      readonly total: number;
    };
  };
  'steptrap/setBreakpointMode': {
    readonly arguments: { readonly breakpointId: number; readonly mode: BreakpointMode };
    /** The mechanism in force, and the words for it. */
    readonly answer: { readonly mode: BreakpointMode; readonly message: string };
  };
  'steptrap/setDebugRegister': { readonly arguments: SetDebugRegister; readonly answer: { readonly value: string } };
  'steptrap/consoleInput': { readonly arguments: { readonly text: string }; readonly answer: undefined };
}

/** The bodies of the adapter's own events. */
export interface SteptrapEvents {
  'steptrap/vcpusChanged': Nothing;
  'steptrap/debugRegistersChanged': Nothing;
  'steptrap/console': { readonly output: string };
}
