// SPDX-License-Identifier: MIT
import { type PhysicalAddress, physicalAddress } from '../../base/index.js';

/** Where a device's registers lie. */
export interface AddressMapEntry {
  readonly start: PhysicalAddress;
  /** Length in bytes. */
  readonly size: number;
}

const entry = (start: bigint, size: number): AddressMapEntry => ({ start: physicalAddress(start), size });

/**
 * Machine `virt`, the part that is modelled (QEMU hw/arm/virt.c).
 *
 *   0x0000_0000 ┌─────────────────────────┐ nothing (QEMU: flash)
 *   0x0800_0000 ├─────────────────────────┤ GIC distributor, 64 KiB
 *   0x0801_0000 ├─────────────────────────┤ GICv2 CPU interface, 64 KiB
 *   0x080a_0000 ├─────────────────────────┤ GICv3 redistributors, 15.4 MiB
 *   0x0900_0000 ├─────────────────────────┤ PL011 UART, 4 KiB
 *   0x0900_1000 ├─────────────────────────┤ nothing
 *   0x4000_0000 ├─────────────────────────┤ RAM: first the device tree, then what boots
 *               └─────────────────────────┘ 0x4000_0000 + memory
 */
export const VIRT_MAP = {
  gicDistributor: entry(0x0800_0000n, 0x1_0000),
  gicCpuInterface: entry(0x0801_0000n, 0x1_0000),
  gicRedistributors: entry(0x080a_0000n, 0xf6_0000),
  uart: entry(0x0900_0000n, 0x1000),
  ramStart: physicalAddress(0x4000_0000n),
  /** What the device tree may take at the start of RAM. Samples are linked above it. */
  deviceTreeBytes: 0x8_0000,
} as const;

/** Machine `virt`: shared peripheral interrupts, counted from INTID 32. */
export const VIRT_SHARED_INTERRUPTS = { uart: 1 } as const;

/** Machine `virt`: private peripheral interrupts of the generic timer, counted from INTID 16. */
export const VIRT_PRIVATE_INTERRUPTS = { securePhysicalTimer: 13, physicalTimer: 14, virtualTimer: 11, hypervisorTimer: 10 } as const;

/**
 * Machine `pseries`, the part that is modelled (QEMU hw/ppc/spapr.c). There is no device in the address space: the console is a hypercall.
 *
 *   0x0000_0000 ┌─────────────────────────┐ RAM: what boots, then the initial RAM disk
 *               ├─────────────────────────┤ device tree, below the smaller of 2 GiB and the end of RAM
 *               ├─────────────────────────┤ RTAS entry code, 64 KiB
 *               └─────────────────────────┘ memory
 */
export const PSERIES_MAP = {
  ramStart: physicalAddress(0n),
  /** RTAS and the device tree stay below: 32-bit code reaches them. */
  firmwareEnd: 0x8000_0000n,
  rtasBytes: 0x1_0000,
  /** The unit address of the console's vty. */
  terminal: 0x7100_0000,
} as const;

/** Machine `pseries`: interrupt source numbers. */
export const PSERIES_INTERRUPTS = { terminal: 0x1100 } as const;
