// SPDX-License-Identifier: MIT
import { encode, LPCR, maskOf, type PowerCpuModel, type PowerProcessingElement, type ProcessScope } from '../../cpu/index.js';
import { HCALL } from '../abi/powerpc/constants.js';
import type { MemorySlots } from '../memorySlots.js';

/** Which KVM of Book3S: in hypervisor state, or with the guest in problem state. */
export type KvmKind = 'hv' | 'pr';

const AIL = maskOf(LPCR, 'AIL');
const AIL_3 = encode(LPCR, { AIL: 3 });
/** Bits of LPCR that user space may change: of every model, of version 3.0. */
const CHANGEABLE = maskOf(LPCR, 'DPFD') | maskOf(LPCR, 'ILE') | maskOf(LPCR, 'TC') | AIL;
const CHANGEABLE_300 = maskOf(LPCR, 'LD');
const RADIX = encode(LPCR, { UPRT: 1, GTSE: 1, HR: 1 });
const LOWER_HALF = 0xffff_ffffn;
/** SPR number of LPCR. */
const LPCR_NUMBER = 318;

/** The hypercalls that KVM-HV carries out in the kernel until KVM_CAP_PPC_ENABLE_HCALL switches one off. */
const HV_HCALLS: readonly number[] = [HCALL.CEDE, HCALL.PROD, HCALL.CONFER, HCALL.SET_MODE];
/** The same for KVM-PR. */
const PR_HCALLS: readonly number[] = [HCALL.CEDE];

/** What the vCPUs of a VM see of each other, and the VM of all of them. */
export interface VcpuOfVm {
  readonly pe: PowerProcessingElement;
  /** As KVM_CREATE_VCPU was given it. */
  readonly id: number;
  /** H_PROD has come since the last H_CEDE. */
  isProdded: boolean;
}

/** struct kvm_arch of Book3S: what the vCPUs of a VM share. */
export class PowerpcVmState {
  readonly vcpus: VcpuOfVm[] = [];
  /** Hypercalls by number that the kernel carries out. */
  readonly enabledHcalls: Set<number>;
  #lpcr: bigint;
  #processScope: ProcessScope = { kind: 'none' };

  constructor(
    readonly kind: KvmKind,
    readonly model: PowerCpuModel,
    readonly memory: MemorySlots,
  ) {
    this.enabledHcalls = new Set(kind === 'hv' ? HV_HCALLS : PR_HCALLS);
    this.#lpcr = kind === 'hv' ? encode(LPCR, { VPM1: 1, DPFD: 4, ONL: 1, HDICE: 1 }) : 0n;
  }

  /** LPCR, one for all vCPUs. */
  get lpcr(): bigint {
    return this.#lpcr;
  }

  /**
   * kvmppc_set_lpcr(): user space changes its own bits only; AIL 1 and 2 are stored as 0. The 32-bit register leaves the upper half as it is.
   * KVM-PR takes ILE alone.
   */
  setLpcr(value: bigint, width: 'U32' | 'U64'): void {
    const changeable = this.kind === 'pr' ? maskOf(LPCR, 'ILE') : CHANGEABLE | (this.model.version === 'v3.0' ? CHANGEABLE_300 : 0n);
    const mask = width === 'U32' ? changeable & LOWER_HALF : changeable;
    const next = (this.#lpcr & ~mask) | (value & mask);
    this.#lpcr = (next & AIL) === AIL_3 ? next : next & ~AIL;
    for (const vcpu of this.vcpus) this.load(vcpu);
  }

  /** KVM_PPC_CONFIGURE_V3_MMU. */
  setProcessScope(scope: ProcessScope): void {
    this.#processScope = scope;
    this.#lpcr = scope.kind === 'radix' ? this.#lpcr | RADIX : this.#lpcr & ~RADIX;
    for (const vcpu of this.vcpus) this.load(vcpu);
  }

  /** Gives a vCPU what the VM has for all. */
  load({ pe }: VcpuOfVm): void {
    pe.setSpecialPurposeRegister(LPCR_NUMBER, this.#lpcr);
    if (pe.processScope !== this.#processScope) pe.processScope = this.#processScope;
  }

  flushTranslations(): void {
    for (const { pe } of this.vcpus) pe.flush();
  }
}
