// SPDX-License-Identifier: MIT

/** The operands by which MRS, MSR and SYS name a register or an operation. */
export interface SystemOperands {
  readonly op0: number;
  readonly op1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly op2: number;
}

/** The five operands packed as in the low 16 bits of KVM's register ids: op0 15:14, op1 13:11, CRn 10:7, CRm 6:3, op2 2:0. */
export const systemEncoding = (op0: number, op1: number, CRn: number, CRm: number, op2: number): number =>
  (op0 << 14) | (op1 << 11) | (CRn << 7) | (CRm << 3) | op2;

/** The inverse of `systemEncoding`. */
export const systemOperands = (encoding: number): SystemOperands => ({
  op0: (encoding >>> 14) & 0b11,
  op1: (encoding >>> 11) & 0b111,
  CRn: (encoding >>> 7) & 0b1111,
  CRm: (encoding >>> 3) & 0b1111,
  op2: encoding & 0b111,
});

/** What the payload of the routines MRS, MSR, SYS and SYSL holds beside the encoding. */
export const encodingOfPayload = (payload: number): number => payload & 0xffff;
export const registerOfPayload = (payload: number): number => (payload >>> 16) & 0b11111;
