// SPDX-License-Identifier: MIT
import { encode, HASHED_PAGE_SIZES, type HashedPageSize, SLB_ENTRIES, SLB_VSID } from '../../cpu/index.js';
import {
  KVM_PPC_MMUV3,
  KVM_PPC_SMMU_FLAGS,
  kvm_ppc_htab,
  kvm_ppc_mmuv3_cfg,
  kvm_ppc_one_seg_page_size,
  kvm_ppc_rmmu_info,
  kvm_ppc_smmu_info,
} from '../abi/powerpc/structures.js';
import { type CallAnswer, refusal } from '../kvmFile.js';
import { MAXIMUM_HPT_ORDER, MINIMUM_HPT_ORDER } from './hashPageTable.js';
import type { PowerpcVmState } from './vmState.js';

// Memory management by calls on the VM (Linux 6.1: arch/powerpc/kvm/book3s_hv.c, book3s_64_mmu_hv.c, book3s_64_mmu_radix.c, book3s_pr.c).

/** prtb0 of a process table: PATB_GR (the guest is radix), its address, and log2 of its bytes less 12. */
const [TABLE_IS_RADIX, TABLE_ADDRESS, TABLE_SIZE, TABLE_SIZE_BASE] = [1n << 63n, 0x0fff_ffff_ffff_f000n, 0x1fn, 12n];
/** What Linux takes at most for the size field. */
const MAXIMUM_TABLE_SIZE = 24n;
const KNOWN_FLAGS = BigInt(KVM_PPC_MMUV3.RADIX | KVM_PPC_MMUV3.GTSE);
const RUNNING = 'A vCPU is inside KVM_RUN: the way of translation cannot change now.';

/** kvmhv_configure_mmu(): radix through a process table, or the hashed page table. */
export function configureMmu(vm: PowerpcVmState, argument: Uint8Array): CallAnswer {
  if (vm.kind !== 'hv' || vm.model.version !== 'v3.0')
    return refusal('ENODEV', 'KVM_PPC_CONFIGURE_V3_MMU needs KVM-HV on a processor of version 3.0.');
  const { flags, process_table: table } = kvm_ppc_mmuv3_cfg.over(argument);
  if ((flags & ~KNOWN_FLAGS) !== 0n) return refusal('EINVAL', `The flags 0x${flags.toString(16)} are not known.`);
  const isRadix = (flags & BigInt(KVM_PPC_MMUV3.RADIX)) !== 0n;
  if (((table & TABLE_IS_RADIX) !== 0n) !== isRadix)
    return refusal('EINVAL', 'Bit 63 of process_table and the flag KVM_PPC_MMUV3_RADIX must agree.');
  const size = table & TABLE_SIZE;
  if (size > MAXIMUM_TABLE_SIZE) return refusal('EINVAL', `The size ${size} of the process table is more than ${MAXIMUM_TABLE_SIZE}.`);
  if (isRadix !== vm.isRadix && vm.isRunning()) return refusal('EBUSY', RUNNING);
  if (isRadix) vm.useRadix(table & TABLE_ADDRESS, 1n << (size + TABLE_SIZE_BASE));
  else vm.useHashTable();
  vm.setGtse((flags & BigInt(KVM_PPC_MMUV3.GTSE)) !== 0n);
  return 0;
}

/** kvmppc_alloc_reset_hpt(). The order stays as it is: since Linux 4.12 the call takes the one that was asked for or none. */
export function allocateHtab(vm: PowerpcVmState, argument: Uint8Array): CallAnswer {
  if (vm.kind !== 'hv')
    return refusal('ENOTTY', 'KVM-PR keeps no hashed page table: user space has it, and says where in SDR1 of KVM_SET_SREGS.');
  const { order } = kvm_ppc_htab.over(argument);
  if (vm.isRunning()) return refusal('EBUSY', RUNNING);
  if (order < MINIMUM_HPT_ORDER || order > 46) return refusal('EINVAL', `A hashed page table of 2^${order} bytes does not exist.`);
  if (order > MAXIMUM_HPT_ORDER)
    return refusal('ENOMEM', `This host has no memory for a hashed page table of 2^${order} bytes; 2^${MAXIMUM_HPT_ORDER} is the limit.`);
  vm.resetHashTable(order);
  return 0;
}

/** Sizes of pages that may be in segments of each base size, by log2: kvmppc_add_seg_page_size(), and KVM-PR, which knows no mixed segments. */
const OFFERED_PAGES = {
  hv: [
    [12n, [12n, 24n]],
    [16n, [16n, 24n]],
    [24n, [24n]],
  ],
  pr: [
    [12n, [12n]],
    [16n, [16n]],
    [24n, [24n]],
  ],
} as const;
const DATA_KEYS = 32;

const segmentEncoding = ({ L, LP }: HashedPageSize): number => Number(encode(SLB_VSID, { L, LP }));

/** KVM_PPC_GET_SMMU_INFO. KVM-PR of Linux says 64 for its SLB of software; here it is the processor's. */
export function getSmmuInfo({ kind }: PowerpcVmState, into: Uint8Array): CallAnswer {
  into.fill(0, 0, kvm_ppc_smmu_info.bytes);
  const info = kvm_ppc_smmu_info.over(into);
  const isHV = kind === 'hv';
  info.flags = BigInt(KVM_PPC_SMMU_FLAGS.ONE_TB_SEGMENTS | (isHV ? KVM_PPC_SMMU_FLAGS.PAGE_SIZES_REAL : 0));
  info.slb_size = SLB_ENTRIES;
  if (isHV) [info.data_keys, info.instr_keys] = [DATA_KEYS, DATA_KEYS];
  for (const [n, [base, pages]] of OFFERED_PAGES[kind].entries()) {
    const size = HASHED_PAGE_SIZES.find(({ shift }) => shift === base);
    if (size === undefined) continue;
    const bytes = kvm_ppc_one_seg_page_size.make({ page_shift: Number(base), slb_enc: segmentEncoding(size) });
    const { enc } = kvm_ppc_one_seg_page_size.over(bytes);
    for (const [at, shift] of pages.entries()) {
      enc[2 * at] = Number(shift);
      enc[2 * at + 1] = Number(size.pages.find(page => page.shift === shift)?.LP ?? 0n);
    }
    info.sps.set(bytes, n * kvm_ppc_one_seg_page_size.bytes);
  }
  return 0;
}

/** Index bits of each level of a radix tree from the leaves up, for the smallest pages, and the actual page sizes with their encoding for tlbie. */
const RADIX_GEOMETRIES = [
  { page_shift: 12, level_bits: [9, 9, 9, 13] },
  { page_shift: 16, level_bits: [5, 9, 9, 13] },
] as const;
const RADIX_PAGES = [
  { shift: 12, AP: 0 },
  { shift: 16, AP: 5 },
  { shift: 21, AP: 1 },
  { shift: 30, AP: 2 },
] as const;
const [GEOMETRY_BYTES, AP_SHIFT] = [8, 29];

/** kvmhv_get_rmmu_info(). */
export function getRmmuInfo(vm: PowerpcVmState, into: Uint8Array): CallAnswer {
  if (vm.kind !== 'hv') return refusal('ENOTTY', 'KVM-PR has no radix trees.');
  if (vm.model.version !== 'v3.0') return refusal('EINVAL', 'Only processors of version 3.0 have radix trees.');
  into.fill(0, 0, kvm_ppc_rmmu_info.bytes);
  const info = kvm_ppc_rmmu_info.over(into);
  for (const [n, { page_shift, level_bits }] of RADIX_GEOMETRIES.entries())
    info.geometries.set([page_shift, ...level_bits], n * GEOMETRY_BYTES);
  for (const [n, { shift, AP }] of RADIX_PAGES.entries()) info.ap_encodings[n] = ((AP << AP_SHIFT) | shift) >>> 0;
  return 0;
}
