// SPDX-License-Identifier: MIT
import { failure, hex, type PhysicalAddress, physicalAddress, type Result, success } from '../../base/index.js';
import type { MemoryMappedDevice } from '../devices/memoryMappedDevice.js';

/** Guest RAM: what a memory slot of KVM backs. */
export interface RamRegion {
  readonly kind: 'ram';
  readonly name: string;
  readonly start: PhysicalAddress;
  /** Length in bytes, at least 1. */
  readonly size: number;
  /** The present view of the RAM's bytes, `size` long. A function, because a view dies when the memory under it grows. */
  readonly view: () => Uint8Array;
}

/** Registers of a device: what KVM reports as KVM_EXIT_MMIO. */
export interface DeviceRegion {
  readonly kind: 'device';
  readonly name: string;
  readonly start: PhysicalAddress;
  /** Length in bytes, at least 1. */
  readonly size: number;
  readonly device: MemoryMappedDevice;
}

/** A named range of guest physical addresses and what answers there. */
export type GuestRegion = RamRegion | DeviceRegion;

/** A region and a byte offset into it. */
export interface GuestLocation {
  readonly region: GuestRegion;
  /** Bytes from the start of the region, below its size. */
  readonly offset: number;
}

const ADDRESS_SPACE = 1n << 64n;

const endOf = (region: GuestRegion): bigint => region.start + BigInt(region.size);

const describe = (region: GuestRegion): string => `${region.name} (${hex(region.start)} to ${hex(endOf(region) - 1n)})`;

/** Who answers at which guest physical address. Regions never overlap. */
export class GuestMemoryMap {
  /** Ascending by start. */
  readonly #regions: GuestRegion[] = [];

  /** The regions, ascending by address. */
  get regions(): readonly GuestRegion[] {
    return this.#regions;
  }

  /**
   * Adds `region`. Refused with `EINVAL` when it is empty or leaves the 64-bit address space, with
   * `EEXIST` when it overlaps another, as KVM_SET_USER_MEMORY_REGION does for slots.
   */
  add(region: GuestRegion): Result<void> {
    if (!Number.isSafeInteger(region.size) || region.size < 1 || endOf(region) > ADDRESS_SPACE) {
      return failure('EINVAL', `Region ${region.name} at ${hex(region.start)} cannot have ${region.size} bytes.`);
    }
    const index = this.#countUpTo(region.start);
    const before = this.#regions[index - 1];
    const after = this.#regions[index];
    const overlapped =
      before !== undefined && endOf(before) > region.start
        ? before
        : after !== undefined && endOf(region) > after.start
          ? after
          : undefined;
    if (overlapped !== undefined) return failure('EEXIST', `Region ${describe(region)} overlaps ${describe(overlapped)}.`);
    this.#regions.splice(index, 0, region);
    return success(undefined);
  }

  /** The region that holds `address`; `undefined` where nothing answers. */
  find(address: bigint): GuestLocation | undefined {
    const region = this.#regions[this.#countUpTo(address) - 1];
    if (region === undefined || address >= endOf(region)) return undefined;
    return { region, offset: Number(address - region.start) };
  }

  /** The RAM bytes from `address` on as one view, `undefined` unless all `count` bytes lie in one RAM region. */
  ram(address: bigint, count: number): Uint8Array | undefined {
    const location = this.find(address);
    if (location === undefined || location.region.kind !== 'ram' || count < 0) return undefined;
    const { region, offset } = location;
    return offset + count <= region.size ? region.view().subarray(offset, offset + count) : undefined;
  }

  /** The RAM region that starts at `start` or holds it, for callers that place things in RAM. */
  ramRegion(start: bigint): RamRegion | undefined {
    const region = this.find(start)?.region;
    return region?.kind === 'ram' ? region : undefined;
  }

  /** The first address after the last RAM byte; 0 without RAM. */
  get endOfRam(): PhysicalAddress {
    const last = this.#regions.filter(region => region.kind === 'ram').at(-1);
    return physicalAddress(last === undefined ? 0n : endOf(last));
  }

  /** How many regions start at or below `address`. */
  #countUpTo(address: bigint): number {
    let low = 0;
    let high = this.#regions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const region = this.#regions[middle];
      if (region !== undefined && region.start <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
