// SPDX-License-Identifier: MIT
import { mask32 } from '../../registers/describeRegister.js';
import { HCR_EL2, SPSR_EL1 } from '../registers/controlRegisters.js';
import { DBGPRCR_EL1, MDCR_EL2, MDSCR_EL1, OSDLR_EL1, OSLSR_EL1 } from '../registers/debugRegisters.js';
import type { RegisterFile } from '../registers/registerFile.js';
import { systemSlot } from '../registers/systemRegisters.js';

const MDSCR = systemSlot('MDSCR_EL1');
const OSLSR = systemSlot('OSLSR_EL1');
const OSDLR = systemSlot('OSDLR_EL1');
const DBGPRCR = systemSlot('DBGPRCR_EL1');
const [SS, KDE, MDE] = [mask32(MDSCR_EL1, 'SS'), mask32(MDSCR_EL1, 'KDE'), mask32(MDSCR_EL1, 'MDE')];
const OSLK = mask32(OSLSR_EL1, 'OSLK');
const DLK = mask32(OSDLR_EL1, 'DLK');
const CORENPDRQ = mask32(DBGPRCR_EL1, 'CORENPDRQ');
const D = mask32(SPSR_EL1, 'D');
const TDE = mask32(MDCR_EL2, 'TDE');
const TGE = mask32(HCR_EL2, 'TGE');

/** What EL2 says about debug exceptions: the low words of MDCR_EL2 and HCR_EL2. */
export interface DebugRouting {
  readonly mdcr: number;
  readonly hcr: number;
}

/** Whether debug exceptions go to EL2 (ELd = EL2). ARM-HW-02. */
export const routesDebugToEL2 = (routing: DebugRouting): boolean => (routing.mdcr & TDE) !== 0 || (routing.hcr & TGE) !== 0;

/** Arm DDI 0487, AArch64.GenerateDebugExceptionsFrom(): from EL0 or EL1, with PSTATE.D as `isMasked`. */
export function debugExceptionsEnabledFrom(registers: RegisterFile, routing: DebugRouting, isEL0: boolean, isMasked: boolean): boolean {
  if ((registers.low32(OSLSR) & OSLK) !== 0) return false; // OS Lock
  if ((registers.low32(OSDLR) & DLK) !== 0 && (registers.low32(DBGPRCR) & CORENPDRQ) === 0) return false; // OS Double Lock
  if (routesDebugToEL2(routing) || isEL0) return true;
  return (registers.low32(MDSCR) & KDE) !== 0 && !isMasked;
}

/** The same for the current Exception level and PSTATE.D. */
export const debugExceptionsEnabled = (registers: RegisterFile, routing: DebugRouting): boolean =>
  debugExceptionsEnabledFrom(registers, routing, registers.isEL0, (registers.status & D) !== 0);

/** MDSCR_EL1.SS. */
export const stepIsRequested = (registers: RegisterFile): boolean => (registers.low32(MDSCR) & SS) !== 0;

/** Whether software step is active (pending or not): Arm DDI 0487, the software step state machine. */
export const stepIsActive = (registers: RegisterFile, routing: DebugRouting): boolean =>
  (registers.low32(MDSCR) & SS) !== 0 && debugExceptionsEnabled(registers, routing);

/** Whether MDSCR_EL1.MDE lets breakpoints and watchpoints make exceptions. */
export const monitorDebugEnabled = (registers: RegisterFile): boolean => (registers.low32(MDSCR) & MDE) !== 0;
