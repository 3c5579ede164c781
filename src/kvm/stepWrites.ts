// SPDX-License-Identifier: MIT
import type { KernelWrite } from './kernelWrite.js';

/** On which way which register was written; a constant where the same is written at each step. */
export type WrittenRegister = Pick<KernelWrite, 'when' | 'register'>;

/**
 * What the kernel has written for a step in one KVM_RUN. Most steps are looked at by nobody, so that a write is noted in a row of each column, and
 * becomes a record when it is asked for.
 */
export class StepWrites {
  #count = 0;
  readonly #what: WrittenRegister[] = [];
  readonly #before: bigint[] = [];
  readonly #after: bigint[] = [];

  /** At the head of a KVM_RUN. */
  forget(): void {
    this.#count = 0;
  }

  note(what: WrittenRegister, before: bigint, after: bigint): void {
    const at = this.#count++;
    this.#what[at] = what;
    this.#before[at] = before;
    this.#after[at] = after;
  }

  /** A list of its own for who asks. */
  get records(): readonly KernelWrite[] {
    return this.#what.slice(0, this.#count).map(({ when, register }, at) => ({
      when,
      register,
      before: this.#before[at] ?? 0n,
      after: this.#after[at] ?? 0n,
    }));
  }
}
