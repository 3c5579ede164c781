// SPDX-License-Identifier: MIT
import { HCALL_RESULT } from '../../abi/powerpc/constants.js';
import { DEBUG_HYPERCALLS, debugHypercall } from '../../abi/powerpc/debugHypercalls.js';
import { type Hypercall, toGuest } from './hypercall.js';

const [CIABR, DAWR0, DAWRX0] = [187, 180, 188];

/** CIABR and DAWR0 are the kernel's; what else H_SET_MODE sets concerns all vCPUs, so user space does it. */
const carryOut =
  (number: number): Hypercall =>
  ({ pe }, argument) => {
    const call = debugHypercall(number, argument);
    switch (call?.kind) {
      case undefined:
        return undefined;
      case 'refused':
        return toGuest(call.result);
      case 'CIABR':
        pe.setSpecialPurposeRegister(CIABR, call.value);
        return toGuest(HCALL_RESULT.SUCCESS);
      case 'DAWR0':
        pe.setSpecialPurposeRegister(DAWR0, call.address);
        pe.setSpecialPurposeRegister(DAWRX0, call.extension);
        return toGuest(HCALL_RESULT.SUCCESS);
    }
  };

/** By number. */
export const DEBUG_HYPERCALLS_HV: readonly (readonly [number, Hypercall])[] = DEBUG_HYPERCALLS.map(number => [number, carryOut(number)]);
