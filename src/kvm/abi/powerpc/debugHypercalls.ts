// SPDX-License-Identifier: MIT
import { CIABR, DAWRX, encode, maskOf } from '../../../cpu/index.js';
import { HCALL, HCALL_RESULT } from './constants.js';

// The hypercalls by which a partition sets its debug registers (Linux 6.1: arch/powerpc/kvm/book3s_hv.c kvmppc_h_set_mode(),
// book3s_hv_rmhandlers.S kvmppc_h_set_dabr()). KVM-HV carries them out; switched off by KVM_CAP_PPC_ENABLE_HCALL, they are user space's.

const { PARAMETER, P2, P3, P4, UNSUPPORTED_FLAG } = HCALL_RESULT;
/** Resources of H_SET_MODE. */
const RESOURCE = { CIABR: 1n, DAWR0: 2n, DAWR1: 5n } as const;
const [PRIV, PRIV_HYPERVISOR] = [maskOf(CIABR, 'PRIV'), encode(CIABR, { PRIV: 3 })];
const HYP = maskOf(DAWRX, 'HYP');

/** What a partition asks for. */
export type DebugHypercall =
  | { readonly kind: 'refused'; readonly result: bigint }
  | { readonly kind: 'CIABR'; readonly value: bigint }
  | { readonly kind: 'DAWR0'; readonly address: bigint; readonly extension: bigint };

const refused = (result: bigint): DebugHypercall => ({ kind: 'refused', result });

/** The hypercalls below by number. */
export const DEBUG_HYPERCALLS = [HCALL.SET_MODE, HCALL.SET_DABR, HCALL.SET_XDABR] as const;

/** Hypercall `number` with its arguments, the first of which is GPR 4; `undefined`: it is not about a debug register. No model has DAWR1. */
export function debugHypercall(number: number, argument: (n: number) => bigint): DebugHypercall | undefined {
  switch (number) {
    case HCALL.SET_MODE:
      return setMode(argument(0), argument(1), argument(2), argument(3));
    case HCALL.SET_DABR:
      return setDabr(argument(0), DABRX.USER | DABRX.KERNEL);
    case HCALL.SET_XDABR:
      return setXdabr(argument(0), argument(1));
    default:
      return undefined;
  }
}

function setMode(flags: bigint, resource: bigint, value1: bigint, value2: bigint): DebugHypercall | undefined {
  switch (resource) {
    case RESOURCE.CIABR:
      if (value2 !== 0n) return refused(P4);
      if (flags !== 0n) return refused(UNSUPPORTED_FLAG);
      return (value1 & PRIV) === PRIV_HYPERVISOR ? refused(P3) : { kind: 'CIABR', value: value1 };
    case RESOURCE.DAWR0:
      if (flags !== 0n) return refused(UNSUPPORTED_FLAG);
      return (value2 & HYP) === 0n ? { kind: 'DAWR0', address: value1, extension: value2 } : refused(P4);
    case RESOURCE.DAWR1:
      return refused(P2);
    default:
      return undefined;
  }
}

/** DABR: the address of a doubleword, whether translation must be on, writes, reads. DABRX: in which state, and whether translation matters. */
const DABR = { ADDRESS: ~7n, BT: 4n, DW: 2n, DR: 1n } as const;
const DABRX = { USER: 1n, KERNEL: 2n, BTI: 8n } as const;

/** Processors of version 2.07 have DAWR0 in place of DABR. BTI stays where it is: it is DAWRX0[WTI]. */
function setDabr(dabr: bigint, dabrx: bigint): DebugHypercall {
  const extension =
    ((dabr & DABR.DW) !== 0n ? maskOf(DAWRX, 'DW') : 0n) |
    ((dabr & DABR.DR) !== 0n ? maskOf(DAWRX, 'DR') : 0n) |
    ((dabr & DABR.BT) !== 0n ? maskOf(DAWRX, 'WT') : 0n) |
    ((dabrx & DABRX.KERNEL) !== 0n ? maskOf(DAWRX, 'PNH') : 0n) |
    ((dabrx & DABRX.USER) !== 0n ? maskOf(DAWRX, 'PRO') : 0n) |
    ((dabrx & DABRX.BTI) !== 0n ? maskOf(DAWRX, 'WTI') : 0n);
  return { kind: 'DAWR0', address: dabr & DABR.ADDRESS, extension };
}

function setXdabr(dabr: bigint, dabrx: bigint): DebugHypercall {
  const hasState = (dabrx & (DABRX.USER | DABRX.KERNEL)) !== 0n;
  if (!hasState || (dabrx & ~(DABRX.USER | DABRX.KERNEL | DABRX.BTI)) !== 0n) return refused(PARAMETER);
  return setDabr(dabr, dabrx);
}
