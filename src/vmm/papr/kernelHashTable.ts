// SPDX-License-Identifier: MIT
import type { HashedTable } from '../../cpu/index.js';
import { HtabFile, type Kvm, kvm_get_htab_fd, kvm_get_htab_header, type Vm } from '../../kvm/index.js';

const [GROUP_ENTRIES, ENTRY_BYTES] = [8, 16];
const GROUP_BYTES = GROUP_ENTRIES * ENTRY_BYTES;
const HEADER_BYTES = kvm_get_htab_header.bytes;
/** Room for a record of the valid entries of one group; each may stand alone among others that are not valid. */
const BUFFER_BYTES = GROUP_ENTRIES * (HEADER_BYTES + ENTRY_BYTES);

/**
 * The hashed page table of KVM-HV as its user space sees it: groups of entries through the file of KVM_PPC_GET_HTAB_FD (QEMU: kvmppc_read_hptes()), each
 * read when a walk comes to it and kept until the guest has run.
 */
export class KernelHashTable implements HashedTable {
  readonly #groups = new Map<number, DataView>();
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #time = -1;

  constructor(
    private readonly kvm: Kvm,
    private readonly vm: Vm,
    readonly byteLength: number,
  ) {}

  getBigUint64(at: number): bigint {
    return this.#group(Math.floor(at / GROUP_BYTES)).getBigUint64(at % GROUP_BYTES);
  }

  /** A debugger's look sets no reference bit. */
  setBigUint64(): void {}

  #group(number: number): DataView {
    const { virtualTime } = this.kvm.scheduler;
    if (virtualTime !== this.#time) this.#groups.clear();
    this.#time = virtualTime;
    let group = this.#groups.get(number);
    if (group === undefined) {
      group = this.#read(number);
      this.#groups.set(number, group);
    }
    return group;
  }

  /** Entries that are not valid read as zeros. */
  #read(number: number): DataView {
    const group = new Uint8Array(GROUP_BYTES);
    const first = number * GROUP_ENTRIES;
    const descriptor = this.vm.call('KVM_PPC_GET_HTAB_FD', kvm_get_htab_fd.make({ start_index: BigInt(first) }));
    const file = this.kvm.file(descriptor);
    if (file instanceof HtabFile) {
      const length = file.read(this.#buffer);
      for (let at = 0; at + HEADER_BYTES <= length; ) {
        const { index, n_valid } = kvm_get_htab_header.over(this.#buffer.subarray(at, at + HEADER_BYTES));
        const entries = this.#buffer.subarray(at + HEADER_BYTES, at + HEADER_BYTES + n_valid * ENTRY_BYTES);
        const place = (index - first) * ENTRY_BYTES;
        if (place < GROUP_BYTES) group.set(entries.subarray(0, GROUP_BYTES - place), place);
        at += HEADER_BYTES + entries.length;
      }
      this.kvm.close(descriptor);
    }
    return new DataView(group.buffer);
  }
}
