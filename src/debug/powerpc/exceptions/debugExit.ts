// SPDX-License-Identifier: MIT
import type { Vcpu } from '../../../kvm/index.js';
import { KVMPPC_INST_SW_BREAKPOINT } from '../../../kvm/index.js';
import type { DebugExitWorld, KernelDebugExit } from '../../execution/debugExit.js';

const STEP: KernelDebugExit = { kind: 'step', text: 'single step', syndrome: undefined };
const TRAP_WORD: KernelDebugExit = { kind: 'trapInstruction', text: 'trap word', syndrome: undefined, isTrapWord: true };

/**
 * KVM_EXIT_DEBUG of KVM-PR, which writes nothing for a step (API-05): what was asked for and where the vCPU stands tell which it is. A step that has
 * not moved was made on a trap word of the guest's own, or on a branch to itself.
 */
export function readPrDebugExit(_vcpu: Vcpu, { registers, steppedFrom, instructionAt }: DebugExitWorld): KernelDebugExit {
  if (steppedFrom === undefined) return TRAP_WORD;
  const hasMoved = registers.pc !== steppedFrom;
  return hasMoved || instructionAt(steppedFrom) !== KVMPPC_INST_SW_BREAKPOINT ? STEP : TRAP_WORD;
}

/** KVM_EXIT_DEBUG of KVM-HV, whose `status` is not written (API-05): it has no other than the trap word. */
export const readHvDebugExit = (): KernelDebugExit => TRAP_WORD;
