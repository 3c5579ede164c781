// SPDX-License-Identifier: MIT
import { COMMON_IOCTLS, type IoctlCoding, ioctlRow } from '../ioctlNumbers.js';

/** Linux 6.1: include/uapi/asm-generic/ioctl.h: two direction bits, fourteen size bits. Used by arm64. */
export const GENERIC_IOCTL_CODING: IoctlCoding = {
  directionShift: 30,
  sizeBits: 14,
  directions: { none: 0, write: 1, read: 2, readWrite: 3 },
};

/** Linux 6.1: include/uapi/linux/kvm.h with the structure sizes of arch/arm64/include/uapi/asm/kvm.h. */
// prettier-ignore
export const ARM64_IOCTLS = [
  ...COMMON_IOCTLS,
  ioctlRow('KVM_CREATE_IRQCHIP', 'vm', 'none', 0x60),
  ioctlRow('KVM_GET_REGS', 'vcpu', 'read', 0x81, 864),
  ioctlRow('KVM_SET_REGS', 'vcpu', 'write', 0x82, 864),
  ioctlRow('KVM_SET_GUEST_DEBUG', 'vcpu', 'write', 0x9b, 520),
  ioctlRow('KVM_GET_VCPU_EVENTS', 'vcpu', 'read', 0x9f, 64),
  ioctlRow('KVM_SET_VCPU_EVENTS', 'vcpu', 'write', 0xa0, 64),
  ioctlRow('KVM_ARM_VCPU_INIT', 'vcpu', 'write', 0xae, 32),
  ioctlRow('KVM_ARM_PREFERRED_TARGET', 'vm', 'read', 0xaf, 32),
] as const;
