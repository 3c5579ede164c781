// SPDX-License-Identifier: MIT
import type { Result } from '../../base/index.js';
import { MSR_BIT } from '../../cpu/index.js';
import { ppc_kvm_regs, type StructureView, type Vcpu } from '../../kvm/index.js';

/** struct kvm_regs of a vCPU as it was last read. */
interface KnownRegisters {
  readonly bytes: Uint8Array;
  version: number;
}

const known = new WeakMap<Vcpu, KnownRegisters>();

/**
 * KVM_GET_REGS, unless the registers are known since it was last asked: they are fetched once a stop (QEMU: cpu_synchronize_state()). The answer is the
 * call's; the vCPU must be outside of KVM_RUN.
 */
export function fetchRegisters(vcpu: Vcpu, into: Uint8Array): number {
  let registers = known.get(vcpu);
  if (registers === undefined) {
    registers = { bytes: ppc_kvm_regs.make(), version: -1 };
    known.set(vcpu, registers);
  }
  const version = vcpu.registersVersion;
  if (registers.version !== version || vcpu.isInKvmRun) {
    const answer = vcpu.call('KVM_GET_REGS', registers.bytes);
    if (answer !== 0) return answer;
    registers.version = version;
  }
  into.set(registers.bytes);
  return 0;
}

/** The general registers of `vcpu`. */
export function readRegisters(vcpu: Vcpu): StructureView<typeof ppc_kvm_regs.fields> {
  const bytes = ppc_kvm_regs.make();
  fetchRegisters(vcpu, bytes);
  return ppc_kvm_regs.over(bytes);
}

/** KVM_GET_REGS, `change`, KVM_SET_REGS. */
export function changeRegisters(vcpu: Vcpu, change: (registers: StructureView<typeof ppc_kvm_regs.fields>) => void): Result<number> {
  const bytes = ppc_kvm_regs.make();
  const read = vcpu.result(fetchRegisters(vcpu, bytes));
  if (!read.ok) return read;
  change(ppc_kvm_regs.over(bytes));
  return vcpu.result(vcpu.call('KVM_SET_REGS', bytes));
}

/** MSR of a vCPU that starts: 64-bit mode, translation off, interrupts off. */
export const ENTRY_MSR = MSR_BIT.SF | MSR_BIT.ME;
