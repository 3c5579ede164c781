// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugRegistersView, RegisterView, SchedulerLocking, SlotView, VcpuView } from '../debug/index.js';

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

/** The answer to `steptrap/debugRegisters`. */
export type DebugRegistersBody = Omit<Wire<DebugRegistersView>, 'vcpu' | 'control' | 'slots' | 'guestSlots' | 'controls'> & {
  readonly threadId: number;
  /** Of the guest: how many others could be asked for. */
  readonly vcpuCount: number;
  /** The word given to KVM_SET_GUEST_DEBUG. */
  readonly control: string;
  readonly slots: readonly WireSlot[];
  readonly guestSlots: readonly WireSlot[];
  readonly controls: readonly Wire<RegisterView>[];
};
