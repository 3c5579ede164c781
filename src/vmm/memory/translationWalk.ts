// SPDX-License-Identifier: MIT
import type { Register } from '../../cpu/index.js';

/** Something that a translation looks at on its way. */
export type TranslationStep =
  /** A register of the vCPU, by the manual's name. */
  | { readonly kind: 'register'; readonly name: string; readonly value: bigint }
  /** An entry of a table, or of what caches one. */
  | {
      readonly kind: 'entry';
      readonly title: string;
      readonly layout: Register;
      readonly value: bigint;
      /** Where the entry lies in the guest's physical memory; `undefined` if it lies elsewhere. */
      readonly address: bigint | undefined;
      /** Where it was found, in words. */
      readonly place: string | undefined;
    };

/** What is so of a mapped address, in the manual's words: `EL0`, `read, write`. */
export interface MappingAttribute {
  readonly name: string;
  readonly text: string;
}

/** How one address is translated, and why it is not. */
export interface TranslationWalk {
  /** The manual's name of the way. */
  readonly regime: string;
  /** In the order in which the processor looks at them. */
  readonly steps: readonly TranslationStep[];
  readonly outcome:
    | {
        readonly kind: 'mapped';
        readonly address: bigint;
        /** Bytes of the page or block; `undefined`: nothing is mapped page by page. */
        readonly pageBytes: bigint | undefined;
        readonly attributes: readonly MappingAttribute[];
      }
    /** `why` is a sentence. */
    | { readonly kind: 'unmapped'; readonly why: string };
}
