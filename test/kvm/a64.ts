// SPDX-License-Identifier: MIT
// The few A64 instructions that the tests' guests are made of, as words. Arguments in the order of the assembler.

const word = (value: number): number => value >>> 0;
const branchOffset = (bytes: number, bits: number): number => (bytes >> 2) & ((1 << bits) - 1);

export const nop = 0xd503_201f;
export const wfe = 0xd503_205f;
export const wfi = 0xd503_207f;
export const isb = 0xd503_3fdf;
export const eret = 0xd69f_03e0;
export const svc = (imm: number): number => word(0xd400_0001 | (imm << 5));
export const hvc = (imm: number): number => word(0xd400_0002 | (imm << 5));
export const smc = (imm: number): number => word(0xd400_0003 | (imm << 5));
export const brk = (imm: number): number => word(0xd420_0000 | (imm << 5));
export const hlt = (imm: number): number => word(0xd440_0000 | (imm << 5));
/** msr daifclr, #imm and msr daifset, #imm: D 8, A 4, I 2, F 1. */
export const daifclr = (imm: number): number => word(0xd503_40ff | (imm << 8));
export const daifset = (imm: number): number => word(0xd503_40df | (imm << 8));
export const movz = (d: number, imm: number, shift: 0 | 16 | 32 | 48 = 0): number =>
  word(0xd280_0000 | ((shift / 16) << 21) | (imm << 5) | d);
export const movk = (d: number, imm: number, shift: 0 | 16 | 32 | 48 = 0): number =>
  word(0xf280_0000 | ((shift / 16) << 21) | (imm << 5) | d);
/** mov Xd, #value for 32-bit values: two instructions. */
export const mov32 = (d: number, value: number): number[] => [movz(d, value & 0xffff), movk(d, value >>> 16, 16)];
export const addImmediate = (d: number, n: number, imm: number): number => word(0x9100_0000 | (imm << 10) | (n << 5) | d);
export const subsImmediate = (d: number, n: number, imm: number): number => word(0xf100_0000 | (imm << 10) | (n << 5) | d);
export const b = (offset: number): number => word(0x1400_0000 | branchOffset(offset, 26));
export const br = (n: number): number => word(0xd61f_0000 | (n << 5));
export const cbnz = (t: number, offset: number): number => word(0xb500_0000 | (branchOffset(offset, 19) << 5) | t);
export const ldr = (t: number, n: number): number => word(0xf940_0000 | (n << 5) | t);
export const str = (t: number, n: number): number => word(0xf900_0000 | (n << 5) | t);
export const ldrW = (t: number, n: number): number => word(0xb940_0000 | (n << 5) | t);
export const strW = (t: number, n: number): number => word(0xb900_0000 | (n << 5) | t);
export const strh = (t: number, n: number): number => word(0x7900_0000 | (n << 5) | t);
export const strb = (t: number, n: number): number => word(0x3900_0000 | (n << 5) | t);
export const ldrsbX = (t: number, n: number): number => word(0x3980_0000 | (n << 5) | t);
export const ldrsbW = (t: number, n: number): number => word(0x39c0_0000 | (n << 5) | t);
export const ldrswX = (t: number, n: number): number => word(0xb980_0000 | (n << 5) | t);
export const ldp = (t: number, t2: number, n: number): number => word(0xa940_0000 | (t2 << 10) | (n << 5) | t);
/** MSR and MRS with the packed encoding of the register (op0<<14 | op1<<11 | CRn<<7 | CRm<<3 | op2), as the low 16 bits of a ONE_REG id. */
export const msr = (packed: number, t: number): number => word(0xd510_0000 | ((packed & 0x7fff) << 5) | t);
export const mrs = (t: number, packed: number): number => word(0xd530_0000 | ((packed & 0x7fff) << 5) | t);
