// SPDX-License-Identifier: MIT
import { InvariantError } from '../../../base/index.js';
import { ppc_kvm_regs, ppcRegisterId, type Vcpu } from '../../../kvm/index.js';

const { fields } = ppc_kvm_regs;

/** The registers of struct kvm_regs that the Trace method looks at or borrows. */
// biome-ignore format: a table
const PLACES = { pc: fields.pc[1], ctr: fields.ctr[1], lr: fields.lr[1], msr: fields.msr[1], srr0: fields.srr0[1], srr1: fields.srr1[1] } as const;

export type GeneralName = keyof typeof PLACES;
const GPRS = fields.gpr[1];

/** struct kvm_regs of one vCPU at one moment. */
export class GeneralRegisters {
  readonly #bytes = ppc_kvm_regs.make();
  readonly #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);

  /** KVM_GET_REGS. The vCPU must be outside of KVM_RUN. */
  load(vcpu: Vcpu): this {
    if (vcpu.call('KVM_GET_REGS', this.#bytes) !== 0) throw new InvariantError(vcpu.lastFailure?.message ?? 'KVM_GET_REGS');
    return this;
  }

  /** KVM_SET_REGS. */
  store(vcpu: Vcpu): void {
    if (vcpu.call('KVM_SET_REGS', this.#bytes) !== 0) throw new InvariantError(vcpu.lastFailure?.message ?? 'KVM_SET_REGS');
  }

  get(name: GeneralName): bigint {
    return this.#view.getBigUint64(PLACES[name], true);
  }
  set(name: GeneralName, value: bigint): void {
    this.#view.setBigUint64(PLACES[name], value, true);
  }
  gpr(n: number): bigint {
    return this.#view.getBigUint64(GPRS + 8 * n, true);
  }
  setGpr(n: number, value: bigint): void {
    this.#view.setBigUint64(GPRS + 8 * n, value, true);
  }
}

const [LPCR, TAR, SIAR, SDAR] = [ppcRegisterId('LPCR_64'), ppcRegisterId('TAR'), ppcRegisterId('SIAR'), ppcRegisterId('SDAR')];

export const readLpcr = (vcpu: Vcpu): bigint => vcpu.getOneRegValue(LPCR) ?? 0n;
export const readTar = (vcpu: Vcpu): bigint => vcpu.getOneRegValue(TAR) ?? 0n;

/** SIAR and SDAR, in which a Trace interrupt leaves where it came from. */
export interface Sampled {
  readonly siar: bigint;
  readonly sdar: bigint;
}
export const readSampled = (vcpu: Vcpu): Sampled => ({ siar: vcpu.getOneRegValue(SIAR) ?? 0n, sdar: vcpu.getOneRegValue(SDAR) ?? 0n });
export function writeSampled(vcpu: Vcpu, { siar, sdar }: Sampled): void {
  vcpu.setOneRegValue(SIAR, siar);
  vcpu.setOneRegValue(SDAR, sdar);
}
