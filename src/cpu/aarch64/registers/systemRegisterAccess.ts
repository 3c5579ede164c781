// SPDX-License-Identifier: MIT
import { mask32, maskOf } from '../../registers/describeRegister.js';
import type { Core } from '../core.js';
import { FP_SYNDROME, systemRegisterSyndrome } from '../exceptions/syndromes.js';
import type { GuestExit } from '../guestExit.js';
import { CNT_CTL_EL0, CNTKCTL_EL1, HCR_EL2, SCTLR_EL1, SPSR_EL1 } from './controlRegisters.js';
import { MDCR_EL2, MDSCR_EL1, OSLAR_EL1, OSLSR_EL1 } from './debugRegisters.js';
import { type EL0Gate, type SystemRegister, systemSlot, type TrapGroup } from './systemRegisters.js';

const TDE = mask32(MDCR_EL2, 'TDE');
/** The bits of MDCR_EL2 that trap a group; TDE implies all three (ARM-HW-04). */
const MDCR_TRAPS: Partial<Record<TrapGroup, number>> = {
  TDA: mask32(MDCR_EL2, 'TDA') | TDE,
  TDOSA: mask32(MDCR_EL2, 'TDOSA') | TDE,
  TDRA: mask32(MDCR_EL2, 'TDRA') | TDE,
};
/** The bits of HCR_EL2 that trap a group, reads and writes; TVM traps writes only. */
const HCR_TRAPS: Partial<Record<TrapGroup, { readonly read: number; readonly write: number }>> = {
  TID1: { read: mask32(HCR_EL2, 'TID1'), write: 0 },
  TID2: { read: mask32(HCR_EL2, 'TID2'), write: mask32(HCR_EL2, 'TID2') },
  TID3: { read: mask32(HCR_EL2, 'TID3'), write: 0 },
  TACR: { read: mask32(HCR_EL2, 'TACR'), write: mask32(HCR_EL2, 'TACR') },
  TVM: { read: mask32(HCR_EL2, 'TRVM'), write: mask32(HCR_EL2, 'TVM') },
};
const [MDSCR, OSLSR, CNTKCTL] = [systemSlot('MDSCR_EL1'), systemSlot('OSLSR_EL1'), systemSlot('CNTKCTL_EL1')];
const [UCT, UMA] = [mask32(SCTLR_EL1, 'UCT'), mask32(SCTLR_EL1, 'UMA')];
const OSLK = maskOf(OSLSR_EL1, 'OSLK');
/** What EL1 may write in MDSCR_EL1 while the OS lock is clear. */
const MDSCR_UNLOCKED = maskOf(MDSCR_EL1, 'SS') | maskOf(MDSCR_EL1, 'TDCC') | maskOf(MDSCR_EL1, 'KDE') | maskOf(MDSCR_EL1, 'MDE');
const DAIF = maskOf(SPSR_EL1, 'D') | maskOf(SPSR_EL1, 'A') | maskOf(SPSR_EL1, 'I') | maskOf(SPSR_EL1, 'F');
const NZCV = maskOf(SPSR_EL1, 'N') | maskOf(SPSR_EL1, 'Z') | maskOf(SPSR_EL1, 'C') | maskOf(SPSR_EL1, 'V');
const SP_SELECTED = 1n;
const CURRENT_EL1 = 1n << 2n; // CurrentEL.EL is bits 3:2.
const [ISTATUS, ENABLE] = [maskOf(CNT_CTL_EL0, 'ISTATUS'), maskOf(CNT_CTL_EL0, 'ENABLE')];
const [VI, VF, VSE] = [mask32(HCR_EL2, 'VI'), mask32(HCR_EL2, 'VF'), mask32(HCR_EL2, 'VSE')];
const PSTATE_I = maskOf(SPSR_EL1, 'I'); // ISR_EL1 has the pending bits where PSTATE has their masks.
const PSTATE_F = maskOf(SPSR_EL1, 'F');
const PSTATE_A = maskOf(SPSR_EL1, 'A');
const CLAIM_TAGS = 0xffn;
const CLAIMSET = systemSlot('DBGCLAIMSET_EL1');
const CSSELR = systemSlot('CSSELR_EL1');
const MPIDR_RES1 = 0x8000_0000n;
const VCPUS_PER_CLUSTER = 16;

/** MPIDR_EL1 of processing element `index`: Aff0 counts to 15, Aff1 goes on (Linux: reset_mpidr). */
export const MPIDR = (index: number): bigint =>
  MPIDR_RES1 | BigInt(index % VCPUS_PER_CLUSTER) | (BigInt(Math.floor(index / VCPUS_PER_CLUSTER)) << 8n);

/** The value of `row`, whoever asks. */
export function readSystemRegister(core: Core, row: SystemRegister): bigint {
  const { registers, model } = core;
  if (row.slot !== undefined) {
    if (row.name === 'SP_EL0') return registers.sp_el0;
    if (row.name === 'SP_EL1') return registers.sp_el1;
    if (row.name === 'DBGCLAIMSET_EL1') return CLAIM_TAGS;
    const stored = registers.read(row.slot);
    return row.description === CNT_CTL_EL0_DESCRIPTION ? stored | timerStatus(core, row) : stored;
  }
  switch (row.name) {
    case 'MPIDR_EL1':
      return MPIDR(core.index);
    case 'CurrentEL':
      return registers.isEL0 ? 0n : CURRENT_EL1;
    case 'SPSel':
      return BigInt(registers.status & 1) & SP_SELECTED;
    case 'NZCV':
      return BigInt(registers.nzcv >>> 0);
    case 'DAIF':
      return BigInt(registers.status >>> 0) & DAIF;
    case 'ISR_EL1':
      return ((core.hcr & VSE) !== 0 ? PSTATE_A : 0n) | ((core.hcr & VI) !== 0 ? PSTATE_I : 0n) | ((core.hcr & VF) !== 0 ? PSTATE_F : 0n);
    case 'CNTPCT_EL0':
    case 'CNTVCT_EL0':
      return core.counterTicks();
    case 'CNTP_TVAL_EL0':
    case 'CNTV_TVAL_EL0':
      return BigInt.asUintN(32, registers.read(systemSlot(row.name.replace('TVAL', 'CVAL'))) - core.counterTicks());
    case 'CCSIDR_EL1':
      return cacheSize(core, registers.read(CSSELR));
    case 'DBGCLAIMCLR_EL1':
      return registers.read(CLAIMSET);
    default:
      return model.identification[row.name] ?? 0n;
  }
}

const CNT_CTL_EL0_DESCRIPTION: unknown = CNT_CTL_EL0;

function timerStatus(core: Core, row: SystemRegister): bigint {
  const { registers } = core;
  const isMet = core.counterTicks() >= registers.read(systemSlot(row.name.replace('CTL', 'CVAL')));
  return row.slot !== undefined && (registers.read(row.slot) & ENABLE) !== 0n && isMet ? ISTATUS : 0n;
}

/** CSSELR_EL1: Level in bits 3:1, InD in bit 0. The model lists level 1 data, level 1 instruction, level 2. */
const cacheSize = ({ model }: Core, selected: bigint): bigint => model.cacheSizes[Number(selected)] ?? 0n;

/** Writes `row`, whoever asks: write mask and side effects, no access right. */
export function writeSystemRegister(core: Core, row: SystemRegister, value: bigint): void {
  const { registers } = core;
  switch (row.name) {
    case 'SP_EL0':
      registers.sp_el0 = value;
      return;
    case 'SP_EL1':
      registers.sp_el1 = value;
      return;
    case 'SPSel':
      registers.status = (registers.status & ~1) | Number(value & SP_SELECTED);
      return;
    case 'NZCV':
      registers.nzcv = Number(BigInt.asIntN(32, value & NZCV));
      return;
    case 'DAIF':
      registers.status = (registers.status & ~Number(DAIF)) | Number(value & DAIF);
      return;
    case 'OSLAR_EL1':
      registers.write(OSLSR, (registers.read(OSLSR) & ~OSLK) | ((value & maskOf(OSLAR_EL1, 'OSLK')) !== 0n ? OSLK : 0n));
      return;
    case 'DBGCLAIMSET_EL1':
      registers.write(CLAIMSET, registers.read(CLAIMSET) | (value & CLAIM_TAGS));
      return;
    case 'DBGCLAIMCLR_EL1':
      registers.write(CLAIMSET, registers.read(CLAIMSET) & ~value);
      return;
    case 'CNTP_TVAL_EL0':
    case 'CNTV_TVAL_EL0':
      registers.write(systemSlot(row.name.replace('TVAL', 'CVAL')), core.counterTicks() + BigInt.asIntN(32, value));
      return;
    default:
      if (row.slot !== undefined) registers.write(row.slot, (value & row.writable) | (row.reset & ~row.writable));
      if (row.number >= 0) core.debug.isStale = true;
  }
}

/** Whether EL0 may use the register: the EL1 control of its gate. */
function isOpenToEL0(core: Core, gate: EL0Gate): boolean {
  const { registers } = core;
  switch (gate) {
    case 'TDCC':
      return (registers.low32(MDSCR) & mask32(MDSCR_EL1, 'TDCC')) === 0;
    case 'UCT':
      return core.sctlrHas(UCT);
    case 'UMA':
      return core.sctlrHas(UMA);
    case 'CNTFRQ':
      return (registers.low32(CNTKCTL) & (mask32(CNTKCTL_EL1, 'EL0PCTEN') | mask32(CNTKCTL_EL1, 'EL0VCTEN'))) !== 0;
    case 'EL0PCTEN':
    case 'EL0VCTEN':
    case 'EL0PTEN':
    case 'EL0VTEN':
      return (registers.low32(CNTKCTL) & mask32(CNTKCTL_EL1, gate)) !== 0;
    default:
      return true;
  }
}

function isTrappedToEL2(core: Core, trap: TrapGroup, isRead: boolean): boolean {
  const hypervisor = HCR_TRAPS[trap];
  if (hypervisor !== undefined) return (core.hcr & (isRead ? hypervisor.read : hypervisor.write)) !== 0;
  return (core.mdcr & (MDCR_TRAPS[trap] ?? 0)) !== 0;
}

const allows = (right: string, isRead: boolean): boolean => right === 'RW' || right === (isRead ? 'RO' : 'WO');

/** Whether the register exists on this model: pairs above the implemented ones do not (ARM-REG-07). */
function isImplemented({ model }: Core, row: SystemRegister): boolean {
  return row.number < (row.name.startsWith('DBGW') ? model.watchpoints : model.breakpoints);
}

/**
 * Executes MRS or MSR of `row` with general-purpose register `Rt`. An access that the table does not have, or
 * that the current Exception level may not make, is UNDEFINED; then the EL1 controls decide, then EL2's (ARM-REG-13).
 */
export function accessSystemRegister(
  core: Core,
  row: SystemRegister | undefined,
  encoding: number,
  Rt: number,
  isRead: boolean,
): GuestExit | undefined {
  const { registers } = core;
  const { isEL0 } = registers;
  if (row === undefined || !isImplemented(core, row) || !allows(isEL0 ? row.EL0 : row.EL1, isRead)) return core.takeUndefined();
  if (row.gate === 'FPEN' && core.trapsFloatingPoint) return core.takeSynchronous(FP_SYNDROME);
  if (isEL0 && !isOpenToEL0(core, row.gate)) return core.takeSynchronous(systemRegisterSyndrome(encoding, Rt, isRead));
  if (isTrappedToEL2(core, row.trap, isRead)) return core.takeToEL2(systemRegisterSyndrome(encoding, Rt, isRead));
  // With SPSel = 0 SP_EL0 is the stack pointer in use and not accessible as a register.
  if (row.name === 'SP_EL0' && (registers.status & 1) === 0) return core.takeUndefined();
  if (isRead) registers.setX(Rt, readSystemRegister(core, row));
  else writeSystemRegister(core, row, row.name === 'MDSCR_EL1' ? writtenMDSCR(core, registers.x(Rt)) : registers.x(Rt));
  core.complete();
  return undefined;
}

/** MDSCR_EL1 as EL1 writes it: while the OS lock is clear the bits of external debug are read-only. */
function writtenMDSCR({ registers }: Core, value: bigint): bigint {
  if ((registers.read(OSLSR) & OSLK) !== 0n) return value;
  return (registers.read(MDSCR) & ~MDSCR_UNLOCKED) | (value & MDSCR_UNLOCKED);
}
