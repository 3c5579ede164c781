// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import {
  DEBUG_HYPERCALLS,
  debugHypercall,
  HCALL_RESULT,
  KVM_CAP,
  kvm_enable_cap,
  ppcRegisterId,
  type Vcpu,
  type Vm,
} from '../../kvm/index.js';

/** A debugger that uses DAWR0 and keeps the guest's value of it. */
export interface DebugRegisterBorrower {
  /** The guest has set its DAWR0: it must find this there when it gets the register back. */
  keepDawr0(vcpu: Vcpu, address: bigint, extension: bigint): void;
}

const { SUCCESS, HARDWARE } = HCALL_RESULT;
const CIABR = ppcRegisterId('CIABR');

/** The guest's debug registers while a debugger has DAWR0: KVM then leaves the hypercalls that set them to user space. */
export class LentDebugRegisters {
  #borrower: DebugRegisterBorrower | undefined;

  constructor(private readonly vm: Vm) {}

  /** Lends DAWR0 to `borrower`, or takes it back if that is `undefined`. */
  lend(borrower: DebugRegisterBorrower | undefined): Result<undefined> {
    if (borrower === this.#borrower) return success(undefined);
    for (const hcall of DEBUG_HYPERCALLS) {
      const isInKernel = borrower === undefined ? 1n : 0n;
      const switched = this.vm.result(
        this.vm.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.PPC_ENABLE_HCALL, args: BigUint64Array.of(BigInt(hcall), isInKernel) })),
      );
      if (!switched.ok)
        return failure('ENOTSUP', "This KVM cannot leave the guest's H_SET_MODE to the debugger (KVM_CAP_PPC_ENABLE_HCALL).");
    }
    this.#borrower = borrower;
    return success(undefined);
  }

  /** Serves a hypercall that would set a debug register; `undefined`: it is another one, or the kernel does it. */
  serve(vcpu: Vcpu, number: number, args: BigUint64Array): bigint | undefined {
    const borrower = this.#borrower;
    const call = borrower && debugHypercall(number, n => args[n] ?? 0n);
    switch (call?.kind) {
      case undefined:
        return undefined;
      case 'refused':
        return call.result;
      case 'CIABR':
        return vcpu.setOneRegValue(CIABR, call.value) === 0 ? SUCCESS : HARDWARE;
      case 'DAWR0':
        borrower?.keepDawr0(vcpu, call.address, call.extension);
        return SUCCESS;
    }
  }
}
