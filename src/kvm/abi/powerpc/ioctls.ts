// SPDX-License-Identifier: MIT
import { COMMON_IOCTLS, type IoctlCoding, ioctlRow } from '../ioctlNumbers.js';

/** Linux 6.1: arch/powerpc/include/uapi/asm/ioctl.h: three direction bits, thirteen size bits. */
export const POWERPC_IOCTL_CODING: IoctlCoding = {
  directionShift: 29,
  sizeBits: 13,
  directions: { none: 1, read: 2, write: 4, readWrite: 6 },
};

/** Linux 6.1: include/uapi/linux/kvm.h with the structure sizes of arch/powerpc/include/uapi/asm/kvm.h. */
// prettier-ignore
export const POWERPC_IOCTLS = [
  ...COMMON_IOCTLS,
  ioctlRow('KVM_GET_REGS', 'vcpu', 'read', 0x81, 392),
  ioctlRow('KVM_SET_REGS', 'vcpu', 'write', 0x82, 392),
  ioctlRow('KVM_GET_SREGS', 'vcpu', 'read', 0x83, 1232),
  ioctlRow('KVM_SET_SREGS', 'vcpu', 'write', 0x84, 1232),
  ioctlRow('KVM_INTERRUPT', 'vcpu', 'write', 0x86, 4),
  ioctlRow('KVM_SET_GUEST_DEBUG', 'vcpu', 'write', 0x9b, 264),
] as const;
