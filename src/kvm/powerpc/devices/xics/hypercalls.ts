// SPDX-License-Identifier: MIT
import { HCALL_RESULT } from '../../../abi/powerpc/constants.js';
import type { PowerpcVcpuState } from '../../vcpuState.js';
import { type Hypercall, toGuest } from '../hypercall.js';
import type { PresentationController } from './presentationController.js';
import type { Xics } from './xics.js';

// kvmppc_xics_hcall(). Without a presentation controller in the kernel user space has it.

const { SUCCESS, PARAMETER } = HCALL_RESULT;
/** SPR number of the time base, as the hypervisor reads it. */
const TB = 268;
const BYTE = 0xffn;

type Work = (parts: {
  readonly vcpu: PowerpcVcpuState;
  readonly xics: Xics;
  readonly own: PresentationController;
  readonly argument: (n: number) => bigint;
  /** Answers in GPR 4 onward. */
  readonly answer: (...values: readonly bigint[]) => void;
}) => bigint;

const presented =
  (work: Work): Hypercall =>
  (vcpu, argument) => {
    const { presentation: own } = vcpu;
    const { xics } = vcpu.vm;
    if (own === undefined || xics === undefined) return undefined;
    const answer = (...values: readonly bigint[]): void => {
      for (const [n, value] of values.entries()) vcpu.pe.registers.setGpr(4 + n, value);
    };
    return toGuest(work({ vcpu, xics, own, argument, answer }));
  };

/** The calls for interrupts, the same in both kinds of KVM. */
export const XICS_HYPERCALLS = {
  XIRR: presented(({ own, answer }) => {
    answer(own.accept());
    return SUCCESS;
  }),
  /** H_XIRR with the time base. */
  XIRR_X: presented(({ vcpu, own, answer }) => {
    answer(own.accept(), vcpu.pe.specialPurposeRegister(TB) ?? 0n);
    return SUCCESS;
  }),
  CPPR: presented(({ xics, own, argument }) => {
    xics.setCppr(own, Number(argument(0) & BYTE));
    return SUCCESS;
  }),
  EOI: presented(({ xics, own, argument }) => (xics.endInterrupt(own, argument(0)) ? SUCCESS : PARAMETER)),
  IPI: presented(({ xics, argument }) => {
    const target = xics.server(Number(argument(0)));
    if (target === undefined) return PARAMETER;
    xics.requestIpi(target, Number(argument(1) & BYTE));
    return SUCCESS;
  }),
  IPOLL: presented(({ xics, argument, answer }) => {
    const target = xics.server(Number(argument(0)));
    if (target === undefined) return PARAMETER;
    answer(target.XIRR, BigInt(target.state.MFRR));
    return SUCCESS;
  }),
} as const;
