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
