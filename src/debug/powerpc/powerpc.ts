// SPDX-License-Identifier: MIT
import { KVM_CAP } from '../../kvm/index.js';
import type { DebugArchitecture } from '../architecture.js';
import { KernelStep } from '../stepping/kernelStep.js';
import { readPowerpcDebugExit } from './exceptions/debugExit.js';
import { POWERPC_EXCEPTIONS } from './exceptions/exceptionModel.js';
import { POWERPC_FRAMES } from './frames.js';
import { POWER_INSTRUCTIONS } from './instructions.js';
import { NoSlots } from './noSlots.js';
import { NoStep } from './noStep.js';
import { POWERPC_REGISTERS } from './registers/registerModel.js';

/** MSR[SE], which KVM-PR forces while the guest runs; what the kernel emulates counts as a step, too (PPC-HV-47). */
const FORCED_TRACE = { name: 'KVM-PR single step', why: 'KVM-PR runs the guest with MSR[SE] set' } as const;

/** 64-bit Book3S under the debugger. */
export const POWERPC: DebugArchitecture = {
  registers: POWERPC_REGISTERS,
  instructions: POWER_INSTRUCTIONS,
  frames: POWERPC_FRAMES,
  exceptions: POWERPC_EXCEPTIONS,
  readDebugExit: readPowerpcDebugExit,
  slots: () => new NoSlots(),
  stepMethod: (kvm, mechanisms) =>
    kvm.checkExtension(KVM_CAP.PPC_GUEST_DEBUG_SSTEP) > 0 ? new KernelStep(mechanisms, FORCED_TRACE) : new NoStep(),
};
