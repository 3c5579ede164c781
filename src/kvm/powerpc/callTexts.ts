// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import { KVM_EXIT } from '../abi/constants.js';
import { kvm_interrupt, ppc_kvm_guest_debug, ppc_kvm_regs } from '../abi/powerpc/structures.js';
import { type CallTexts, guestDebugControlText } from '../callLogText.js';

const registers = (argument: Uint8Array): string => {
  const view = new DataView(argument.buffer, argument.byteOffset, argument.length);
  const { pc, msr } = ppc_kvm_regs.fields;
  return `pc=${hex(view.getBigUint64(pc[1], true))} msr=${hex(view.getBigUint64(msr[1], true))}`;
};

/** The calls and exits of powerpc in the log. */
export const POWERPC_TEXTS: CallTexts = {
  calls: {
    KVM_SET_GUEST_DEBUG: argument => guestDebugControlText(ppc_kvm_guest_debug.over(argument).control),
    KVM_GET_REGS: registers,
    KVM_SET_REGS: registers,
    KVM_INTERRUPT: argument => hex(kvm_interrupt.over(argument).irq),
  },
  exits: new Map([
    [KVM_EXIT.DEBUG, run => ` address=${hex(run.ppc_debug_address)} status=${hex(run.ppc_debug_status)}`],
    [KVM_EXIT.PAPR_HCALL, run => ` nr=${hex(run.papr_hcall_nr)}`],
  ]),
};
