// SPDX-License-Identifier: MIT
import { ppcRegisterId, type Vcpu } from '../../../kvm/index.js';
import { writeBesides } from '../../../vmm/index.js';

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
  writeBesides(vcpu, () => {
    vcpu.setOneRegValue(SIAR, siar);
    vcpu.setOneRegValue(SDAR, sdar);
  });
}
