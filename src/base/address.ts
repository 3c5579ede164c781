// SPDX-License-Identifier: MIT
declare const brand: unique symbol;

/** A `Value` that only a named constructor makes, so that two kinds of number cannot be mixed up. */
export type Branded<Value, Name extends string> = Value & { readonly [brand]: Name };

/** Virtual address (Arm), effective address (Power): what an instruction computes. 64 bits, unsigned. */
export type VirtualAddress = Branded<bigint, 'VirtualAddress'>;

/** Physical address (Arm), real address (Power), KVM's "gpa": an address of the guest's memory map. 64 bits, unsigned. */
export type PhysicalAddress = Branded<bigint, 'PhysicalAddress'>;

// In range by construction: the value has just been cut to 64 bits.
export const virtualAddress = (value: bigint | number): VirtualAddress => BigInt.asUintN(64, BigInt(value)) as VirtualAddress;

// In range by construction: the value has just been cut to 64 bits.
export const physicalAddress = (value: bigint | number): PhysicalAddress => BigInt.asUintN(64, BigInt(value)) as PhysicalAddress;

/** A half-open range of bytes: [start, start + bytes). */
export interface AddressRange {
  readonly start: bigint;
  /** Length in bytes. */
  readonly bytes: number;
}
