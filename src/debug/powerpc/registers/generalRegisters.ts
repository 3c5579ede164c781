// SPDX-License-Identifier: MIT
import { ppc_kvm_regs, type Vcpu } from '../../../kvm/index.js';

// One structure for all vCPUs: each use fills it anew.
const bytes = ppc_kvm_regs.make();
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The doubleword at `offset` of struct kvm_regs (KVM_GET_REGS), 0 if KVM refuses it. The vCPU must be outside of KVM_RUN. */
export function readGeneral(vcpu: Vcpu, offset: number): bigint {
  return vcpu.call('KVM_GET_REGS', bytes) === 0 ? view.getBigUint64(offset, true) : 0n;
}

/** Changes doublewords of struct kvm_regs by their offset (KVM_GET_REGS, KVM_SET_REGS). */
export function writeGeneral(vcpu: Vcpu, changes: readonly (readonly [offset: number, value: bigint])[]): number {
  const answer = vcpu.call('KVM_GET_REGS', bytes);
  if (answer !== 0) return answer;
  for (const [offset, value] of changes) view.setBigUint64(offset, value, true);
  return vcpu.call('KVM_SET_REGS', bytes);
}
