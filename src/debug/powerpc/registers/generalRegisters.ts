// SPDX-License-Identifier: MIT
import { InvariantError } from '../../../base/index.js';
import { ppc_kvm_regs, type Vcpu } from '../../../kvm/index.js';
import { fetchRegister, fetchRegisters, generalRegisterBytes, putRegisters, setRegister } from '../../../vmm/index.js';

const { fields } = ppc_kvm_regs;

/** Where struct kvm_regs has what the debugger itself goes by. */
// biome-ignore format: a table
export const GENERAL_OFFSET = {
  pc: fields.pc[1], sp: fields.gpr[1] + 8, lr: fields.lr[1], ctr: fields.ctr[1], cr: fields.cr[1],
  msr: fields.msr[1], srr0: fields.srr0[1], srr1: fields.srr1[1],
} as const;

export type GeneralName = keyof typeof GENERAL_OFFSET;
const DOUBLEWORD = 8;
/** The same in doublewords: indices. */
const INDEX = Object.fromEntries(Object.entries(GENERAL_OFFSET).map(([name, offset]) => [name, offset / DOUBLEWORD])) as Readonly<
  Record<GeneralName, number>
>;
const GPRS = fields.gpr[1] / DOUBLEWORD;

/** struct kvm_regs of one vCPU at one moment. */
export class GeneralRegisters {
  readonly #structure = generalRegisterBytes();
  readonly #values = this.#structure.values;

  /** The registers as they are now; the answer is KVM_GET_REGS's. The vCPU must be outside of KVM_RUN. */
  fetch(vcpu: Vcpu): number {
    return fetchRegisters(vcpu, this.#structure);
  }

  /** KVM_SET_REGS; its answer. */
  put(vcpu: Vcpu): number {
    return putRegisters(vcpu, this.#structure);
  }

  /** `fetch` of a vCPU of which the caller knows that it is outside of KVM_RUN. */
  load(vcpu: Vcpu): this {
    if (this.fetch(vcpu) !== 0) throw new InvariantError(vcpu.lastFailure?.message ?? 'KVM_GET_REGS');
    return this;
  }

  /** `put`, as `load`. */
  store(vcpu: Vcpu): void {
    if (this.put(vcpu) !== 0) throw new InvariantError(vcpu.lastFailure?.message ?? 'KVM_SET_REGS');
  }

  /** The doubleword at `offset`. */
  read(offset: number): bigint {
    return this.#values[offset / DOUBLEWORD] ?? 0n;
  }
  write(offset: number, value: bigint): void {
    setRegister(this.#structure, offset / DOUBLEWORD, value);
  }

  // Each step asks for these, several times.
  get pc(): bigint {
    return this.#values[INDEX.pc] ?? 0n;
  }
  get msr(): bigint {
    return this.#values[INDEX.msr] ?? 0n;
  }
  get srr0(): bigint {
    return this.#values[INDEX.srr0] ?? 0n;
  }
  get srr1(): bigint {
    return this.#values[INDEX.srr1] ?? 0n;
  }

  get(name: GeneralName): bigint {
    return this.#values[INDEX[name]] ?? 0n;
  }
  set(name: GeneralName, value: bigint): void {
    setRegister(this.#structure, INDEX[name], value);
  }
  /** `set`; answers what was there before. */
  exchange(name: GeneralName, value: bigint): bigint {
    const index = INDEX[name];
    const before = this.#values[index] ?? 0n;
    setRegister(this.#structure, index, value);
    return before;
  }
  gpr(n: number): bigint {
    return this.#values[GPRS + n] ?? 0n;
  }
  setGpr(n: number, value: bigint): void {
    setRegister(this.#structure, GPRS + n, value);
  }
}

/** The doubleword at `offset` of struct kvm_regs, read anew; `undefined` if KVM refuses it. */
export const readGeneral = (vcpu: Vcpu, offset: number): bigint | undefined => fetchRegister(vcpu, offset / DOUBLEWORD);
