// SPDX-License-Identifier: MIT
import { HPTE_HIGH, HPTE_LOW, maskOf } from '../../cpu/index.js';
import type { HostMemory } from '../memorySlots.js';

const ENTRY_BYTES = 16;
const GROUP_ENTRIES = 8;
const VALID = maskOf(HPTE_HIGH, 'V');
/** Entries whose valid ones are counted together, so that a search passes them without a look where there is none. */
const BLOCK_ENTRIES = 256;
/** Bits of doubleword 0 that name the virtual page; software's bits, L, H and V are below them (H_AVPN compares these). */
const PAGE_NAME = maskOf(HPTE_HIGH, 'B') | maskOf(HPTE_HIGH, 'AVA');

/** PPC_MIN_HPT_ORDER: log2 of the smallest table's bytes. */
export const MINIMUM_HPT_ORDER = 18;
/** Log2 of the bytes of the largest table that this host has memory for; the kernel's own limit is 46. */
export const MAXIMUM_HPT_ORDER = 28;
/** KVM_DEFAULT_HPT_ORDER: what a VM gets whose user space has asked for none. */
export const DEFAULT_HPT_ORDER = 24;

/** What an entry must be like for H_REMOVE, H_PROTECT and H_BULK_REMOVE: `name` the same page, `clear` these bits of doubleword 0 all zero. */
export interface EntryCondition {
  readonly name?: bigint | undefined;
  readonly clear?: bigint | undefined;
}

/**
 * A guest's hashed page table: entries of two big-endian doublewords as the guest gave them, with guest real page numbers. Translation walks the
 * same bytes and sets the reference and change bits in them, so that the kernel's second copy of each entry (struct revmap_entry) is not needed.
 */
export class HashPageTable {
  readonly #count: bigint;

  /** `validIn`: how many entries of each block are valid, for a table that nobody else makes entries in. */
  constructor(
    readonly view: DataView,
    private readonly validIn?: Uint16Array,
  ) {
    this.#count = BigInt(view.byteLength / ENTRY_BYTES);
  }

  /** A zeroed table in the kernel's memory. */
  static allocate(order: number): HashPageTable {
    const bytes = 2 ** order;
    return new HashPageTable(new DataView(new ArrayBuffer(bytes)), new Uint16Array(Math.ceil(bytes / ENTRY_BYTES / BLOCK_ENTRIES)));
  }

  /** Whether the memory below has been given up for a larger one. */
  get isStale(): boolean {
    return this.view.buffer.byteLength === 0;
  }

  /** Whether an entry of this index exists. */
  has(index: bigint): boolean {
    return index >= 0n && index < this.#count;
  }

  /** The index within the table, of an index that may have more bits. */
  wrap(index: bigint): bigint {
    return index & (this.#count - 1n);
  }

  /** Doubleword 0 and 1 of an entry. */
  read(index: bigint): readonly [high: bigint, low: bigint] {
    const at = Number(index) * ENTRY_BYTES;
    return [this.view.getBigUint64(at), this.view.getBigUint64(at + 8)];
  }

  write(index: bigint, high: bigint, low: bigint): void {
    const at = Number(index) * ENTRY_BYTES;
    this.#tally(index, high);
    this.view.setBigUint64(at + 8, low);
    this.view.setBigUint64(at, high);
  }

  /** The entry is about to get this doubleword 0. */
  #tally(index: bigint, high: bigint): void {
    const { validIn } = this;
    if (validIn === undefined) return;
    const block = Math.floor(Number(index) / BLOCK_ENTRIES);
    const before = validIn[block] ?? 0;
    validIn[block] = before + ((high & VALID) === 0n ? 0 : 1) - (this.isValid(index) ? 1 : 0);
  }

  /** The first valid entry from `index` on; the table's end or `limit` if there is none before. */
  nextValid(index: bigint, limit: bigint): bigint {
    const end = Number(limit < this.#count ? limit : this.#count);
    let at = Number(index);
    while (at < end) {
      if (at % BLOCK_ENTRIES === 0 && this.validIn?.[at / BLOCK_ENTRIES] === 0) at += BLOCK_ENTRIES;
      else if (this.isValid(BigInt(at))) break;
      else at++;
    }
    return BigInt(Math.min(at, end));
  }

  isValid(index: bigint): boolean {
    return (this.read(index)[0] & VALID) !== 0n;
  }

  /** Whether the entry is valid and meets the condition. */
  matches(index: bigint, { name, clear }: EntryCondition): boolean {
    const [high] = this.read(index);
    return (high & VALID) !== 0n && (name === undefined || (high & PAGE_NAME) === name) && (clear === undefined || (high & clear) === 0n);
  }

  /** The first free entry of the group that `index` lies in. */
  findFree(index: bigint): bigint | undefined {
    const first = index & ~BigInt(GROUP_ENTRIES - 1);
    for (let n = 0n; n < GROUP_ENTRIES; n++) if (!this.isValid(first + n)) return first + n;
    return undefined;
  }

  /** The entry is free; its second doubleword stays. */
  invalidate(index: bigint): void {
    this.#tally(index, 0n);
    this.view.setBigUint64(Number(index) * ENTRY_BYTES, 0n);
  }

  clear(): void {
    this.validIn?.fill(0);
    new Uint8Array(this.view.buffer, this.view.byteOffset, this.view.byteLength).fill(0);
  }
}

const [R, C] = [maskOf(HPTE_LOW, 'R'), maskOf(HPTE_LOW, 'C')];
/** Reference and change bit of doubleword 1. */
export const HPTE_RC = R | C;
/** What H_PROTECT changes of doubleword 1. */
export const HPTE_PROTECTION =
  maskOf(HPTE_LOW, 'pp0') | maskOf(HPTE_LOW, 'pp') | maskOf(HPTE_LOW, 'N') | maskOf(HPTE_LOW, 'keyHigh') | maskOf(HPTE_LOW, 'keyLow');

/** SDR1: the address, and log2 of the bytes less 18. */
const [HTABORG, HTABSIZE] = [0x0fff_ffff_fffc_0000n, 0x1fn];

/** What `userHashTable` looks in. */
interface MemoryOfVm {
  readonly memory: { translate(realAddress: bigint): { readonly hostOffset: number } | undefined };
  readonly userMemory: HostMemory;
}

/** The table that SDR1 names for KVM-PR: at an address of user space's for a guest of PAPR, otherwise in the guest's real memory, in one piece. */
export function userHashTable(vm: MemoryOfVm, SDR1: bigint, isPapr: boolean): HashPageTable | undefined {
  const address = SDR1 & HTABORG;
  const bytes = 2 ** (MINIMUM_HPT_ORDER + Number(SDR1 & HTABSIZE));
  const offset = isPapr ? Number(address) : vm.memory.translate(address)?.hostOffset;
  const { memory, ramOffset } = vm.userMemory;
  if (offset === undefined || offset < ramOffset || offset + bytes > memory.length) return undefined;
  return new HashPageTable(new DataView(memory.buffer, memory.byteOffset + offset, bytes));
}
