// SPDX-License-Identifier: MIT

/** Where a page of intermediate physical addresses lies. */
export interface Stage2Page {
  /** Offset in the engine's linear memory, a multiple of 4 KiB. */
  readonly hostOffset: number;
  readonly writable: boolean;
}

/** Stage 2 as the hypervisor keeps it: what the guest calls physical memory, by 4 KiB pages. */
export interface Stage2 {
  /** The page that holds `ipa` (any address in the page), or `undefined`: stage 2 translation fault. */
  translate(ipa: bigint): Stage2Page | undefined;
}
