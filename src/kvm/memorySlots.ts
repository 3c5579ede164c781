// SPDX-License-Identifier: MIT
import { type Failure, failure, hex, type Result, success } from '../base/index.js';
import type { Stage2, Stage2Page } from '../cpu/index.js';
import { KVM_MEM, KVM_USER_MEM_SLOTS } from './abi/constants.js';
import type { ErrnoName } from './abi/errno.js';

const PAGE_SHIFT = 12n;
const PAGE_BYTES = 1 << 12;
const PAGE_MASK = BigInt(PAGE_BYTES - 1);
const MAXIMUM_PAGES = (1n << 31n) - 1n;

/** One memory slot. */
export interface MemorySlot {
  readonly slot: number;
  readonly flags: number;
  /** First guest physical address and its end, exclusive. */
  readonly base: bigint;
  readonly end: bigint;
  /** Offset in the engine's linear memory. */
  readonly hostOffset: number;
  /** With KVM_MEM_LOG_DIRTY_PAGES: one bit a page, as KVM_GET_DIRTY_LOG delivers it. */
  readonly dirty: Uint8Array | undefined;
}

/** What KVM_SET_USER_MEMORY_REGION was asked. */
export interface MemoryRegionRequest {
  readonly slot: number;
  readonly flags: number;
  readonly guest_phys_addr: bigint;
  readonly memory_size: bigint;
  readonly userspace_addr: bigint;
}

/** What a guest access to `ipa` meets. */
export type SlotLookup = { readonly slot: MemorySlot; readonly isWritable: boolean } | undefined;

/** The engine as user space's memory: from `ramOffset` to the end of `memory`, which may grow. */
export interface HostMemory {
  readonly ramOffset: number;
  readonly memory: Uint8Array;
}

/** The memory slots of one VM: KVM_SET_USER_MEMORY_REGION's rules, and stage 2 as what follows from them. */
export class MemorySlots implements Stage2 {
  #slots: MemorySlot[] = [];

  constructor(
    private readonly ipaBits: number,
    private readonly host: HostMemory,
  ) {}

  /** All slots, by ascending base. */
  get slots(): readonly MemorySlot[] {
    return this.#slots;
  }

  /** Linux: __kvm_set_memory_region(). The value says whether anything changed, so that stage 2 must be flushed. */
  set(request: MemoryRegionRequest): Result<{ readonly isChanged: boolean }, Failure<ErrnoName>> {
    const { slot, flags, guest_phys_addr: base, memory_size: size, userspace_addr: user } = request;
    const refusal = this.#malformed(request);
    if (refusal !== undefined) return failure('EINVAL', refusal);
    const old = this.#slots.find(candidate => candidate.slot === slot);
    if (size === 0n) {
      if (old === undefined) return failure('EINVAL', `Memory slot ${slot} does not exist, so it cannot be deleted.`);
      this.#slots = this.#slots.filter(candidate => candidate !== old);
      return success({ isChanged: true });
    }
    if (old !== undefined) {
      const isSame = BigInt(old.hostOffset) === user && old.end - old.base === size && ((old.flags ^ flags) & KVM_MEM.READONLY) === 0;
      if (!isSame)
        return failure('EINVAL', `Memory slot ${slot} exists; its size, its host address and READONLY cannot change. Delete it first.`);
      if (old.base === base && old.flags === flags) return success({ isChanged: false });
    }
    const others = this.#slots.filter(candidate => candidate !== old);
    const overlap = others.find(candidate => base < candidate.end && candidate.base < base + size);
    if (overlap !== undefined)
      return failure(
        'EEXIST',
        `Guest memory ${hex(base)} to ${hex(base + size)} overlaps memory slot ${overlap.slot} at ${hex(overlap.base)}.`,
      );
    if (base + size > 1n << BigInt(this.ipaBits))
      return failure('EFAULT', `Guest memory up to ${hex(base + size)} does not fit into ${this.ipaBits} address bits.`);
    const logs = (flags & KVM_MEM.LOG_DIRTY_PAGES) !== 0;
    const dirty = logs
      ? ((old?.base === base ? old.dirty : undefined) ?? new Uint8Array(Number(((size >> PAGE_SHIFT) + 63n) / 64n) * 8))
      : undefined;
    const created: MemorySlot = { slot, flags, base, end: base + size, hostOffset: Number(user), dirty };
    this.#slots = [...others, created].sort((a, b) => (a.base < b.base ? -1 : 1));
    return success({ isChanged: true });
  }

  #malformed({ slot, flags, guest_phys_addr: base, memory_size: size, userspace_addr: user }: MemoryRegionRequest): string | undefined {
    if ((flags & ~(KVM_MEM.LOG_DIRTY_PAGES | KVM_MEM.READONLY)) !== 0) return `Memory region flags ${hex(flags)} are not known.`;
    if (slot >= KVM_USER_MEM_SLOTS) return `Memory slot ${slot} is out of range; there are ${KVM_USER_MEM_SLOTS}.`;
    if (((base | size | user) & PAGE_MASK) !== 0n) return `A memory region must be aligned to pages of ${PAGE_BYTES} bytes.`;
    if (base + size >= 1n << 64n || size >> PAGE_SHIFT > MAXIMUM_PAGES)
      return `A memory region of ${hex(size)} bytes at ${hex(base)} is too large.`;
    if (user < BigInt(this.host.ramOffset) || user + size > BigInt(this.host.memory.length))
      return `Host memory ${hex(user)} to ${hex(user + size)} is not inside the RAM of the engine's linear memory.`;
    return undefined;
  }

  /** The slot that holds `ipa`; `isWritable` is false for READONLY slots. */
  lookup(ipa: bigint): SlotLookup {
    for (const slot of this.#slots) {
      if (ipa >= slot.base && ipa < slot.end) return { slot, isWritable: (slot.flags & KVM_MEM.READONLY) === 0 };
    }
    return undefined;
  }

  translate(ipa: bigint): Stage2Page | undefined {
    const found = this.lookup(ipa);
    if (found === undefined) return undefined;
    const page = Number((ipa - found.slot.base) >> PAGE_SHIFT);
    const isClean = found.slot.dirty !== undefined && ((found.slot.dirty[page >> 3] ?? 0) & (1 << (page & 7))) === 0;
    return { hostOffset: found.slot.hostOffset + page * PAGE_BYTES, writable: found.isWritable && !isClean };
  }

  /** Marks the page of `ipa` as dirty; false if its slot keeps no log or it was dirty. Stage 2 is to be flushed on true. */
  markDirty(ipa: bigint): boolean {
    const slot = this.lookup(ipa)?.slot;
    if (slot?.dirty === undefined) return false;
    const page = Number((ipa - slot.base) >> PAGE_SHIFT);
    const before = slot.dirty[page >> 3] ?? 0;
    slot.dirty[page >> 3] = before | (1 << (page & 7));
    return (before & (1 << (page & 7))) === 0;
  }

  /** KVM_GET_DIRTY_LOG: copies the bits and clears them. */
  takeDirtyLog(slot: number, into: Uint8Array): Result<void, Failure<ErrnoName>> {
    const found = this.#slots.find(candidate => candidate.slot === slot);
    if (found?.dirty === undefined) return failure('ENOENT', `Memory slot ${slot} does not log dirty pages.`);
    if (into.length < found.dirty.length)
      return failure('EFAULT', `The dirty log of memory slot ${slot} needs ${found.dirty.length} bytes.`);
    into.set(found.dirty);
    found.dirty.fill(0);
    return success(undefined);
  }
}
