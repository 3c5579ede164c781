// SPDX-License-Identifier: MIT
import type { Kvm } from '../kvm/index.js';
import type { StopMechanisms } from './breakpoints/stopMechanisms.js';
import type { ExceptionModel } from './exceptions/exceptionModel.js';
import type { ReadKernelDebugExit } from './execution/debugExit.js';
import type { FrameConventions } from './frames/frameConventions.js';
import type { RegisterModel } from './registers/registerFile.js';
import type { DebugSlots } from './slots/debugSlots.js';
import type { Instructions } from './stepping/instructions.js';
import type { StepMemory, StepMethod } from './stepping/stepMethod.js';

/** What KVM says that it has: KVM_CHECK_EXTENSION. */
export type Extensions = Pick<Kvm, 'checkExtension'>;

/**
 * What an architecture brings to the debugger, as a value. One folder each: `arm64/`, `powerpc/`. Nothing else in this layer knows a
 * register, an instruction or a vector by name.
 */
export interface DebugArchitecture {
  readonly registers: RegisterModel;
  readonly instructions: Instructions;
  readonly frames: FrameConventions;
  readonly exceptions: ExceptionModel;
  readDebugExit(kvm: Extensions): ReadKernelDebugExit;
  /** The debug registers that this KVM gives to user space. */
  slots(kvm: Extensions): DebugSlots;
  /** How this KVM makes a vCPU execute one instruction. */
  stepMethod(kvm: Extensions, mechanisms: StopMechanisms, memory: StepMemory): StepMethod;
}
