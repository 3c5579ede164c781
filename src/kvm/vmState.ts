// SPDX-License-Identifier: MIT
import type { MemorySlots } from './memorySlots.js';
import type { VcpuState } from './vcpuState.js';

/** The kernel's side of one VM: what its vCPUs share. */
export class VmState {
  readonly vcpus: VcpuState[] = [];
  /** KVM_CAP_ARM_NISV_TO_USER has been enabled. */
  returnsNisvToUser = false;
  /** What KVM_REG_ARM_PSCI_VERSION was set to; `undefined`: the default. */
  psciVersion: number | undefined;

  constructor(
    readonly memory: MemorySlots,
    /** Bits of a guest physical address. */
    readonly ipaBits: number,
    /** KVM_ARM_PREFERRED_TARGET's answer. */
    readonly preferredTarget: number,
  ) {}

  /** Forgets what the vCPUs have cached of stage 2. */
  flushStage2(): void {
    for (const vcpu of this.vcpus) vcpu.pe.flushStage2();
  }
}
