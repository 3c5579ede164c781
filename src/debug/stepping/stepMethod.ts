// SPDX-License-Identifier: MIT
import type { Result } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { RamWord } from '../../vmm/index.js';
import type { Lift } from '../breakpoints/stopMechanisms.js';
import type { DebugExit } from '../execution/debugExit.js';
import type { StepAction } from './stepAction.js';
import type { MethodView, TrapUse } from './stepView.js';

/** Guest memory as a method reaches it. */
export interface StepMemory {
  /** The real address of an effective one as `vcpu` translates it now. */
  translate(vcpu: Vcpu, address: bigint): bigint | undefined;
  readPhysical(address: bigint, count: number): Uint8Array | undefined;
  writePhysical(address: bigint, bytes: Uint8Array): boolean;
  /** The word of RAM at a real address, for who reads and writes it at each step; `undefined` if that is no RAM. */
  wordAt(address: bigint): RamWord | undefined;
}

/** What a method makes of an exit while it steps. */
export type StepDecision =
  /** The step is over (`completed`), or something else stopped it and the debugger shall know. */
  | { readonly kind: 'toDebugger'; readonly isCompleted: boolean }
  /** An exit that belongs to the method's own work: enter the guest again. */
  | { readonly kind: 'reenter' };

/** Why a step is taken back. */
export type StepEnding =
  /** It came to its end: the debugger has been told, or the guest has its exception. */
  | 'completed'
  /** A breakpoint of the user's stopped the vCPU first: what it runs may lead back to the step. */
  | 'stoppedElsewhere'
  /** It is not to go on: a pause, another vCPU's stop, a step that has to be armed anew. */
  | 'givenUp'
  /** The debugger leaves the guest: nothing of any step may stay. */
  | 'detached';

/** What becomes of a vCPU that has run into the trap of another one's step. */
export type Stray =
  /** It executes what stands there, with the others held. */
  | 'pass'
  /** It is entered again, where it is, until the trap is gone. */
  | 'reenter'
  /** The debugger takes it for a stop. */
  | 'report';

/**
 * One way to make a vCPU execute one instruction: ARM64 software step; the Trace trick, CIABR, BookE ICMP, KVM-PR's SE and engine
 * counting fit the same calls. The methods write what they do into `actions`: these records are what they do, not a report about it.
 */
export interface StepMethod {
  readonly name: string;
  /** Makes the next entry of `vcpu` stop after one instruction, with `lift` out of force. */
  arm(vcpu: Vcpu, lift: Lift, actions: StepAction[]): Result<undefined>;
  /** The instruction that `vcpu` is armed for, in register order: its own may read otherwise in the context that it leads to. Absent: it reads the same. */
  wordOf?(vcpu: Vcpu): number | undefined;
  /** Whether the step that `vcpu` is armed for has a trap word out of memory, which is there for others, too: they are held. Absent: never. */
  hasLifted?(vcpu: Vcpu): boolean;
  /**
   * Whether the instruction that `vcpu` is armed for is behind it and the step goes on with the guest's own, as at a return to a guest that steps itself.
   * Absent: never.
   */
  hasPassed?(vcpu: Vcpu): boolean;
  /** What the exit means. Called for every debug exit of an armed vCPU. */
  decide(vcpu: Vcpu, exit: DebugExit, actions: StepAction[]): StepDecision;
  /** Takes everything back; a step that was stopped on its way may stay pending (`endPending`). Called without a step as well when the debugger detaches. */
  disarm(vcpu: Vcpu, lift: Lift, ending: StepEnding, actions: StepAction[]): void;
  /** Whether a step of `vcpu` that another stop came before has not ended yet. Absent: a stop ends every step of this method. */
  isPending?(vcpu: Vcpu): boolean;
  /** Whether a debug exit of `vcpu`, which no step is armed for, is the end of its pending step; it has been brought to its end then. */
  endPending?(vcpu: Vcpu, actions: StepAction[]): boolean;
  /** The machine has served an exit of `vcpu`, which may have moved the vectors of all vCPUs. */
  machineServed?(vcpu: Vcpu): void;
  /** What becomes of `vcpu`, which has run into a trap word at `pc` that no step of its own ends at. `undefined`: it is no step's. Absent: the method has none. */
  strayInto?(vcpu: Vcpu, pc: bigint): Stray | undefined;
  /** Absent: it leaves nothing in the guest that a view could show. */
  view?(vcpu: Vcpu): MethodView;
  /** The trap words of all its steps. Absent: it needs none. */
  traps?(): readonly TrapUse[];
}
