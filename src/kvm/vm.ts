// SPDX-License-Identifier: MIT
import { failure, type Result } from '../base/index.js';
import { KvmFile, type KvmFailure } from './kvmFile.js';
import type { Vcpu } from './vcpu.js';

/** A VM file descriptor. */
export class Vm extends KvmFile {
  /** In order of creation. */
  readonly vcpus: readonly Vcpu[] = [];
  constructor() { super('vm'); }
  override ioctl(number: number, argument?: Uint8Array, pointed?: Uint8Array): number { void argument; void pointed; return this.refuseUnknown(number); }
  /** KVM_CHECK_EXTENSION. */
  checkExtension(capability: number): number { void capability; return 0; }
  /** KVM_CREATE_VCPU. */
  createVcpu(id: number): Result<Vcpu, KvmFailure> { return failure('ENOSYS', `${id}`); }
  /** KVM_SET_USER_MEMORY_REGION: struct kvm_userspace_memory_region; `userspace_addr` is the host offset of RAM in the engine's linear memory. */
  setUserMemoryRegion(argument: Uint8Array): number { void argument; return 0; }
  /** KVM_IRQ_LINE: struct kvm_irq_level. Allowed while vCPUs are inside KVM_RUN. */
  irqLine(argument: Uint8Array): number { void argument; return 0; }
  /** KVM_ARM_PREFERRED_TARGET: fills struct kvm_vcpu_init. */
  armPreferredTarget(argument: Uint8Array): number { void argument; return 0; }
  /** KVM_ENABLE_CAP: struct kvm_enable_cap. */
  enableCap(argument: Uint8Array): number { void argument; return 0; }
  /** KVM_CREATE_DEVICE: struct kvm_create_device. */
  createDevice(argument: Uint8Array): number { void argument; return 0; }
}
