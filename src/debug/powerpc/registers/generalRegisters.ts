// SPDX-License-Identifier: MIT
import { InvariantError } from '../../../base/index.js';
import { ppc_kvm_regs, type Vcpu } from '../../../kvm/index.js';

// One structure for all vCPUs: each use fills it anew.
const bytes = ppc_kvm_regs.make();
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The doubleword at `offset` of struct kvm_regs (KVM_GET_REGS). The vCPU must be outside of KVM_RUN. */
export function readGeneral(vcpu: Vcpu, offset: number): bigint {
  if (vcpu.call('KVM_GET_REGS', bytes) !== 0) throw new InvariantError(vcpu.lastFailure?.message ?? 'KVM_GET_REGS');
  return view.getBigUint64(offset, true);
}

/** Changes doublewords of struct kvm_regs by their offset (KVM_GET_REGS, KVM_SET_REGS). */
export function writeGeneral(vcpu: Vcpu, changes: readonly (readonly [offset: number, value: bigint])[]): number {
  readGeneral(vcpu, 0);
  for (const [offset, value] of changes) view.setBigUint64(offset, value, true);
  return vcpu.call('KVM_SET_REGS', bytes);
}
