// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import { type Engine, type HashedTable, SegmentLookasideBuffer, translateHashed } from '../../cpu/index.js';
import { type Kvm, type KvmKind, kvm_ppc_htab, ppc_kvm_sregs, type Vcpu, type Vm } from '../../kvm/index.js';
import { KernelHashTable } from './kernelHashTable.js';

/** Log2 of the table's bytes: what PAPR has at least, and the part of memory that it takes, 1/128 (QEMU: spapr_hpt_shift_for_ramsize()). */
const [MINIMUM_ORDER, MEMORY_SHIFT] = [18, 7];

/** Log2 of the bytes of the hashed page table of a partition with so much memory. */
export const hashTableOrder = (memoryBytes: number): number => Math.max(MINIMUM_ORDER, Math.ceil(Math.log2(memoryBytes)) - MEMORY_SHIFT);

/** SDR1 has the table's address in multiples of 256 KiB. */
const ALIGNMENT = 2 ** MINIMUM_ORDER;
const ENTRY_BYTES = 16;

/** Where the table is made. */
interface TableHost {
  readonly kvm: Kvm;
  readonly vm: Vm;
  readonly engine: Engine;
}

/** Where the partition's hashed page table is: KVM-HV has it in the kernel, for KVM-PR it is user space's. */
export class PartitionHashTable {
  readonly order: number;
  /** KVM-PR: the offset in the engine's memory. */
  readonly #offset: number;

  readonly #segments = new Map<Vcpu, { readonly version: number; readonly buffer: SegmentLookasideBuffer }>();
  readonly #kernels: KernelHashTable | undefined;

  private constructor(
    private readonly host: TableHost,
    private readonly kind: KvmKind,
    order: number,
    offset: number,
  ) {
    this.order = order;
    this.#offset = offset;
    this.#kernels = kind === 'hv' ? new KernelHashTable(host.kvm, host.vm, 2 ** order) : undefined;
  }

  static create(host: TableHost, kind: KvmKind, memoryBytes: number): Result<PartitionHashTable> {
    const order = hashTableOrder(memoryBytes);
    if (kind === 'hv') {
      const table = new PartitionHashTable(host, kind, order, 0);
      const made = table.reset();
      return made.ok ? success(table) : made;
    }
    const block = host.engine.allocateRam(2 ** order + ALIGNMENT);
    if (block === undefined)
      return failure('memory', 'This host has no memory for the hashed page table of the guest; ask for less with "memory".');
    return success(new PartitionHashTable(host, kind, order, Math.ceil(block.hostOffset / ALIGNMENT) * ALIGNMENT));
  }

  /** Of user space's table. A view dies when the memory under it grows. */
  get #view(): DataView {
    const { memory } = this.host.engine;
    return new DataView(memory.buffer, memory.byteOffset + this.#offset, 2 ** this.order);
  }

  /** KVM_PPC_ALLOCATE_HTAB: an empty table, which the partition uses from now on. */
  reset(): Result<number> {
    const { vm } = this.host;
    return vm.result(vm.call('KVM_PPC_ALLOCATE_HTAB', kvm_ppc_htab.make({ order: this.order })));
  }

  /** Tells KVM-PR where the table is: SDR1 of KVM_SET_SREGS. */
  attach(vcpu: Vcpu): Result<number> {
    if (this.kind === 'hv') return success(0);
    const bytes = ppc_kvm_sregs.make();
    const read = vcpu.result(vcpu.call('KVM_GET_SREGS', bytes));
    if (!read.ok) return read;
    ppc_kvm_sregs.over(bytes).sdr1 = BigInt(this.#offset) | BigInt(this.order - MINIMUM_ORDER);
    return vcpu.result(vcpu.call('KVM_SET_SREGS', bytes));
  }

  /** Both doublewords of an entry; `undefined`: there is none, or only KVM can see the table. */
  entry(index: bigint): readonly [bigint, bigint] | undefined {
    if (this.kind === 'hv' || index >= BigInt(2 ** this.order / ENTRY_BYTES)) return undefined;
    const table = this.#view;
    const at = Number(index) * ENTRY_BYTES;
    return [table.getBigUint64(at), table.getBigUint64(at + ENTRY_BYTES / 2)];
  }

  /** The real address of `ea` by the segments of `vcpu`, for a debugger; `undefined`: there is none. */
  translate(vcpu: Vcpu, ea: bigint): bigint | undefined {
    const segment = this.segments(vcpu).find(ea);
    if (segment === undefined) return undefined;
    const { table } = this;
    // A page that is for execution only is no secret to a debugger.
    for (const kind of ['load', 'fetch'] as const) {
      const translated = translateHashed(ea, segment, { kind, isProblemState: false, records: false }, 0n, table);
      if (translated.kind === 'real') return translated.address;
    }
    return undefined;
  }

  /** The entries as walks read them. */
  get table(): HashedTable {
    return this.#kernels ?? this.#view;
  }

  /** The SLB of `vcpu`, read once until something has run or been set. */
  segments(vcpu: Vcpu): SegmentLookasideBuffer {
    const known = this.#segments.get(vcpu);
    if (known?.version === vcpu.registersVersion) return known.buffer;
    const buffer = segmentsOf(vcpu);
    this.#segments.set(vcpu, { version: vcpu.registersVersion, buffer });
    return buffer;
  }
}

/** The SLB as KVM_GET_SREGS tells it. */
function segmentsOf(vcpu: Vcpu): SegmentLookasideBuffer {
  const bytes = ppc_kvm_sregs.make();
  vcpu.call('KVM_GET_SREGS', bytes);
  const { slb } = ppc_kvm_sregs.over(bytes);
  const buffer = new SegmentLookasideBuffer();
  for (let n = 0; n + 1 < slb.length; n += 2) {
    const [esid = 0n, vsid = 0n] = slb.subarray(n, n + 2);
    if (esid !== 0n) buffer.moveToEntry(esid, vsid);
  }
  return buffer;
}
