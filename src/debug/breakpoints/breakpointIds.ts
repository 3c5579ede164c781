// SPDX-License-Identifier: MIT

import type { BreakpointMode } from './breakpointMode.js';

/** Ids of breakpoints, from 1. An equal request always gets its id again: clients know their breakpoints by them. */
export class BreakpointIds {
  readonly #ofRequest = new Map<string, readonly number[]>();
  /** Modes that were chosen for a breakpoint after it was set, by id. */
  readonly modes = new Map<number, BreakpointMode>();
  #next = 1;

  /** The id for a breakpoint that is asked for by `request`, beside those that are `present`: equal ones have an id each. */
  take(request: string, present: readonly { readonly id: number }[]): number {
    const known = this.#ofRequest.get(request) ?? [];
    const free = known.find(id => present.every(breakpoint => breakpoint.id !== id));
    if (free !== undefined) return free;
    const id = this.#next++;
    this.#ofRequest.set(request, [...known, id]);
    return id;
  }
}
