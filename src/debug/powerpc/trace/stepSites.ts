// SPDX-License-Identifier: MIT
import { branchTarget, INTERRUPT, MSR_BIT, msrAfterMove, msrAfterReturn, vectoredSystemCallEntry } from '../../../cpu/index.js';
import type { DebugQuirks } from '../../execution/debugQuirks.js';
import type { GeneralRegisters } from '../registers/generalRegisters.js';
import { isTraced, type SteppedInstruction, type StepShape } from './steppedInstruction.js';
import type { StepSite } from './stepSite.js';
import type { InjectedInto, TraceState } from './traceState.js';
import { NO_VECTORS, type VectorList, type VectorSites, vectorSite } from './vectorSites.js';

// Where a vCPU can be after one instruction: what the Trace method puts traps at (PPC-HV, sections 3 and 5).

const { SE, BE, SF, EE, IR, PR } = MSR_BIT;
const LOWER_HALF = 0xffff_ffffn;
const INSTRUCTION_ALIGNMENT = 3n;
const BYTES = 4n;
const NO_SITES: readonly StepSite[] = [];

/** How one instruction is to be stepped: the row of the state table that leaves IDLE. */
export interface Arming {
  readonly state: Exclude<TraceState, 'PENDING' | 'DONE'>;
  /** Where SE has to be put, if anywhere. */
  readonly injected: InjectedInto | undefined;
  readonly isGuests: boolean;
  /** What it shares with other steps of its traps, and the others. */
  readonly vectors: VectorList;
  readonly sites: readonly StepSite[];
}

/** All that are to have a trap. */
const allSites = ({ vectors, sites }: Arming): readonly StepSite[] => [...vectors.sites, ...sites];

/** What the state before the step says. */
export interface StepContext {
  readonly pc: bigint;
  readonly msr: bigint;
  readonly registers: GeneralRegisters;
  readonly lpcr: bigint;
  tar(): bigint;
  readonly quirks: DebugQuirks;
  readonly vectors: VectorSites;
  /** Whether the handler's first instruction at `site` is the one at pc (PPC-HV-31). */
  isAt(site: StepSite): boolean;
  /** Whether the instruction may read or write the word of a site. */
  isAccessed(site: StepSite): boolean;
  /** False: it accesses no word of `vectors`. */
  mayAccess(vectors: VectorList): boolean;
  /** Lets `isAccessed` tell of another instruction, which runs in the context of `msr`. */
  accessesOf(instruction: SteppedInstruction, msr: bigint): void;
  /** Whether the user has a breakpoint at an effective address. */
  hasBreakpointAt(address: bigint): boolean;
  /** The instruction at an effective address in the context of an MSR; `undefined` if it cannot be read. */
  instructionAt(address: bigint, msr: bigint): SteppedInstruction | undefined;
}

/** `address` as the mode of `msr` takes it. */
export const effectiveAddress = (address: bigint, msr: bigint): bigint =>
  (msr & SF) !== 0n ? BigInt.asUintN(64, address) : address & LOWER_HALF;

/** How to step `instruction`, which stands at pc. */
export function armingOf(instruction: SteppedInstruction, context: StepContext): Arming {
  const { quirks } = context;
  const { shape } = instruction;
  switch (shape.kind) {
    case 'returnFromInterrupt':
      if (shape.from === 'ctr' && quirks.rfscvStepNeverEnds) return armingOfAny(instruction, context);
      return armingOfReturn(shape.from, instruction, context);
    case 'systemCall':
    case 'hypercall':
    case 'vectoredSystemCall':
      if (quirks.untracedStepsOneMore) return armingOfAny(instruction, context);
      return {
        state: 'ARMED_DISPLACED',
        injected: undefined,
        isGuests: false,
        vectors: NO_VECTORS,
        sites: [...callSites(shape, context), ...interruptSites(instruction, context)],
      };
    default:
      return armingOfTraced(instruction, context);
  }
}

/** As MSR[SE] steps whatever it is set for: one trap at the vector, if that is ever come to. */
const armingOfAny = (instruction: SteppedInstruction, context: StepContext): Arming => ({
  state: 'ARMED',
  injected: 'msr',
  isGuests: false,
  vectors: NO_VECTORS,
  sites: [traceSite(context.msr, context), ...interruptSites(instruction, context)],
});

/** MSR[SE] and the vector of the Trace interrupt as it is behind the instruction (PPC-HV-19). */
function armingOfTraced(instruction: SteppedInstruction, context: StepContext): Arming {
  const { msr, quirks, registers } = context;
  const { shape } = instruction;
  const isMove = shape.kind === 'moveToMsr' && !quirks.moveToMsrKeepsVector;
  const after = isMove ? msrAfterMove(shape.move, msr | SE, registers.gpr(instruction.register)) : msr;
  const isMoved = after !== msr;
  const { trace, traceOrInstead } = context.vectors.under(after, context.lpcr);
  const vectors = quirks.handlersSeeTrace || isMoved ? NO_VECTORS : traceOrInstead[instruction.mayBring];
  const moved = vectors === NO_VECTORS ? [trace, ...interruptSites(instruction, context)] : NO_SITES;
  // An access to a device is KVM's to carry out, and nothing is traced then.
  const sites = instruction.storage !== undefined && !quirks.untracedStepsOneMore ? [...moved, nextSite(context, msr)] : moved;
  const isGuests = !quirks.guestTraceSeenOnlyAtRfid && ((msr & SE) !== 0n || ((msr & BE) !== 0n && instruction.branch !== undefined));
  const arming: Arming = context.isAt(trace)
    ? armingOfHandlerStart(instruction, after, context)
    : { state: isGuests ? 'GUEST' : 'ARMED', injected: 'msr', isGuests, vectors, sites };
  return instruction.storage === undefined || quirks.accessesMeetTraps ? arming : besideAccess(arming, context);
}

/**
 * `arming` without traps at words that the instruction itself reads or writes (PPC-HV-38). If the vector of the Trace interrupt is one of them, the trap
 * is where the instruction goes on, and nothing is traced.
 */
function besideAccess(arming: Arming, context: StepContext): Arming {
  const areVectorsAccessed = context.mayAccess(arming.vectors) && arming.vectors.sites.some(site => context.isAccessed(site));
  if (!areVectorsAccessed && !arming.sites.some(site => context.isAccessed(site))) return arming;
  const sites = allSites(arming).filter(site => !context.isAccessed(site));
  if (sites.every(({ role }) => role === 'interrupt')) return arming;
  const beside: Arming = { ...arming, vectors: NO_VECTORS, sites };
  if (arming.injected === undefined || sites.some(({ role }) => role === 'trace')) return beside;
  // The guest's own Trace interrupt has to come.
  return arming.isGuests ? arming : { ...beside, state: 'ARMED_DISPLACED', injected: undefined };
}

/** A trap at the Trace vector would hit at once: it is displaced to the successors, and SE is not needed (PPC-HV-31, PPC-HV-32). */
function armingOfHandlerStart(instruction: SteppedInstruction, after: bigint, context: StepContext): Arming {
  const { pc, msr, quirks, registers } = context;
  const { branch } = instruction;
  const target =
    branch === undefined || quirks.handlerBranchEscapes
      ? undefined
      : branchTarget(branch, pc, { lr: registers.get('lr'), ctr: registers.get('ctr'), tar: () => context.tar() });
  const taken: readonly StepSite[] = target === undefined ? [] : [{ role: 'successor', address: effectiveAddress(target, msr), msr }];
  return {
    state: 'ARMED_DISPLACED',
    injected: quirks.handlerStartRunsTwice ? 'msr' : undefined,
    isGuests: false,
    vectors: NO_VECTORS,
    sites: [nextSite(context, after), ...taken, ...interruptSites(instruction, context)],
  };
}

/**
 * rfid and rfscv are never traced, and the MSR that they bring is known before. The trap stands at their target; where SE comes with that MSR, the guest
 * steps itself, and the step ends at its Trace handler, behind the target's instruction (PPC-HV-27, PPC-HV-28).
 */
function armingOfReturn(from: 'srr' | 'ctr', instruction: SteppedInstruction, context: StepContext): Arming {
  const { msr, registers, quirks } = context;
  const [returnAddress, saved] = from === 'srr' ? [registers.srr0, registers.srr1] : [registers.get('lr'), registers.get('ctr')];
  const after = msrAfterReturn(msr, saved);
  // PR forces IR and DR on (PPC-HV-20).
  const seen = quirks.returnVectorIgnoresPR ? (after & ~RELOCATE) | (saved & RELOCATE) : after;
  const arrival: StepSite = { role: 'successor', address: effectiveAddress(returnAddress & ~INSTRUCTION_ALIGNMENT, after), msr: seen };
  const own = interruptSites(instruction, context);
  const isGuests = (saved & SE) !== 0n && (from === 'srr' || !quirks.guestTraceSeenOnlyAtRfid);
  if (!context.hasBreakpointAt(arrival.address)) {
    if (from === 'srr' && quirks.rfidStepsOneMore) {
      const sites = [traceSite(seen, context), ...own, ...interruptsOnArrival(after, context)];
      return { state: isGuests ? 'GUEST' : 'ARMED_RFID', injected: isGuests ? undefined : 'srr1', isGuests, vectors: NO_VECTORS, sites };
    }
    const there = isGuests ? context.instructionAt(arrival.address, seen) : undefined;
    // What is not traced itself, as a return that leads to a return, is not passed: the step ends before it.
    if (there !== undefined && isTraced(there)) {
      context.accessesOf(there, after);
      const next = armingOf(there, arrivedAt(arrival.address, after, context));
      const beside = quirks.accessesMeetTraps ? own : own.filter(site => !context.isAccessed(site));
      return { state: 'GUEST', injected: undefined, isGuests, vectors: NO_VECTORS, sites: [...allSites(next), ...beside] };
    }
  }
  return {
    state: 'ARMED_RFID',
    injected: undefined,
    isGuests: false,
    vectors: NO_VECTORS,
    sites: [arrival, ...own, ...interruptsOnArrival(after, context)],
  };
}

/** The same but for where the guest is: at a return's target. */
function arrivedAt(pc: bigint, msr: bigint, context: StepContext): StepContext {
  const { registers, lpcr, quirks, vectors } = context;
  return {
    pc,
    msr,
    registers,
    lpcr,
    quirks,
    vectors,
    tar: () => context.tar(),
    isAt: () => false,
    isAccessed: site => context.isAccessed(site),
    mayAccess: list => context.mayAccess(list),
    accessesOf: (instruction, under) => context.accessesOf(instruction, under),
    hasBreakpointAt: address => context.hasBreakpointAt(address),
    instructionAt: (address, under) => context.instructionAt(address, under),
  };
}

const RELOCATE = IR | MSR_BIT.DR;

type CallShape = Extract<StepShape, { kind: 'systemCall' | 'hypercall' | 'vectoredSystemCall' }>;

/** System calls of the three kinds go to their vector, or, with the hypervisor behind them, to the next instruction. */
function callSites(shape: CallShape, context: StepContext): readonly StepSite[] {
  const { msr, lpcr } = context;
  switch (shape.kind) {
    case 'systemCall':
      return [vectorSite(INTERRUPT.systemCall, msr, lpcr)];
    case 'hypercall': {
      const refused = (msr & PR) === 0n ? [] : [vectorSite(INTERRUPT.systemCall, msr, lpcr)];
      // H_CEDE sets MSR[EE]: what wakes the vCPU comes before the next instruction.
      const woken = context.quirks.handlersSeeTrace || (msr & EE) !== 0n ? [] : context.vectors.under(msr, lpcr).fromOutside;
      return [nextSite(context, msr), ...refused, ...woken];
    }
    case 'vectoredSystemCall': {
      const siteUnder = (now: bigint): StepSite => ({ role: 'interrupt', ...vectoredSystemCallEntry(shape.LEV, msr, now), siteUnder });
      return [siteUnder(lpcr)];
    }
  }
}

const nextSite = ({ pc, msr }: StepContext, after: bigint): StepSite => ({
  role: 'successor',
  address: effectiveAddress(pc + BYTES, msr),
  msr: after,
});

const traceSite = (under: bigint, { vectors, lpcr }: StepContext): StepSite => vectors.under(under, lpcr).trace;

/** The vectors of what may come before the instruction has completed, so that no handler saves an SRR1 with our SE (PPC-HV-40). */
function interruptSites({ mayBring }: SteppedInstruction, { msr, lpcr, quirks, vectors }: StepContext): readonly StepSite[] {
  if (quirks.handlersSeeTrace) return [];
  return vectors.under(msr, lpcr).instead[mayBring];
}

/** At a return's target: the first instruction there may not be fetched, or an interrupt that was masked may come first. */
const interruptsOnArrival = (after: bigint, { lpcr, quirks, vectors }: StepContext): readonly StepSite[] =>
  quirks.handlersSeeTrace ? [] : vectors.under(after, lpcr).onArrival;
