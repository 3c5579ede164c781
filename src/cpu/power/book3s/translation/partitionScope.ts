// SPDX-License-Identifier: MIT

/** Where a page of guest real addresses lies. */
export interface PartitionScopedPage {
  /** Offset in the engine's linear memory, a multiple of 4 KiB. */
  readonly hostOffset: number;
  readonly writable: boolean;
}

/** Partition-scoped translation as the hypervisor keeps it: what the guest calls real memory, by 4 KiB pages. */
export interface PartitionScope {
  /** The page that holds `realAddress` (any address in the page), or `undefined`: the hypervisor's storage interrupt. */
  translate(realAddress: bigint): PartitionScopedPage | undefined;
}
