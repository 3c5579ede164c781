// SPDX-License-Identifier: MIT
import { HPTE_HIGH, maskOf } from '../../cpu/index.js';
import { KVM_GET_HTAB, kvm_get_htab_fd, kvm_get_htab_header } from '../abi/powerpc/structures.js';
import { type CallTable, KvmFile } from '../kvmFile.js';
import type { HashPageTable } from './hashPageTable.js';
import type { PowerpcVmState } from './vmState.js';

const HEADER_BYTES = kvm_get_htab_header.bytes;
const ENTRY_BYTES = 16;
const MAXIMUM_RUN = 0xffff;
const VALID = maskOf(HPTE_HIGH, 'V');
/** HPTE_V_BOLTED: a bit of software's that Linux guests give to entries which stay. */
const BOLTED = 0x10n;

/**
 * KVM_PPC_GET_HTAB_FD (Linux 6.1: arch/powerpc/kvm/book3s_64_mmu_hv.c kvm_htab_read(), kvm_htab_write()): KVM-HV's hashed page table as a file. It is
 * a row of records: struct kvm_get_htab_header in the host's byte order, then its valid entries as they lie in the table. Only the first pass is read;
 * Linux goes on with the entries that have changed since.
 */
export class HtabFile extends KvmFile {
  readonly #flags: number;
  #index: bigint;

  constructor(
    calls: CallTable,
    private readonly vm: PowerpcVmState,
    request: Uint8Array,
  ) {
    super(calls);
    const { flags, start_index } = kvm_get_htab_fd.over(request);
    this.#flags = Number(flags);
    this.#index = start_index;
  }

  protected override perform(): number {
    return this.refuse('ENOTTY', 'The file of a hashed page table is read and written.');
  }

  /** read(2): fills `into` with whole records and answers their bytes; 0 at the end of the table. */
  read(into: Uint8Array): number {
    const table = this.vm.hashTable;
    if (table === undefined || into.length < HEADER_BYTES) return 0;
    let at = 0;
    while (table.has(this.#index) && at + HEADER_BYTES + ENTRY_BYTES <= into.length) at += this.#record(table, into.subarray(at));
    return at;
  }

  #record(table: HashPageTable, into: Uint8Array): number {
    const index = Number(this.#index);
    const room = Math.min(MAXIMUM_RUN, Math.floor((into.length - HEADER_BYTES) / ENTRY_BYTES));
    const view = new DataView(into.buffer, into.byteOffset, into.length);
    let n_valid = 0;
    for (; n_valid < room && this.#isWanted(table); n_valid++, this.#index++) {
      const at = HEADER_BYTES + n_valid * ENTRY_BYTES;
      for (const [n, doubleword] of table.read(this.#index).entries()) view.setBigUint64(at + 8 * n, doubleword);
    }
    const first = this.#index;
    const limit = first + BigInt(MAXIMUM_RUN);
    for (;;) {
      this.#index = table.nextValid(this.#index, limit);
      if (this.#index === limit || !table.has(this.#index) || this.#isWanted(table)) break;
      this.#index++;
    }
    into.set(kvm_get_htab_header.make({ index, n_valid, n_invalid: Number(this.#index - first) }));
    return HEADER_BYTES + n_valid * ENTRY_BYTES;
  }

  /** Whether the entry at the file's place exists, is valid and one of those that were asked for. */
  #isWanted(table: HashPageTable): boolean {
    if (!table.has(this.#index)) return false;
    const [high] = table.read(this.#index);
    return (high & VALID) !== 0n && ((this.#flags & KVM_GET_HTAB.BOLTED_ONLY) === 0 || (high & BOLTED) !== 0n);
  }

  /** write(2): whole records; valid entries are entered where they say, the others removed. Answers the bytes, or a negated errno. */
  write(from: Uint8Array): number {
    const table = this.vm.hashTable;
    if ((this.#flags & KVM_GET_HTAB.WRITE) === 0)
      return this.refuse('EINVAL', 'The file of the hashed page table was not opened for writing.');
    if (table === undefined) return this.refuse('EINVAL', 'This VM has no hashed page table.');
    // No vCPU runs meanwhile; what a record at fault leaves behind is in force, too.
    this.vm.flushTranslations();
    let at = 0;
    while (at + HEADER_BYTES <= from.length) {
      const { index, n_valid, n_invalid } = kvm_get_htab_header.over(from.slice(at, at + HEADER_BYTES));
      const end = at + HEADER_BYTES + n_valid * ENTRY_BYTES;
      const last = BigInt(index) + BigInt(n_valid + n_invalid) - 1n;
      if (end > from.length || (n_valid + n_invalid > 0 && !table.has(last)))
        return this.refuse('EINVAL', `The record for ${n_valid + n_invalid} entries from ${index} on does not fit.`);
      const view = new DataView(from.buffer, from.byteOffset + at + HEADER_BYTES);
      for (let n = 0; n < n_valid; n++)
        table.write(BigInt(index + n), view.getBigUint64(n * ENTRY_BYTES), view.getBigUint64(n * ENTRY_BYTES + 8));
      for (let n = n_valid; n < n_valid + n_invalid; n++) table.invalidate(BigInt(index + n));
      at = end;
    }
    return at;
  }
}
