// SPDX-License-Identifier: MIT
import type { StepAction } from '../../stepping/stepAction.js';
import type { PlacedTrap } from './placedTrap.js';
import type { Sampled } from './savedState.js';
import type { SteppedInstruction } from './steppedInstruction.js';

/** The states of a vCPU's step, by the names of PPC-HV section 3. Who has no record is IDLE. */
export type TraceState =
  /** MSR[SE] is set, the trap stands at the vector of the Trace interrupt, the guest may run. */
  | 'ARMED'
  /** The instruction is a return from an interrupt, which no Trace follows: the trap stands where it goes, or SE is in SRR1. */
  | 'ARMED_RFID'
  /** The trap stands where the instruction goes on, and SE is not needed: nothing traces it, or it is the Trace handler's first. */
  | 'ARMED_DISPLACED'
  /** As ARMED, and the guest steps itself: its Trace interrupt is to be delivered after ours. */
  | 'GUEST'
  /** Another stop came before the step's end: the trap still stands, and SE sleeps in a saved context. */
  | 'PENDING'
  /** The step has ended; what it borrowed has been given back. */
  | 'DONE';

/** Where the debugger's SE has been put. */
export type InjectedInto = 'msr' | 'srr1';

/** What the step borrows, as it was before. */
export interface SavedState {
  readonly nip: bigint;
  readonly msr: bigint;
  readonly srr0: bigint;
  readonly srr1: bigint;
  /** SIAR and SDAR; only a Trace interrupt writes them. */
  readonly sampled: Sampled | undefined;
}

/** What a vCPU has of steps. */
export interface VcpuSteps {
  armed: StepRecord | undefined;
  /** Steps that another stop came before, the innermost last; one that is made meanwhile has a record of its own. */
  readonly pending: StepRecord[];
  /** The instruction that the last one was armed for, if it can be read. */
  word: number | undefined;
  /** Where the last step had its trap for the Trace interrupt. */
  lastVector: bigint | undefined;
  /** SIAR and SDAR as they were last written, and `registersVersion` then. */
  sampled: Sampled | undefined;
  sampledVersion: number;
}

/** The one record of a vCPU's step. Instruction and traps are fixed when it is armed and never worked out again (PPC-HV-11). */
export interface StepRecord {
  state: TraceState;
  saved: SavedState;
  readonly instruction: SteppedInstruction;
  readonly injected: InjectedInto | undefined;
  /** The guest's CIABR, where that steps in place of SE. */
  readonly ciabr?: bigint | undefined;
  /** The guest's own SE or BE asks for the Trace interrupt that ends the step (PPC-HV-27). */
  readonly isGuests: boolean;
  /** Its traps. They move only with the vectors themselves (PPC-HV-37). */
  sites: readonly PlacedTrap[];
  /** LPCR that the vectors went by. */
  lpcr: bigint;
  /** Where what is done for it is recorded: the step's own records, and while it is PENDING those that its end brings. */
  actions: StepAction[];
  /** Another step's trap at the instruction itself, which is out of memory while it runs. */
  readonly liftedTrap: bigint | undefined;
}
