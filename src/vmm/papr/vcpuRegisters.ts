// SPDX-License-Identifier: MIT
import type { Result } from '../../base/index.js';
import { MSR_BIT } from '../../cpu/index.js';
import { ppc_kvm_regs, type StructureView, type Vcpu } from '../../kvm/index.js';

/** KVM_GET_REGS. */
export function readRegisters(vcpu: Vcpu): StructureView<typeof ppc_kvm_regs.fields> {
  const bytes = ppc_kvm_regs.make();
  vcpu.call('KVM_GET_REGS', bytes);
  return ppc_kvm_regs.over(bytes);
}

/** KVM_GET_REGS, `change`, KVM_SET_REGS. */
export function changeRegisters(vcpu: Vcpu, change: (registers: StructureView<typeof ppc_kvm_regs.fields>) => void): Result<number> {
  const bytes = ppc_kvm_regs.make();
  const read = vcpu.result(vcpu.call('KVM_GET_REGS', bytes));
  if (!read.ok) return read;
  change(ppc_kvm_regs.over(bytes));
  return vcpu.result(vcpu.call('KVM_SET_REGS', bytes));
}

/** MSR of a vCPU that starts: 64-bit mode, translation off, interrupts off. */
export const ENTRY_MSR = MSR_BIT.SF | MSR_BIT.ME;
