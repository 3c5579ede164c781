// SPDX-License-Identifier: MIT
import type { IoctlRow } from './abi/ioctlNumbers.js';

/** What a log record is about: a call by its row, a return of KVM_RUN, or the scheduler taking a vCPU off the processor. */
export const LOG_RECORD = { CALL: 0, RUN: 1, PREEMPTION: 2 } as const;

/** 32-bit words of a record that are not kind, file, result or exit reason: enough for the head of the exit union, or a register id and its value. */
export const LOG_WORDS = 6;

/** One record as it is kept: raw, formatted only when somebody reads it. */
export interface LogRecord {
  readonly kind: number;
  /** vCPU index, or -1 for a call on the VM or on the system. */
  readonly vcpu: number;
  /** What the call returned: 0 or positive, or a negated errno. */
  readonly result: number;
  /** exit_reason for RUN; otherwise 0. */
  readonly reason: number;
  readonly words: Uint32Array;
  /** For CALL: which one, and its argument's bytes as they were at the call. */
  readonly call: IoctlRow | undefined;
  readonly argument: Uint8Array | undefined;
  /** Names a register id; belongs to the vCPU that made the call. */
  readonly registerName: ((id: bigint) => string) | undefined;
}
