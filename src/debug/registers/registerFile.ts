// SPDX-License-Identifier: MIT
import type { Endianness, Result } from '../../base/index.js';
import type { Register } from '../../cpu/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { NamedRegister } from '../frames/frameContext.js';
import type { RegisterGroupName } from './registerView.js';

/** A vCPU's registers by name and by DWARF number, through KVM. The vCPU must be outside of KVM_RUN. */
export interface RegisterFile {
  readonly vcpu: Vcpu;
  readonly model: RegisterModel;
  pc: bigint;
  readonly sp: bigint;
  /** Where a call leaves the address behind itself. */
  readonly link: bigint;
  /** Tells contexts of the vCPU apart, as user and kernel: only to be compared. */
  readonly privilege: number;
  /** The byte order of data and instructions, as the vCPU stands now. */
  readonly endianness: Endianness;
  /** `EL1h`, `EL0t`, … */
  readonly mode: string;
  /** Which interrupts are masked: letters, small where clear. */
  readonly interruptState: string;
  /** The register's value, `undefined` if there is none of this name. */
  read(name: string): NamedRegister | undefined;
  write(name: string, value: bigint): Result<undefined>;
  /** The bytes of the register with this DWARF number, least significant first whatever the guest's byte order. */
  dwarfBytes(number: number): Uint8Array | undefined;
}

/** A register of at most 64 bits, for conditions that are asked half a million times a second. */
export interface QuickRegister {
  readonly bits: number;
  /** `undefined` if KVM refuses it. */
  readonly read: (vcpu: Vcpu) => bigint | undefined;
}

/** What registers an architecture has, as the debugger shows them. Names are the assembler's in lower case. */
export interface RegisterModel {
  /** All that an expression may name. */
  readonly names: readonly string[];
  readonly groups: Readonly<Record<RegisterGroupName, readonly string[]>>;
  /** `undefined`: the register has no fields. */
  description(name: string): Register | undefined;
  title(name: string): string;
  isReadOnly(name: string): boolean;
  /** What a value says in words; `undefined`: the fields that are set. */
  words(name: string, value: bigint): string | undefined;
  /** The register with this DWARF number. */
  dwarfName(number: number): string | undefined;
  /** The general registers that an outer frame has, with their DWARF numbers, in the order of display. */
  readonly unwound: readonly { readonly name: string; readonly number: number }[];
  /** `undefined`: there is no quick way to it. */
  quick(name: string): QuickRegister | undefined;
  /** As `quick`, by DWARF number. */
  quickDwarf(number: number): QuickRegister | undefined;
  file(vcpu: Vcpu): RegisterFile;
}
