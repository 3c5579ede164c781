// SPDX-License-Identifier: MIT
import type { Endianness, Result, VirtualAddress } from '../../base/index.js';
import type { DebugInformation, EvaluationContext, Subprogram } from '../../symbols/index.js';

/** What evaluating in a frame needs: its registers and the guest's memory as that vCPU sees it. */
export interface FrameContext {
  readonly vcpu: number;
  readonly endianness: Endianness;
  /** The address to look the frame up with: the pc, for callers inside the call instruction. */
  readonly lookupPc: bigint;
  /** What the symbols know where the frame stands, `undefined` outside of all files. */
  readonly debug: DebugInformation | undefined;
  /** The function (not inlined) around `lookupPc`. */
  readonly subprogram: Subprogram | undefined;
  readonly evaluation: EvaluationContext;
  /** The bytes of the register with this DWARF number, 8 or (vectors) 16, the least significant first; `undefined` if the caller's value is lost. */
  readRegisterBytes(register: number): Uint8Array | undefined;
  /** Writes where this frame's value of the register lives: the register itself, or where a callee saved it. */
  writeRegisterBytes(register: number, bytes: Uint8Array): Result<undefined>;
  /** A machine register by its assembler's name, without DWARF; only in the innermost frame for those that are not unwound. */
  readNamedRegister(name: string): NamedRegister | undefined;
  writeNamedRegister(name: string, value: bigint): Result<undefined>;
  /** All `size` bytes or `undefined`. */
  readMemory(address: VirtualAddress, size: number): Uint8Array | undefined;
  writeMemory(address: VirtualAddress, bytes: Uint8Array): Result<undefined>;
}

export interface NamedRegister {
  readonly value: bigint;
  readonly bits: number;
}
