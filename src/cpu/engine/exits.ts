// SPDX-License-Identifier: MIT

/** The instructions that were asked for have retired (see `run` of a processing element). Not a guest exit: the end of a slice. */
export interface BudgetExit {
  readonly kind: 'budget';
}

/** A private engine breakpoint or watchpoint stopped the program before the instruction at pc. */
export interface EngineStopExit {
  readonly kind: 'engine';
  readonly cause: 'breakpoint' | 'watchpoint';
  /** Ids of all engine breakpoints (or watchpoints) that the instruction hits, ascending. At least one. */
  readonly ids: readonly number[];
  /** The instruction's address, or the lowest watched byte that it would touch. */
  readonly address: bigint;
  /** What the access does; for a breakpoint `undefined`. */
  readonly access: 'load' | 'store' | 'update' | undefined;
}

/** The guest needs something that this engine does not have. pc is at the instruction. */
export interface UnimplementedExit {
  readonly kind: 'unimplemented';
  /** The instruction's or facility's name in the manual. */
  readonly name: string;
  readonly reason: string;
  /** The instruction word, unsigned. */
  readonly word: number;
  readonly address: bigint;
}
