// SPDX-License-Identifier: MIT
import { MSR_BIT, type RadixContext, realModeAddress, translateRadix } from '../../cpu/index.js';
import {
  HCALL_RESULT,
  KVM_PPC_MMUV3,
  kvm_ppc_mmuv3_cfg,
  type PpcRegisterName,
  ppcRegisterId,
  type Vcpu,
  type Vm,
} from '../../kvm/index.js';
import type { TranslationStep, TranslationWalk } from '../memory/translationWalk.js';
import { explainHashed, explainRadix } from './explainedTranslation.js';
import type { PartitionHashTable } from './hashTable.js';
import { readRegisters } from './vcpuRegisters.js';

const { SUCCESS, HARDWARE, NOT_AVAILABLE, PARAMETER } = HCALL_RESULT;

/** What H_REGISTER_PROC_TBL asks for. */
export interface MmuRequest {
  readonly isRadix: boolean;
  /** GTSE: the guest shoots translations down itself. */
  readonly isGuestShootdown: boolean;
  /** prtb0 without the radix bit; 0: no table. */
  readonly table: bigint;
}

/** PATE1[GR]. */
const RADIX_TABLE = 1n << 63n;
const [TABLE_ADDRESS, TABLE_SIZE, TABLE_SIZE_BASE] = [0x0fff_ffff_ffff_f000n, 0x1fn, 12n];
const TRANSLATION = MSR_BIT.IR | MSR_BIT.DR;
const DOUBLEWORD = 8;

/** Guest RAM as table walks read it. */
type ReadRam = (address: bigint, count: number) => Uint8Array | undefined;

/** How the partition translates addresses, as user space has told KVM. It starts with its hashed page table, as on QEMU without negotiation. */
export class PartitionMmu {
  #request: MmuRequest = { isRadix: false, isGuestShootdown: false, table: 0n };

  constructor(
    private readonly vm: Vm,
    readonly hashTable: PartitionHashTable,
    private readonly readRam: ReadRam,
  ) {}

  get isRadix(): boolean {
    return this.#request.isRadix;
  }

  /** KVM_PPC_CONFIGURE_V3_MMU; the answer is the hypercall's. Who comes back from radix trees finds an empty hashed page table. */
  configure(request: MmuRequest): bigint {
    const { isRadix, isGuestShootdown, table } = request;
    if (this.isRadix && !isRadix && !this.hashTable.reset().ok) return HARDWARE;
    const flags = (isRadix ? KVM_PPC_MMUV3.RADIX : 0) | (isGuestShootdown ? KVM_PPC_MMUV3.GTSE : 0);
    const configuration = kvm_ppc_mmuv3_cfg.make({ flags: BigInt(flags), process_table: isRadix ? table | RADIX_TABLE : table });
    const done = this.vm.result(this.vm.call('KVM_PPC_CONFIGURE_V3_MMU', configuration));
    if (done.ok) this.#request = request;
    else return done.error.code === 'ENODEV' ? NOT_AVAILABLE : done.error.code === 'EINVAL' ? PARAMETER : HARDWARE;
    return SUCCESS;
  }

  /** The real address of `ea` as `vcpu` translates it now, for a debugger; no side effect. */
  translate(vcpu: Vcpu, ea: bigint): bigint | undefined {
    const { msr } = readRegisters(vcpu);
    return (msr & TRANSLATION) === 0n ? realModeAddress(ea) : this.translateByTables(vcpu, ea);
  }

  /** As `translate`, as if MSR[IR] and MSR[DR] were set. */
  translateByTables(vcpu: Vcpu, ea: bigint): bigint | undefined {
    if (!this.isRadix) return this.hashTable.translate(vcpu, ea);
    const context = this.#radixContext(vcpu);
    // A page that is for execution only is no secret to a debugger.
    for (const kind of ['load', 'fetch'] as const) {
      const translated = translateRadix(ea, context, { kind, isProblemState: false, records: false }, this.#entries);
      if (translated.kind === 'real') return translated.address;
    }
    return undefined;
  }

  /** How `vcpu` translates `ea` now, entry by entry. */
  explain(vcpu: Vcpu, ea: bigint): TranslationWalk {
    const { msr, pid } = readRegisters(vcpu);
    const registers: TranslationStep[] = [{ kind: 'register', name: 'MSR', value: msr }];
    if ((msr & TRANSLATION) === 0n)
      return {
        regime: 'Real addressing mode',
        steps: registers,
        outcome: { kind: 'mapped', address: realModeAddress(ea), pageBytes: undefined, attributes: [] },
      };
    const walk = this.#walk(vcpu, ea, registers, pid);
    if ((msr & TRANSLATION) === TRANSLATION) return walk;
    return { ...walk, regime: `${walk.regime}, for ${(msr & MSR_BIT.IR) !== 0n ? 'instructions' : 'data'} only` };
  }

  #walk(vcpu: Vcpu, ea: bigint, registers: readonly TranslationStep[], pid: bigint): TranslationWalk {
    const [AMR, IAMR] = [ppcRegister(vcpu, 'AMR'), ppcRegister(vcpu, 'IAMR')];
    if (!this.isRadix) return explainHashed(ea, registers, this.hashTable.segments(vcpu), this.hashTable.table, AMR);
    return explainRadix(
      ea,
      [...registers, { kind: 'register', name: 'PIDR', value: pid }],
      { ...this.#radixContext(vcpu), AMR, IAMR },
      this.#entries,
    );
  }

  /** Without what AMR and IAMR forbid: no access of a debugger's is refused. */
  #radixContext(vcpu: Vcpu): RadixContext {
    const { table } = this.#request;
    const bytes = 1n << ((table & TABLE_SIZE) + TABLE_SIZE_BASE);
    return { processTable: table & TABLE_ADDRESS, bytes, pid: readRegisters(vcpu).pid, AMR: 0n, IAMR: 0n };
  }

  readonly #entries = {
    read: (address: bigint): bigint | undefined => {
      const entry = this.readRam(address, DOUBLEWORD);
      return entry && new DataView(entry.buffer, entry.byteOffset).getBigUint64(0);
    },
    write: (): void => undefined,
  };
}

const ppcRegister = (vcpu: Vcpu, name: PpcRegisterName): bigint => vcpu.getOneRegValue(ppcRegisterId(name)) ?? 0n;
