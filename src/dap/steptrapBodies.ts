// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import type {
  BreakpointMode,
  DebugControlView,
  DebugRegistersView,
  FieldView,
  MemoryRegionView,
  ModuleView,
  SchedulerLocking,
  SectionView,
  SlotView,
  StepView,
  SymbolKind,
  SymbolView,
  TranslationStepView,
  TranslationView,
  TrapView,
  VcpuView,
} from '../debug/index.js';

/** A description of the debugger as JSON carries it: a 64-bit number is a `0x` text, and so is a run of bytes. */
export type Wire<T> = T extends bigint | Uint8Array
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]: Wire<T[Name]> }
      : T;

/** A vCPU, with the client's source file and the line that its next instruction comes from. */
export type WireVcpu = Wire<VcpuView> & { readonly threadId: number; readonly source?: DebugProtocol.Source; readonly line?: number };

/** The answer to `steptrap/vcpus`. */
export type VcpusBody = {
  readonly schedulerLocking: SchedulerLocking;
  /** The vCPU that stopped; the others are held because of it. `undefined` while the guest runs. */
  readonly stoppedThread?: number;
  readonly vcpus: readonly WireVcpu[];
};

/** A slot with the symbol that it stands at and the breakpoints behind it. */
export type WireSlot = Wire<SlotView> & {
  readonly symbol?: string;
  readonly behind: readonly (Partial<DebugProtocol.Breakpoint> & { readonly name?: string })[];
};

/** A trap word with the symbol that it stands at, and the threads and places that it is there for. */
export type WireTrap = Omit<Wire<TrapView>, 'vcpus' | 'real'> &
  Pick<WireSlot, 'symbol' | 'behind'> & { readonly real?: string; readonly threadIds: readonly number[] };

/** A vCPU's single step, with the symbols of its addresses. */
export type WireStep = Omit<Wire<StepView>, 'phase' | 'pc' | 'vector'> & {
  readonly phase?: string;
  readonly pc?: string;
  readonly symbol?: string;
  readonly vector?: Wire<NonNullable<StepView['vector']>> & { readonly symbol?: string };
};

export type WireControl = Omit<Wire<DebugControlView>, 'owner' | 'guestValue'> & {
  readonly owner?: SlotView['owner'];
  readonly guestValue?: string;
};

/** The answer to `steptrap/debugRegisters`. */
export type DebugRegistersBody = Omit<
  Wire<DebugRegistersView>,
  'vcpu' | 'control' | 'slots' | 'guestSlots' | 'controls' | 'step' | 'traps'
> & {
  readonly threadId: number;
  /** Of the guest: how many others could be asked for. */
  readonly vcpuCount: number;
  /** How breakpoints are made that name no mode. */
  readonly breakpointMode: BreakpointMode;
  /** The word given to KVM_SET_GUEST_DEBUG. */
  readonly control: string;
  readonly slots: readonly WireSlot[];
  readonly guestSlots: readonly WireSlot[];
  readonly controls: readonly WireControl[];
  readonly step: WireStep;
  readonly traps: readonly WireTrap[];
};

/** A range of physical addresses in the answer to `steptrap/memoryMap`; `end` is the last address of it. */
export interface MemoryRegionBody {
  readonly kind: MemoryRegionView['kind'];
  readonly name: string;
  readonly start: string;
  readonly end: string;
  readonly size: number;
  readonly memoryReference: string;
}

/** A register or an entry of a table that a translation looked at; one in physical memory has the reference to it. */
export interface TranslationStepBody {
  readonly kind: TranslationStepView['kind'];
  readonly title: string;
  readonly description: string;
  readonly value: string;
  readonly memoryReference?: string;
  readonly place?: string;
  readonly fields: readonly Wire<FieldView>[];
}

/** The answer to `steptrap/translate`. */
export interface TranslationBody {
  readonly threadId: number;
  readonly address: string;
  readonly symbol?: string;
  readonly regime: string;
  readonly steps: readonly TranslationStepBody[];
  /** The physical address and the reference to it, unless there is none. */
  readonly physical?: string;
  readonly memoryReference?: string;
  readonly pageBytes?: number;
  readonly attributes: TranslationView['attributes'];
  /** Why there is no physical address, a sentence. */
  readonly fault?: string;
  /** What answers at the physical address. */
  readonly region?: string;
}

/** A program or symbol file in the answer to `steptrap/modules`; its id is that of the protocol's request `modules`. */
export interface ModuleBody {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly hasDebugInformation: boolean;
  readonly sections: readonly (Omit<Wire<SectionView>, 'size'> & { readonly size: number })[];
  readonly symbolCounts: ModuleView['symbolCounts'];
  readonly problems: readonly string[];
}

/** A symbol in the answer to `steptrap/symbols`. */
export interface SymbolBody {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly address: string;
  readonly size: number;
  readonly binding: SymbolView['binding'];
  readonly section?: string;
  readonly source?: DebugProtocol.Source;
  readonly line?: number;
}
