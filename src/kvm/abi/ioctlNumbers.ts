// SPDX-License-Identifier: MIT
/** Which way an ioctl's argument structure goes, seen from user space: 'write' is into the kernel. */
export type IoctlDirection = 'none' | 'read' | 'write' | 'readWrite';

/** How an architecture packs direction and size into an ioctl number: direction at the top, then size, type and number (8 bits each). */
export interface IoctlCoding {
  readonly directionShift: number;
  readonly sizeBits: number;
  readonly directions: Readonly<Record<IoctlDirection, number>>;
}

/** Linux 6.1: include/uapi/asm-generic/ioctl.h: two direction bits, fourteen size bits. Used by arm64. */
export const GENERIC_IOCTL_CODING: IoctlCoding = {
  directionShift: 30,
  sizeBits: 14,
  directions: { none: 0, write: 1, read: 2, readWrite: 3 },
};

/** Linux 6.1: arch/powerpc/include/uapi/asm/ioctl.h: three direction bits, thirteen size bits. */
export const POWERPC_IOCTL_CODING: IoctlCoding = {
  directionShift: 29,
  sizeBits: 13,
  directions: { none: 1, read: 2, write: 4, readWrite: 6 },
};

const SIZE_SHIFT = 16;
const TYPE_SHIFT = 8;

/** An ioctl's number: what a user-space program passes as the second argument of ioctl(2). Unsigned, 32 bits. */
export function ioctlNumber(
  coding: IoctlCoding,
  type: number,
  call: { readonly direction: IoctlDirection; readonly nr: number; readonly bytes: number },
): number {
  const size = call.bytes & ((1 << coding.sizeBits) - 1);
  return (coding.directions[call.direction] * 2 ** coding.directionShift + size * 2 ** SIZE_SHIFT + type * 2 ** TYPE_SHIFT + call.nr) >>> 0;
}

/** The file descriptors of KVM's hierarchy. */
export type KvmFileKind = 'system' | 'vm' | 'vcpu';

/** One ioctl as the kernel declares it. `bytes` is the size of its argument structure, 0 for none. */
export interface IoctlRow {
  readonly name: string;
  readonly files: readonly KvmFileKind[];
  readonly direction: IoctlDirection;
  readonly nr: number;
  readonly bytes: number;
}

/** Linux 6.1: include/uapi/linux/kvm.h. */
export const KVMIO = 0xae;

const row = <const Name extends string>(
  name: Name,
  files: readonly KvmFileKind[] | KvmFileKind,
  direction: IoctlDirection,
  nr: number,
  bytes = 0,
): IoctlRow & { readonly name: Name } => ({
  name,
  files: typeof files === 'string' ? [files] : files,
  direction,
  nr,
  bytes,
});

/** Linux 6.1: include/uapi/linux/kvm.h with the structure sizes of arch/arm64/include/uapi/asm/kvm.h. */
// prettier-ignore
export const ARM64_IOCTLS = [
  row('KVM_GET_API_VERSION', 'system', 'none', 0x00),
  row('KVM_CREATE_VM', 'system', 'none', 0x01),
  row('KVM_CHECK_EXTENSION', ['system', 'vm'], 'none', 0x03),
  row('KVM_GET_VCPU_MMAP_SIZE', 'system', 'none', 0x04),
  row('KVM_CREATE_VCPU', 'vm', 'none', 0x41),
  row('KVM_GET_DIRTY_LOG', 'vm', 'write', 0x42, 16),
  row('KVM_SET_USER_MEMORY_REGION', 'vm', 'write', 0x46, 32),
  row('KVM_CREATE_IRQCHIP', 'vm', 'none', 0x60),
  row('KVM_IRQ_LINE', 'vm', 'write', 0x61, 8),
  row('KVM_RUN', 'vcpu', 'none', 0x80),
  row('KVM_GET_REGS', 'vcpu', 'read', 0x81, 864),
  row('KVM_SET_REGS', 'vcpu', 'write', 0x82, 864),
  row('KVM_GET_MP_STATE', 'vcpu', 'read', 0x98, 4),
  row('KVM_SET_MP_STATE', 'vcpu', 'write', 0x99, 4),
  row('KVM_SET_GUEST_DEBUG', 'vcpu', 'write', 0x9b, 520),
  row('KVM_GET_VCPU_EVENTS', 'vcpu', 'read', 0x9f, 64),
  row('KVM_SET_VCPU_EVENTS', 'vcpu', 'write', 0xa0, 64),
  row('KVM_ENABLE_CAP', ['vm', 'vcpu'], 'write', 0xa3, 104),
  row('KVM_GET_ONE_REG', 'vcpu', 'write', 0xab, 16),
  row('KVM_SET_ONE_REG', 'vcpu', 'write', 0xac, 16),
  row('KVM_ARM_VCPU_INIT', 'vcpu', 'write', 0xae, 32),
  row('KVM_ARM_PREFERRED_TARGET', 'vm', 'read', 0xaf, 32),
  row('KVM_GET_REG_LIST', 'vcpu', 'readWrite', 0xb0, 8),
  row('KVM_CREATE_DEVICE', 'vm', 'readWrite', 0xe0, 12),
] as const;

/** Linux 6.1: include/uapi/linux/kvm.h with the structure sizes of arch/powerpc/include/uapi/asm/kvm.h; the calls that the specification names. */
// prettier-ignore
export const POWERPC_IOCTLS = [
  row('KVM_CREATE_VM', 'system', 'none', 0x01),
  row('KVM_CHECK_EXTENSION', ['system', 'vm'], 'none', 0x03),
  row('KVM_GET_VCPU_MMAP_SIZE', 'system', 'none', 0x04),
  row('KVM_CREATE_VCPU', 'vm', 'none', 0x41),
  row('KVM_RUN', 'vcpu', 'none', 0x80),
  row('KVM_GET_REGS', 'vcpu', 'read', 0x81, 392),
  row('KVM_SET_REGS', 'vcpu', 'write', 0x82, 392),
  row('KVM_GET_SREGS', 'vcpu', 'read', 0x83, 1232),
  row('KVM_SET_SREGS', 'vcpu', 'write', 0x84, 1232),
  row('KVM_INTERRUPT', 'vcpu', 'write', 0x86, 4),
  row('KVM_SET_GUEST_DEBUG', 'vcpu', 'write', 0x9b, 264),
  row('KVM_ENABLE_CAP', ['vm', 'vcpu'], 'write', 0xa3, 104),
  row('KVM_GET_ONE_REG', 'vcpu', 'write', 0xab, 16),
  row('KVM_SET_ONE_REG', 'vcpu', 'write', 0xac, 16),
  row('KVM_GET_REG_LIST', 'vcpu', 'readWrite', 0xb0, 8),
] as const;

/** The calls of `rows` by number, as `coding` packs them. */
export function ioctlsByNumber(coding: IoctlCoding, type: number, rows: readonly IoctlRow[]): ReadonlyMap<number, IoctlRow> {
  return new Map(rows.map(call => [ioctlNumber(coding, type, call), call]));
}

/** The number of the call named `name` in `rows`. */
export function numberOfIoctl(coding: IoctlCoding, type: number, rows: readonly IoctlRow[], name: string): number | undefined {
  const call = rows.find(candidate => candidate.name === name);
  return call === undefined ? undefined : ioctlNumber(coding, type, call);
}
