// SPDX-License-Identifier: MIT
import type { CpuModel } from '../../cpu/index.js';
import { ARM64_GUESTDBG_VALID_MASK, KVM_ARM_TARGET_GENERIC_V8 } from '../abi/arm64/constants.js';
import { KVM_CAP } from '../abi/constants.js';

/** KVM_MAX_VCPUS of arm64 6.1. */
export const MAXIMUM_VCPUS = 512;

/** kvm_target_cpu(): KVM_ARM_TARGET_* of the cores that have a number of their own. */
const TARGETS: ReadonlyMap<string, number> = new Map([
  ['cortex-a57', 2],
  ['cortex-a53', 4],
]);

/** KVM_ARM_PREFERRED_TARGET's answer on a host of this model. */
export const preferredTarget = (model: CpuModel): number => TARGETS.get(model.name) ?? KVM_ARM_TARGET_GENERIC_V8;

/** KVM_CHECK_EXTENSION, what arm64 answers of its own (Linux 6.1: arch/arm64/kvm/arm.c); `undefined`: as every architecture. */
export function arm64Extension(capability: number, model: CpuModel): number | undefined {
  switch (capability) {
    case KVM_CAP.ARM_PSCI:
    case KVM_CAP.ARM_PSCI_0_2:
    case KVM_CAP.READONLY_MEM:
    case KVM_CAP.MP_STATE:
    case KVM_CAP.VCPU_EVENTS:
    case KVM_CAP.ARM_IRQ_LINE_LAYOUT_2:
    case KVM_CAP.ARM_NISV_TO_USER:
    case KVM_CAP.ARM_INJECT_EXT_DABT:
    case KVM_CAP.SYSTEM_EVENT_DATA:
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
    case KVM_CAP.ARM_VM_IPA_SIZE:
      return model.physicalAddressBits;
    default:
      return undefined;
  }
}
