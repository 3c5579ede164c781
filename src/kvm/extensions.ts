// SPDX-License-Identifier: MIT
import { KVM_CAP, KVM_USER_MEM_SLOTS } from './abi/constants.js';
import { STEPTRAP_CAP_ENGINE } from './abi/steptrap.js';

/** KVM_CHECK_EXTENSION, what every architecture answers (Linux 6.1: virt/kvm/kvm_main.c): 0 for what there is not. */
export function extension(capability: number): number {
  switch (capability) {
    case KVM_CAP.USER_MEMORY:
    case KVM_CAP.SYNC_MMU:
    case KVM_CAP.DESTROY_MEMORY_REGION_WORKS:
    case KVM_CAP.SET_GUEST_DEBUG:
    case KVM_CAP.JOIN_MEMORY_REGIONS_WORKS:
    case KVM_CAP.ONE_REG:
    case KVM_CAP.DEVICE_CTRL:
    case KVM_CAP.ENABLE_CAP_VM:
    case KVM_CAP.IMMEDIATE_EXIT:
    case STEPTRAP_CAP_ENGINE:
      return 1;
    case KVM_CAP.NR_MEMSLOTS:
      return KVM_USER_MEM_SLOTS;
    default:
      return 0;
  }
}
