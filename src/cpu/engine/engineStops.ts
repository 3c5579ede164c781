// SPDX-License-Identifier: MIT

/** A private breakpoint: independent of the architecture's, unlimited in number, matched by virtual address. */
export interface EngineBreakpoint {
  readonly id: number;
  /** Virtual address, a multiple of 4. */
  readonly address: bigint;
}

/** A private watchpoint on the bytes [start, start + bytes), by virtual address. */
export interface EngineWatchpoint {
  readonly id: number;
  readonly start: bigint;
  /** At least 1. */
  readonly bytes: number;
  readonly onRead: boolean;
  readonly onWrite: boolean;
}
