// SPDX-License-Identifier: MIT
// biome-ignore format: a table
/** The entries of the vector table at VBAR_EL1 (Arm DDI 0487, Exception vectors). */
export const VECTORS = [
  { name: 'sync from current EL with SP0',     offset: 0x000n },
  { name: 'IRQ from current EL with SP0',      offset: 0x080n },
  { name: 'FIQ from current EL with SP0',      offset: 0x100n },
  { name: 'SError from current EL with SP0',   offset: 0x180n },
  { name: 'sync from current EL',              offset: 0x200n },
  { name: 'IRQ from current EL',               offset: 0x280n },
  { name: 'FIQ from current EL',               offset: 0x300n },
  { name: 'SError from current EL',            offset: 0x380n },
  { name: 'sync from lower EL (AArch64)',      offset: 0x400n },
  { name: 'IRQ from lower EL (AArch64)',       offset: 0x480n },
  { name: 'FIQ from lower EL (AArch64)',       offset: 0x500n },
  { name: 'SError from lower EL (AArch64)',    offset: 0x580n },
  { name: 'sync from lower EL (AArch32)',      offset: 0x600n },
  { name: 'IRQ from lower EL (AArch32)',       offset: 0x680n },
  { name: 'FIQ from lower EL (AArch32)',       offset: 0x700n },
  { name: 'SError from lower EL (AArch32)',    offset: 0x780n },
] as const;

/** A name for the four synchronous entries together. */
export const ALL_SYNCHRONOUS = 'all synchronous exceptions';

/** What a breakpoint on vectors may name: all synchronous ones together, or one entry. */
export const VECTOR_NAMES: readonly string[] = [ALL_SYNCHRONOUS, ...VECTORS.map(({ name }) => name)];

/** The entries that `name` means, none if it is unknown. */
export const vectorsNamed = (name: string): readonly (typeof VECTORS)[number][] =>
  VECTORS.filter(vector => vector.name === name || (name === ALL_SYNCHRONOUS && vector.name.startsWith('sync ')));

/** Bytes of the whole table: 16 entries of 0x80. */
export const VECTOR_TABLE_BYTES = 0x800n;

/** The entry whose first instruction is at `pc`, in the table at `base`. */
export const vectorAt = (pc: bigint, base: bigint): (typeof VECTORS)[number] | undefined =>
  VECTORS.find(({ offset }) => BigInt.asUintN(64, base + offset) === BigInt.asUintN(64, pc));
