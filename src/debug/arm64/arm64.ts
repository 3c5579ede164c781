// SPDX-License-Identifier: MIT
import { KVM_CAP } from '../../kvm/index.js';
import type { DebugArchitecture } from '../architecture.js';
import { KernelStep } from '../stepping/kernelStep.js';
import { readArm64DebugExit } from './exceptions/debugExit.js';
import { ARM64_EXCEPTIONS } from './exceptions/exceptionModel.js';
import { ARM64_FRAMES } from './frames.js';
import { ARM64_REGISTERS } from './registers/registerModel.js';
import { Arm64Slots } from './slots/arm64Slots.js';
import { A64_INSTRUCTIONS } from './stepping/instructions.js';

/** MDSCR_EL1.SS and PSTATE.SS, which KVM sets around the entry: one KVM_RUN retires one instruction or one exception entry (ARM-HW-24). */
const SOFTWARE_STEP = { name: 'ARM64 software step', why: 'KVM sets MDSCR_EL1.SS and PSTATE.SS at the next entry' } as const;

/** ARM64 under the debugger. */
export const ARM64: DebugArchitecture = {
  registers: ARM64_REGISTERS,
  instructions: A64_INSTRUCTIONS,
  frames: ARM64_FRAMES,
  exceptions: ARM64_EXCEPTIONS,
  attach: ({ kvm }) => {
    const count = (capability: number): number => (kvm.checkExtension(KVM_CAP.SET_GUEST_DEBUG) > 0 ? kvm.checkExtension(capability) : 0);
    return {
      slots: new Arm64Slots({ breakpoints: count(KVM_CAP.GUEST_DEBUG_HW_BPS), watchpoints: count(KVM_CAP.GUEST_DEBUG_HW_WPS) }),
      readDebugExit: readArm64DebugExit,
      stepMethod: mechanisms => new KernelStep(mechanisms, SOFTWARE_STEP),
    };
  },
};
