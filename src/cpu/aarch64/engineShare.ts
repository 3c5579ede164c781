// SPDX-License-Identifier: MIT
import { SharedEngine } from '../engine/sharedEngine.js';

/** The engine that the AArch64 processing elements of a machine share, with the events that they send each other. */
export class EngineShare extends SharedEngine {
  readonly #listeners: (() => void)[] = [];

  /** `receive` is called at each SEV of any processing element. */
  onSendEvent(receive: () => void): void {
    this.#listeners.push(receive);
  }

  /** SEV. */
  sendEvent(): void {
    for (const receive of this.#listeners) receive();
  }
}
