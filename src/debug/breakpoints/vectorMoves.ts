// SPDX-License-Identifier: MIT
import type { StopMechanisms } from './stopMechanisms.js';

/**
 * Nothing tells a debugger that the guest moves its vectors: an engine breakpoint of our own stands behind each instruction of the program that may,
 * while the user has a breakpoint on a vector.
 */
export class VectorMoves {
  readonly #addresses = new Set<bigint>();

  constructor(
    private readonly mechanisms: StopMechanisms,
    private readonly instructions: () => readonly bigint[],
  ) {}

  watch(isWanted: boolean): void {
    if (!this.mechanisms.hasEngine || isWanted === this.#addresses.size > 0) return;
    for (const address of this.#addresses) this.mechanisms.removeBreakpoint(address, 'engine');
    this.#addresses.clear();
    if (!isWanted) return;
    for (const address of this.instructions()) if (this.mechanisms.insertBreakpoint(address, 'engine').ok) this.#addresses.add(address);
  }

  has(pc: bigint): boolean {
    return this.#addresses.has(pc);
  }
}
