// SPDX-License-Identifier: MIT
import { MSR_BIT, realModeAddress } from '../../cpu/index.js';
import { KVM_CAP, type Vcpu } from '../../kvm/index.js';
import type { Machine } from '../../vmm/index.js';
import type { DebugArchitecture, Extensions, FacilityParts, StopFacilities } from '../architecture.js';
import type { CodeMemory } from '../breakpoints/codeMemory.js';
import { KernelStep } from '../stepping/kernelStep.js';
import { readHvDebugExit, readPrDebugExit } from './exceptions/debugExit.js';
import { POWERPC_EXCEPTIONS } from './exceptions/exceptionModel.js';
import { POWERPC_FRAMES } from './frames.js';
import { POWER_INSTRUCTIONS } from './instructions.js';
import { NoSlots } from './noSlots.js';
import { GENERAL_OFFSET, readGeneral } from './registers/generalRegisters.js';
import { POWERPC_REGISTERS } from './registers/registerModel.js';
import { DawrSlots } from './slots/dawrSlots.js';
import { InternalTraps } from './trace/internalTraps.js';
import { TraceStep } from './trace/traceStep.js';

/** MSR[SE], which KVM-PR forces while the guest runs; what the kernel emulates counts as a step, too (PPC-HV-47). */
const FORCED_TRACE = { name: 'KVM-PR single step', why: 'KVM-PR runs the guest with MSR[SE] set' } as const;

/** Whether this KVM steps by itself: KVM-PR does, KVM-HV ignores KVM_GUESTDBG_SINGLESTEP (PPC-HV-10). */
const kernelSteps = (kvm: Extensions): boolean => kvm.checkExtension(KVM_CAP.PPC_GUEST_DEBUG_SSTEP) > 0;

const PR: StopFacilities = {
  slots: new NoSlots(),
  readDebugExit: readPrDebugExit,
  stepMethod: mechanisms => new KernelStep(mechanisms, FORCED_TRACE),
};

function wordsBeneath(traps: InternalTraps, translate: (address: bigint) => bigint | undefined): CodeMemory {
  return {
    read: address => {
      const real = translate(address);
      return real === undefined ? undefined : traps.readBeneath(real);
    },
    write: (address, word) => {
      const real = translate(address);
      return real !== undefined && traps.writeBeneath(real, word);
    },
    fixedAt: address => {
      const real = translate(address);
      return real === undefined ? undefined : wordsBeneath(traps, () => real);
    },
  };
}

/** Where an instruction is fetched from: by MSR[IR] alone, whatever data goes by. */
function realOfCode(machine: Machine, vcpu: Vcpu, address: bigint): bigint | undefined {
  const msr = readGeneral(vcpu, GENERAL_OFFSET.msr) ?? 0n;
  return (msr & MSR_BIT.IR) === 0n ? realModeAddress(address) : machine.translate(vcpu, address);
}

function attachHv(machine: Machine, parts: FacilityParts): StopFacilities {
  const count = machine.kvm.checkExtension(KVM_CAP.PPC_DAWR1) > 0 ? 2 : 1;
  const traps = new InternalTraps(machine, POWER_INSTRUCTIONS);
  return {
    slots: new DawrSlots({ ...parts, machine, traps, count }),
    readDebugExit: readHvDebugExit,
    codeBeneathSteps: vcpu => wordsBeneath(traps, address => realOfCode(machine, vcpu, address)),
    stepMethod: mechanisms => new TraceStep({ ...parts, mechanisms, memory: machine, traps }),
  };
}

/** 64-bit Book3S under the debugger. */
export const POWERPC: DebugArchitecture = {
  registers: POWERPC_REGISTERS,
  instructions: POWER_INSTRUCTIONS,
  frames: POWERPC_FRAMES,
  exceptions: POWERPC_EXCEPTIONS,
  attach: (machine, parts) => (kernelSteps(machine.kvm) ? PR : attachHv(machine, parts)),
};
