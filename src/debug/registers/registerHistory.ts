// SPDX-License-Identifier: MIT

/** Values by name as earlier stops had them: what a view compares with. A register that nobody looked at costs nothing. */
export class RegisterHistory {
  readonly #before = new Map<string, bigint>();
  readonly #now = new Map<string, bigint>();
  #stop: unknown;

  /** The guest stands at `stop`. What was seen at another stop becomes what is compared with. */
  enter(stop: unknown): void {
    if (stop === this.#stop) return;
    this.#stop = stop;
    for (const [name, value] of this.#now) this.#before.set(name, value);
    this.#now.clear();
  }

  /** The value of `name` at the last earlier stop at which it was asked for; `undefined` if it never was. `value` is what it is now. */
  before(name: string, value: bigint): bigint | undefined {
    this.#now.set(name, value);
    return this.#before.get(name);
  }
}

/** Asks for the earlier value of a register and tells its present one. */
export type BeforeValue = (name: string, value: bigint) => bigint | undefined;

/** Where no history is kept: nothing is marked as changed. */
export const NO_HISTORY: BeforeValue = () => undefined;
