// SPDX-License-Identifier: MIT
import type { StateWords } from '../state/stateLayout.js';

/** Why `Engine.run` came back. */
export const STOP = {
  /** All instructions of the budget have retired. */
  BUDGET: 0,
  /** The instruction at pc asks for a routine: `routine`, `payload`. It has not retired. */
  LEAVE: 1,
  /** The instruction at pc made an access that the translations do not hold or that is misaligned or watched: `faultAddress`, `faultAccess`. It has not retired and changed nothing. */
  MEMORY: 2,
  /** No translation for fetching from pc, or pc is misaligned. */
  FETCH: 3,
  /** The instruction at pc carries a trap (see `fillFetch`). It has not retired. */
  TRAP: 4,
} as const;

export type Stop = (typeof STOP)[keyof typeof STOP];

/** A piece of linear memory that serves as RAM. */
export interface RamBlock {
  /** Offset in linear memory: what `hostOffset` means everywhere below. A multiple of 64 KiB. */
  readonly hostOffset: number;
  readonly bytes: Uint8Array;
}

/** Counts of what costs, for the gate tests. They only ever grow. */
export interface EngineCounters {
  /** Calls from JavaScript into WebAssembly. */
  crossings: number;
  /** Instructions decoded. What was decoded before, at any place, and is remembered does not count. */
  decodes: number;
  /** Decoded instructions that were given up, because of a write, a trap or another mode: they are decoded again when they are run. */
  givenUp: number;
}

/** The architecture-neutral engine that one machine's vCPUs share, one at a time. Implemented by `Interpreter`. */
export interface Engine {
  /** The state page, by slot. */
  readonly state: StateWords;
  readonly counters: EngineCounters;
  /** Copies the state page out or in, when another vCPU is to run. Translations are flushed by the caller. */
  saveState(into: Uint8Array): void;
  loadState(from: Uint8Array): void;

  /** Runs from pc until `budget` instructions (1 to 2^31 - 1) have retired or something stops it. */
  run(budget: number): Stop;
  /** As `run(1)`, but the traps of fetched pages do not fire. */
  runUntrapped(): Stop;
  /** Instructions retired by the last `run`. */
  readonly retired: number;
  readonly routine: string;
  readonly payload: bigint;
  readonly faultAddress: bigint;
  /** See `decodeAccess`. */
  readonly faultAccess: number;

  /** Where RAM begins in linear memory: what lies below is the engine's own. */
  readonly ramOffset: number;
  /** New zeroed RAM, or `undefined` if the host has no memory for it. Existing `bytes` views are replaced: ask `ramBytes` again. */
  allocateRam(bytes: number): RamBlock | undefined;
  /** Fresh view of all linear memory; index by host offset. Invalid after the next `allocateRam`. */
  readonly memory: Uint8Array;
  /** Called when `allocateRam` has replaced `memory`. */
  onGrowth: (() => void) | undefined;
  /** To be called after anybody but the running guest has written to RAM. */
  invalidateCode(hostOffset: number, bytes: number): void;

  /** Maps the 4 KiB page of virtual address `va` to the page at `hostOffset` for loads. `watch` is the hull [low, high) of watched bytes in that page, offsets 0 to 4096: accesses that touch it stop with MEMORY. */
  fillRead(va: bigint, hostOffset: number, watch?: readonly [low: number, high: number]): void;
  fillWrite(va: bigint, hostOffset: number, watch?: readonly [low: number, high: number]): void;
  /** Maps the page for fetching. `traps` are offsets in the page (multiples of 4) whose instructions shall stop with TRAP; they stay with the physical page until `clearTraps`. */
  fillFetch(va: bigint, hostOffset: number, traps?: readonly number[]): void;
  clearTraps(): void;
  /** Forgets all three kinds of translation. */
  flushTranslations(): void;
  flushFetch(): void;
}

/** An engine that can run several modes of an architecture: computation modes, byte orders. */
export interface ModalEngine extends Engine {
  /** Goes on in this mode, by the number that the engine's maker gave it. Does nothing in the mode that it is in; otherwise fetches are translated anew. */
  selectMode(mode: number): void;
  /** The instruction word at pc in this mode, if the page is there to be fetched from; `undefined` otherwise. */
  readonly wordAtPc: number | undefined;
}
