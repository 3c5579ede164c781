// SPDX-License-Identifier: MIT
/** The sizes of one access of a vCPU to a device, in bytes. */
export type AccessSize = 1 | 2 | 4 | 8;

/** What stands behind KVM_EXIT_MMIO: registers at byte offsets. Guests may do anything: nothing here throws. */
export interface MemoryMappedDevice {
  /** The value at byte `offset` of the region, zero-extended from `size` bytes. May change the device. */
  read(offset: number, size: AccessSize): bigint;
  /** Stores the low `size` bytes of `value` at byte `offset` of the region. */
  write(offset: number, size: AccessSize, value: bigint): void;
}

/** A level-sensitive interrupt line from a device to an interrupt controller. Called on changes only. */
export type InterruptLine = (level: 'high' | 'low') => void;
