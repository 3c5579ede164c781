// SPDX-License-Identifier: MIT
import type { ProcessingElement } from '../../cpu/index.js';
import type { MemorySlots } from '../memorySlots.js';
import type { DebugRegisterSet } from './debugRegisterSet.js';

/** What the vCPUs of a VM see of each other, and the VM of all of them. */
export interface VcpuOfVm {
  readonly pe: ProcessingElement;
  /** A KVM_MP_STATE. */
  mpState: number;
  /** PSCI CPU_ON: where to start once the thread notices. */
  resetRequest: VcpuStart | undefined;
  /** The level of the vCPU's own interrupt input; `line` is KVM_ARM_IRQ_CPU_IRQ (0) or _FIQ (1). */
  setInterruptLine(line: 0 | 1, isHigh: boolean): void;
}

/** Where a vCPU that CPU_ON wakes begins, and in which byte order. */
export interface VcpuStart {
  readonly pc: bigint;
  readonly x0: bigint;
  readonly isBigEndian: boolean;
}

/** The kernel's side of one VM: what its vCPUs share. */
export class Arm64VmState {
  readonly vcpus: VcpuOfVm[] = [];
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
    /** The host's own debug registers, as hardware holds them while no guest set is loaded. */
    readonly hostDebugRegisters: DebugRegisterSet,
  ) {}

  /** Forgets what the vCPUs have cached of stage 2. */
  flushStage2(): void {
    for (const vcpu of this.vcpus) vcpu.pe.flushStage2();
  }
}
