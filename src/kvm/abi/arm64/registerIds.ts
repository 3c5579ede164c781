// SPDX-License-Identifier: MIT
import { KVM_REG_SIZE } from '../registerIds.js';

// Linux 6.1: arch/arm64/include/uapi/asm/kvm.h.

/** KVM_REG_ARM64: the architecture in bits 63:60 of a register id. */
export const KVM_REG_ARM64 = 0x6000_0000_0000_0000n;

/** KVM_REG_ARM_COPROC_*: the register class in bits 27:16. */
const CORE_CLASS = 0x0010n << 16n;
const SYSTEM_CLASS = 0x0013n << 16n;
const FIRMWARE_CLASS = 0x0014n << 16n;

/** KVM_REG_ARM_PSCI_VERSION: the firmware register that holds the PSCI version of the VM. */
export const KVM_REG_ARM_PSCI_VERSION = KVM_REG_ARM64 | KVM_REG_SIZE.U64 | FIRMWARE_CLASS;

/** The five numbers by which the architecture names a system register in MSR and MRS. */
export interface SystemRegisterEncoding {
  readonly op0: number;
  readonly op1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly op2: number;
}

/** `encoding` packed as ARM64_SYS_REG() packs it: the low 16 bits of the id, and ascending in the order of the tables. */
export const packSystemRegister = ({ op0, op1, CRn, CRm, op2 }: SystemRegisterEncoding): number =>
  (op0 << 14) | (op1 << 11) | (CRn << 7) | (CRm << 3) | op2;

/** The inverse of `packSystemRegister`. */
export const unpackSystemRegister = (packed: number): SystemRegisterEncoding => ({
  op0: (packed >>> 14) & 0x3,
  op1: (packed >>> 11) & 0x7,
  CRn: (packed >>> 7) & 0xf,
  CRm: (packed >>> 3) & 0xf,
  op2: packed & 0x7,
});

/** ARM64_SYS_REG(): the id of a system register, always 64 bits wide. */
export const systemRegisterId = (packed: number): bigint => KVM_REG_ARM64 | KVM_REG_SIZE.U64 | SYSTEM_CLASS | BigInt(packed);

/** KVM_REG_ARM_CORE_REG(): the id of the core register at `offset` (bytes) of struct kvm_regs. */
export const coreRegisterId = (offset: number, size: keyof typeof KVM_REG_SIZE = 'U64'): bigint =>
  KVM_REG_ARM64 | KVM_REG_SIZE[size] | CORE_CLASS | BigInt(offset / 4);

/** Byte offsets in arm64's struct kvm_regs. */
// prettier-ignore
export const KVM_REGS_OFFSET = {
  regs: 0, // x0 to x30, 8 bytes each
  sp: 248, // SP_EL0
  pc: 256,
  pstate: 264,
  sp_el1: 272,
  elr_el1: 280,
  spsr: 288, // SPSR_EL1 (also SPSR_svc), SPSR_abt, SPSR_und, SPSR_irq, SPSR_fiq
  vregs: 336, // V0 to V31, 16 bytes each
  fpsr: 848,
  fpcr: 852,
} as const;

const coreNames: [string, bigint][] = [
  ...Array.from({ length: 31 }, (_, n): [string, bigint] => [`x${n}`, coreRegisterId(KVM_REGS_OFFSET.regs + 8 * n)]),
  ['sp', coreRegisterId(KVM_REGS_OFFSET.sp)],
  ['pc', coreRegisterId(KVM_REGS_OFFSET.pc)],
  ['pstate', coreRegisterId(KVM_REGS_OFFSET.pstate)],
  ['SP_EL1', coreRegisterId(KVM_REGS_OFFSET.sp_el1)],
  ['ELR_EL1', coreRegisterId(KVM_REGS_OFFSET.elr_el1)],
  ...['SPSR_EL1', 'SPSR_abt', 'SPSR_und', 'SPSR_irq', 'SPSR_fiq'].map((name, n): [string, bigint] => [
    name,
    coreRegisterId(KVM_REGS_OFFSET.spsr + 8 * n),
  ]),
  ...Array.from({ length: 32 }, (_, n): [string, bigint] => [`v${n}`, coreRegisterId(KVM_REGS_OFFSET.vregs + 16 * n, 'U128')]),
  ['fpsr', coreRegisterId(KVM_REGS_OFFSET.fpsr, 'U32')],
  ['fpcr', coreRegisterId(KVM_REGS_OFFSET.fpcr, 'U32')],
];

/** Ids of the core registers by the name that the log and the register views print: x0 to x30, sp, pc, pstate, SP_EL1, ELR_EL1, SPSR_EL1, v0 to v31, fpsr, fpcr. */
export const CORE_REGISTER_IDS: ReadonlyMap<string, bigint> = new Map(coreNames);
