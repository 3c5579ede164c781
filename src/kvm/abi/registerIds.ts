// SPDX-License-Identifier: MIT
// Linux 6.1: include/uapi/linux/kvm.h. Bits 63:60 of a register id are the architecture, 55:52 the size, the rest is the architecture's own.

const SIZE_SHIFT = 52n;
const SIZE_MASK = 0xfn;

/** KVM_REG_SIZE_*: log2 of the bytes, in bits 55:52. */
// prettier-ignore
export const KVM_REG_SIZE = {
  U8: 0n << SIZE_SHIFT,
  U16: 1n << SIZE_SHIFT,
  U32: 2n << SIZE_SHIFT,
  U64: 3n << SIZE_SHIFT,
  U128: 4n << SIZE_SHIFT,
  U256: 5n << SIZE_SHIFT,
} as const;

/** KVM_REG_SIZE(): bytes of the register that `id` names. */
export const bytesOfRegister = (id: bigint): number => 2 ** Number((id >> SIZE_SHIFT) & SIZE_MASK);
