// SPDX-License-Identifier: MIT
import { CIABR as CIABR_REGISTER, DAWRX, encode, maskOf } from '../../../cpu/index.js';
import { HCALL_RESULT } from '../../abi/powerpc/constants.js';
import type { PowerpcVcpuState } from '../vcpuState.js';
import { type Hypercall, type Outcome, toGuest } from './hypercall.js';

// H_SET_MODE, H_SET_DABR and H_SET_XDABR (Linux 6.1: arch/powerpc/kvm/book3s_hv.c kvmppc_h_set_mode(), book3s_hv_rmhandlers.S kvmppc_h_set_dabr()).

const { SUCCESS, PARAMETER, P2, P3, P4, UNSUPPORTED_FLAG } = HCALL_RESULT;
const RESOURCE = { CIABR: 1n, DAWR0: 2n, DAWR1: 5n } as const;
const [CIABR, DAWR0, DAWRX0] = [187, 180, 188];
const [PRIV, PRIV_HYPERVISOR] = [maskOf(CIABR_REGISTER, 'PRIV'), encode(CIABR_REGISTER, { PRIV: 3 })];
const HYP = maskOf(DAWRX, 'HYP');

function setDawr0({ pe }: PowerpcVcpuState, address: bigint, extension: bigint): Outcome {
  pe.setSpecialPurposeRegister(DAWR0, address);
  pe.setSpecialPurposeRegister(DAWRX0, extension);
  return toGuest(SUCCESS);
}

/** H_SET_MODE: CIABR and DAWR0 are the kernel's; byte order and interrupt location concern all vCPUs, so user space does them. No model has DAWR1. */
export const setMode: Hypercall = (vcpu, argument) => {
  const [flags, resource, value1, value2] = [argument(0), argument(1), argument(2), argument(3)];
  switch (resource) {
    case RESOURCE.CIABR:
      if (value2 !== 0n) return toGuest(P4);
      if (flags !== 0n) return toGuest(UNSUPPORTED_FLAG);
      if ((value1 & PRIV) === PRIV_HYPERVISOR) return toGuest(P3);
      vcpu.pe.setSpecialPurposeRegister(CIABR, value1);
      return toGuest(SUCCESS);
    case RESOURCE.DAWR0:
      if (flags !== 0n) return toGuest(UNSUPPORTED_FLAG);
      if ((value2 & HYP) !== 0n) return toGuest(P4);
      return setDawr0(vcpu, value1, value2);
    case RESOURCE.DAWR1:
      return toGuest(P2);
    default:
      return undefined;
  }
};

/** DABR: the address of a doubleword, whether translation must be on, writes, reads. DABRX: in which state, and whether translation matters. */
const DABR = { ADDRESS: ~7n, BT: 4n, DW: 2n, DR: 1n } as const;
const DABRX = { USER: 1n, KERNEL: 2n, BTI: 8n } as const;

/** Processors of version 2.07 have DAWR0 in place of DABR. BTI stays where it is: it is DAWRX0[WTI]. */
function setDabr(vcpu: PowerpcVcpuState, dabr: bigint, dabrx: bigint): Outcome {
  const { DW, DR, WT, PNH, PRO, WTI } = DAWRX_BITS;
  const bits =
    ((dabr & DABR.DW) !== 0n ? DW : 0n) |
    ((dabr & DABR.DR) !== 0n ? DR : 0n) |
    ((dabr & DABR.BT) !== 0n ? WT : 0n) |
    ((dabrx & DABRX.KERNEL) !== 0n ? PNH : 0n) |
    ((dabrx & DABRX.USER) !== 0n ? PRO : 0n) |
    ((dabrx & DABRX.BTI) !== 0n ? WTI : 0n);
  return setDawr0(vcpu, dabr & DABR.ADDRESS, bits);
}
const DAWRX_BITS = {
  DW: maskOf(DAWRX, 'DW'),
  DR: maskOf(DAWRX, 'DR'),
  WT: maskOf(DAWRX, 'WT'),
  WTI: maskOf(DAWRX, 'WTI'),
  PNH: maskOf(DAWRX, 'PNH'),
  PRO: maskOf(DAWRX, 'PRO'),
} as const;

export const setDabrCall: Hypercall = (vcpu, argument) => setDabr(vcpu, argument(0), DABRX.USER | DABRX.KERNEL);

export const setXdabr: Hypercall = (vcpu, argument) => {
  const dabrx = argument(1);
  if ((dabrx & (DABRX.USER | DABRX.KERNEL)) === 0n || (dabrx & ~(DABRX.USER | DABRX.KERNEL | DABRX.BTI)) !== 0n) return toGuest(PARAMETER);
  return setDabr(vcpu, argument(0), dabrx);
};
