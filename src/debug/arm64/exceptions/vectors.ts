// SPDX-License-Identifier: MIT
import type { VectorChoice, VectorGroup } from '../../exceptions/exceptionModel.js';

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

// biome-ignore format: a table
/** What a user chooses among: four kinds, where the sixteen entries would fill a list. */
export const VECTOR_GROUPS: readonly VectorGroup[] = [
  { name: 'sync',   title: 'Synchronous exceptions', description: 'Calls, aborts, undefined instructions and debug exceptions of the guest' },
  { name: 'IRQ',    title: 'IRQ',                    description: 'Interrupts' },
  { name: 'FIQ',    title: 'FIQ',                    description: 'Fast interrupts' },
  { name: 'SError', title: 'SError',                 description: 'System errors, which are asynchronous' },
];

export const VECTOR_CHOICE: VectorChoice = {
  groups: VECTOR_GROUPS,
  names: [...VECTOR_GROUPS, ...VECTORS].map(({ name }) => name),
  conditionExamples: '$esr_el1.EC == 0x15 (SVC) or $spsr_el1.M == 0 (from EL0)',
};

/**
 * The entries that `name` means, none if it is unknown. A kind is without its entry for AArch32: no guest runs that, and each
 * entry takes a breakpoint register.
 */
export const vectorsNamed = (name: string): readonly (typeof VECTORS)[number][] => {
  const isKind = VECTOR_GROUPS.some(group => group.name === name);
  return VECTORS.filter(vector => (isKind ? vector.name.startsWith(`${name} `) && !vector.name.includes('AArch32') : vector.name === name));
};

/** Bytes of the whole table: 16 entries of 0x80. */
export const VECTOR_TABLE_BYTES = 0x800n;

/** The entry whose first instruction is at `pc`, in the table at `base`. */
export const vectorAt = (pc: bigint, base: bigint): (typeof VECTORS)[number] | undefined =>
  VECTORS.find(({ offset }) => BigInt.asUintN(64, base + offset) === BigInt.asUintN(64, pc));
