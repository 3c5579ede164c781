// SPDX-License-Identifier: MIT
import type { Instructions } from '../../stepping/instructions.js';
import type { StepMemory } from '../../stepping/stepMethod.js';

interface InternalTrap {
  /** What is beneath: the guest's own word, or the trap word of a breakpoint of the user's. */
  original: Uint8Array;
  users: number;
  /** It is out of memory while a vCPU passes it. */
  isLifted: boolean;
}

/** What became of a trap that was given back. */
export type Release = 'removed' | 'stillUsed' | 'overwritten';

/**
 * The trap words that steps have put at vectors and successors, with use counts, for all vCPUs together: two that step at once share one, and a
 * vCPU that does not step is told apart from a user's breakpoint by this table (PPC-HV-22, PPC-HV-25). A breakpoint of the user's at the same word
 * lies beneath, so that either may come and go first (PPC-HV-26). The key is the real address.
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

  /** What is beneath the trap. */
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
    const { trapWord } = this;
    const original = this.memory.readPhysical(real, trapWord.length);
    if (original === undefined || !this.memory.writePhysical(real, trapWord)) return false;
    this.#traps.set(real, { original, users: 1, isLifted: false });
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
    if (trap === undefined || trap.isLifted) return;
    this.#restore(real, trap);
    trap.isLifted = true;
  }

  /** Puts the trap word back after `lift`. What is beneath is taken anew: the instruction may have changed it. */
  putBack(real: bigint): void {
    const trap = this.#traps.get(real);
    if (trap === undefined || !trap.isLifted) return;
    const original = this.memory.readPhysical(real, this.trapWord.length);
    if (original === undefined || !this.memory.writePhysical(real, this.trapWord)) return;
    trap.original = original;
    trap.isLifted = false;
  }

  /** A word as it is beneath the trap, if there is one. */
  readBeneath(real: bigint): Uint8Array | undefined {
    const trap = this.#traps.get(real);
    return trap === undefined || trap.isLifted ? this.memory.readPhysical(real, this.trapWord.length) : trap.original.slice();
  }

  /** Writes a word, beneath the trap if there is one. */
  writeBeneath(real: bigint, word: Uint8Array): boolean {
    const trap = this.#traps.get(real);
    if (trap === undefined || trap.isLifted) return this.memory.writePhysical(real, word);
    trap.original = word.slice();
    return true;
  }

  #restore(real: bigint, { original, isLifted }: InternalTrap): boolean {
    if (isLifted) return true;
    const now = this.memory.readPhysical(real, original.length);
    return now !== undefined && this.#isTrap(now) && this.memory.writePhysical(real, original);
  }

  #isTrap(bytes: Uint8Array): boolean {
    return this.trapWord.every((byte, index) => bytes[index] === byte);
  }
}
