// SPDX-License-Identifier: MIT
import { HCALL_RESULT, KVM_PPC_MMUV3, kvm_ppc_mmuv3_cfg, type Vm } from '../../kvm/index.js';

const { SUCCESS, NOT_AVAILABLE, PARAMETER } = HCALL_RESULT;

/** What H_REGISTER_PROC_TBL asks for. */
export interface MmuRequest {
  readonly isRadix: boolean;
  /** GTSE: the guest shoots translations down itself. */
  readonly isGuestShootdown: boolean;
  /** prtb0 without the radix bit; 0: no table. */
  readonly table: bigint;
}

/** How the partition translates addresses, as user space has told KVM. */
export class PartitionMmu {
  #request: MmuRequest;

  constructor(
    private readonly vm: Vm,
    isRadix: boolean,
  ) {
    this.#request = { isRadix, isGuestShootdown: true, table: 0n };
  }

  get isRadix(): boolean {
    return this.#request.isRadix;
  }

  /** The process table of radix translation; `undefined`: there is none. */
  get processTable(): { readonly address: bigint; readonly bytes: bigint } | undefined {
    const { isRadix, table } = this.#request;
    return isRadix && table !== 0n ? { address: table & ~0xfffn, bytes: 1n << ((table & 0x1fn) + 12n) } : undefined;
  }

  /** KVM_PPC_CONFIGURE_V3_MMU; the answer is the hypercall's. */
  configure(request: MmuRequest): bigint {
    const { isRadix, isGuestShootdown, table } = request;
    const flags = (isRadix ? KVM_PPC_MMUV3.RADIX : 0) | (isGuestShootdown ? KVM_PPC_MMUV3.GTSE : 0);
    const configuration = kvm_ppc_mmuv3_cfg.make({ flags: BigInt(flags), process_table: isRadix ? table | RADIX_TABLE : table });
    const done = this.vm.result(this.vm.call('KVM_PPC_CONFIGURE_V3_MMU', configuration));
    if (!done.ok) return done.error.code === 'ENODEV' ? NOT_AVAILABLE : PARAMETER;
    this.#request = request;
    return SUCCESS;
  }
}

/** PATE1[GR]. */
const RADIX_TABLE = 1n << 63n;
