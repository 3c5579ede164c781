// SPDX-License-Identifier: MIT
import type { Instructions } from '../../stepping/instructions.js';
import type { StepMemory } from '../../stepping/stepMethod.js';

interface InternalTrap {
  readonly original: Uint8Array;
  /** A breakpoint of the user's had put the trap word there before; it is not ours to write or to take away. */
  readonly isForeign: boolean;
  users: number;
}

/** What became of a trap that was given back. */
export type Release = 'removed' | 'stillUsed' | 'overwritten';

/**
 * The trap words that steps have put at vectors and successors, with use counts, for all vCPUs together: two that step at once share one, and a
 * vCPU that does not step is told apart from a user's breakpoint by this table (PPC-HV-22, PPC-HV-25). The key is the real address.
 */
export class InternalTraps {
  readonly #traps = new Map<bigint, InternalTrap>();

  constructor(
    private readonly memory: Omit<StepMemory, 'translate'>,
    private readonly instructions: Pick<Instructions, 'trapWord'>,
  ) {}

  get trapWord(): Uint8Array {
    return this.instructions.trapWord;
  }

  get size(): number {
    return this.#traps.size;
  }

  has(real: bigint): boolean {
    return this.#traps.size > 0 && this.#traps.has(real);
  }

  /** The guest's own word under the trap. */
  original(real: bigint): Uint8Array | undefined {
    return this.#traps.get(real)?.original;
  }

  /** Writes the trap word, or counts another user of the one that is there; false if that is no RAM. */
  place(real: bigint): boolean {
    const known = this.#traps.get(real);
    if (known !== undefined) {
      known.users++;
      return true;
    }
    const { trapWord } = this.instructions;
    const original = this.memory.readPhysical(real, trapWord.length);
    if (original === undefined) return false;
    const isForeign = this.#isTrap(original);
    if (!isForeign && !this.memory.writePhysical(real, trapWord)) return false;
    this.#traps.set(real, { original, isForeign, users: 1 });
    return true;
  }

  /** Gives one use back; with the last one the guest's word returns, unless the guest has written another over the trap (PPC-HV-38). */
  release(real: bigint): Release {
    const trap = this.#traps.get(real);
    if (trap === undefined) return 'removed';
    if (--trap.users > 0) return 'stillUsed';
    this.#traps.delete(real);
    return this.#restore(real, trap) ? 'removed' : 'overwritten';
  }

  /** Takes the trap word away for the time in which a vCPU passes it, the others being held. */
  lift(real: bigint): void {
    const trap = this.#traps.get(real);
    if (trap !== undefined) this.#restore(real, trap);
  }

  /** Puts the trap word back after `lift`. */
  putBack(real: bigint): void {
    const trap = this.#traps.get(real);
    if (trap === undefined || trap.isForeign) return;
    const { trapWord } = this.instructions;
    const original = this.memory.readPhysical(real, trapWord.length);
    if (original === undefined || !this.memory.writePhysical(real, trapWord)) return;
    this.#traps.set(real, { ...trap, original: this.#isTrap(original) ? trap.original : original });
  }

  #restore(real: bigint, { original, isForeign }: InternalTrap): boolean {
    if (isForeign) return true;
    const now = this.memory.readPhysical(real, original.length);
    return now !== undefined && this.#isTrap(now) && this.memory.writePhysical(real, original);
  }

  #isTrap(bytes: Uint8Array): boolean {
    return this.instructions.trapWord.every((byte, index) => bytes[index] === byte);
  }
}
