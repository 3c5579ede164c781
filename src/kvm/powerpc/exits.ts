// SPDX-License-Identifier: MIT
import { INTERRUPT, type InterruptExit, MSR_BIT, PROGRAM } from '../../cpu/index.js';
import { KVM_EXIT, KVM_GUESTDBG } from '../abi/constants.js';
import { KVMPPC_DEBUG, KVMPPC_INST_SW_BREAKPOINT } from '../abi/powerpc/constants.js';
import { type HandlerResult, TO_GUEST, TO_USER_SPACE } from '../handlerResult.js';
import { hypercall } from './devices/hypercalls.js';
import { startMmio } from './mmio.js';
import type { PowerpcVcpuState } from './vcpuState.js';

// Linux 6.1: arch/powerpc/kvm/book3s_hv.c kvmppc_handle_exit_hv(), book3s_pr.c kvmppc_handle_exit_pr().

/** An interrupt that came to the hypervisor. */
export function handleInterrupt(vcpu: PowerpcVcpuState, exit: InterruptExit): HandlerResult {
  vcpu.run.exit_reason = KVM_EXIT.UNKNOWN;
  switch (exit.vector) {
    case INTERRUPT.systemCall:
      return handleSystemCall(vcpu);
    case INTERRUPT.hypervisorEmulationAssistance:
      return handleIllegal(vcpu, exit.instruction);
    case INTERRUPT.hypervisorDataStorage:
      return handleStorage(vcpu, exit);
    case INTERRUPT.hypervisorInstructionStorage:
      vcpu.pe.injectInterrupt(INTERRUPT.instructionStorage, { status: exit.status });
      return TO_GUEST;
    case INTERRUPT.hypervisorFacilityUnavailable:
      return toGuestAsIllegal(vcpu);
    default:
      vcpu.run.hw_hardware_exit_reason = BigInt(exit.vector);
      return TO_USER_SPACE;
  }
}

const isProblemState = ({ pe }: PowerpcVcpuState): boolean => (pe.msr & MSR_BIT.PR) !== 0n;

/** sc 1. In problem state it is no hypercall: KVM-PR makes it a system call, KVM-HV refuses it to a radix guest. */
function handleSystemCall(vcpu: PowerpcVcpuState): HandlerResult {
  if (isProblemState(vcpu)) {
    if (vcpu.vm.kind === 'hv' && vcpu.pe.processScope.kind === 'radix')
      vcpu.pe.injectInterrupt(INTERRUPT.program, { status: PROGRAM.privileged });
    else vcpu.pe.injectInterrupt(INTERRUPT.systemCall);
    return TO_GUEST;
  }
  if (vcpu.isPapr) return hypercall(vcpu);
  vcpu.pe.injectInterrupt(INTERRUPT.systemCall);
  return TO_GUEST;
}

/** kvmppc_emulate_debug_inst() of KVM-HV, kvmppc_exit_pr_progint() of KVM-PR: the trap word is user space's where that is asked for, all else the guest's. */
function handleIllegal(vcpu: PowerpcVcpuState, instruction: number): HandlerResult {
  const { vm, quirks } = vcpu;
  if (instruction !== KVMPPC_INST_SW_BREAKPOINT) return toGuestAsIllegal(vcpu);
  if (vm.kind === 'hv') {
    if ((vcpu.guestDebug & KVM_GUESTDBG.USE_SW_BP) === 0) return toGuestAsIllegal(vcpu);
    return debugExit(vcpu, quirks.staleDebugStatus ? 'addressOnly' : 'all');
  }
  if (isProblemState(vcpu) && quirks.problemStateTrapReflected) return toGuestAsIllegal(vcpu);
  return debugExit(vcpu, 'all');
}

function toGuestAsIllegal({ pe }: PowerpcVcpuState): HandlerResult {
  pe.injectInterrupt(INTERRUPT.program, { status: PROGRAM.illegal });
  return TO_GUEST;
}

/** KVM_EXIT_DEBUG at pc. What is not written keeps the bytes of an older exit. */
export function debugExit(state: PowerpcVcpuState, written: 'all' | 'addressOnly' | 'nothing'): HandlerResult {
  const { run, pe } = state;
  run.exit_reason = KVM_EXIT.DEBUG;
  tellWatchpoint(state);
  if (written === 'nothing') return TO_USER_SPACE;
  run.ppc_debug_address = pe.pc;
  if (written === 'addressOnly') return TO_USER_SPACE;
  run.ppc_debug_status = KVMPPC_DEBUG.NONE;
  run.ppc_debug_reserved = 0;
  return TO_USER_SPACE;
}

/** In the private page: the last match of DAWR0. */
export function tellWatchpoint({ pe: { watchpointMatch: match }, steptrapRun: { fields } }: PowerpcVcpuState): void {
  if (match === undefined) return;
  fields.has_watchpoint = 1;
  fields.watchpoint_bytes = match.bytes;
  fields.watchpoint_srr0 = match.srr0;
  fields.watchpoint_srr1 = match.srr1;
  fields.watchpoint_dar = match.dar;
  fields.watchpoint_dsisr = match.dsisr;
}

/** The first write to a page whose log bit is clear; anything else is an access to a device. */
function handleStorage(vcpu: PowerpcVcpuState, exit: InterruptExit): HandlerResult {
  const { memory } = vcpu.vm;
  if (memory.lookup(exit.realAddress)?.isWritable !== true) return startMmio(vcpu, exit);
  if (memory.markDirty(exit.realAddress)) vcpu.vm.flushTranslations();
  return TO_GUEST;
}
