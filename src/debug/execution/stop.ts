// SPDX-License-Identifier: MIT
import type { VirtualAddress } from '../../base/index.js';

/** What an access did to bytes that are watched. Addresses are the requested ones, not those of the syndrome (ARM-HW-34). */
export interface WatchReport {
  /** The id of the data breakpoint. */
  readonly breakpoint: number;
  readonly access: 'read' | 'write';
  /** The first watched byte. */
  readonly address: VirtualAddress;
  /** The watched bytes before and after the access, in the order of memory; equal if it wrote what was there. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** One sentence with both values, as `counter: 3 → 4 (written by <increment+0x10>)`. */
  readonly sentence: string;
}

/** Why the guest stands still. */
export type StopReason =
  /** The guest has not run yet. */
  | 'entry'
  | 'step'
  /** A line, function or instruction breakpoint: `breakpoints`. */
  | 'breakpoint'
  /** A data breakpoint: `watches`. */
  | 'watchpoint'
  | 'pause'
  /** A run to a location arrived. */
  | 'goto'
  /** A CPU vector that the user asked to stop at was entered. */
  | 'exception'
  /** Something that the debugger cannot go on from; `description` says what (an internal error of KVM, a hole in the memory map). */
  | 'error';

/** A stop of all vCPUs, and which of them caused it. */
export interface StopReport {
  /** Index of the vCPU that stopped; the others are held where they were. */
  readonly vcpu: number;
  readonly reason: StopReason;
  readonly pc: VirtualAddress;
  /** One sentence for people. */
  readonly description: string;
  /** Ids of all breakpoints that this stop belongs to (two may lie on one instruction). */
  readonly breakpoints: readonly number[];
  readonly watches: readonly WatchReport[];
}

/** How the guest ended. */
export interface EndReport {
  readonly kind: 'powerOff' | 'reset' | 'semihostingExit' | 'crash';
  /** The status for the command line: the guest's own, 0 for power-off. */
  readonly status: number;
  readonly description: string;
}

/** What a slice of execution came to. */
export type SliceOutcome =
  /** The budget was used up; call `runSlice` again. */
  | { readonly kind: 'running' }
  /** All vCPUs wait and nothing but console input (or a pause) can wake them; call `runSlice` again after input. */
  | { readonly kind: 'waitingForInput' }
  | { readonly kind: 'stopped'; readonly stop: StopReport }
  | { readonly kind: 'ended'; readonly end: EndReport };
