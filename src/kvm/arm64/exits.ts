// SPDX-License-Identifier: MIT
import type { ExceptionExit } from '../../cpu/index.js';
import { KVM_DEBUG_ARCH_HSR_HIGH_VALID } from '../abi/arm64/constants.js';
import { KVM_EXIT } from '../abi/constants.js';
import { type HandlerResult, WAIT, YIELD } from '../handlerResult.js';
import { hypercall } from './devices/psci.js';
import { EC } from './exceptionClasses.js';
import { injectUndefined } from './injection.js';
import { handleGuestAbort } from './mmio.js';
import { ESR, isTrappedRead, trappedEncoding, trappedRegister } from './registerFields.js';
import { SYSTEM_REGISTER_ROWS } from './systemRegisterRows.js';
import { findRow, type TrappedAccess } from './systemRegisterTable.js';
import { ADVANCE, type Arm64VcpuState } from './vcpuState.js';

// Linux 6.1: arch/arm64/kvm/handle_exit.c.

const EC_SHIFT = 26;

/** handle_exit(): an exception that came to EL2. */
export function handleExit(vcpu: Arm64VcpuState, exit: ExceptionExit): HandlerResult {
  const esr = exit.ESR;
  switch (esr >>> EC_SHIFT) {
    case EC.SOFTSTEP_LOW:
      vcpu.isStepPending = false;
      vcpu.stepWrites.report();
      return guestDebugExit(vcpu, esr);
    case EC.BREAKPOINT_LOW:
    case EC.BKPT32:
    case EC.BRK64:
      return guestDebugExit(vcpu, esr);
    case EC.WATCHPOINT_LOW:
      vcpu.FAR_EL2 = exit.FAR;
      guestDebugExit(vcpu, esr);
      vcpu.run.debug_far = exit.FAR;
      return 0;
    case EC.IABT_LOW:
    case EC.DABT_LOW:
      vcpu.FAR_EL2 = exit.FAR;
      return handleGuestAbort(vcpu, esr, exit.FAR, exit.IPA);
    case EC.SYS64:
      return handleSystemRegister(vcpu, esr);
    case EC.WFX:
      // The increment is queued when the wait is over; nothing can look at the PC before that.
      vcpu.adjustment = ADVANCE;
      return (esr & ESR.WFX_IS_WFE) !== 0 ? YIELD : WAIT;
    case EC.HVC64:
      return handleHypercall(vcpu);
    case EC.SMC64:
      // SMC is a trap, not a call: the guest gets -1 and goes on behind it.
      vcpu.pe.setX(0, 0xffff_ffff_ffff_ffffn);
      vcpu.adjustment = ADVANCE;
      return 1;
    default:
      // Vector catch and everything else that no handler knows, floating point included: these cores have no FP to give.
      injectUndefined(vcpu, esr);
      return 1;
  }
}

const FAR_OFFSET = 40;
const HSR_OFFSET = 32;

/** kvm_handle_guest_debug(): does not ask who set the event; user space decides. */
function guestDebugExit(vcpu: Arm64VcpuState, esr: number): HandlerResult {
  const view = vcpu.runView;
  vcpu.run.exit_reason = KVM_EXIT.DEBUG;
  vcpu.run.flags = KVM_DEBUG_ARCH_HSR_HIGH_VALID;
  view.setUint32(HSR_OFFSET, esr, true);
  view.setUint32(HSR_OFFSET + 4, 0, true);
  if (!vcpu.quirks.staleFar) {
    view.setUint32(FAR_OFFSET, 0, true);
    view.setUint32(FAR_OFFSET + 4, 0, true);
  }
  return 0;
}

function handleHypercall(vcpu: Arm64VcpuState): HandlerResult {
  const { value, next } = hypercall(vcpu);
  vcpu.pe.setX(0, BigInt.asUintN(64, BigInt(value)));
  for (const n of [1, 2, 3]) vcpu.pe.setX(n, 0n);
  switch (next) {
    case 'guest':
      return 1;
    case 'wait':
      return WAIT;
    case 'userSpace':
      return 0;
  }
}

const DEBUG_OP0 = 2;

/** kvm_handle_sys_reg(): register 31 reads as zero and swallows; a refusal leaves Rt as it was. */
function handleSystemRegister(vcpu: Arm64VcpuState, esr: number): HandlerResult {
  const Rt = trappedRegister(esr);
  const encoding = trappedEncoding(esr);
  if (encoding >>> 14 === DEBUG_OP0) vcpu.counters.debugRegisterTraps++;
  const access: TrappedAccess = { encoding, isWrite: !isTrappedRead(esr), value: vcpu.pe.x(Rt) };
  const row = findRow(SYSTEM_REGISTER_ROWS, encoding);
  if (row?.access === undefined) {
    injectUndefined(vcpu, esr);
    return 1;
  }
  if (!row.access(vcpu, access)) return 1;
  vcpu.adjustment = ADVANCE;
  if (!access.isWrite) vcpu.pe.setX(Rt, access.value);
  return 1;
}
