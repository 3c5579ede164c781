// SPDX-License-Identifier: MIT
import type { Disposable } from './disposable.js';

/** Announces something. Listeners are called in the order in which they came; no logic may depend on it. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Registers `listener` until the returned disposable is disposed of. */
  readonly event = (listener: (value: T) => void): Disposable => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
