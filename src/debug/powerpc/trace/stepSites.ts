// SPDX-License-Identifier: MIT
import {
  branchTarget,
  handlerEntry,
  INTERRUPT,
  MSR_BIT,
  msrAfterMove,
  msrAfterReturn,
  vectoredSystemCallEntry,
} from '../../../cpu/index.js';
import type { GeneralRegisters } from '../registers/generalRegisters.js';
import type { SteppedInstruction } from './steppedInstruction.js';

// Where a vCPU can be after one instruction: what the Trace method puts traps at.

const { SE, SF, EE, IR, PR } = MSR_BIT;
const LOWER_HALF = 0xffff_ffffn;
const INSTRUCTION_ALIGNMENT = 3n;
const BYTES = 4n;

/** What it means that the vCPU stands at a site. */
export type SiteRole =
  /** The Trace interrupt has come: the instruction has completed. */
  | 'trace'
  /** Another interrupt has come, before the instruction or by it. */
  | 'interrupt'
  /** The instruction has completed, untraced. */
  | 'successor';

/** A place to stop at. */
export interface StepSite {
  readonly role: SiteRole;
  /** Effective address in the context of `msr`. */
  readonly address: bigint;
  /** MSR when the vCPU gets there, as far as addresses depend on it. */
  readonly msr: bigint;
}

/** How one instruction is to be stepped. */
export interface StepSites {
  /** Whether MSR[SE] has to be set. */
  readonly usesTrace: boolean;
  readonly sites: readonly StepSite[];
}

/** Interrupts that the fetch of an instruction can bring. */
const BY_FETCH = [INTERRUPT.instructionStorage, INTERRUPT.instructionSegment] as const;
/** Interrupts that an instruction can bring beside these. */
const BY_EXECUTION = [
  INTERRUPT.dataStorage,
  INTERRUPT.dataSegment,
  INTERRUPT.alignment,
  INTERRUPT.program,
  INTERRUPT.floatingPointUnavailable,
  INTERRUPT.vectorUnavailable,
  INTERRUPT.VSXUnavailable,
  INTERRUPT.facilityUnavailable,
] as const;
/** Interrupts from outside that MSR[EE] lets in. */
const FROM_OUTSIDE = [INTERRUPT.external, INTERRUPT.decrementer, INTERRUPT.directedPrivilegedDoorbell] as const;

/** What the state before the step says. */
export interface StepContext {
  readonly registers: GeneralRegisters;
  readonly lpcr: bigint;
  readonly tar: () => bigint;
  /** Whether the first instruction of a handler stands at pc that one of the sites would be put at (PPC-HV-31). */
  readonly isAtSite: (sites: readonly StepSite[]) => boolean;
}

const inMode = (address: bigint, msr: bigint): bigint => ((msr & SF) !== 0n ? BigInt.asUintN(64, address) : address & LOWER_HALF);

/** The sites of `instruction` at pc. */
export function sitesOf(instruction: SteppedInstruction, context: StepContext): StepSites {
  const { registers, lpcr } = context;
  const [pc, msr] = [registers.get('pc'), registers.get('msr')];
  const { shape } = instruction;
  const entry = (vector: number, under: bigint, role: SiteRole = 'interrupt'): StepSite => ({ role, ...handlerEntry(vector, under, lpcr) });
  const next: StepSite = { role: 'successor', address: inMode(pc + BYTES, msr), msr };
  const interrupts = interruptsOf(instruction, msr).map(vector => entry(vector, msr));
  switch (shape.kind) {
    case 'returnFromInterrupt': {
      const [target, saved] =
        shape.from === 'srr' ? [registers.get('srr0'), registers.get('srr1')] : [registers.get('lr'), registers.get('ctr')];
      const after = msrAfterReturn(msr, saved);
      const arrival: StepSite = { role: 'successor', address: inMode(target & ~INSTRUCTION_ALIGNMENT, after), msr: after };
      // The first instruction there may not be fetched, or an interrupt that was masked may come first.
      const there = [...BY_FETCH, ...outside(after)].map(vector => entry(vector, after));
      return { usesTrace: false, sites: [arrival, ...interrupts, ...there] };
    }
    case 'systemCall':
      return { usesTrace: false, sites: [entry(INTERRUPT.systemCall, msr), ...interrupts] };
    case 'hypercall': {
      const refused = (msr & PR) === 0n ? [] : [entry(INTERRUPT.systemCall, msr)];
      return { usesTrace: false, sites: [next, ...refused, ...interrupts] };
    }
    case 'vectoredSystemCall':
      return { usesTrace: false, sites: [{ role: 'interrupt', ...vectoredSystemCallEntry(shape.LEV, msr, lpcr) }, ...interrupts] };
    default: {
      const after = shape.kind === 'moveToMsr' ? msrAfterMove(shape.move, msr | SE, registers.gpr(instruction.register)) : msr;
      const sites = [entry(INTERRUPT.trace, after, 'trace'), ...interrupts, ...(instruction.mayAccessStorage ? [next] : [])];
      if (!context.isAtSite(sites)) return { usesTrace: true, sites };
      const { branch } = instruction;
      const target = branch && branchTarget(branch, pc, { lr: registers.get('lr'), ctr: registers.get('ctr'), tar: context.tar });
      const taken: readonly StepSite[] = target === undefined ? [] : [{ role: 'successor', address: inMode(target, msr), msr }];
      return { usesTrace: false, sites: [{ ...next, msr: after }, ...taken, ...interrupts] };
    }
  }
}

const outside = (msr: bigint): readonly number[] => ((msr & EE) === 0n ? [] : FROM_OUTSIDE);

function interruptsOf({ alwaysCompletes }: SteppedInstruction, msr: bigint): readonly number[] {
  const byFetch = (msr & IR) === 0n ? [] : BY_FETCH;
  return [...byFetch, ...outside(msr), ...(alwaysCompletes ? [] : BY_EXECUTION)];
}
