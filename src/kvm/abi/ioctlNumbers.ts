// SPDX-License-Identifier: MIT
/** Which way an ioctl's argument structure goes, seen from user space: 'write' is into the kernel. */
export type IoctlDirection = 'none' | 'read' | 'write' | 'readWrite';

/** How an architecture packs direction and size into an ioctl number: direction at the top, then size, type and number (8 bits each). The codings are in `arm64/` and `powerpc/`. */
export interface IoctlCoding {
  readonly directionShift: number;
  readonly sizeBits: number;
  readonly directions: Readonly<Record<IoctlDirection, number>>;
}

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
export type KvmFileKind = 'system' | 'vm' | 'vcpu' | 'device' | 'htab';

/** One ioctl as the kernel declares it. `bytes` is the size of its argument structure, 0 for none. */
export interface IoctlRow {
  readonly name: string;
  readonly files: readonly KvmFileKind[];
  readonly direction: IoctlDirection;
  readonly nr: number;
  readonly bytes: number;
  /** The argument is any number of such structures, one after another. */
  readonly isList?: boolean;
}

/** Linux 6.1: include/uapi/linux/kvm.h. */
export const KVMIO = 0xae;

/** A row of a table of calls. */
export const ioctlRow = <const Name extends string>(
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

/** The calls whose argument every architecture shares (Linux 6.1: include/uapi/linux/kvm.h). */
// prettier-ignore
export const COMMON_IOCTLS = [
  ioctlRow('KVM_GET_API_VERSION', 'system', 'none', 0x00),
  ioctlRow('KVM_CREATE_VM', 'system', 'none', 0x01),
  ioctlRow('KVM_CHECK_EXTENSION', ['system', 'vm'], 'none', 0x03),
  ioctlRow('KVM_GET_VCPU_MMAP_SIZE', 'system', 'none', 0x04),
  ioctlRow('KVM_CREATE_VCPU', 'vm', 'none', 0x41),
  ioctlRow('KVM_GET_DIRTY_LOG', 'vm', 'write', 0x42, 16),
  ioctlRow('KVM_SET_USER_MEMORY_REGION', 'vm', 'write', 0x46, 32),
  ioctlRow('KVM_IRQ_LINE', 'vm', 'write', 0x61, 8),
  ioctlRow('KVM_RUN', 'vcpu', 'none', 0x80),
  ioctlRow('KVM_GET_MP_STATE', 'vcpu', 'read', 0x98, 4),
  ioctlRow('KVM_SET_MP_STATE', 'vcpu', 'write', 0x99, 4),
  ioctlRow('KVM_ENABLE_CAP', ['vm', 'vcpu'], 'write', 0xa3, 104),
  ioctlRow('KVM_GET_ONE_REG', 'vcpu', 'write', 0xab, 16),
  ioctlRow('KVM_SET_ONE_REG', 'vcpu', 'write', 0xac, 16),
  ioctlRow('KVM_GET_REG_LIST', 'vcpu', 'readWrite', 0xb0, 8),
  ioctlRow('KVM_CREATE_DEVICE', 'vm', 'readWrite', 0xe0, 12),
  ioctlRow('KVM_SET_DEVICE_ATTR', 'device', 'write', 0xe1, 24),
  ioctlRow('KVM_GET_DEVICE_ATTR', 'device', 'write', 0xe2, 24),
  ioctlRow('KVM_HAS_DEVICE_ATTR', 'device', 'write', 0xe3, 24),
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
