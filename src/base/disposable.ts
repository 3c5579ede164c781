// SPDX-License-Identifier: MIT
/** Something that holds on to something else until it is disposed of. */
export interface Disposable {
  dispose(): void;
}

/** Owns disposables and disposes of them in reverse order. */
export class Owner implements Disposable {
  readonly #owned: Disposable[] = [];

  /** Registers `disposable` in the expression that creates it and returns it. */
  protected own<T extends Disposable>(disposable: T): T {
    this.#owned.push(disposable);
    return disposable;
  }

  dispose(): void {
    for (const disposable of this.#owned.splice(0).reverse()) disposable.dispose();
  }
}
