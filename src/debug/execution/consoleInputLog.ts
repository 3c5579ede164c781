// SPDX-License-Identifier: MIT

/** Console input that reached the guest. */
export interface ConsoleInput {
  /** Virtual time of its arrival: instructions retired by all vCPUs. */
  readonly retiredInstructions: bigint;
  readonly bytes: Uint8Array;
}

/** All console input of a guest in order. It is the one thing in a run that does not follow from the launch: with it, the run can be had again. */
export class ConsoleInputLog {
  readonly #entries: ConsoleInput[] = [];

  get entries(): readonly ConsoleInput[] {
    return this.#entries;
  }

  record(retiredInstructions: bigint, bytes: Uint8Array): void {
    this.#entries.push({ retiredInstructions, bytes });
  }
}
