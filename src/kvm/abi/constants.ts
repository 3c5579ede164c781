// SPDX-License-Identifier: MIT
// Linux 6.1: include/uapi/linux/kvm.h. Names are the kernel's without their common prefix.

export const KVM_API_VERSION = 12;

/** KVM_CAP_*: what KVM_CHECK_EXTENSION is asked for. */
// prettier-ignore
export const KVM_CAP = {
  IRQCHIP: 0,
  USER_MEMORY: 3,
  NR_VCPUS: 9,
  NR_MEMSLOTS: 10,
  MP_STATE: 14,
  COALESCED_MMIO: 15,
  SYNC_MMU: 16,
  DESTROY_MEMORY_REGION_WORKS: 21,
  SET_GUEST_DEBUG: 23,
  JOIN_MEMORY_REGIONS_WORKS: 30,
  IRQFD: 32,
  VCPU_EVENTS: 41,
  PPC_SEGSTATE: 43,
  PPC_UNSET_IRQ: 53,
  PPC_GET_PVINFO: 57,
  PPC_IRQ_LEVEL: 58,
  PPC_SMT: 64,
  MAX_VCPUS: 66,
  PPC_HIOR: 67,
  PPC_PAPR: 68,
  ONE_REG: 70,
  PPC_GET_SMMU_INFO: 78,
  PPC_ALLOC_HTAB: 80,
  READONLY_MEM: 81,
  PPC_HTAB_FD: 84,
  ARM_PSCI: 87,
  ARM_SET_DEVICE_ADDR: 88,
  DEVICE_CTRL: 89,
  PPC_RTAS: 91,
  IRQ_XICS: 92,
  ARM_EL1_32BIT: 93,
  ENABLE_CAP_VM: 98,
  ARM_PSCI_0_2: 102,
  PPC_FIXUP_HCALL: 103,
  PPC_ENABLE_HCALL: 104,
  GUEST_DEBUG_HW_BPS: 119,
  GUEST_DEBUG_HW_WPS: 120,
  MAX_VCPU_ID: 128,
  PPC_HTM: 132,
  PPC_MMU_RADIX: 134,
  PPC_MMU_HASH_V3: 135,
  IMMEDIATE_EXIT: 136,
  ARM_INJECT_SERROR_ESR: 158,
  ARM_VM_IPA_SIZE: 165,
  ARM_IRQ_LINE_LAYOUT_2: 174,
  PPC_GUEST_DEBUG_SSTEP: 176,
  ARM_NISV_TO_USER: 177,
  ARM_INJECT_EXT_DABT: 178,
  PPC_DAWR1: 194,
  SET_GUEST_DEBUG2: 195,
  PPC_AIL_MODE_3: 210,
  SYSTEM_EVENT_DATA: 215,
} as const;

/** KVM_EXIT_*: exit_reason of struct kvm_run. */
// prettier-ignore
export const KVM_EXIT = {
  UNKNOWN: 0,
  DEBUG: 4,
  MMIO: 6,
  FAIL_ENTRY: 9,
  INTR: 10,
  INTERNAL_ERROR: 17,
  PAPR_HCALL: 19,
  SYSTEM_EVENT: 24,
  ARM_NISV: 28,
} as const;

/** KVM_GUESTDBG_*: control of struct kvm_guest_debug. */
// prettier-ignore
export const KVM_GUESTDBG = {
  ENABLE: 0x0000_0001,
  SINGLESTEP: 0x0000_0002,
  USE_SW_BP: 0x0001_0000,
  USE_HW: 0x0002_0000,
  BLOCKIRQ: 0x0010_0000,
} as const;

/** KVM_MEM_*: flags of struct kvm_userspace_memory_region. */
export const KVM_MEM = { LOG_DIRTY_PAGES: 0x1, READONLY: 0x2 } as const;

/** KVM_MEM_SLOTS_NUM: SHRT_MAX, none private. */
export const KVM_USER_MEM_SLOTS = 32_767;

/** KVM_MP_STATE_*: RUNNABLE and STOPPED. */
export const KVM_MP_STATE = { RUNNABLE: 0, STOPPED: 5 } as const;

/** KVM_SYSTEM_EVENT_*: type of the system_event exit. */
export const KVM_SYSTEM_EVENT = { SHUTDOWN: 1, RESET: 2, CRASH: 3 } as const;

/** KVM_INTERNAL_ERROR_*: suberror of the internal exit. */
export const KVM_INTERNAL_ERROR = { EMULATION: 1 } as const;

/** KVM_CREATE_DEVICE_TEST: asks whether the type exists, creates nothing. */
export const KVM_CREATE_DEVICE_TEST = 1;
