// SPDX-License-Identifier: MIT
import type { StepTrap } from '../../stepping/stepAction.js';

/** What it means that the vCPU stands at a site. */
export type SiteRole =
  /** The Trace interrupt has come: the instruction has completed. */
  | 'trace'
  /** Another interrupt has come, before the instruction or by it. */
  | 'interrupt'
  /** The instruction has completed, untraced. */
  | 'successor';

/** Where a site is, in words. */
export const SITE_PLACES: Readonly<Record<SiteRole, string>> = {
  trace: 'the vector of the Trace interrupt',
  interrupt: 'the vector of an interrupt that may come instead',
  successor: 'where the guest goes on if this instruction is not traced',
};

/** A place to stop at. */
export interface StepSite {
  readonly role: SiteRole;
  /** Effective address in the context of `msr`. */
  readonly address: bigint;
  /** MSR when the vCPU gets there, as far as addresses depend on it. */
  readonly msr: bigint;
  /** For vectors: the site under another LPCR. */
  readonly siteUnder?: (lpcr: bigint) => StepSite;
  /** For vectors: why it is this address, for the records. */
  readonly vector?: NonNullable<StepTrap['vector']>;
}
