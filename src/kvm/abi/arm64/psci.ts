// SPDX-License-Identifier: MIT
// Linux 6.1: include/uapi/linux/psci.h, include/linux/arm-smccc.h. Arm DEN 0022 (PSCI), DEN 0028 (SMCCC).

const FN64 = 0x4000_0000;
const BASE = 0x8400_0000;

/** PSCI_*_FN_*: function ids, 32-bit convention. The 64-bit one adds PSCI_64BIT. */
// prettier-ignore
export const PSCI = {
  VERSION: BASE + 0x00,
  CPU_SUSPEND: BASE + 0x01,
  CPU_OFF: BASE + 0x02,
  CPU_ON: BASE + 0x03,
  AFFINITY_INFO: BASE + 0x04,
  MIGRATE_INFO_TYPE: BASE + 0x06,
  SYSTEM_OFF: BASE + 0x08,
  SYSTEM_RESET: BASE + 0x09,
  FEATURES: BASE + 0x0a,
  SYSTEM_RESET2: BASE + 0x12,
} as const;

/** The bit that makes a PSCI function id one of the 64-bit convention. */
export const PSCI_64BIT = FN64;

/** KVM_PSCI_FN_*: the private ids of PSCI 0.1, without the PSCI_0_2 feature. */
export const KVM_PSCI_0_1 = { CPU_SUSPEND: 0x95c1_ba5e, CPU_OFF: 0x95c1_ba5f, CPU_ON: 0x95c1_ba60 } as const;

/** ARM_SMCCC_*. */
export const SMCCC = { VERSION: 0x8000_0000, ARCH_FEATURES: 0x8000_0001, VERSION_1_1: 0x1_0001 } as const;

/** PSCI_RET_*. */
// prettier-ignore
export const PSCI_RET = { SUCCESS: 0, NOT_SUPPORTED: -1, INVALID_PARAMS: -2, DENIED: -3, ALREADY_ON: -4, INTERNAL_FAILURE: -6 } as const;

/** PSCI_0_2_AFFINITY_LEVEL_*. */
export const PSCI_AFFINITY_LEVEL = { ON: 0, OFF: 1 } as const;

/** PSCI_0_2_TOS_MP: the answer of MIGRATE_INFO_TYPE, no migration needed. */
export const PSCI_TOS_MP = 2;

/** KVM_SYSTEM_EVENT_RESET_FLAG_PSCI_RESET2. */
export const RESET_FLAG_PSCI_RESET2 = 1;
