// SPDX-License-Identifier: MIT
/** Sources that cannot be read where the debug information puts them, by the reference that clients ask for. */
export class MissingSources {
  readonly #paths: string[] = [];

  /** The reference, from 1, of the client's path `path`. */
  referenceOf(path: string): number {
    const at = this.#paths.indexOf(path);
    return at >= 0 ? at + 1 : this.#paths.push(path);
  }

  pathOf(reference: number): string | undefined {
    return this.#paths[reference - 1];
  }
}
