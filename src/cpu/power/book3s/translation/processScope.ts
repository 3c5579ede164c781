// SPDX-License-Identifier: MIT
import type { Register } from '../../../registers/describeRegister.js';

/** How a guest's effective addresses become guest real addresses while MSR[IR] or MSR[DR] is 1. */
export type ProcessScope =
  /** No tables are known: every access is a storage interrupt without a translation. */
  | { readonly kind: 'none' }
  /** Radix trees, found through the process table (H_REGISTER_PROC_TBL). */
  | {
      readonly kind: 'radix';
      /** Guest real address of the process table. */
      readonly processTable: bigint;
      /** Its size in bytes. */
      readonly bytes: bigint;
    }
  /** Segments in the SLB and the hypervisor's hashed page table. */
  | {
      readonly kind: 'hash';
      /** The table, a power of two of at least 2^18 bytes: big-endian entries in the form of version 2.07, also for power9. */
      readonly table: DataView;
    };

/** What an access wants. */
export interface AccessKind {
  readonly kind: 'fetch' | 'load' | 'store';
  readonly isProblemState: boolean;
  /** Reference and change bits are set; a debugger's look leaves them. */
  readonly records: boolean;
}

/** Why there is no translation: the bits of DSISR, and of SRR1 for a fetch, or that there is no segment. */
export type StorageFault = { readonly kind: 'storage'; readonly status: bigint } | { readonly kind: 'segment' };

/** A translated address, or why there is none. */
export type Translated = { readonly kind: 'real'; readonly address: bigint } | StorageFault;

/** Takes an entry that a walk has come to, for who shows the walk: doubleword by doubleword, with where it lies in guest real memory or in the table. */
export type VisitEntry = (layout: Register, value: bigint, at: bigint) => void;

/** Guest real memory as table walks see it: aligned, big-endian doublewords; `undefined`: nothing is there. */
export interface RealMemory {
  read(realAddress: bigint): bigint | undefined;
  write(realAddress: bigint, value: bigint): void;
}
