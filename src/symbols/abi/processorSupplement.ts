// SPDX-License-Identifier: MIT

/**
 * The links by which frames lead to their callers where no call frame information tells. A link is a doubleword in memory that holds the
 * address of the caller's link, 0 at the root.
 */
export interface FrameChain {
  /** DWARF number of the register that holds the address of the innermost link. Its value in the caller is that of the caller's link. */
  readonly register: number;
  /** Where a frame that has made its link has saved its return address. */
  readonly returnAddress: LinkOffset;
  /** The caller's stack pointer, as an address. */
  readonly callerStackPointer: LinkOffset;
}

/** An address that is counted from a link: the frame's own one, or its caller's. */
export interface LinkOffset {
  readonly link: 'own' | "caller's";
  readonly bytes: bigint;
}

/** IEEE binary128, or the sum of two doubles with the larger one first. */
export type LongDoubleFormat = 'binary128' | 'doublePair';

/** What the processor supplement of the System V ABI tells a debugger about the registers and frames of compiled code. */
export interface ProcessorSupplement {
  readonly name: 'AAPCS64' | 'ELFv1' | 'ELFv2';
  /** The assembler's names in lower case, by DWARF register number. */
  readonly registerNames: ReadonlyMap<number, string>;
  /** The column of the call frame information that is the CFA in the caller, whatever else the table says. */
  readonly stackPointer: number;
  /** Where a call leaves its return address. */
  readonly linkRegister: number;
  /** `undefined` if no DWARF number means it. */
  readonly programCounter: number | undefined;
  /** What functions give back as they found it: without a rule, the caller's value is that of the frame. All others are lost. */
  readonly preserved: ReadonlySet<number>;
  /** What unwinding looks for in each frame: general registers, and the preserved ones. */
  readonly followed: readonly number[];
  /** Bytes that a save of the register takes in memory. */
  savedBytes(register: number): number;
  readonly frameChain: FrameChain;
  /** Registers in which single-precision numbers are in double-precision format. */
  readonly floatsAsDoubles: ReadonlySet<number>;
  /** What a C `long double` of 16 bytes is. */
  readonly longDouble: LongDoubleFormat;
}
