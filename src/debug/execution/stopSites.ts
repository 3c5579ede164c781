// SPDX-License-Identifier: MIT
import type { Vcpu } from '../../kvm/index.js';
import type { WatchRequest } from '../slots/debugSlots.js';
import type { WatchReport } from './stop.js';

/** What the user's breakpoints say about a place where the guest was stopped. Log messages and hit counts are dealt with inside. */
export interface StopSites {
  /** Whether the user has a breakpoint at `pc` at all. */
  hasSite(pc: bigint): boolean;
  /** The ids of the breakpoints at `pc` that want to stop `vcpu` now; counts the hit. Undefined if none does. */
  hit(vcpu: Vcpu, pc: bigint): SiteHit | undefined;
  /** The data breakpoints behind `request`, after the access: those that want to stop. */
  accessed(vcpu: Vcpu, request: WatchRequest, isWrite: boolean, before: Uint8Array, after: Uint8Array): readonly WatchReport[];
}

export interface SiteHit {
  readonly ids: readonly number[];
  /** A sentence to add to the stop, as that a condition could not be evaluated. */
  readonly remark: string | undefined;
  readonly isVector: boolean;
}
