// SPDX-License-Identifier: MIT
import type { KernelWrite } from './kernelWrite.js';

/** What the kernel has written for a step in one KVM_RUN. Most steps are looked at by nobody, so that records are made when they are asked for. */
export interface StepWrites {
  /** In their order; a list of its own for who asks. */
  readonly records: readonly KernelWrite[];
}

/** The writes of a step that has few of them, as they are made. */
export class StepWriteList implements StepWrites {
  readonly #records: KernelWrite[] = [];

  get records(): readonly KernelWrite[] {
    return this.#records.slice();
  }

  /** At the head of a KVM_RUN. */
  forget(): void {
    if (this.#records.length > 0) this.#records.length = 0;
  }

  note(write: KernelWrite): void {
    this.#records.push(write);
  }
}
