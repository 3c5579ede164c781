// SPDX-License-Identifier: MIT
import { type Engine, encode, LPCR, maskOf, type PowerCpuModel, type PowerProcessingElement, type ProcessScope } from '../../cpu/index.js';
import { HCALL } from '../abi/powerpc/constants.js';
import type { HostMemory, MemorySlots } from '../memorySlots.js';
import type { ProcessorAreas } from './devices/processorAreas.js';
import { RtasTokens } from './devices/rtasTokens.js';
import type { Xics } from './devices/xics/xics.js';
import { DEFAULT_HPT_ORDER, HashPageTable } from './hashPageTable.js';

const PAGE_BYTES = 4096n;

/** Which KVM of Book3S: in hypervisor state, or with the guest in problem state. */
export type KvmKind = 'hv' | 'pr';

const AIL = maskOf(LPCR, 'AIL');
const AIL_3 = encode(LPCR, { AIL: 3 });
/** Bits of LPCR that user space may change: of every model, of version 3.0. */
const CHANGEABLE = maskOf(LPCR, 'DPFD') | maskOf(LPCR, 'ILE') | maskOf(LPCR, 'TC') | AIL;
const CHANGEABLE_300 = maskOf(LPCR, 'LD');
const RADIX = encode(LPCR, { UPRT: 1, HR: 1 });
const GTSE = maskOf(LPCR, 'GTSE');
const LOWER_HALF = 0xffff_ffffn;
/** SPR number of LPCR. */
const LPCR_NUMBER = 318;

/**
 * default_hcall_list: the hypercalls that the kernel carries out until KVM_CAP_PPC_ENABLE_HCALL switches one off. The others that it has wait to be
 * switched on. H_SET_MODE is one of those in Linux; here it is on from the start, as every user space switches it on.
 */
const DEFAULT_HCALLS: Readonly<Record<KvmKind, readonly number[]>> = {
  hv: [
    HCALL.REMOVE,
    HCALL.ENTER,
    HCALL.READ,
    HCALL.PROTECT,
    HCALL.BULK_REMOVE,
    HCALL.SET_DABR,
    HCALL.SET_XDABR,
    HCALL.CEDE,
    HCALL.PROD,
    HCALL.CONFER,
    HCALL.REGISTER_VPA,
    HCALL.SET_MODE,
  ],
  pr: [HCALL.REMOVE, HCALL.ENTER, HCALL.PROTECT, HCALL.BULK_REMOVE, HCALL.CEDE],
};
const DEFAULT_INTERRUPT_HCALLS: readonly number[] = [HCALL.EOI, HCALL.CPPR, HCALL.IPI, HCALL.IPOLL, HCALL.XIRR, HCALL.XIRR_X];

/** What the vCPUs of a VM see of each other, and the VM of all of them. */
export interface VcpuOfVm {
  readonly pe: PowerProcessingElement;
  /** As KVM_CREATE_VCPU was given it. */
  readonly id: number;
  /** H_PROD has come since the last H_CEDE. */
  isProdded: boolean;
  /** Inside KVM_RUN. */
  readonly isRunning: boolean;
  readonly areas: ProcessorAreas;
  /** KVM-PR: looks again where the hashed page table is. */
  findHashTable(): void;
}

/** struct kvm_arch of Book3S: what the vCPUs of a VM share. */
export class PowerpcVmState {
  readonly vcpus: VcpuOfVm[] = [];
  /** Hypercalls by number that the kernel carries out. */
  readonly enabledHcalls: Set<number>;
  /** KVM_DEV_TYPE_XICS. */
  xics: Xics | undefined;
  readonly rtasTokens = new RtasTokens();
  /** PVR of the version that guests are made for, 0 for the processor's own. */
  archCompat = 0n;
  #lpcr: bigint;
  /** Of KVM-HV; KVM-PR's vCPUs each have their own. */
  #processScope: ProcessScope = { kind: 'none' };
  #hashTable: HashPageTable | undefined;

  constructor(
    readonly kind: KvmKind,
    readonly model: PowerCpuModel,
    readonly memory: MemorySlots,
    /** Its memory is user space's. */
    private readonly engine: Engine,
  ) {
    this.enabledHcalls = new Set([...DEFAULT_HCALLS[kind], ...DEFAULT_INTERRUPT_HCALLS]);
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
    this.#setLpcr((next & AIL) === AIL_3 ? next : next & ~AIL);
  }

  /** User space's memory. */
  get userMemory(): HostMemory {
    return this.engine;
  }

  /** kvm_read_guest(): a copy of guest real memory; `undefined`: it is not all there. */
  readReal(address: bigint, bytes: number): Uint8Array | undefined {
    const copy = new Uint8Array(bytes);
    const isThere = this.#eachPage(address, bytes, (offset, from, length) => {
      copy.set(this.engine.memory.subarray(offset, offset + length), from);
    });
    return isThere ? copy : undefined;
  }

  /** kvm_write_guest(); false: it is not all there. */
  writeReal(address: bigint, bytes: Uint8Array): boolean {
    return this.#eachPage(address, bytes.length, (offset, from, length) => {
      this.engine.memory.set(bytes.subarray(from, from + length), offset);
      this.engine.invalidateCode(offset, length);
    });
  }

  /** Tells `work` the pieces of a range that lie in one page each: the place in user space's memory, and where in the range. */
  #eachPage(address: bigint, bytes: number, work: (offset: number, from: number, length: number) => void): boolean {
    for (let from = 0; from < bytes; ) {
      const at = address + BigInt(from);
      const page = this.memory.translate(at);
      if (page === undefined) return false;
      const within = Number(at % PAGE_BYTES);
      const length = Math.min(bytes - from, Number(PAGE_BYTES) - within);
      work(page.hostOffset + within, from, length);
      from += length;
    }
    return true;
  }

  /** KVM-HV's hashed page table; `undefined`: the VM has none, or is radix. */
  get hashTable(): HashPageTable | undefined {
    return this.#processScope.kind === 'hash' ? this.#hashTable : undefined;
  }

  /** kvmppc_alloc_reset_hpt(): a hashed page table of 2^`order` bytes without an entry, which the VM uses from now on. */
  resetHashTable(order: number): void {
    const isSame = this.#hashTable?.view.byteLength === 2 ** order;
    if (isSame) this.#hashTable?.clear();
    else this.#hashTable = HashPageTable.allocate(order);
    this.#useHashTable();
  }

  /** kvmppc_switch_mmu_to_hpt(), with kvmppc_hv_setup_htab_rma() where there is no table yet. */
  useHashTable(): void {
    this.#hashTable ??= HashPageTable.allocate(DEFAULT_HPT_ORDER);
    this.#useHashTable();
  }

  #useHashTable(): void {
    const view = this.#hashTable?.view;
    if (view !== undefined) this.#setProcessScope({ kind: 'hash', table: view });
  }

  /** kvmppc_switch_mmu_to_radix(): the hashed page table is given back. */
  useRadix(processTable: bigint, bytes: bigint): void {
    this.#hashTable = undefined;
    this.#setProcessScope({ kind: 'radix', processTable, bytes });
  }

  /** LPCR[GTSE]: the guest may flush translations by itself. */
  setGtse(isOn: boolean): void {
    this.#setLpcr(isOn ? this.#lpcr | GTSE : this.#lpcr & ~GTSE);
  }

  #setProcessScope(scope: ProcessScope): void {
    this.#processScope = scope;
    this.#setLpcr(scope.kind === 'radix' ? this.#lpcr | RADIX : this.#lpcr & ~RADIX);
  }

  #setLpcr(value: bigint): void {
    this.#lpcr = value;
    for (const vcpu of this.vcpus) this.load(vcpu);
  }

  /** On processors with radix trees a VM of KVM-HV is radix from the start, though without tables. */
  get isRadix(): boolean {
    const { kind } = this.#processScope;
    return kind === 'radix' || (kind === 'none' && this.kind === 'hv' && this.model.version === 'v3.0');
  }

  /** The vCPU that was created with this id, by which hypercalls name it. */
  vcpuOf(id: bigint): VcpuOfVm | undefined {
    return this.vcpus.find(vcpu => BigInt(vcpu.id) === id);
  }

  /** Whether a vCPU is inside KVM_RUN. */
  isRunning(): boolean {
    return this.vcpus.some(vcpu => vcpu.isRunning);
  }

  /** The memory slots have changed. */
  memoryChanged(): void {
    for (const vcpu of this.vcpus) vcpu.findHashTable();
    this.flushTranslations();
  }

  /** Whether a process scope has been chosen; until then a processor before version 3.0 has a hashed page table coming. */
  get hasProcessScope(): boolean {
    return this.#processScope.kind !== 'none' || this.isRadix;
  }

  /** Gives a vCPU what the VM has for all. */
  load({ pe }: VcpuOfVm): void {
    pe.setSpecialPurposeRegister(LPCR_NUMBER, this.#lpcr);
    if (this.kind === 'hv' && pe.processScope !== this.#processScope) pe.processScope = this.#processScope;
  }

  flushTranslations(): void {
    for (const { pe } of this.vcpus) pe.flush();
  }
}
