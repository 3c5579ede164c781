// SPDX-License-Identifier: MIT
import { ARM64_GUESTDBG_VALID_MASK } from '../abi/arm64/constants.js';
import { kvm_guest_debug } from '../abi/arm64/structures.js';
import { KVM_GUESTDBG } from '../abi/constants.js';
import type { Arm64VcpuState } from './vcpuState.js';

const VALUES = 64;

/**
 * kvm_arch_vcpu_ioctl_set_guest_debug() of arm64: false for a control word with unknown bits (nothing changes). Without ENABLE
 * all bits are dropped and the step mark is cleared; the registers are copied verbatim with USE_HW only.
 */
export function setGuestDebug(vcpu: Arm64VcpuState, argument: Uint8Array): boolean {
  const view = new DataView(argument.buffer, argument.byteOffset, kvm_guest_debug.bytes);
  const control = view.getUint32(0, true);
  if ((control & ~ARM64_GUESTDBG_VALID_MASK) !== 0) return false;
  if ((control & KVM_GUESTDBG.ENABLE) === 0) {
    vcpu.guestDebug = 0;
    vcpu.isStepPending = false;
    return true;
  }
  vcpu.guestDebug = control;
  if ((control & KVM_GUESTDBG.USE_HW) !== 0) copyRegisters(vcpu, view);
  return true;
}

// struct kvm_guest_debug_arch has control before value; DebugRegisterSet value before control, as op2 has.
const OFFSETS = [
  kvm_guest_debug.fields.dbg_bvr[1],
  kvm_guest_debug.fields.dbg_bcr[1],
  kvm_guest_debug.fields.dbg_wvr[1],
  kvm_guest_debug.fields.dbg_wcr[1],
];

function copyRegisters(vcpu: Arm64VcpuState, view: DataView): void {
  const { externalSet } = vcpu;
  let isChanged = false;
  for (let n = 0; n < VALUES; n++) {
    const value = view.getBigUint64((OFFSETS[n >> 4] ?? 0) + 8 * (n & 15), true);
    if (externalSet.values[n] === value) continue;
    externalSet.values[n] = value;
    isChanged = true;
  }
  if (isChanged) externalSet.version++;
}
