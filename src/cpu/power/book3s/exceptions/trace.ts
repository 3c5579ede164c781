// SPDX-License-Identifier: MIT
import type { InstructionRow } from '../../../decode/row.js';
import { encode, maskOf } from '../../../registers/describeRegister.js';
import type { PowerCore } from '../core.js';
import type { PowerGuestExit } from '../guestExit.js';
import type { PowerMemoryStops } from '../memoryStops.js';
import { MMCR0 } from '../registers/controlRegisters.js';
import { MSR_BIT, SRR1_TRACE } from '../registers/machineState.js';
import { specialPurposeSlot } from '../registers/specialPurposeRegisters.js';
import { INTERRUPT } from './interruptVectors.js';

const [SE, BE] = [Number(MSR_BIT.SE), Number(MSR_BIT.BE)];
const TRACED = encode(SRR1_TRACE, { TRACE: 1 });
const [LOAD, STORE, CIABR] = [maskOf(SRR1_TRACE, 'LOAD'), maskOf(SRR1_TRACE, 'STORE'), maskOf(SRR1_TRACE, 'CIABR')];
const [SIAR, SDAR, MMCR0_SLOT] = [specialPurposeSlot('SIAR'), specialPurposeSlot('SDAR'), specialPurposeSlot('MMCR0')];
/** SIAR and SDAR belong to the performance monitor while its alerts are on. */
const PMAE = maskOf(MMCR0, 'PMAE');
/** Names of the rows that are branches. */
const BRANCHES = /^(b|ba|bl|bla|bc|bca|bclr|bcctr|bctar)( |$)/;
/** How the names of all rows with storage operands begin. */
const STORAGE = /^(l|st|dc|ic)/;
/** A touch of storage that no access shows: Microwatt counts it as a load. */
const TOUCHES = 'icbt';

interface Nature {
  readonly isBranch: boolean;
  readonly mayAccess: boolean;
}
// Rows are constants: what is found out once stays so.
const natures = new Map<InstructionRow | undefined, Nature>();
function natureOf(row: InstructionRow | undefined): Nature {
  const known = natures.get(row);
  if (known !== undefined) return known;
  const name = row?.name ?? '';
  const nature = { isBranch: BRANCHES.test(name), mayAccess: STORAGE.test(name) };
  natures.set(row, nature);
  return nature;
}

/** What is known of an instruction before it runs, for the Trace interrupt that may follow. */
export interface TracedInstruction {
  readonly address: bigint;
  readonly msr: number;
  readonly isBranch: boolean;
  readonly access: 'load' | 'store' | undefined;
  readonly operand: bigint | undefined;
  /** The address and the privilege are those of CIABR. */
  readonly matchesCIABR: boolean;
}

/** Whether instructions are traced one by one. */
export const isTracing = (core: PowerCore): boolean => (core.registers.status & (SE | BE)) !== 0;

/** Looks at the instruction at pc before it runs. */
export function prepareTrace(core: PowerCore, memory: PowerMemoryStops): TracedInstruction {
  const { registers } = core;
  const word = core.wordAtPc();
  const row = memory.rowOf(word);
  const { isBranch, mayAccess } = natureOf(row);
  const operand = row !== undefined && mayAccess ? memory.operandOf(row, word) : undefined;
  const direction = operand?.access.direction ?? (row?.name === TOUCHES ? 'load' : undefined);
  return {
    address: registers.pc,
    msr: registers.status,
    isBranch,
    access: direction === 'update' ? 'store' : direction,
    operand: operand?.address,
    matchesCIABR: core.watch.matchesCIABR(registers.pc, core.isProblemState),
  };
}

/**
 * Takes the Trace interrupt if the instruction asked for one and has completed: by MSR[SE] or MSR[BE] as they were before it. A return from an
 * interrupt is not traced by them; whether CIABR traces it is open. Choice: it does, as Microwatt has it.
 */
export function finishTrace(core: PowerCore, traced: TracedInstruction): PowerGuestExit | undefined {
  const { completion, registers } = core;
  if (completion === 'none') return undefined;
  const byMsr = completion === 'completed' && ((traced.msr & SE) !== 0 || ((traced.msr & BE) !== 0 && traced.isBranch));
  if (!byMsr && !traced.matchesCIABR) return undefined;
  const access = traced.access === undefined ? 0n : traced.access === 'load' ? LOAD : STORE;
  const status = TRACED | (traced.matchesCIABR ? CIABR : access);
  if ((registers.read(MMCR0_SLOT) & PMAE) === 0n) {
    registers.write(SIAR, traced.address);
    registers.write(SDAR, traced.operand ?? 0n);
  }
  // The instruction and its Trace interrupt are one in virtual time.
  const { retired } = core;
  const exit = core.interrupt(INTERRUPT.trace, { status });
  core.retired = retired;
  return exit;
}
