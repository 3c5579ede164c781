// SPDX-License-Identifier: MIT
import { MSR_BIT } from '../../../cpu/index.js';
import { KVM_EXIT } from '../../abi/constants.js';
import { HCALL, HCALL_RESULT } from '../../abi/powerpc/constants.js';
import { type HandlerResult, TO_USER_SPACE, WAIT, YIELD } from '../../handlerResult.js';
import type { PowerpcVcpuState } from '../vcpuState.js';
import type { KvmKind } from '../vmState.js';
import { DEBUG_HYPERCALLS_HV } from './debugHypercalls.js';
import { HASH_HYPERCALLS_HV, HASH_HYPERCALLS_PR } from './hashHypercalls.js';
import { type Hypercall, type Outcome, toGuest } from './hypercall.js';
import { rtas } from './rtas.js';
import { registerVpa, yieldCount } from './vpaHypercall.js';
import { XICS_HYPERCALLS } from './xics/hypercalls.js';

// The hypercalls that KVM has in the kernel (Linux 6.1: arch/powerpc/kvm/book3s_hv.c kvmppc_pseries_do_hcall(), book3s_pr_papr.c kvmppc_h_pr()).

const { SUCCESS, PARAMETER } = HCALL_RESULT;
/** H_CONFER's target for whoever holds the lock, unknown to the caller. */
const ANYBODY = 0xffff_ffff_ffff_ffffn;

/** kvmppc_cede(): external interrupts are enabled; a prod that has come already is used up. */
function cede(vcpu: PowerpcVcpuState): Outcome {
  vcpu.pe.msr |= MSR_BIT.EE;
  if (vcpu.isProdded) {
    vcpu.isProdded = false;
    return toGuest(SUCCESS);
  }
  vcpu.isCeded = true;
  return { value: SUCCESS, next: WAIT };
}

const prod: Hypercall = (vcpu, argument) => {
  const target = vcpu.vm.vcpuOf(argument(0));
  if (target === undefined) return toGuest(PARAMETER);
  target.isProdded = true;
  return toGuest(SUCCESS);
};

/** H_CONFER: gives the slice away, unless the target has been dispatched since the caller looked. The count is one of 32 bits. */
const confer: Hypercall = (vcpu, argument) => {
  const id = argument(0);
  if (id === ANYBODY) return { value: SUCCESS, next: YIELD };
  const target = vcpu.vm.vcpuOf(id);
  if (target === undefined) return toGuest(PARAMETER);
  const isSame = BigInt(yieldCount(vcpu.vm, target.areas)) === BigInt.asUintN(32, argument(1));
  return isSame ? { value: SUCCESS, next: YIELD } : toGuest(SUCCESS);
};

/** For interrupts and RTAS, in both kinds of KVM. */
const COMMON: readonly (readonly [number, Hypercall])[] = [
  [HCALL.XIRR, XICS_HYPERCALLS.XIRR],
  [HCALL.XIRR_X, XICS_HYPERCALLS.XIRR_X],
  [HCALL.CPPR, XICS_HYPERCALLS.CPPR],
  [HCALL.EOI, XICS_HYPERCALLS.EOI],
  [HCALL.IPI, XICS_HYPERCALLS.IPI],
  [HCALL.IPOLL, XICS_HYPERCALLS.IPOLL],
];

/** kvmppc_hcall_impl_hv(), kvmppc_hcall_impl_pr(): what the kernel can carry out. */
const IN_KERNEL: Readonly<Record<KvmKind, ReadonlyMap<number, Hypercall>>> = {
  hv: new Map<number, Hypercall>([
    ...COMMON,
    [HCALL.REMOVE, HASH_HYPERCALLS_HV.remove],
    [HCALL.ENTER, HASH_HYPERCALLS_HV.enter],
    [HCALL.READ, HASH_HYPERCALLS_HV.read],
    [HCALL.CLEAR_MOD, HASH_HYPERCALLS_HV.clearChange],
    [HCALL.CLEAR_REF, HASH_HYPERCALLS_HV.clearReference],
    [HCALL.PROTECT, HASH_HYPERCALLS_HV.protect],
    [HCALL.BULK_REMOVE, HASH_HYPERCALLS_HV.bulkRemove],
    [HCALL.CEDE, cede],
    [HCALL.PROD, prod],
    [HCALL.CONFER, confer],
    ...DEBUG_HYPERCALLS_HV,
    [HCALL.REGISTER_VPA, registerVpa],
  ]),
  pr: new Map<number, Hypercall>([
    ...COMMON,
    [HCALL.REMOVE, HASH_HYPERCALLS_PR.remove],
    [HCALL.ENTER, HASH_HYPERCALLS_PR.enter],
    [HCALL.PROTECT, HASH_HYPERCALLS_PR.protect],
    [HCALL.BULK_REMOVE, HASH_HYPERCALLS_PR.bulkRemove],
    [HCALL.CEDE, cede],
  ]),
};

const FIRST_ARGUMENT = 4;
const ARGUMENTS = 9;
const RESULT = 3;

/** H_RTAS is above the numbers that KVM_CAP_PPC_ENABLE_HCALL switches. */
function handlerOf({ vm }: PowerpcVcpuState, number: number): Hypercall | undefined {
  if (number === HCALL.RTAS) return rtas;
  return vm.enabledHcalls.has(number) ? IN_KERNEL[vm.kind].get(number) : undefined;
}

/** sc 1 in privileged state: the call whose number is in GPR 3. */
export function hypercall(vcpu: PowerpcVcpuState): HandlerResult {
  const { registers } = vcpu.pe;
  const number = registers.gpr(RESULT);
  const handler = number < 1n << 32n ? handlerOf(vcpu, Number(number)) : undefined;
  const outcome = handler?.(vcpu, n => registers.gpr(FIRST_ARGUMENT + n));
  if (outcome !== undefined) {
    registers.setGpr(RESULT, BigInt.asUintN(64, outcome.value));
    return outcome.next;
  }
  const { run } = vcpu;
  run.papr_hcall_nr = number;
  for (let n = 0; n < ARGUMENTS; n++) run.papr_hcall_args[n] = registers.gpr(FIRST_ARGUMENT + n);
  run.exit_reason = KVM_EXIT.PAPR_HCALL;
  vcpu.isHcallPending = true;
  return TO_USER_SPACE;
}

/** The next KVM_RUN: what user space has answered goes into GPR 3 and 4 to 12. */
export function completeHypercall(vcpu: PowerpcVcpuState): void {
  if (!vcpu.isHcallPending) return;
  vcpu.isHcallPending = false;
  const { registers } = vcpu.pe;
  registers.setGpr(RESULT, vcpu.run.papr_hcall_ret);
  for (let n = 0; n < ARGUMENTS; n++) registers.setGpr(FIRST_ARGUMENT + n, vcpu.run.papr_hcall_args[n] ?? 0n);
}

/** The hypercalls that KVM_CAP_PPC_ENABLE_HCALL may switch. */
export const isKernelHypercall = (kind: KvmKind, number: number): boolean => IN_KERNEL[kind].has(number);
