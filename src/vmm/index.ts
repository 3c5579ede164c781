// SPDX-License-Identifier: MIT
/**
 * vmm: what a user-space machine monitor such as QEMU brings to a guest: the memory map, devices, boot
 * images and the device tree, and for a partition of PAPR hypercalls and RTAS (`papr/`). What KVM has in the
 * kernel (interrupt controllers, timers, PSCI, some hypercalls) is kvm's.
 *
 * It does not know breakpoints or DWARF: ELF files come to it as load segments. Start reading at
 * `machines/machine.ts`, then `memory/guestMemoryMap.ts`, which routes an access to RAM or a device.
 */
export * from './boot/armImage.js';
export * from './boot/flattenedDeviceTree.js';
export * from './boot/loadSegment.js';
export * from './devices/memoryMappedDevice.js';
export * from './devices/pl011.js';
export * from './devices/pl011Registers.js';
export * from './devices/semihosting.js';
export * from './machines/addressMap.js';
export * from './machines/createMachine.js';
export * from './machines/machine.js';
export * from './machines/pseries.js';
export * from './machines/pseriesDeviceTree.js';
export * from './machines/virt.js';
export * from './machines/virtDeviceTree.js';
export * from './memory/guestMemoryMap.js';
export * from './memory/ramWord.js';
export * from './memory/stage1Explanation.js';
export * from './memory/stage1Walk.js';
export type * from './memory/translationWalk.js';
export type * from './papr/lentDebugRegisters.js';
export { fetchRegister, fetchRegisters, generalRegisterBytes, putRegisters, setRegister, writeBesides } from './papr/vcpuRegisters.js';
