// SPDX-License-Identifier: MIT
import type { Endianness } from '../../base/index.js';
import type { UnwindMethod } from './stackFrame.js';

/** Where a frame's value of a register is. */
export type RegisterHome =
  | { readonly kind: 'live' }
  | { readonly kind: 'memory'; readonly address: bigint }
  | { readonly kind: 'value'; readonly value: bigint }
  | { readonly kind: 'lost' };

/** A frame as the search for its caller sees it. */
export interface UnwoundFrame {
  readonly pc: bigint;
  /** The vCPU stands in it. */
  readonly isInnermost: boolean;
  readonly endianness: Endianness;
  /** A register by DWARF number, `undefined` if its value is lost. */
  readRegister(register: number): bigint | undefined;
  home(register: number): RegisterHome;
  /** `bytes` (at most 8) of memory as a number. */
  readNumber(address: bigint, bytes: number): bigint | undefined;
  /** Whether a call may return to `address`: a symbol owns the instruction before it. */
  isReturnAddress(address: bigint): boolean;
  /** How far the pc is behind the symbol that owns it; `undefined` if none does. */
  readonly offsetInSymbol: bigint | undefined;
}

/** A caller that was found without a table. */
export interface FoundCaller {
  readonly pc: bigint;
  readonly foundBy: UnwindMethod;
  readonly homes: ReadonlyMap<number, RegisterHome>;
}

/** What an ABI says of frames. Registers are DWARF numbers. */
export interface FrameConventions {
  /** `undefined`: the program counter has no number. */
  readonly programCounter: number | undefined;
  readonly stackPointer: number;
  /** Registers that unwinding follows. */
  readonly followed: readonly number[];
  /** What a function must preserve. Without a rule these have the callee's value, all others are lost. */
  isCalleeSaved(register: number): boolean;
  /** The register that `name` means, if it changes from frame to frame, and how much of it; `undefined` for the machine's own. */
  unwound(name: string): { readonly number: number; readonly bits: number } | undefined;
  /** By chains of frames and the link register. */
  callerWithoutTable(frame: UnwoundFrame): FoundCaller | undefined;
}
