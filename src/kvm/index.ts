// SPDX-License-Identifier: MIT
/**
 * kvm: the emulated host kernel's KVM (Linux 6.1): the system, VM and vCPU file descriptors with a method per ioctl,
 * the run page, exits, guest debugging, ONE_REG, what KVM has in the kernel, and the scheduler.
 *
 * It does not know user-space devices, ELF files, or why somebody stops. Start reading at `system.ts` and `vcpu.ts`;
 * `run.ts` is one KVM_RUN from entry to exit. What an architecture brings is `architecture.ts`, implemented once a folder:
 * `arm64/`, `powerpc/`. The kernel's names and layouts are the tables in `abi/`, cut the same way.
 */
export * from './abi/arm64/constants.js';
export * from './abi/arm64/ioctls.js';
export * from './abi/arm64/registerIds.js';
export * from './abi/arm64/structures.js';
export * from './abi/constants.js';
export * from './abi/errno.js';
export * from './abi/ioctlNumbers.js';
export * from './abi/powerpc/constants.js';
export * from './abi/powerpc/debugHypercalls.js';
export * from './abi/powerpc/ioctls.js';
export * from './abi/powerpc/registerIds.js';
export * from './abi/powerpc/structures.js';
export * from './abi/registerIds.js';
export * from './abi/steptrap.js';
export * from './abi/structure.js';
export * from './abi/structures.js';
export type * from './architecture.js';
export * from './arm64/arm64.js';
export * from './callLog.js';
export * from './callLogSearch.js';
export * from './device.js';
export * from './host.js';
export type * from './kernelWrite.js';
export * from './kvmFile.js';
export * from './powerpc/htabFile.js';
export * from './powerpc/powerpc.js';
export * from './powerpc/timeBase.js';
export type { PowerpcProcessor } from './powerpc/vm.js';
export type { KvmKind } from './powerpc/vmState.js';
export * from './quirks.js';
export * from './scheduler.js';
export * from './system.js';
export * from './vcpu.js';
export * from './vm.js';
