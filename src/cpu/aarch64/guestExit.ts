// SPDX-License-Identifier: MIT
import type { BudgetExit, EngineStopExit, UnimplementedExit } from '../engine/exits.js';

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

/** HLT #0xF000 with semihosting enabled; pc is at the HLT. The caller serves the request and calls `advance`. */
export interface SemihostingExit {
  readonly kind: 'semihosting';
}

/** Why `ProcessingElement.run` came back. The object is valid until the next `run` of that processing element: it is used again. */
export type GuestExit = BudgetExit | ExceptionExit | EngineStopExit | SemihostingExit | UnimplementedExit;
