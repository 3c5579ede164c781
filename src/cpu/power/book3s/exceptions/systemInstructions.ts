// SPDX-License-Identifier: MIT
import { assertNever } from '../../../../base/index.js';
import { maskOf } from '../../../registers/describeRegister.js';
import type { PowerCore } from '../core.js';
import type { PowerGuestExit } from '../guestExit.js';
import { SYSTEM_OPERATIONS, type SystemOperation } from '../instructions/system.js';
import { LPCR } from '../registers/controlRegisters.js';
import { MSR_BIT } from '../registers/machineState.js';
import { specialPurposeSlot } from '../registers/specialPurposeRegisters.js';
import { facilityUnavailable } from './facilities.js';
import { vectoredSystemCallEntry } from './interruptVectors.js';
import { msrAfterMove, msrAfterReturn } from './msrChanges.js';

const [SRR0, SRR1, DPDES, EBBRR, BESCR] = [
  specialPurposeSlot('SRR0'),
  specialPurposeSlot('SRR1'),
  specialPurposeSlot('DPDES'),
  specialPurposeSlot('EBBRR'),
  specialPurposeSlot('BESCR'),
];
const { SF } = MSR_BIT;
const EVIRT = maskOf(LPCR, 'EVIRT');
const LOWER_HALF = 0xffff_ffffn;
/** BESCR[GE]. */
const GLOBAL_ENABLE = 1n << 63n;
const REGISTER_MASK = 31;
/** RB of msgsndp and msgclrp: message type 5 in bits 32:36, the thread in bits 57:63. */
const [MESSAGE_TYPE, DOORBELL, THREAD] = [0xf800_0000n, 0x2800_0000n, 0x7fn];
const INSTRUCTION_ALIGNMENT = 3n;

/** Power ISA, Book III, rfid and rfscv: MSR from `msr` but for ME and HV, the program goes on at `address`. */
function returnTo(core: PowerCore, address: bigint, msr: bigint): undefined {
  const { registers } = core;
  const restored = msrAfterReturn(registers.msr, msr);
  const target = address & ~INSTRUCTION_ALIGNMENT;
  registers.pc = (restored & SF) !== 0n ? target : target & LOWER_HALF;
  core.setMsr(restored);
  core.retired++;
  core.completion = 'returned';
}

/** scv. */
export function systemCallVectored(core: PowerCore, LEV: number): PowerGuestExit | undefined {
  const available = facilityUnavailable(core, 'SCV', { isControlledByFSCR: true });
  if (available !== 'open') return available;
  const { registers } = core;
  const { msr } = registers;
  registers.lr = registers.pc + 4n;
  registers.ctr = msr;
  const entry = vectoredSystemCallEntry(LEV, msr, core.lpcr);
  registers.pc = entry.address;
  core.setMsr(entry.msr);
  core.retired++;
  core.interruptsTaken++;
  return undefined;
}

/** An instruction that only a hypervisor has. */
function hypervisorInstruction(core: PowerCore): PowerGuestExit | undefined {
  const isVirtualized = core.model.version === 'v3.0' && (core.lpcr & EVIRT) !== 0n && !core.isProblemState;
  return isVirtualized ? core.illegal() : core.program('privileged');
}

/** What only problem state may do, too. */
const FOR_ALL: readonly SystemOperation[] = ['rfebb', 'nothing'];

/** Executes the routine `system`; its payload is as `SYSTEM_OPERATIONS` says. */
export function executeSystemOperation(core: PowerCore, payload: number): PowerGuestExit | undefined {
  const operation = SYSTEM_OPERATIONS[payload >>> 10] ?? 'nothing';
  const [RT, RB] = [(payload >>> 5) & REGISTER_MASK, payload & REGISTER_MASK];
  if (operation === 'illegal') return core.illegal();
  if (operation === 'hypervisor before v3.0') return core.model.version === 'v3.0' ? core.illegal() : hypervisorInstruction(core);
  if (core.isProblemState && !FOR_ALL.includes(operation)) return core.program('privileged');
  const { registers, slb } = core;
  const source = registers.gpr(RT);
  const operand = registers.gpr(RB);
  switch (operation) {
    case 'mfmsr':
      registers.setGpr(RT, registers.msr);
      break;
    case 'mtmsr':
    case 'mtmsrd':
    case 'set EE and RI':
      core.setMsr(msrAfterMove(operation, registers.msr, source));
      break;
    case 'rfid':
      return returnTo(core, registers.read(SRR0), registers.read(SRR1));
    case 'rfscv':
      return returnTo(core, registers.lr, registers.ctr);
    case 'rfebb':
      return returnFromEvent(core, RB);
    case 'hypervisor':
      return hypervisorInstruction(core);
    case 'slbmte':
      slb.moveToEntry(operand, source);
      core.flush();
      break;
    case 'slbmfee':
      registers.setGpr(RT, slb.entryAt(operand).esid);
      break;
    case 'slbmfev':
      registers.setGpr(RT, slb.entryAt(operand).vsid);
      break;
    case 'slbfee.':
      findSegment(core, RT, operand);
      break;
    case 'slbie':
      slb.invalidate(operand);
      core.flush();
      break;
    case 'slbia':
      slb.invalidateAll(RT);
      core.flush();
      break;
    case 'flush':
      return invalidateTranslations(core);
    case 'msgsndp':
    case 'msgclrp':
      return signalDoorbell(core, operand, operation === 'msgsndp');
    case 'nothing':
      break;
    default:
      return assertNever(operation, 'system operation');
  }
  return core.complete();
}

/** tlbie and tlbiel. Without LPCR[GTSE] a guest of version 3.0 may not; it asks by hypercalls. */
function invalidateTranslations(core: PowerCore): PowerGuestExit | undefined {
  if (core.model.version !== 'v3.0' || (core.lpcr & GTSE) === 0n) return hypervisorInstruction(core);
  core.flush();
  return core.complete();
}
const GTSE = maskOf(LPCR, 'GTSE');

function findSegment(core: PowerCore, RT: number, ea: bigint): void {
  const { registers, slb } = core;
  const found = slb.find(ea);
  registers.setGpr(RT, found?.vsid ?? 0n);
  const SO = registers.xer >> 31n;
  registers.cr = (registers.cr & 0x0fff_ffff) | ((found === undefined ? 0 : 0x2) << 28) | (Number(SO & 1n) << 28);
}

/** msgsndp and msgclrp: a core has one thread, 0. */
function signalDoorbell(core: PowerCore, operand: bigint, isSet: boolean): PowerGuestExit | undefined {
  const available = facilityUnavailable(core, 'MSGP', {});
  if (available !== 'open') return available;
  if ((operand & MESSAGE_TYPE) === DOORBELL && (operand & THREAD) === 0n) core.registers.write(DPDES, isSet ? 1n : 0n);
  return core.complete();
}

/** rfebb: event-based branches never happen by themselves, as there is no performance monitor. */
function returnFromEvent(core: PowerCore, S: number): PowerGuestExit | undefined {
  const available = facilityUnavailable(core, 'EBB', { isControlledByFSCR: core.isProblemState });
  if (available !== 'open') return available;
  const { registers } = core;
  const bescr = registers.read(BESCR);
  registers.write(BESCR, S === 1 ? bescr | GLOBAL_ENABLE : bescr & ~GLOBAL_ENABLE);
  registers.pc = registers.read(EBBRR);
  core.retired++;
  core.completion = 'completed';
  return undefined;
}
