// SPDX-License-Identifier: MIT
import type { Result } from '../../base/index.js';
import { KVM_EXIT, STEPTRAP_EXIT, type Vcpu } from '../../kvm/index.js';
import type { Machine } from '../../vmm/index.js';
import type { Mechanism, StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { ExceptionModel } from '../exceptions/exceptionModel.js';
import type { WatchMatch } from '../slots/userSwitch.js';
import type { Instructions } from '../stepping/instructions.js';
import { kernelWrites, type StepAction } from '../stepping/stepAction.js';
import type { StepMethod } from '../stepping/stepMethod.js';
import { type DebugExit, describeDebugExit, type ReadKernelDebugExit, readDebugExit } from './debugExit.js';
import type { DebugQuirks } from './debugQuirks.js';
import type { StepInterrupts, StepRequest } from './executionControl.js';
import type { Move, Plan, PlanEnd, Temporary } from './move.js';
import type { PendingStep } from './pendingSteps.js';
import type { StepJob } from './stepJob.js';
import type { EndReport, StopReport } from './stop.js';
import type { StopSites } from './stopSites.js';
import type { DebuggedVcpu, VcpuControl } from './vcpuControl.js';

/** What the execution control is made of. */
export interface ExecutionParts {
  readonly machine: Machine;
  readonly mechanisms: StopMechanisms;
  readonly vcpus: VcpuControl;
  readonly method: StepMethod;
  readonly instructions: Instructions;
  readonly exceptions: ExceptionModel;
  readonly readDebugExit: ReadKernelDebugExit;
  readonly sites: StopSites;
  readonly quirks: DebugQuirks;
  /** Makes the plan of a step from where the vCPU stands; a refusal is one sentence. */
  readonly planStep: (request: StepRequest, stepInterrupts: StepInterrupts) => Result<Plan>;
  /** The guest's instruction word, without our breakpoints. */
  readonly instructionAt: (vcpu: Vcpu, address: bigint) => number | undefined;
  /** The mechanism for breakpoints of our own, as at a return address. */
  readonly temporaryMechanism: () => Mechanism;
}

/** What one turn of the loop came to. */
export type Turn =
  | { readonly kind: 'goOn' }
  | { readonly kind: 'moveDone' }
  /** The plan of another step goes on instead of the one of the request. */
  | { readonly kind: 'pendingStep'; readonly step: PendingStep }
  | { readonly kind: 'limit' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'stopped'; readonly stop: StopReport }
  | { readonly kind: 'ended'; readonly end: EndReport };

/** Nothing to tell: the next turn. */
export const GO_ON: Turn = { kind: 'goOn' };

/** A request under way. */
export interface Request {
  readonly vcpu: DebuggedVcpu;
  readonly isSingle: boolean;
  readonly plan: Plan;
  /** A sentence to add to the stop at the end of the plan. */
  remark: string;
  move: Move | undefined;
  /** Set when the plan has come to its end. */
  planEnd: PlanEnd | undefined;
  temporaries: readonly PlacedTemporary[];
}

/** A breakpoint of our own while the guest runs. */
export interface PlacedTemporary {
  readonly vcpu: DebuggedVcpu;
  readonly temporary: Temporary;
  readonly mechanism: Mechanism;
  /** The step that ends there, if it is not the one of the request. */
  readonly pending: PendingStep | undefined;
}

/** The record of `exit`, which `vcpu` has come back with. */
export const exitRecord = ({ vcpu, registers }: DebuggedVcpu, exit: DebugExit): StepAction => ({
  kind: 'exit',
  reason: describeDebugExit(exit),
  syndrome: 'syndrome' in exit && exit.syndrome !== undefined ? BigInt(exit.syndrome) : undefined,
  pc: registers.pc,
  ...kernelWrites(vcpu),
});

/** The debug exit that `vcpu` has come back with, `undefined` if it is another exit. `job`: what it was to step. */
export function debugExitOf(parts: ExecutionParts, { vcpu, registers }: DebuggedVcpu, job: StepJob | undefined): DebugExit | undefined {
  const match = matchOf(parts, vcpu, registers.pc);
  if (match !== undefined) return { kind: 'watchpoint', ...match, syndrome: undefined, isOurs: true };
  const world = {
    registers,
    steppedFrom: job?.startPc,
    instructionAt: (address: bigint) => parts.instructionAt(vcpu, address),
  };
  return readDebugExit(vcpu, world, parts.readDebugExit);
}

/** A match that shows itself as a stop at a trap word, or at an engine breakpoint that the user has there. */
function matchOf({ mechanisms }: ExecutionParts, vcpu: Vcpu, pc: bigint): WatchMatch | undefined {
  const reason = vcpu.kvmRun.exit_reason;
  return reason === KVM_EXIT.DEBUG || reason === STEPTRAP_EXIT.ENGINE ? mechanisms.slots.userSwitch?.matchOf(vcpu, pc) : undefined;
}
