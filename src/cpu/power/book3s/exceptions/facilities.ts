// SPDX-License-Identifier: MIT
import { maskOf } from '../../../registers/describeRegister.js';
import type { PowerCore } from '../core.js';
import type { PowerGuestExit } from '../guestExit.js';
import { FACILITY_CAUSE, type FacilityName, FSCR, HFSCR } from '../registers/controlRegisters.js';
import { MSR_BIT } from '../registers/machineState.js';
import { specialPurposeSlot } from '../registers/specialPurposeRegisters.js';
import { INTERRUPT } from './interruptVectors.js';

const [FSCR_SLOT, HFSCR_SLOT] = [specialPurposeSlot('FSCR'), specialPurposeSlot('HFSCR')];
const CAUSE_SHIFT = 56n;
const FSCR_CAUSE = maskOf(FSCR, 'IC');
const HFSCR_CAUSE = maskOf(HFSCR, 'IC');

/** Who controls a facility here. */
export interface FacilityControl {
  readonly isControlledByFSCR?: boolean;
  /** Something else has switched it off. */
  readonly isOff?: boolean;
}

/** Raises the Facility Unavailable interrupt of FSCR, then of HFSCR, for a facility that is off; `open`: it is on. */
export function facilityUnavailable(
  core: PowerCore,
  facility: FacilityName,
  { isControlledByFSCR = false, isOff = false }: FacilityControl,
): PowerGuestExit | undefined | 'open' {
  const { registers } = core;
  const cause = FACILITY_CAUSE[facility];
  const bit = 1n << BigInt(cause);
  const causes = BigInt(cause) << CAUSE_SHIFT;
  const fscr = registers.read(FSCR_SLOT);
  if (isOff || (isControlledByFSCR && (fscr & bit) === 0n)) {
    registers.write(FSCR_SLOT, (fscr & ~FSCR_CAUSE) | causes);
    return core.interrupt(INTERRUPT.facilityUnavailable);
  }
  const hfscr = registers.read(HFSCR_SLOT);
  if (isInHFSCR(facility) && (hfscr & bit) === 0n) {
    registers.write(HFSCR_SLOT, (hfscr & ~HFSCR_CAUSE) | causes);
    return core.exit(INTERRUPT.hypervisorFacilityUnavailable);
  }
  return 'open';
}
const isInHFSCR = (facility: FacilityName): boolean => HFSCR.fields.some(({ name }) => name === facility);

const UNITS = {
  FP: { bit: MSR_BIT.FP, facility: 'FP', vector: INTERRUPT.floatingPointUnavailable },
  VEC: { bit: MSR_BIT.VEC, facility: 'VECVSX', vector: INTERRUPT.vectorUnavailable },
  VSX: { bit: MSR_BIT.VSX, facility: 'VECVSX', vector: INTERRUPT.VSXUnavailable },
} as const;

/** An instruction of a unit that MSR, or HFSCR, has switched off. */
export function unitUnavailable(core: PowerCore, unit: keyof typeof UNITS): PowerGuestExit | undefined {
  const { bit, facility, vector } = UNITS[unit];
  if ((core.registers.msr & bit) === 0n) return core.interrupt(vector);
  const outcome = facilityUnavailable(core, facility, {});
  return outcome === 'open' ? core.interrupt(vector) : outcome;
}
