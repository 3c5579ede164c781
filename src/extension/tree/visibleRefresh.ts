// SPDX-License-Identifier: MIT
import type { Delay } from '../extensionHost.js';

/** Events of one stop come within this time, and are answered by one refresh. */
const GATHERING_MILLISECONDS = 15;

/**
 * Decides when a view asks the adapter: once for all events that come together, never twice at a time, and never while nobody
 * sees the view. What has become stale while it was hidden is asked for when it is shown.
 */
export class VisibleRefresh {
  #isVisible = false;
  #isStale = false;
  #isFetching = false;
  #callOff: (() => void) | undefined;
  #dueIn = Number.POSITIVE_INFINITY;

  constructor(
    private readonly fetch: () => Promise<void>,
    private readonly delay: Delay,
  ) {}

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible && this.#isStale) this.#plan(0);
    if (!isVisible) this.#forgetPlan();
  }

  /** What is shown is not true any more. With `within`, the next refresh may wait that many milliseconds for something better to show. */
  invalidate(within = GATHERING_MILLISECONDS): void {
    this.#isStale = true;
    if (this.#isVisible) this.#plan(within);
  }

  dispose(): void {
    this.#isVisible = false;
    this.#forgetPlan();
  }

  #plan(milliseconds: number): void {
    if (this.#isFetching || (this.#callOff !== undefined && this.#dueIn <= milliseconds)) return;
    this.#forgetPlan();
    this.#dueIn = milliseconds;
    this.#callOff = this.delay(() => {
      this.#forgetPlan();
      void this.#refresh();
    }, milliseconds);
  }

  #forgetPlan(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#dueIn = Number.POSITIVE_INFINITY;
  }

  async #refresh(): Promise<void> {
    this.#isStale = false;
    this.#isFetching = true;
    try {
      await this.fetch();
    } finally {
      this.#isFetching = false;
    }
    if (this.#isStale && this.#isVisible) this.#plan(GATHERING_MILLISECONDS);
  }
}
