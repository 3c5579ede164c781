// SPDX-License-Identifier: MIT
import { structure } from '../structure.js';

// Linux 6.1: arch/arm64/include/uapi/asm/kvm.h.

/** struct kvm_guest_debug of arm64: always 16 slots of each kind. */
// prettier-ignore
export const kvm_guest_debug = structure('kvm_guest_debug', 520, {
  control: ['u32', 0],
  pad: ['u32', 4],
  dbg_bcr: ['u64[]', 8, 16],
  dbg_bvr: ['u64[]', 136, 16],
  dbg_wcr: ['u64[]', 264, 16],
  dbg_wvr: ['u64[]', 392, 16],
});

/** struct kvm_vcpu_init. */
export const kvm_vcpu_init = structure('kvm_vcpu_init', 32, { target: ['u32', 0], features: ['u32[]', 4, 7] });

/** struct kvm_vcpu_events of arm64. */
// prettier-ignore
export const kvm_vcpu_events = structure('kvm_vcpu_events', 64, {
  exception_serror_pending: ['u8', 0],
  exception_serror_has_esr: ['u8', 1],
  exception_ext_dabt_pending: ['u8', 2],
  exception_pad: ['bytes', 3, 5],
  exception_serror_esr: ['u64', 8],
  reserved: ['u32[]', 16, 12],
});
