// SPDX-License-Identifier: MIT
import type { BudgetExit, EngineStopExit, UnimplementedExit } from '../../engine/exits.js';

/**
 * An interrupt that hardware takes to the hypervisor, or one that the hypervisor has asked for (`hypervisorInterrupts`). pc and MSR of the
 * processing element are what hardware puts into HSRR0 and, without the status bits, into HSRR1 (SRR0 and SRR1 for an interrupt of the guest's).
 */
export interface InterruptExit {
  readonly kind: 'interrupt';
  /** See `INTERRUPT`. A hypercall is `INTERRUPT.systemCall`; pc is behind it. */
  readonly vector: number;
  /** The bits that the interrupt puts into the status area of (H)SRR1. */
  readonly status: bigint;
  /** HEIR for Hypervisor Emulation Assistance, otherwise the instruction at pc: its word in register order, unsigned; 0 if it cannot be read. */
  readonly instruction: number;
  /** HDAR or DAR, where the interrupt sets it; otherwise 0. */
  readonly address: bigint;
  /** HDSISR or DSISR, where the interrupt sets it; otherwise 0. */
  readonly DSISR: bigint;
  /** For the hypervisor's storage interrupts the guest real address that is not there; otherwise 0. */
  readonly realAddress: bigint;
  /** For `INTERRUPT.systemCall`: 1 for a hypercall (sc 1), 0 for sc, which `hypervisorInterrupts` asks for. */
  readonly LEV: 0 | 1;
}

/** Why `PowerProcessingElement.run` came back. The object is valid until the next `run` of that processing element: it is used again. */
export type PowerGuestExit = BudgetExit | InterruptExit | EngineStopExit | UnimplementedExit;
