// SPDX-License-Identifier: MIT
import { mask32 } from '../../registers/describeRegister.js';
import { type Core, STEPPED } from '../core.js';
import { debugExceptionsEnabled, debugExceptionsEnabledFrom, stepIsRequested } from '../debug/debugExceptions.js';
import { SPSR_EL1 } from '../registers/controlRegisters.js';
import { systemSlot } from '../registers/systemRegisters.js';
import { branchAddress } from '../translation/stage1Off.js';

const [ELR, SPSR] = [systemSlot('ELR_EL1'), systemSlot('SPSR_EL1')];
const MODE = mask32(SPSR_EL1, 'M') | mask32(SPSR_EL1, 'nRW');
const [SS, IL, D] = [mask32(SPSR_EL1, 'SS'), mask32(SPSR_EL1, 'IL'), mask32(SPSR_EL1, 'D')];
/** What an exception return takes from SPSR beside NZCV, SS and the mode. */
const TAKEN = D | mask32(SPSR_EL1, 'A') | mask32(SPSR_EL1, 'I') | mask32(SPSR_EL1, 'F');
const [EL0t, EL1t, EL1h] = [0b0000, 0b0100, 0b0101];

/** Arm DDI 0487, IllegalExceptionReturn(), from EL1 of a core whose EL0 and EL1 are AArch64 only. */
const isIllegal = (spsr: number): boolean => {
  const mode = spsr & MODE;
  return mode !== EL0t && mode !== EL1t && mode !== EL1h;
};

/** Arm DDI 0487, DebugExceptionReturnSS(). */
function stepAfterReturn(core: Core, spsr: number, goesToEL0: boolean): number {
  const { registers } = core;
  if (!stepIsRequested(registers) || debugExceptionsEnabled(registers, core)) return 0;
  return debugExceptionsEnabledFrom(registers, core, goesToEL0, (spsr & D) !== 0) ? spsr & SS : 0;
}

/** Arm DDI 0487, AArch64.ExceptionReturn() at EL1. An illegal return keeps the Exception level and sets PSTATE.IL. */
export function exceptionReturn(core: Core): void {
  const { registers } = core;
  const spsr = registers.low32(SPSR);
  const before = registers.status;
  const illegal = isIllegal(spsr);
  const mode = illegal ? (before & MODE) | IL : spsr & (MODE | IL);
  const step = stepAfterReturn(core, spsr, illegal ? registers.isEL0 : (spsr & MODE) === EL0t);
  const target = branchAddress(core, registers.read(ELR));
  registers.nzcv = spsr;
  registers.status = (spsr & TAKEN) | step | mode;
  registers.pc = target;
  registers.clearExclusive();
  core.isEventSet = true;
  core.retired++;
  if (core.isStepping) core.finishStep(STEPPED.instruction);
}

/** The same for a return from EL2 to the state that the registers hold already. */
export function returnFromEL2(core: Core): void {
  const { registers } = core;
  if (!core.isSteppedNow) registers.SS = 0;
  registers.clearExclusive();
  core.isEventSet = true;
}
