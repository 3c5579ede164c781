// SPDX-License-Identifier: MIT

import type { HandlerEntry } from '../../../cpu/index.js';
import type { StepTrap } from '../../stepping/stepAction.js';
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
  /** For vectors: where the site is under another LPCR. */
  readonly entryUnder?: (lpcr: bigint) => HandlerEntry;
  /** For vectors: why it is this address, for the records. */
  readonly vector?: NonNullable<StepTrap['vector']>;
}

/** A site with the real address of its trap. */
export interface PlacedSite extends StepSite {
  readonly real: bigint;
}

/** What the step borrows, as it was before. */
export interface SavedState {
  readonly nip: bigint;
  readonly msr: bigint;
  readonly srr0: bigint;
  readonly srr1: bigint;
  /** SIAR and SDAR; only a Trace interrupt writes them. */
  readonly sampled: Sampled | undefined;
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
  sites: readonly PlacedSite[];
  /** LPCR that the vectors went by. */
  lpcr: bigint;
  /** Another step's trap at the instruction itself, which is out of memory while it runs. */
  readonly liftedTrap: bigint | undefined;
}
