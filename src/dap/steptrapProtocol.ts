// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebugRegistersView, SlotView, StepAnatomy, VcpuView } from '../debug/index.js';

/** A view of the debugger as JSON carries it: numbers of 64 bits and runs of bytes are `0x` texts. */
export type OnWire<T> = T extends bigint | Uint8Array
  ? string
  : T extends readonly (infer E)[]
    ? readonly OnWire<E>[]
    : T extends object
      ? { readonly [K in keyof T]: OnWire<T[K]> }
      : T;

/** A vCPU of `steptrap/vcpus`. */
export type WireVcpu = OnWire<VcpuView> & { readonly threadId: number };

/** A slot of `steptrap/debugRegisters`: the symbol that it stands at, and the breakpoints behind it with their places. */
export type WireSlot = OnWire<SlotView> & {
  readonly symbol?: string;
  readonly behind: readonly (DebugProtocol.Breakpoint | { readonly id: number })[];
};

/** The debug registers of one vCPU. */
export type WireDebugRegisters = Omit<OnWire<DebugRegistersView>, 'vcpu' | 'control' | 'slots' | 'guestSlots'> & {
  readonly threadId: number;
  readonly control: string;
  readonly slots: readonly WireSlot[];
  readonly guestSlots: readonly WireSlot[];
};

/** How the last step of a vCPU was made. */
export type WireStepAnatomy = Omit<OnWire<StepAnatomy>, 'vcpu'> & { readonly threadId: number };

/** Which vCPUs run while one is resumed or stepped. */
export type SchedulerLockingMode = 'off' | 'on' | 'step' | 'replay';

/** Arguments and answers of the adapter's own requests. */
export interface SteptrapRequests {
  'steptrap/vcpus': { readonly arguments: Readonly<Record<string, never>>; readonly answer: { readonly vcpus: readonly WireVcpu[] } };
  'steptrap/debugRegisters': { readonly arguments: { readonly threadId: number }; readonly answer: WireDebugRegisters };
  'steptrap/setSchedulerLocking': {
    readonly arguments: { readonly mode: SchedulerLockingMode };
    readonly answer: { readonly mode: SchedulerLockingMode };
  };
  'steptrap/freeze': { readonly arguments: { readonly threadId: number }; readonly answer: { readonly isFrozen: boolean } };
  'steptrap/thaw': { readonly arguments: { readonly threadId: number }; readonly answer: { readonly isFrozen: boolean } };
  'steptrap/setTrace': {
    readonly arguments: { readonly mode: 'off' | 'dap' | 'kvm' };
    readonly answer: { readonly mode: 'off' | 'dap' | 'kvm' };
  };
  'steptrap/kvmTrace': {
    readonly arguments: { readonly start?: number; readonly count?: number };
    readonly answer: { readonly entries: readonly { readonly number: number; readonly text: string }[] };
  };
  'steptrap/stepAnatomy': { readonly arguments: { readonly threadId: number }; readonly answer: WireStepAnatomy };
  'steptrap/consoleInput': { readonly arguments: { readonly text: string }; readonly answer: undefined };
}

/** The bodies of the adapter's own events. */
export interface SteptrapEvents {
  'steptrap/vcpusChanged': Readonly<Record<string, never>>;
  'steptrap/debugRegistersChanged': Readonly<Record<string, never>>;
  'steptrap/console': { readonly output: string };
}
