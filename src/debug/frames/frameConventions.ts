// SPDX-License-Identifier: MIT
import type { ProcessorSupplement } from '../../symbols/index.js';

/** Where a frame's value of a register is. */
export type RegisterHome =
  | { readonly kind: 'live' }
  | { readonly kind: 'memory'; readonly address: bigint }
  | { readonly kind: 'value'; readonly value: bigint }
  | { readonly kind: 'lost' };

/** How an architecture's frames are read. Registers are DWARF numbers. */
export interface FrameConventions {
  readonly supplement: ProcessorSupplement;
  /** The register that `name` means, if it changes from frame to frame, and how much of it; `undefined` for the machine's own. */
  unwound(name: string): { readonly number: number; readonly bits: number } | undefined;
}
