// SPDX-License-Identifier: MIT
import type { CpuModel } from '../cpu/index.js';
import { ARM64_GUESTDBG_VALID_MASK, KVM_ARM_TARGET_GENERIC_V8, KVM_CAP, KVM_USER_MEM_SLOTS } from './abi/constants.js';
import { STEPTRAP_CAP_ENGINE } from './abi/steptrap.js';

/** KVM_MAX_VCPUS of arm64 6.1. */
export const MAXIMUM_VCPUS = 512;

/** kvm_target_cpu(): KVM_ARM_TARGET_* of the cores that have a number of their own. */
const TARGETS: ReadonlyMap<string, number> = new Map([
  ['cortex-a57', 2],
  ['cortex-a53', 4],
]);

/** KVM_ARM_PREFERRED_TARGET's answer on a host of this model. */
export const preferredTarget = (model: CpuModel): number => TARGETS.get(model.name) ?? KVM_ARM_TARGET_GENERIC_V8;

/** KVM_CHECK_EXTENSION of arm64 (Linux 6.1: arch/arm64/kvm/arm.c, virt/kvm/kvm_main.c): 0 for what there is not. */
export function extension(capability: number, model: CpuModel): number {
  switch (capability) {
    case KVM_CAP.USER_MEMORY:
    case KVM_CAP.DESTROY_MEMORY_REGION_WORKS:
    case KVM_CAP.JOIN_MEMORY_REGIONS_WORKS:
    case KVM_CAP.ONE_REG:
    case KVM_CAP.ARM_PSCI:
    case KVM_CAP.ARM_PSCI_0_2:
    case KVM_CAP.READONLY_MEM:
    case KVM_CAP.MP_STATE:
    case KVM_CAP.IMMEDIATE_EXIT:
    case KVM_CAP.VCPU_EVENTS:
    case KVM_CAP.ARM_IRQ_LINE_LAYOUT_2:
    case KVM_CAP.ARM_NISV_TO_USER:
    case KVM_CAP.ARM_INJECT_EXT_DABT:
    case KVM_CAP.SET_GUEST_DEBUG:
    case KVM_CAP.SYNC_MMU:
    case KVM_CAP.ENABLE_CAP_VM:
    case KVM_CAP.SYSTEM_EVENT_DATA:
    case KVM_CAP.DEVICE_CTRL:
    case STEPTRAP_CAP_ENGINE:
      return 1;
    case KVM_CAP.SET_GUEST_DEBUG2:
      return ARM64_GUESTDBG_VALID_MASK;
    case KVM_CAP.GUEST_DEBUG_HW_BPS:
      return model.breakpoints;
    case KVM_CAP.GUEST_DEBUG_HW_WPS:
      return model.watchpoints;
    case KVM_CAP.NR_VCPUS:
    case KVM_CAP.MAX_VCPUS:
    case KVM_CAP.MAX_VCPU_ID:
      return MAXIMUM_VCPUS;
    case KVM_CAP.NR_MEMSLOTS:
      return KVM_USER_MEM_SLOTS;
    case KVM_CAP.ARM_VM_IPA_SIZE:
      return model.physicalAddressBits;
    default:
      return 0;
  }
}
