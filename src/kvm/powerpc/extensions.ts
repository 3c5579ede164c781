// SPDX-License-Identifier: MIT
import type { PowerCpuModel } from '../../cpu/index.js';
import { KVM_CAP } from '../abi/constants.js';
import type { KvmKind } from './vmState.js';

/** KVM_MAX_VCPUS of 64-bit Book3S. */
export const MAXIMUM_VCPUS = 2048;

/** KVM_CHECK_EXTENSION, what powerpc answers of its own (Linux 6.1: arch/powerpc/kvm/powerpc.c); `undefined`: as every architecture. */
export function powerpcExtension(capability: number, model: PowerCpuModel, kind: KvmKind): number | undefined {
  const isHV = kind === 'hv';
  switch (capability) {
    case KVM_CAP.PPC_SEGSTATE:
    case KVM_CAP.PPC_HIOR:
    case KVM_CAP.PPC_PAPR:
    case KVM_CAP.PPC_UNSET_IRQ:
    case KVM_CAP.PPC_IRQ_LEVEL:
    case KVM_CAP.PPC_ENABLE_HCALL:
    case KVM_CAP.PPC_GET_SMMU_INFO:
    case KVM_CAP.PPC_RTAS:
    case KVM_CAP.IRQ_XICS:
      return 1;
    case KVM_CAP.PPC_GET_PVINFO:
    case KVM_CAP.PPC_GUEST_DEBUG_SSTEP:
      return isHV ? 0 : 1;
    case KVM_CAP.PPC_ALLOC_HTAB:
    case KVM_CAP.PPC_HTAB_FD:
    case KVM_CAP.PPC_SMT:
    case KVM_CAP.PPC_AIL_MODE_3:
      return isHV ? 1 : 0;
    case KVM_CAP.PPC_MMU_RADIX:
    case KVM_CAP.PPC_MMU_HASH_V3:
      return isHV && model.version === 'v3.0' ? 1 : 0;
    case KVM_CAP.NR_VCPUS:
    case KVM_CAP.MAX_VCPUS:
    case KVM_CAP.MAX_VCPU_ID:
      return MAXIMUM_VCPUS;
    default:
      return undefined;
  }
}
