// SPDX-License-Identifier: MIT
/** A system register that the debugger shows. */
export interface SystemRegisterRow {
  /** In lower case, as the assembler writes it. */
  readonly name: string;
  readonly encoding: readonly [op0: number, op1: number, CRn: number, CRm: number, op2: number];
  readonly title: string;
}

// biome-ignore format: a table
/** The registers of the group System, in the order in which they are shown (Arm DDI 0487, AArch64 System register encoding). */
export const SYSTEM_REGISTERS: readonly SystemRegisterRow[] = [
  { name: 'sctlr_el1',       encoding: [3, 0, 1, 0, 0],  title: 'System Control Register' },
  { name: 'cpacr_el1',       encoding: [3, 0, 1, 0, 2],  title: 'Architectural Feature Access Control Register' },
  { name: 'ttbr0_el1',       encoding: [3, 0, 2, 0, 0],  title: 'Translation Table Base Register 0' },
  { name: 'ttbr1_el1',       encoding: [3, 0, 2, 0, 1],  title: 'Translation Table Base Register 1' },
  { name: 'tcr_el1',         encoding: [3, 0, 2, 0, 2],  title: 'Translation Control Register' },
  { name: 'esr_el1',         encoding: [3, 0, 5, 2, 0],  title: 'Exception Syndrome Register' },
  { name: 'far_el1',         encoding: [3, 0, 6, 0, 0],  title: 'Fault Address Register' },
  { name: 'par_el1',         encoding: [3, 0, 7, 4, 0],  title: 'Physical Address Register' },
  { name: 'mair_el1',        encoding: [3, 0, 10, 2, 0], title: 'Memory Attribute Indirection Register' },
  { name: 'vbar_el1',        encoding: [3, 0, 12, 0, 0], title: 'Vector Base Address Register' },
  { name: 'contextidr_el1',  encoding: [3, 0, 13, 0, 1], title: 'Context ID Register' },
  { name: 'tpidr_el1',       encoding: [3, 0, 13, 0, 4], title: 'EL1 Software Thread ID Register' },
  { name: 'tpidr_el0',       encoding: [3, 3, 13, 0, 2], title: 'EL0 Read/Write Software Thread ID Register' },
  { name: 'tpidrro_el0',     encoding: [3, 3, 13, 0, 3], title: 'EL0 Read-Only Software Thread ID Register' },
  { name: 'cntkctl_el1',     encoding: [3, 0, 14, 1, 0], title: 'Counter-timer Kernel Control Register' },
  { name: 'mpidr_el1',       encoding: [3, 0, 0, 0, 5],  title: 'Multiprocessor Affinity Register' },
  { name: 'mdscr_el1',       encoding: [2, 0, 0, 2, 2],  title: 'Monitor Debug System Control Register' },
  { name: 'mdccint_el1',     encoding: [2, 0, 0, 2, 0],  title: 'Monitor DCC Interrupt Enable Register' },
  { name: 'oslsr_el1',       encoding: [2, 0, 1, 1, 4],  title: 'OS Lock Status Register' },
];

/** The guest's own breakpoint and watchpoint registers: CRm is the slot. */
export const GUEST_SLOT_ENCODINGS = { value: { breakpoint: 4, watchpoint: 6 }, control: { breakpoint: 5, watchpoint: 7 } } as const;
