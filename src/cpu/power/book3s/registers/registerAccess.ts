// SPDX-License-Identifier: MIT
import { decode, maskOf } from '../../../registers/describeRegister.js';
import type { PowerCore } from '../core.js';
import { facilityUnavailable } from '../exceptions/facilities.js';
import type { PowerGuestExit } from '../guestExit.js';
import { LPCR, MMCR0 } from './controlRegisters.js';
import { type SpecialPurposeRegister, specialPurposeRegisterAt, specialPurposeSlot } from './specialPurposeRegisters.js';

const ALL = 0xffff_ffff_ffff_ffffn;
const WORD_BITS = 32n;
const LOW_WORD = 0xffff_ffffn;
/** Bit of a register's number that makes it a privileged one. */
const PRIVILEGED_NUMBER = 0x10;
/** Undefined numbers that are illegal in privileged state, too. */
const ILLEGAL_NUMBERS = { read: [0, 4, 5, 6], write: [0] } as const;
const EVIRT = maskOf(LPCR, 'EVIRT');
const [AMR, AMOR, UAMOR] = [specialPurposeSlot('AMR'), specialPurposeSlot('AMOR'), specialPurposeSlot('UAMOR')];
const [BESCR, PPR] = [specialPurposeSlot('BESCR'), specialPurposeSlot('PPR')];
const MMCR0_SLOT = specialPurposeSlot('MMCR0');
const [READ_ONLY, UNAVAILABLE, WITHOUT_5_AND_6] = [0, 1, 3];
const [BESCR_SET, BESCR_SET_UPPER, BESCR_RESET, BESCR_RESET_UPPER] = [800, 801, 802, 803];
const [PROBLEM_AMR, TBU40_LOW] = [13, 0xff_ffffn];

/** The register's value as the hypervisor reads it: no right is looked at. */
export function readSpecialPurpose(core: PowerCore, { name, slot }: SpecialPurposeRegister): bigint {
  const { registers, time } = core;
  if (slot !== undefined) return registers.read(slot);
  switch (name) {
    case 'XER':
      return registers.xer;
    case 'AMR':
      return registers.read(AMR);
    case 'DEC':
      return time.decrementer;
    case 'HDEC':
      return time.hypervisorDecrementer;
    case 'TB':
    case 'TBU40':
      return time.timeBase;
    case 'TBU':
      return time.timeBase >> WORD_BITS;
    case 'TBL':
      return time.timeBase & LOW_WORD;
    case 'PURR':
      return time.since('PURR offset');
    case 'SPURR':
      return time.since('SPURR offset');
    case 'VTB':
      return time.since('VTB offset');
    case 'IC':
      return BigInt(core.retired);
    case 'PVR':
      return BigInt(core.model.PVR);
    case 'PIR':
      return BigInt(core.index);
    case 'PPR32':
      return registers.read(PPR) >> WORD_BITS;
    case 'BESCRS':
    case 'BESCRR':
      return registers.read(BESCR);
    case 'BESCRSU':
    case 'BESCRRU':
      return registers.read(BESCR) >> WORD_BITS;
    default:
      // TIR (thread 0), transactional memory and the reserved no-ops.
      return 0n;
  }
}

/** Writes the bits of a register that stick; read-only ones ignore it. The hypervisor's way: no right is looked at. */
export function writeSpecialPurpose(core: PowerCore, register: SpecialPurposeRegister, value: bigint): void {
  const { registers, time } = core;
  const { name, slot, number, writable } = register;
  if (slot !== undefined) {
    registers.write(slot, value & writable);
    takeEffect(core, name);
    return;
  }
  switch (name) {
    case 'XER':
      registers.xer = value;
      break;
    case 'AMR':
      writeAMR(core, value, number === PROBLEM_AMR);
      break;
    case 'DEC':
      time.decrementer = value;
      break;
    case 'HDEC':
      time.hypervisorDecrementer = value;
      break;
    case 'TB':
      time.set('TB offset', value);
      break;
    case 'TBU':
      time.set('TB offset', (time.timeBase & LOW_WORD) | (BigInt.asUintN(32, value) << WORD_BITS));
      break;
    case 'TBL':
      time.set('TB offset', (time.timeBase & ~LOW_WORD) | BigInt.asUintN(32, value));
      break;
    case 'TBU40':
      time.set('TB offset', (time.timeBase & TBU40_LOW) | (value & ~TBU40_LOW & ALL));
      break;
    case 'PURR':
      time.set('PURR offset', value);
      break;
    case 'SPURR':
      time.set('SPURR offset', value);
      break;
    case 'VTB':
      time.set('VTB offset', value);
      break;
    case 'PPR32':
      registers.write(PPR, (value << WORD_BITS) & (specialPurposeRegisterAt(PPR_NUMBER, core.model)?.writable ?? 0n));
      break;
    default:
      writeBESCR(core, number, value);
  }
}
const PPR_NUMBER = 896;

function writeBESCR({ registers }: PowerCore, number: number, value: bigint): void {
  const before = registers.read(BESCR);
  const upper = BigInt.asUintN(32, value) << WORD_BITS;
  if (number === BESCR_SET) registers.write(BESCR, before | value);
  else if (number === BESCR_SET_UPPER) registers.write(BESCR, before | upper);
  else if (number === BESCR_RESET) registers.write(BESCR, before & ~value);
  else if (number === BESCR_RESET_UPPER) registers.write(BESCR, before & ~upper);
}

/** AMR under its two numbers: problem state changes what UAMOR allows, privileged state what AMOR allows. */
function writeAMR(core: PowerCore, value: bigint, isProblemNumber: boolean): void {
  const { registers } = core;
  const isLimited = isProblemNumber && core.isProblemState;
  const allowed = registers.read(AMOR) & (isLimited ? registers.read(UAMOR) : ALL);
  registers.write(AMR, (registers.read(AMR) & ~allowed) | (value & allowed));
  core.flush();
}

/** What follows from a write to a register with a slot. */
function takeEffect(core: PowerCore, name: string): void {
  switch (name) {
    case 'FSCR':
    case 'HFSCR':
      core.updateFacilities();
      break;
    case 'PIDR':
    case 'IAMR':
    case 'LPIDR':
      core.flush();
      break;
    case 'CIABR':
    case 'DAWR0':
    case 'DAWRX0':
      core.watch.isStale = true;
      break;
  }
}

/** Executes mfspr or mtspr of register `number` from a guest. */
export function moveSpecialPurpose(core: PowerCore, number: number, gpr: number, move: 'read' | 'write'): PowerGuestExit | undefined {
  const register = specialPurposeRegisterAt(number, core.model);
  const isProblem = core.isProblemState;
  if (isProblem && (number & PRIVILEGED_NUMBER) !== 0) return core.program('privileged');
  const right = (isProblem ? register?.problem : register?.privileged) ?? '--';
  if (register === undefined || (right !== 'RW' && right !== (move === 'read' ? 'RO' : 'WO'))) {
    return refuse(core, register, number, isProblem, move);
  }
  const gated = passGate(core, register, isProblem, move);
  if (gated !== 'open') return gated;
  if (move === 'read') core.registers.setGpr(gpr, readSpecialPurpose(core, register));
  else writeSpecialPurpose(core, register, core.registers.gpr(gpr));
  return core.complete();
}

/**
 * Power ISA, Book III, mtspr and mfspr of what is not defined for the state. A hypervisor resource is a privileged instruction; other numbers do
 * nothing in privileged state. With LPCR[EVIRT] both are handed to the hypervisor.
 */
function refuse(
  core: PowerCore,
  register: SpecialPurposeRegister | undefined,
  number: number,
  isProblem: boolean,
  move: 'read' | 'write',
): PowerGuestExit | undefined {
  const isVirtualized = core.model.version === 'v3.0' && (core.lpcr & EVIRT) !== 0n;
  if (isProblem || isVirtualized || ILLEGAL_NUMBERS[move].some(each => each === number)) return core.illegal();
  const { hypervisor } = register ?? { hypervisor: '--' };
  const isReserved = hypervisor === 'RW' || hypervisor === (move === 'read' ? 'RO' : 'WO');
  return isReserved ? core.program('privileged') : core.complete();
}

function passGate(
  core: PowerCore,
  { gate, name }: SpecialPurposeRegister,
  isProblem: boolean,
  move: 'read' | 'write',
): PowerGuestExit | undefined | 'open' {
  switch (gate) {
    case 'free':
      return 'open';
    case 'DSCR':
      // Number 17 is there for privileged state only, which FSCR does not concern.
      return facilityUnavailable(core, 'DSCR', { isControlledByFSCR: isProblem });
    case 'TAR':
      return facilityUnavailable(core, 'TAR', { isControlledByFSCR: isProblem });
    case 'EBB':
      return facilityUnavailable(core, 'EBB', { isControlledByFSCR: isProblem });
    case 'TM':
      return facilityUnavailable(core, 'TM', { isOff: true });
    case 'PMU':
      return isProblem ? passPMU(core, name, move) : 'open';
  }
}

/** Performance monitor registers in problem state: HFSCR[PM], then MMCR0[PMCC]. */
function passPMU(core: PowerCore, name: string, move: 'read' | 'write'): PowerGuestExit | undefined | 'open' {
  const isOpen = facilityUnavailable(core, 'PM', { isControlledByFSCR: false });
  if (isOpen !== 'open') return isOpen;
  const { PMCC } = decode(MMCR0, core.registers.read(MMCR0_SLOT));
  if (PMCC === READ_ONLY) return move === 'read' ? 'open' : core.illegal();
  const isExcluded = PMCC === WITHOUT_5_AND_6 && /^PMC[56]$/.test(name);
  return PMCC === UNAVAILABLE || isExcluded ? facilityUnavailable(core, 'PM', { isOff: true }) : 'open';
}
