// SPDX-License-Identifier: MIT
import type { Files, Result } from '../../base/index.js';
import type { FileOutcome, FromWorker } from './workerMessages.js';

/** Files that a worker cannot reach itself: it asks the side that forwards its messages. */
export class ForwardedFiles implements Files {
  readonly #waiting = new Map<number, (outcome: FileOutcome) => void>();
  #nextId = 1;

  constructor(private readonly post: (message: FromWorker) => void) {}

  read(path: string): Promise<Result<Uint8Array>> {
    const id = this.#nextId++;
    return new Promise(resolve => {
      this.#waiting.set(id, resolve);
      this.post({ kind: 'read', id, path });
    });
  }

  /** Takes the answer to request `id`. */
  answered(id: number, outcome: FileOutcome): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
  }
}
