// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import { kvm_guest_debug, kvm_vcpu_init } from '../abi/arm64/structures.js';
import { KVM_EXIT, KVM_GUESTDBG } from '../abi/constants.js';
import { type CallTexts, guestDebugControlText } from '../callLogText.js';
import { describeExceptionClass } from './exceptionClasses.js';

function usedSlots(kind: string, controls: BigUint64Array, values: BigUint64Array): string {
  let text = '';
  controls.forEach((control, n) => {
    if (control !== 0n) text += ` ${kind}${n}=${hex(values[n] ?? 0n)}:${hex(control)}`;
  });
  return text;
}

/** The calls and exits of arm64 in the log. */
export const ARM64_TEXTS: CallTexts = {
  calls: {
    KVM_SET_GUEST_DEBUG: argument => {
      const debug = kvm_guest_debug.over(argument);
      const slots = (debug.control & KVM_GUESTDBG.USE_HW) !== 0;
      return (
        guestDebugControlText(debug.control) +
        (slots ? usedSlots('bp', debug.dbg_bcr, debug.dbg_bvr) + usedSlots('wp', debug.dbg_wcr, debug.dbg_wvr) : '')
      );
    },
    KVM_ARM_VCPU_INIT: argument => {
      const init = kvm_vcpu_init.over(argument);
      return `target=${init.target} features=${hex(init.features[0] ?? 0)}`;
    },
  },
  exits: new Map([
    [KVM_EXIT.DEBUG, run => ` hsr=${hex(run.debug_hsr)} far=${hex(run.debug_far)} (${describeExceptionClass(run.debug_hsr)})`],
    [KVM_EXIT.ARM_NISV, run => ` esr_iss=${hex(run.arm_nisv_esr_iss)} fault_ipa=${hex(run.arm_nisv_fault_ipa)}`],
  ]),
};
