// SPDX-License-Identifier: MIT
import type { Vcpu } from '../../kvm/index.js';
import type { Machine } from '../../vmm/index.js';

/** The guest's memory by virtual address as one or another vCPU translates it. */
export interface CodeMemory {
  /** All bytes or `undefined`; what is in memory but for the trap words of steps. */
  read(address: bigint, size: number): Uint8Array | undefined;
  write(address: bigint, bytes: Uint8Array): boolean;
  /** The word at `address`, for whatever address is asked: where it is now, whatever context the vCPU comes to. Absent: contexts are all the same. */
  fixedAt?(address: bigint): CodeMemory | undefined;
}

/** Memory as `vcpu` translates it now. */
export const codeMemory = (machine: Machine, vcpu: Vcpu): CodeMemory => ({
  read: (address, size) => machine.readVirtual(vcpu, address, size),
  write: (address, bytes) => machine.writeVirtual(vcpu, address, bytes),
  fixedAt: address => {
    const physical = machine.translate(vcpu, address);
    if (physical === undefined) return undefined;
    return { read: (_, size) => machine.readPhysical(physical, size), write: (_, bytes) => machine.writePhysical(physical, bytes) };
  },
});
