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
  ioctlRow('KVM_GET_FPU', 'vcpu', 'read', 0x8c, 256),
  ioctlRow('KVM_SET_FPU', 'vcpu', 'write', 0x8d, 256),
  ioctlRow('KVM_SET_GUEST_DEBUG', 'vcpu', 'write', 0x9b, 264),
  ioctlRow('KVM_PPC_GET_PVINFO', 'vm', 'write', 0xa1, 128),
  ioctlRow('KVM_PPC_GET_SMMU_INFO', 'vm', 'read', 0xa6, 592),
  ioctlRow('KVM_PPC_ALLOCATE_HTAB', 'vm', 'readWrite', 0xa7, 4),
  ioctlRow('KVM_PPC_GET_HTAB_FD', 'vm', 'write', 0xaa, 32),
  ioctlRow('KVM_PPC_RTAS_DEFINE_TOKEN', 'vm', 'write', 0xac, 128),
  ioctlRow('KVM_PPC_CONFIGURE_V3_MMU', 'vm', 'write', 0xaf, 16),
  ioctlRow('KVM_PPC_GET_RMMU_INFO', 'vm', 'write', 0xb0, 96),
] as const;
