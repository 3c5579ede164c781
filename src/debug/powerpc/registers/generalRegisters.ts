// SPDX-License-Identifier: MIT
import { ppc_kvm_regs, type Vcpu } from '../../../kvm/index.js';

/** struct kvm_regs of one vCPU (KVM_GET_REGS, KVM_SET_REGS). The vCPU must be outside of KVM_RUN. */
export class GeneralRegisters {
  readonly #bytes = ppc_kvm_regs.make();
  readonly #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
  #isKnown = false;

  constructor(private readonly vcpu: Vcpu) {}

  /** What was read is stale. */
  forget(): void {
    this.#isKnown = false;
  }

  /** The doubleword at `offset`, 0 if KVM refuses it. */
  read(offset: number): bigint {
    return this.#get() === 0 ? this.#view.getBigUint64(offset, true) : 0n;
  }

  write(offset: number, value: bigint): number {
    const answer = this.#get();
    if (answer !== 0) return answer;
    this.#view.setBigUint64(offset, value, true);
    // KVM may take another value than it was given.
    this.#isKnown = false;
    return this.vcpu.call('KVM_SET_REGS', this.#bytes);
  }

  #get(): number {
    if (this.#isKnown) return 0;
    const answer = this.vcpu.call('KVM_GET_REGS', this.#bytes);
    this.#isKnown = answer === 0;
    return answer;
  }
}

// For conditions, which see a vCPU once between two runs: one structure for all.
const bytes = ppc_kvm_regs.make();
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The doubleword at `offset` of struct kvm_regs, read anew; `undefined` if KVM refuses it. */
export const readGeneral = (vcpu: Vcpu, offset: number): bigint | undefined =>
  vcpu.call('KVM_GET_REGS', bytes) === 0 ? view.getBigUint64(offset, true) : undefined;
