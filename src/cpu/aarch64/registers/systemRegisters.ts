// SPDX-License-Identifier: MIT
import { invariant } from '../../../base/index.js';
import type { Slot } from '../../operations/emitter.js';
import { describedBits, type Register, reservedOnes } from '../../registers/describeRegister.js';
import { STATE_PAGE_BYTES, slot } from '../../state/stateLayout.js';
import * as control from './controlRegisters.js';
import * as debug from './debugRegisters.js';
import { systemEncoding } from './encoding.js';
import { FIRST_SYSTEM_INDEX } from './stateLayout.js';

/** Which accesses exist: an access that does not is UNDEFINED. */
export type AccessRight = 'RW' | 'RO' | 'WO' | '--';

/** The EL2 control that traps an EL1 or EL0 access. */
export type TrapGroup = 'TDA' | 'TDOSA' | 'TDRA' | 'TID1' | 'TID2' | 'TID3' | 'TACR' | 'TVM' | 'none';

/** The EL1 control that decides about an access from EL0; `free`: none does. */
export type EL0Gate = 'free' | 'TDCC' | 'UCT' | 'UMA' | 'EL0PCTEN' | 'EL0VCTEN' | 'EL0PTEN' | 'EL0VTEN' | 'CNTFRQ' | 'FPEN';

/** A system register of EL1 and EL0, or a register of EL2 that holds their state. */
export interface SystemRegister {
  readonly name: string;
  /** See `systemEncoding`. */
  readonly encoding: number;
  readonly EL1: AccessRight;
  readonly EL0: AccessRight;
  /** Where the value lies in the state page; `undefined`: it is worked out at each access. */
  readonly slot: Slot | undefined;
  readonly reset: bigint;
  /** The bits that software can write; the others keep their reset value. */
  readonly writable: bigint;
  readonly trap: TrapGroup;
  readonly gate: EL0Gate;
  readonly description: Register | undefined;
  /** Breakpoint or watchpoint number n of DBGBVR<n> and the like, otherwise -1. */
  readonly number: number;
}

interface Extra {
  readonly reset?: bigint;
  readonly writable?: bigint;
  readonly trap?: TrapGroup;
  readonly gate?: EL0Gate;
  readonly description?: Register;
  /** Not kept in the state page. */
  readonly isComputed?: true;
  readonly number?: number;
}

type Definition = readonly [
  name: string,
  op0: number,
  op1: number,
  CRn: number,
  CRm: number,
  op2: number,
  EL1: AccessRight,
  EL0: AccessRight,
  extra?: Extra,
];

const ALL = 0xffff_ffff_ffff_ffffn;
const WORD = 0xffff_ffffn;
const COMPUTED = { isComputed: true } as const;
/** A description fits any register in the table; its field names matter to nobody here. */
const described = (description: unknown): Register => description as Register;
const OSLM_IMPLEMENTED = 0x8n;
/** Armv8.0 SCTLR_EL1 out of reset as Cortex-A53 and A57 have it, apart from RES1 bits. */
const SCTLR_RESET = 0x00c5_0838n;
const NOT_WRITABLE_SCTLR = 0x0300_0000n; // EE and E0E: ID_AA64MMFR0_EL1.BigEnd is 0.

// biome-ignore format: one row a line
const bank = (n: number): readonly Definition[] => [
  [`DBGBVR${n}_EL1`, 2, 0, 0, n, 4, 'RW', '--', { trap: 'TDA', number: n, description: described(debug.DBGBVR_EL1), writable: ALL }],
  [`DBGBCR${n}_EL1`, 2, 0, 0, n, 5, 'RW', '--', { trap: 'TDA', number: n, description: described(debug.DBGBCR_EL1) }],
  [`DBGWVR${n}_EL1`, 2, 0, 0, n, 6, 'RW', '--', { trap: 'TDA', number: n, description: described(debug.DBGWVR_EL1) }],
  [`DBGWCR${n}_EL1`, 2, 0, 0, n, 7, 'RW', '--', { trap: 'TDA', number: n, description: described(debug.DBGWCR_EL1) }],
];

/** The ID space of AArch64 and AArch32 features: what is not allocated in it reads as zero. */
const ID_NAMES: Readonly<Record<string, string>> = {
  '1,0': 'ID_PFR0_EL1',
  '1,1': 'ID_PFR1_EL1',
  '1,2': 'ID_DFR0_EL1',
  '1,3': 'ID_AFR0_EL1',
  '1,4': 'ID_MMFR0_EL1',
  '1,5': 'ID_MMFR1_EL1',
  '1,6': 'ID_MMFR2_EL1',
  '1,7': 'ID_MMFR3_EL1',
  '2,0': 'ID_ISAR0_EL1',
  '2,1': 'ID_ISAR1_EL1',
  '2,2': 'ID_ISAR2_EL1',
  '2,3': 'ID_ISAR3_EL1',
  '2,4': 'ID_ISAR4_EL1',
  '2,5': 'ID_ISAR5_EL1',
  '2,6': 'ID_MMFR4_EL1',
  '3,0': 'MVFR0_EL1',
  '3,1': 'MVFR1_EL1',
  '3,2': 'MVFR2_EL1',
  '4,0': 'ID_AA64PFR0_EL1',
  '4,1': 'ID_AA64PFR1_EL1',
  '5,0': 'ID_AA64DFR0_EL1',
  '5,1': 'ID_AA64DFR1_EL1',
  '5,4': 'ID_AA64AFR0_EL1',
  '5,5': 'ID_AA64AFR1_EL1',
  '6,0': 'ID_AA64ISAR0_EL1',
  '6,1': 'ID_AA64ISAR1_EL1',
  '7,0': 'ID_AA64MMFR0_EL1',
  '7,1': 'ID_AA64MMFR1_EL1',
  '7,2': 'ID_AA64MMFR2_EL1',
};
const idSpace = (): readonly Definition[] =>
  Array.from({ length: 56 }, (_, index): Definition => {
    const [CRm, op2] = [1 + Math.floor(index / 8), index % 8];
    return [ID_NAMES[`${CRm},${op2}`] ?? `S3_0_C0_C${CRm}_${op2}`, 3, 0, 0, CRm, op2, 'RO', '--', { trap: 'TID3', ...COMPUTED }];
  });

// biome-ignore format: one row a line
const DEFINITIONS: readonly Definition[] = [
  ['OSDTRRX_EL1',       2, 0, 0, 0, 2, 'RW', '--', { trap: 'TDA', writable: WORD }],
  ...bank(0), ...bank(1),
  ['MDCCINT_EL1',       2, 0, 0, 2, 0, 'RW', '--', { trap: 'TDA', description: described(debug.MDCCINT_EL1) }],
  ['MDSCR_EL1',         2, 0, 0, 2, 2, 'RW', '--', { trap: 'TDA', description: described(debug.MDSCR_EL1) }],
  ...bank(2),
  ['OSDTRTX_EL1',       2, 0, 0, 3, 2, 'RW', '--', { trap: 'TDA', writable: WORD }],
  ...bank(3), ...bank(4), ...bank(5),
  ['OSECCR_EL1',        2, 0, 0, 6, 2, 'RW', '--', { trap: 'TDA', writable: WORD }],
  ...bank(6), ...bank(7), ...bank(8), ...bank(9), ...bank(10), ...bank(11), ...bank(12), ...bank(13), ...bank(14), ...bank(15),
  ['MDRAR_EL1',         2, 0, 1, 0, 0, 'RO', '--', { trap: 'TDRA' }],
  ['OSLAR_EL1',         2, 0, 1, 0, 4, 'WO', '--', { trap: 'TDOSA', description: described(debug.OSLAR_EL1), ...COMPUTED }],
  ['OSLSR_EL1',         2, 0, 1, 1, 4, 'RO', '--', { trap: 'TDOSA', description: described(debug.OSLSR_EL1), reset: OSLM_IMPLEMENTED }],
  ['OSDLR_EL1',         2, 0, 1, 3, 4, 'RW', '--', { trap: 'TDOSA', description: described(debug.OSDLR_EL1) }],
  ['DBGPRCR_EL1',       2, 0, 1, 4, 4, 'RW', '--', { trap: 'TDOSA', description: described(debug.DBGPRCR_EL1) }],
  ['DBGCLAIMSET_EL1',   2, 0, 7, 8, 6, 'RW', '--', { trap: 'TDA', writable: 0xffn }],
  ['DBGCLAIMCLR_EL1',   2, 0, 7, 9, 6, 'RW', '--', { trap: 'TDA', ...COMPUTED }],
  ['DBGAUTHSTATUS_EL1', 2, 0, 7, 14, 6, 'RO', '--', { trap: 'TDA' }],
  ['MDCCSR_EL0',        2, 3, 0, 1, 0, 'RO', 'RO', { trap: 'TDA', gate: 'TDCC' }],
  ['DBGDTR_EL0',        2, 3, 0, 4, 0, 'RW', 'RW', { trap: 'TDA', gate: 'TDCC' }],
  ['DBGDTRRX_EL0',      2, 3, 0, 5, 0, 'RW', 'RW', { trap: 'TDA', gate: 'TDCC', writable: WORD }],
  ['DBGVCR32_EL2',      2, 4, 0, 7, 0, '--', '--', { writable: WORD }],
  ['MIDR_EL1',          3, 0, 0, 0, 0, 'RO', '--', { ...COMPUTED }],
  ['MPIDR_EL1',         3, 0, 0, 0, 5, 'RO', '--', { ...COMPUTED }],
  ['REVIDR_EL1',        3, 0, 0, 0, 6, 'RO', '--', { trap: 'TID1', ...COMPUTED }],
  ...idSpace(),
  ['SCTLR_EL1',         3, 0, 1, 0, 0, 'RW', '--', { trap: 'TVM', description: described(control.SCTLR_EL1), reset: SCTLR_RESET, writable: describedBits(described(control.SCTLR_EL1)) & ~NOT_WRITABLE_SCTLR }],
  ['ACTLR_EL1',         3, 0, 1, 0, 1, 'RW', '--', { trap: 'TACR', writable: 0n }],
  ['CPACR_EL1',         3, 0, 1, 0, 2, 'RW', '--', { description: described(control.CPACR_EL1) }],
  ['TTBR0_EL1',         3, 0, 2, 0, 0, 'RW', '--', { trap: 'TVM' }],
  ['TTBR1_EL1',         3, 0, 2, 0, 1, 'RW', '--', { trap: 'TVM' }],
  ['TCR_EL1',           3, 0, 2, 0, 2, 'RW', '--', { trap: 'TVM', description: described(control.TCR_EL1) }],
  ['SPSR_EL1',          3, 0, 4, 0, 0, 'RW', '--', { writable: WORD, description: described(control.SPSR_EL1) }],
  ['ELR_EL1',           3, 0, 4, 0, 1, 'RW', '--'],
  ['SP_EL0',            3, 0, 4, 1, 0, 'RW', '--'],
  ['SPSel',             3, 0, 4, 2, 0, 'RW', '--', COMPUTED],
  ['CurrentEL',         3, 0, 4, 2, 2, 'RO', '--', COMPUTED],
  ['AFSR0_EL1',         3, 0, 5, 1, 0, 'RW', '--', { trap: 'TVM', writable: WORD }],
  ['AFSR1_EL1',         3, 0, 5, 1, 1, 'RW', '--', { trap: 'TVM', writable: WORD }],
  ['ESR_EL1',           3, 0, 5, 2, 0, 'RW', '--', { trap: 'TVM', writable: WORD, description: described(control.ESR_ELx) }],
  ['FAR_EL1',           3, 0, 6, 0, 0, 'RW', '--', { trap: 'TVM' }],
  ['PAR_EL1',           3, 0, 7, 4, 0, 'RW', '--', { description: described(control.PAR_EL1), writable: ALL }],
  ['MAIR_EL1',          3, 0, 10, 2, 0, 'RW', '--', { trap: 'TVM' }],
  ['AMAIR_EL1',         3, 0, 10, 3, 0, 'RW', '--', { trap: 'TVM' }],
  ['VBAR_EL1',          3, 0, 12, 0, 0, 'RW', '--', { writable: ALL & ~0x7ffn }],
  ['ISR_EL1',           3, 0, 12, 1, 0, 'RO', '--', COMPUTED],
  ['CONTEXTIDR_EL1',    3, 0, 13, 0, 1, 'RW', '--', { trap: 'TVM', writable: WORD }],
  ['TPIDR_EL1',         3, 0, 13, 0, 4, 'RW', '--'],
  ['CNTKCTL_EL1',       3, 0, 14, 1, 0, 'RW', '--', { description: described(control.CNTKCTL_EL1) }],
  ['CCSIDR_EL1',        3, 1, 0, 0, 0, 'RO', '--', { trap: 'TID2', ...COMPUTED }],
  ['CLIDR_EL1',         3, 1, 0, 0, 1, 'RO', '--', { trap: 'TID2', ...COMPUTED }],
  ['AIDR_EL1',          3, 1, 0, 0, 7, 'RO', '--', { trap: 'TID1', ...COMPUTED }],
  ['CSSELR_EL1',        3, 2, 0, 0, 0, 'RW', '--', { trap: 'TID2', writable: 0xfn }],
  ['CTR_EL0',           3, 3, 0, 0, 1, 'RO', 'RO', { trap: 'TID2', gate: 'UCT', ...COMPUTED }],
  ['DCZID_EL0',         3, 3, 0, 0, 7, 'RO', 'RO', COMPUTED],
  ['NZCV',              3, 3, 4, 2, 0, 'RW', 'RW', COMPUTED],
  ['DAIF',              3, 3, 4, 2, 1, 'RW', 'RW', { gate: 'UMA', ...COMPUTED }],
  ['FPCR',              3, 3, 4, 4, 0, 'RW', 'RW', { gate: 'FPEN', writable: 0x07f7_0000n }],
  ['FPSR',              3, 3, 4, 4, 1, 'RW', 'RW', { gate: 'FPEN', writable: 0xf800_009fn }],
  ['TPIDR_EL0',         3, 3, 13, 0, 2, 'RW', 'RW'],
  ['TPIDRRO_EL0',       3, 3, 13, 0, 3, 'RW', 'RO'],
  ['CNTFRQ_EL0',        3, 3, 14, 0, 0, 'RO', 'RO', { gate: 'CNTFRQ', reset: 62_500_000n }],
  ['CNTPCT_EL0',        3, 3, 14, 0, 1, 'RO', 'RO', { gate: 'EL0PCTEN', ...COMPUTED }],
  ['CNTVCT_EL0',        3, 3, 14, 0, 2, 'RO', 'RO', { gate: 'EL0VCTEN', ...COMPUTED }],
  ['CNTP_TVAL_EL0',     3, 3, 14, 2, 0, 'RW', 'RW', { gate: 'EL0PTEN', ...COMPUTED }],
  ['CNTP_CTL_EL0',      3, 3, 14, 2, 1, 'RW', 'RW', { gate: 'EL0PTEN', writable: 0b11n, description: described(control.CNT_CTL_EL0) }],
  ['CNTP_CVAL_EL0',     3, 3, 14, 2, 2, 'RW', 'RW', { gate: 'EL0PTEN' }],
  ['CNTV_TVAL_EL0',     3, 3, 14, 3, 0, 'RW', 'RW', { gate: 'EL0VTEN', ...COMPUTED }],
  ['CNTV_CTL_EL0',      3, 3, 14, 3, 1, 'RW', 'RW', { gate: 'EL0VTEN', writable: 0b11n, description: described(control.CNT_CTL_EL0) }],
  ['CNTV_CVAL_EL0',     3, 3, 14, 3, 2, 'RW', 'RW', { gate: 'EL0VTEN' }],
  ['DACR32_EL2',        3, 4, 3, 0, 0, '--', '--', { writable: WORD }],
  ['SP_EL1',            3, 4, 4, 1, 0, '--', '--'],
  ['IFSR32_EL2',        3, 4, 5, 0, 1, '--', '--', { writable: WORD }],
  ['FPEXC32_EL2',       3, 4, 5, 3, 0, '--', '--', { writable: WORD }],
];

function layOut(definitions: readonly Definition[]): readonly SystemRegister[] {
  let index = FIRST_SYSTEM_INDEX;
  return definitions.map(([name, op0, op1, CRn, CRm, op2, EL1, EL0, extra = {}]) => {
    const { description, number = -1 } = extra;
    const writable = extra.writable ?? (description === undefined ? ALL : describedBits(description));
    return {
      name,
      encoding: systemEncoding(op0, op1, CRn, CRm, op2),
      EL1,
      EL0,
      slot: extra.isComputed ? undefined : slot(index++),
      reset: (extra.reset ?? 0n) | (description === undefined ? 0n : reservedOnes(description)),
      writable,
      trap: extra.trap ?? 'none',
      gate: extra.gate ?? 'free',
      description,
      number,
    };
  });
}

/** Refuses a table that is not strictly ascending by encoding, or whose storage does not fit the state page. */
export function checkSystemRegisters(table: readonly SystemRegister[]): void {
  table.forEach((row, index) => {
    const before = table[index - 1];
    invariant(before === undefined || before.encoding < row.encoding, `system register ${index}, ${row.name}, is not in ascending order`);
    invariant(row.slot === undefined || row.slot < STATE_PAGE_BYTES, `${row.name} lies behind the state page`);
  });
}

/** All system registers that EL1 and EL0 have, and EL2's that hold their state, strictly ascending by encoding. What is not here is UNDEFINED. */
export const SYSTEM_REGISTERS: readonly SystemRegister[] = layOut(DEFINITIONS);
checkSystemRegisters(SYSTEM_REGISTERS);

const BY_ENCODING: ReadonlyMap<number, SystemRegister> = new Map(SYSTEM_REGISTERS.map(row => [row.encoding, row]));
const BY_NAME: ReadonlyMap<string, SystemRegister> = new Map(SYSTEM_REGISTERS.map(row => [row.name, row]));

/** The register with this encoding. */
export const systemRegisterAt = (encoding: number): SystemRegister | undefined => BY_ENCODING.get(encoding);
/** The register with this name of the manual. */
export const systemRegisterNamed = (name: string): SystemRegister | undefined => BY_NAME.get(name);

/** The slot of a register that has storage, by name. A wrong name is a bug. */
export function systemSlot(name: string): Slot {
  const found = BY_NAME.get(name)?.slot;
  invariant(found !== undefined, `${name} has no storage`);
  return found;
}
