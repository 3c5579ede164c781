// SPDX-License-Identifier: MIT
import { KVM_REG_SIZE } from '../registerIds.js';

// Linux 6.1: include/uapi/linux/kvm.h, arch/powerpc/include/uapi/asm/kvm.h.

/** KVM_REG_PPC: the architecture in bits 63:60 of a register id. */
export const KVM_REG_PPC = 0x1000_0000_0000_0000n;

type Size = 'U32' | 'U64' | 'U128';
type Row = readonly [size: Size, number: number];

/** KVM_REG_PPC_*: size and number, in order of the number. FPR, VR and VSR are the first of 32. */
// biome-ignore format: one row a line
const REGISTERS = {
  HIOR:       ['U64', 0x01],
  IAC1:       ['U64', 0x02],
  IAC2:       ['U64', 0x03],
  IAC3:       ['U64', 0x04],
  IAC4:       ['U64', 0x05],
  DAC1:       ['U64', 0x06],
  DAC2:       ['U64', 0x07],
  DABR:       ['U64', 0x08],
  DSCR:       ['U64', 0x09],
  PURR:       ['U64', 0x0a],
  SPURR:      ['U64', 0x0b],
  DAR:        ['U64', 0x0c],
  DSISR:      ['U32', 0x0d],
  AMR:        ['U64', 0x0e],
  UAMOR:      ['U64', 0x0f],
  MMCR0:      ['U64', 0x10],
  MMCR1:      ['U64', 0x11],
  MMCRA:      ['U64', 0x12],
  MMCR2:      ['U64', 0x13],
  SIAR:       ['U64', 0x15],
  SDAR:       ['U64', 0x16],
  SIER:       ['U64', 0x17],
  PMC1:       ['U32', 0x18],
  PMC2:       ['U32', 0x19],
  PMC3:       ['U32', 0x1a],
  PMC4:       ['U32', 0x1b],
  PMC5:       ['U32', 0x1c],
  PMC6:       ['U32', 0x1d],
  FPR0:       ['U64', 0x20],
  VR0:        ['U128', 0x40],
  VSR0:       ['U128', 0x60],
  FPSCR:      ['U64', 0x80],
  VSCR:       ['U32', 0x81],
  VPA_ADDR:   ['U64', 0x82],
  VPA_SLB:    ['U128', 0x83],
  VPA_DTL:    ['U128', 0x84],
  EPCR:       ['U32', 0x85],
  DEBUG_INST: ['U32', 0x8b],
  ICP_STATE:  ['U64', 0x8c],
  TB_OFFSET:  ['U64', 0x9c],
  IAMR:       ['U64', 0x9f],
  FSCR:       ['U64', 0xa3],
  PSPB:       ['U32', 0xa4],
  EBBHR:      ['U64', 0xa5],
  EBBRR:      ['U64', 0xa6],
  BESCR:      ['U64', 0xa7],
  TAR:        ['U64', 0xa8],
  DPDES:      ['U64', 0xa9],
  DAWR:       ['U64', 0xaa],
  DAWRX:      ['U64', 0xab],
  CIABR:      ['U64', 0xac],
  IC:         ['U64', 0xad],
  VTB:        ['U64', 0xae],
  PID:        ['U64', 0xb2],
  VRSAVE:     ['U32', 0xb4],
  LPCR:       ['U32', 0xb5],
  LPCR_64:    ['U64', 0xb5],
  PPR:        ['U64', 0xb6],
  ARCH_COMPAT: ['U32', 0xb7],
  DABRX:      ['U32', 0xb8],
  SPRG9:      ['U64', 0xba],
  DBSR:       ['U32', 0xbb],
  TIDR:       ['U64', 0xbc],
  PSSCR:      ['U64', 0xbd],
  DEC_EXPIRY: ['U64', 0xbe],
  ONLINE:     ['U32', 0xbf],
  DAWR1:      ['U64', 0xc4],
  DAWRX1:     ['U64', 0xc5],
} as const satisfies Readonly<Record<string, Row>>;

/** The kernel's name of a powerpc register, without KVM_REG_PPC_. */
export type PpcRegisterName = keyof typeof REGISTERS;

/** KVM_REG_PPC_*: the id of a register; `n` counts within FPR, VR and VSR. */
export function ppcRegisterId(name: PpcRegisterName, n = 0): bigint {
  const [size, number] = REGISTERS[name];
  return KVM_REG_PPC | KVM_REG_SIZE[size] | BigInt(number + n);
}

/** All names, in order of the number. */
export const PPC_REGISTER_NAMES: readonly PpcRegisterName[] = Object.keys(REGISTERS) as PpcRegisterName[]; // The table's own keys.
