// SPDX-License-Identifier: MIT
import { KVM_GUESTDBG } from '../constants.js';

// Linux 6.1: arch/arm64/include/uapi/asm/kvm.h. Names are the kernel's without their common prefix.

/** The control bits that arm64 accepts: KVM_GUESTDBG_VALID_MASK. */
export const ARM64_GUESTDBG_VALID_MASK = KVM_GUESTDBG.ENABLE | KVM_GUESTDBG.SINGLESTEP | KVM_GUESTDBG.USE_SW_BP | KVM_GUESTDBG.USE_HW;

/** KVM_DEBUG_ARCH_HSR_HIGH_VALID: `flags` of struct kvm_run on a debug exit. */
export const KVM_DEBUG_ARCH_HSR_HIGH_VALID = 0x1;

/** KVM_ARM_MAX_DBG_REGS: elements of each array of struct kvm_guest_debug_arch. */
export const KVM_ARM_MAX_DBG_REGS = 16;

/** KVM_ARM_TARGET_*: the only one whose feature set every core can give. */
export const KVM_ARM_TARGET_GENERIC_V8 = 5;

/** KVM_ARM_VCPU_*: bit numbers in features of struct kvm_vcpu_init. */
// prettier-ignore
export const KVM_ARM_VCPU = {
  POWER_OFF: 0,
  EL1_32BIT: 1,
  PSCI_0_2: 2,
  PMU_V3: 3,
  SVE: 4,
  PTRAUTH_ADDRESS: 5,
  PTRAUTH_GENERIC: 6,
} as const;

/** KVM_VCPU_MAX_FEATURES of arm64. */
export const KVM_VCPU_MAX_FEATURES = 7;

/** KVM_ARM_IRQ_*: fields of irq in struct kvm_irq_level. */
// prettier-ignore
export const KVM_ARM_IRQ = {
  VCPU2_SHIFT: 28,
  VCPU2_MASK: 0x0f,
  TYPE_SHIFT: 24,
  TYPE_MASK: 0x0f,
  VCPU_SHIFT: 16,
  VCPU_MASK: 0xff,
  NUM_MASK: 0xffff,
  TYPE_CPU: 0,
  TYPE_SPI: 1,
  TYPE_PPI: 2,
  CPU_IRQ: 0,
  CPU_FIQ: 1,
} as const;

/** KVM_DEV_TYPE_*: what KVM_CREATE_DEVICE may be asked for on arm64. */
export const KVM_DEV_TYPE = { ARM_VGIC_V2: 5, ARM_VGIC_V3: 7, ARM_VGIC_ITS: 8 } as const;
