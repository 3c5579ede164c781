// SPDX-License-Identifier: MIT
import type { Kvm, Vcpu } from '../kvm/index.js';
import type { Machine } from '../vmm/index.js';
import type { CodeMemory } from './breakpoints/codeMemory.js';
import type { StopMechanisms } from './breakpoints/stopMechanisms.js';
import type { ExceptionModel } from './exceptions/exceptionModel.js';
import type { ReadKernelDebugExit } from './execution/debugExit.js';
import type { DebugQuirks } from './execution/debugQuirks.js';
import type { FrameConventions } from './frames/frameConventions.js';
import type { StepMethodName } from './launchOptions.js';
import type { RegisterModel } from './registers/registerFile.js';
import type { DebugSlots } from './slots/debugSlots.js';
import type { Instructions } from './stepping/instructions.js';
import type { StepMethod } from './stepping/stepMethod.js';

/** What KVM says that it has: KVM_CHECK_EXTENSION. */
export type Extensions = Pick<Kvm, 'checkExtension'>;

/** What these parts work with beside the machine. */
export interface FacilityParts {
  readonly quirks: DebugQuirks;
  /** Takes a sentence for the debug console. */
  readonly warn: (line: string) => void;
  /** By what a guest is stepped whose KVM leaves the choice; `undefined`: the usual way. */
  readonly stepMethod?: StepMethodName | undefined;
}

/** What a step method works with beside the machine. */
export interface StepParts extends FacilityParts {
  readonly mechanisms: StopMechanisms;
}

/** How one machine's guest is stopped and stepped: parts that know one another. */
export interface StopFacilities {
  /** The debug registers that this KVM gives to user space. */
  readonly slots: DebugSlots;
  readonly readDebugExit: ReadKernelDebugExit;
  /** Words of code, of which those under the trap words of steps are read and written beneath them. Absent: steps leave memory as it is. */
  codeBeneathSteps?(vcpu: Vcpu): CodeMemory;
  /** How this KVM makes a vCPU execute one instruction. */
  stepMethod(mechanisms: StopMechanisms): StepMethod;
}

/**
 * What an architecture brings to the debugger, as a value. One folder each: `arm64/`, `powerpc/`. Nothing else in this layer knows a
 * register, an instruction or a vector by name.
 */
export interface DebugArchitecture {
  readonly registers: RegisterModel;
  readonly instructions: Instructions;
  readonly frames: FrameConventions;
  readonly exceptions: ExceptionModel;
  attach(machine: Machine, parts: FacilityParts): StopFacilities;
}
