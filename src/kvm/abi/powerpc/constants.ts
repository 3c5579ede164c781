// SPDX-License-Identifier: MIT
// Linux 6.1: include/uapi/linux/kvm.h, arch/powerpc/include/uapi/asm/kvm.h, arch/powerpc/include/asm/kvm_ppc.h, arch/powerpc/include/asm/hvcall.h.
// Names are the kernel's without their common prefix.

/** KVM_VM_PPC_*: the argument of KVM_CREATE_VM; DEFAULT takes HV where the host has it. */
export const KVM_VM_PPC = { DEFAULT: 0, HV: 1, PR: 2 } as const;

/** KVM_INTERRUPT_*: the argument of KVM_INTERRUPT. */
export const KVM_INTERRUPT = { SET: 0xffff_ffff, UNSET: 0xffff_fffe, SET_LEVEL: 0xffff_fffd } as const;

/** KVMPPC_INST_SW_BREAKPOINT: the trap word of every powerpc KVM, the same in both byte orders (KVM_REG_PPC_DEBUG_INST reads it). */
export const KVMPPC_INST_SW_BREAKPOINT = 0x00dd_dd00;

/** KVMPPC_DEBUG_*: `status` of struct kvm_debug_exit_arch and `type` of an entry of struct kvm_guest_debug_arch. NONE is a software breakpoint. */
export const KVMPPC_DEBUG = { NONE: 0x0, BREAKPOINT: 0x2, WATCH_WRITE: 0x4, WATCH_READ: 0x8 } as const;

/** Entries of struct kvm_guest_debug_arch. */
export const KVM_PPC_DEBUG_SLOTS = 16;

/** H_*: hypercalls by the number in GPR 3, those of the kernel and those that it leaves to user space. */
// prettier-ignore
export const HCALL = {
  REMOVE: 0x04,
  ENTER: 0x08,
  READ: 0x0c,
  CLEAR_MOD: 0x10,
  CLEAR_REF: 0x14,
  PROTECT: 0x18,
  SET_SPRG0: 0x24,
  SET_DABR: 0x28,
  PAGE_INIT: 0x2c,
  LOGICAL_CI_LOAD: 0x3c,
  LOGICAL_CI_STORE: 0x40,
  GET_TERM_CHAR: 0x54,
  PUT_TERM_CHAR: 0x58,
  EOI: 0x64,
  CPPR: 0x68,
  IPI: 0x6c,
  IPOLL: 0x70,
  XIRR: 0x74,
  REGISTER_VPA: 0xdc,
  CEDE: 0xe0,
  PROD: 0xe4,
  CONFER: 0xe8,
  BULK_REMOVE: 0x124,
  SET_XDABR: 0x134,
  XIRR_X: 0x2fc,
  RANDOM: 0x300,
  SET_MODE: 0x31c,
  REGISTER_PROC_TBL: 0x37c,
  RTAS: 0xf000,
} as const;

/** H_*: what a hypercall leaves in GPR 3. */
// prettier-ignore
export const HCALL_RESULT = {
  SUCCESS: 0n,
  NOT_AVAILABLE: 3n,
  HARDWARE: -1n,
  FUNCTION: -2n,
  PARAMETER: -4n,
  PTEG_FULL: -6n,
  NOT_FOUND: -7n,
  RESOURCE: -16n,
  P2: -55n,
  P3: -56n,
  P4: -57n,
  UNSUPPORTED_FLAG: -256n,
} as const;

/** KVM_DEV_TYPE_XICS: type of struct kvm_create_device. */
export const KVM_DEV_TYPE_XICS = 3;

/** KVM_DEV_XICS_GRP_SOURCES: the attributes of XICS are its interrupt sources by number; a value is server, priority from bit 32 on and the bits of KVM_XICS. */
export const KVM_DEV_XICS_GRP_SOURCES = 1;

/** KVM_XICS_*: bits of the value of an interrupt source. */
export const KVM_XICS = {
  LEVEL_SENSITIVE: 1n << 40n,
  MASKED: 1n << 41n,
  PENDING: 1n << 42n,
  PRESENTED: 1n << 43n,
  QUEUED: 1n << 44n,
} as const;

/** A hypercall's number is a multiple of 4 up to MAX_HCALL_OPCODE; KVM_CAP_PPC_ENABLE_HCALL refuses others. */
export const MAX_HCALL_OPCODE = 0x45c;
