// SPDX-License-Identifier: MIT

/** The instructions that were asked for have retired (see `ProcessingElement.run`). Not a guest exit: the end of a slice. */
export interface BudgetExit {
  readonly kind: 'budget';
}

/**
 * An exception taken to EL2. `pc` and `pstate` of the processing element are what hardware puts into
 * ELR_EL2 and SPSR_EL2.
 */
export interface ExceptionExit {
  readonly kind: 'exception';
  /** ESR_EL2, 32 bits, unsigned. */
  readonly ESR: number;
  /** FAR_EL2; meaningful for aborts and watchpoints, otherwise 0. */
  readonly FAR: bigint;
  /** For stage 2 aborts the faulting intermediate physical address: HPFAR_EL2's page with the offset from FAR_EL2. Otherwise 0. */
  readonly IPA: bigint;
  /** `pc` is the instruction that caused the exception; false after HVC and for a software step exception. */
  readonly isSameInstruction: boolean;
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

/** HLT #0xF000 with semihosting enabled; pc is at the HLT. The caller serves the request and calls `advance`. */
export interface SemihostingExit {
  readonly kind: 'semihosting';
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

/** Why `ProcessingElement.run` came back. The object is valid until the next `run` of that processing element: it is used again. */
export type GuestExit = BudgetExit | ExceptionExit | EngineStopExit | SemihostingExit | UnimplementedExit;
