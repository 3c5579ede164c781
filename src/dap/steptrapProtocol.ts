// SPDX-License-Identifier: MIT
import type { SchedulerLocking, StepAnatomy, ValueFormat } from '../debug/index.js';
import type { DebugRegistersBody, VcpusBody, Wire } from './steptrapBodies.js';

/** How the last step of a vCPU was made; runs of bytes are `0x` texts as numbers are. */
export type StepAnatomyBody = Omit<Wire<StepAnatomy>, 'vcpu'> & { readonly threadId: number };

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
    readonly arguments: { readonly start?: number; readonly count?: number };
    readonly answer: { readonly entries: readonly { readonly number: number; readonly text: string }[] };
  };
  'steptrap/stepAnatomy': { readonly arguments: OfThread; readonly answer: StepAnatomyBody };
  'steptrap/consoleInput': { readonly arguments: { readonly text: string }; readonly answer: undefined };
}

/** The bodies of the adapter's own events. */
export interface SteptrapEvents {
  'steptrap/vcpusChanged': Nothing;
  'steptrap/debugRegistersChanged': Nothing;
  'steptrap/console': { readonly output: string };
}
