// SPDX-License-Identifier: MIT
import { type HandlerResult, TO_GUEST } from '../../handlerResult.js';
import type { PowerpcVcpuState } from '../vcpuState.js';

/** How a hypercall ends: the value for GPR 3 and what the vCPU does then. */
export interface Outcome {
  readonly value: bigint;
  readonly next: HandlerResult;
}

/** Carries out a hypercall; `argument(0)` is GPR 4. `undefined`: user space is to carry it out. */
export type Hypercall = (vcpu: PowerpcVcpuState, argument: (n: number) => bigint) => Outcome | undefined;

/** The guest goes on with `value` in GPR 3. */
export const toGuest = (value: bigint): Outcome => ({ value, next: TO_GUEST });
