// SPDX-License-Identifier: MIT
import { structure } from '../structure.js';
import { KVM_PPC_DEBUG_SLOTS } from './constants.js';

// Linux 6.1: arch/powerpc/include/uapi/asm/kvm.h. struct kvm_debug_exit_arch is in the exit union: see `ppc_debug_…` of struct kvm_run.

/** struct kvm_regs of powerpc. */
// prettier-ignore
export const ppc_kvm_regs = structure('kvm_regs', 392, {
  pc: ['u64', 0],
  cr: ['u64', 8],
  ctr: ['u64', 16],
  lr: ['u64', 24],
  xer: ['u64', 32],
  msr: ['u64', 40],
  srr0: ['u64', 48],
  srr1: ['u64', 56],
  pid: ['u64', 64],
  sprg0: ['u64', 72],
  sprg1: ['u64', 80],
  sprg2: ['u64', 88],
  sprg3: ['u64', 96],
  sprg4: ['u64', 104],
  sprg5: ['u64', 112],
  sprg6: ['u64', 120],
  sprg7: ['u64', 128],
  gpr: ['u64[]', 136, 32],
});

/** struct kvm_sregs of powerpc, the member of its union that 64-bit Book3S uses. `slb` has slbe (ESID, V and the index) and slbv of 64 entries in turn. */
// prettier-ignore
export const ppc_kvm_sregs = structure('kvm_sregs', 1232, {
  pvr: ['u32', 0],
  sdr1: ['u64', 8],
  slb: ['u64[]', 16, 2 * 64],
});

/** struct kvm_fpu of powerpc. */
export const ppc_kvm_fpu = structure('kvm_fpu', 256, { fpr: ['u64[]', 0, 32] });

/** struct kvm_guest_debug of powerpc; `bp` is taken entry by entry with `ppc_guest_debug_entry`. */
// prettier-ignore
export const ppc_kvm_guest_debug = structure('kvm_guest_debug', 8 + 16 * KVM_PPC_DEBUG_SLOTS, {
  control: ['u32', 0],
  pad: ['u32', 4],
  bp: ['bytes', 8, 16 * KVM_PPC_DEBUG_SLOTS],
});

/** One entry of `bp`: `type` is a KVMPPC_DEBUG. */
export const ppc_guest_debug_entry = structure('kvm_guest_debug_arch.bp', 16, {
  addr: ['u64', 0],
  type: ['u32', 8],
  reserved: ['u32', 12],
});

/** struct kvm_interrupt. */
export const kvm_interrupt = structure('kvm_interrupt', 4, { irq: ['u32', 0] });

/** struct kvm_ppc_pvinfo: the instructions of a hypercall in a KVM-PR guest. */
export const kvm_ppc_pvinfo = structure('kvm_ppc_pvinfo', 128, { flags: ['u32', 0], hcall: ['u32[]', 4, 4], pad: ['bytes', 20, 108] });

/** struct kvm_ppc_smmu_info: segment and page sizes that the hash table may use; `sps` has 8 segment sizes of 72 bytes. */
// prettier-ignore
export const kvm_ppc_smmu_info = structure('kvm_ppc_smmu_info', 592, {
  flags: ['u64', 0],
  slb_size: ['u32', 8],
  data_keys: ['u16', 12],
  instr_keys: ['u16', 14],
  sps: ['bytes', 16, 8 * 72],
});

/** struct kvm_ppc_one_seg_page_size: an element of `sps`; `enc` has 8 pairs {page_shift, pte_enc}. */
// prettier-ignore
export const kvm_ppc_one_seg_page_size = structure('kvm_ppc_one_seg_page_size', 72, {
  page_shift: ['u32', 0],
  slb_enc: ['u32', 4],
  enc: ['u32[]', 8, 16],
});

/** KVM_PPC_*: `flags` of struct kvm_ppc_smmu_info (KVM_PPC_PAGE_SIZES_REAL, KVM_PPC_1T_SEGMENTS, KVM_PPC_NO_HASH). */
export const KVM_PPC_SMMU_FLAGS = { PAGE_SIZES_REAL: 1, ONE_TB_SEGMENTS: 2, NO_HASH: 4 } as const;

/** The argument of KVM_PPC_ALLOCATE_HTAB: log2 of the table's bytes. */
export const kvm_ppc_htab = structure('KVM_PPC_ALLOCATE_HTAB', 4, { order: ['u32', 0] });

/** struct kvm_get_htab_fd. */
// prettier-ignore
export const kvm_get_htab_fd = structure('kvm_get_htab_fd', 32, { flags: ['u64', 0], start_index: ['u64', 8], reserved: ['u64[]', 16, 2] });

/** KVM_GET_HTAB_*: `flags` of struct kvm_get_htab_fd. */
export const KVM_GET_HTAB = { BOLTED_ONLY: 1, WRITE: 2 } as const;

/** struct kvm_get_htab_header: what each record of the file begins with; `n_valid` entries of 16 bytes follow. */
export const kvm_get_htab_header = structure('kvm_get_htab_header', 8, { index: ['u32', 0], n_valid: ['u16', 4], n_invalid: ['u16', 6] });

/** struct kvm_ppc_rmmu_info; `geometries` has 8 times {page_shift, level_bits[4], pad[3]}, in bytes. */
export const kvm_ppc_rmmu_info = structure('kvm_ppc_rmmu_info', 96, { geometries: ['bytes', 0, 64], ap_encodings: ['u32[]', 64, 8] });

/** KVM_PPC_PVINFO_FLAGS_*: `flags` of struct kvm_ppc_pvinfo. */
export const KVM_PPC_PVINFO_FLAGS = { EV_IDLE: 1 } as const;

/** struct kvm_rtas_token_args. */
export const kvm_rtas_token_args = structure('kvm_rtas_token_args', 128, { name: ['bytes', 0, 120], token: ['u64', 120] });

/** struct kvm_ppc_mmuv3_cfg: KVM_PPC_CONFIGURE_V3_MMU. */
export const kvm_ppc_mmuv3_cfg = structure('kvm_ppc_mmuv3_cfg', 16, { flags: ['u64', 0], process_table: ['u64', 8] });

/** KVM_PPC_MMUV3_*: `flags` of struct kvm_ppc_mmuv3_cfg. */
export const KVM_PPC_MMUV3 = { RADIX: 1, GTSE: 2 } as const;
