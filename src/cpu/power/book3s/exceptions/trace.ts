// SPDX-License-Identifier: MIT
import type { InstructionRow } from '../../../decode/row.js';
import { type FirstAccess, firstAccessOf } from '../../../reference/firstAccess.js';
import { encode, mask32, maskOf } from '../../../registers/describeRegister.js';
import { decodeAccess } from '../../../state/accessWord.js';
import { lowWord } from '../../../state/statePage.js';
import type { PowerCore } from '../core.js';
import type { PowerGuestExit } from '../guestExit.js';
import { POWER_MODE_NAMES } from '../instructionSet.js';
import { isBranch, mayAccessStorage } from '../instructions/rowNature.js';
import type { PowerMemoryStops } from '../memoryStops.js';
import { MMCR0 } from '../registers/controlRegisters.js';
import { MSR_BIT, SRR1_TRACE } from '../registers/machineState.js';
import { specialPurposeSlot } from '../registers/specialPurposeRegisters.js';
import { INTERRUPT } from './interruptVectors.js';

const [SE, BE] = [Number(MSR_BIT.SE), Number(MSR_BIT.BE)];
const TRACED = encode(SRR1_TRACE, { TRACE: 1 });
const [LOAD, STORE, CIABR] = [maskOf(SRR1_TRACE, 'LOAD'), maskOf(SRR1_TRACE, 'STORE'), maskOf(SRR1_TRACE, 'CIABR')];
const PLAIN = { status: TRACED } as const;
const [SIAR, SDAR, MMCR0_SLOT] = [lowWord(specialPurposeSlot('SIAR')), specialPurposeSlot('SDAR'), specialPurposeSlot('MMCR0')];
/** SIAR and SDAR belong to the performance monitor while its alerts are on. */
const PMAE = mask32(MMCR0, 'PMAE');
/** A touch of storage that no access shows: Microwatt counts it as a load. */
const TOUCHES = 'icbt';

/** What a word is in a mode, as far as the Trace interrupt asks. */
interface Nature {
  readonly row: InstructionRow | undefined;
  readonly isBranch: boolean;
  readonly mayAccess: boolean;
  /** Its first access, if that is simple enough to be known from the word; see `firstAccessOf`. */
  readonly first: (FirstAccess & { readonly direction: 'load' | 'store' }) | undefined;
}

/** Words whose nature is remembered in each mode, at most. */
const MAXIMUM_NATURES = 4096;

/** What words of the processing element's instructions are, found out once. */
export class TracedWords {
  readonly #byMode = POWER_MODE_NAMES.map(() => new Map<number, Nature>());

  constructor(private readonly memory: PowerMemoryStops) {}

  natureOf(word: number, mode: number): Nature {
    const known = this.#byMode[mode]?.get(word);
    if (known !== undefined) return known;
    const row = this.memory.rowOf(word);
    const mayAccess = row !== undefined && mayAccessStorage(row);
    const first = row !== undefined && mayAccess ? firstAccessOf(row, word) : undefined;
    const nature = {
      row,
      isBranch: row !== undefined && isBranch(row),
      mayAccess,
      first: first && { ...first, direction: directionOf(first.access) },
    };
    const natures = this.#byMode[mode];
    if (natures !== undefined && natures.size >= MAXIMUM_NATURES) natures.clear();
    natures?.set(word, nature);
    return nature;
  }

  /** The first access of the instruction `word` at pc in the state before it. */
  accessOf(core: PowerCore, { row, mayAccess, first }: Nature, word: number): TracedAccess | undefined {
    if (first !== undefined) return { direction: first.direction, address: first.address(core.registers) };
    if (row?.name === TOUCHES) return { direction: 'load', address: 0n };
    const operand = row !== undefined && mayAccess ? this.memory.operandOf(row, word) : undefined;
    return operand && { direction: operand.access.direction === 'load' ? 'load' : 'store', address: operand.address };
  }
}

interface TracedAccess {
  /** An update is a store. */
  readonly direction: 'load' | 'store';
  readonly address: bigint;
}
const directionOf = (access: number): 'load' | 'store' => (decodeAccess(access).direction === 'load' ? 'load' : 'store');

/** What is known of an instruction before it runs, for the Trace interrupt that may follow. */
export interface TracedInstruction {
  /** Its address, by halves. */
  readonly low: number;
  readonly high: number;
  readonly msr: number;
  readonly isBranch: boolean;
  readonly access: TracedAccess | undefined;
  /** The address and the privilege are those of CIABR. */
  readonly matchesCIABR: boolean;
}

/** Whether instructions are traced one by one. */
export const isTracing = (core: PowerCore): boolean => (core.registers.status & (SE | BE)) !== 0;

/** Looks at the instruction at pc before it runs. */
export function prepareTrace(core: PowerCore, words: TracedWords): TracedInstruction {
  const { registers } = core;
  const word = core.wordAtPc();
  core.tracedWord = word;
  const nature = words.natureOf(word, core.mode);
  return {
    low: registers.pcLow,
    high: registers.pcHigh,
    msr: registers.status,
    isBranch: nature.isBranch,
    access: words.accessOf(core, nature, word),
    matchesCIABR: core.watch.usesCIABR && core.watch.matchesCIABR(registers.pc, core.isProblemState),
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
  const access = traced.access === undefined ? 0n : traced.access.direction === 'load' ? LOAD : STORE;
  const status = TRACED | (traced.matchesCIABR ? CIABR : access);
  if ((registers.low32(MMCR0_SLOT) & PMAE) === 0) {
    const { words } = registers;
    words[SIAR] = traced.low;
    words[SIAR + 1] = traced.high;
    registers.write(SDAR, traced.access?.address ?? 0n);
  }
  // The instruction and its Trace interrupt are one in virtual time.
  const { retired } = core;
  const exit = core.interrupt(INTERRUPT.trace, traced.access === undefined && !traced.matchesCIABR ? PLAIN : { status });
  core.retired = retired;
  return exit;
}
