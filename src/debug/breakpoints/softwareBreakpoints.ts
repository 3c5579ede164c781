// SPDX-License-Identifier: MIT
import { type Failure, failure, hex, type Result, success } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { Instructions } from '../stepping/instructions.js';
import type { WrittenWord } from '../stepping/stepAction.js';
import type { CodeMemory } from './codeMemory.js';

export type SoftwareBreakpointFailure = Failure<'EINVAL' | 'EFAULT' | 'ENOENT'>;

interface Trap {
  /** Raw bytes: the guest's byte order does not matter (API-18). */
  readonly original: Uint8Array;
  users: number;
  /** Where it was written. */
  readonly memory: CodeMemory;
}

/**
 * Trap instructions written into guest memory, with use counts (API-20). The key is the virtual address: two address spaces with the
 * same address are not told apart, a known limit of this method.
 */
export class SoftwareBreakpoints {
  readonly #traps = new Map<bigint, Trap>();

  /** `memories` are the views of the vCPUs, that of `first` before the others: what one cannot translate another may (API-31). */
  constructor(
    private readonly instructions: Pick<Instructions, 'noun' | 'trapWord'>,
    private readonly memories: (first?: Vcpu) => readonly CodeMemory[],
  ) {}

  get #word(): Uint8Array {
    return this.instructions.trapWord;
  }

  #isTrap(bytes: Uint8Array): boolean {
    return this.#word.every((byte, index) => bytes[index] === byte);
  }

  get addresses(): readonly bigint[] {
    return [...this.#traps.keys()];
  }

  get size(): number {
    return this.#traps.size;
  }

  has(address: bigint): boolean {
    return this.#traps.size > 0 && this.#traps.has(address);
  }

  /** Writes the trap, or counts another user of the one that is there. `by`: whose code it is, if it is one vCPU's. */
  insert(address: bigint, by?: Vcpu): Result<undefined, SoftwareBreakpointFailure> {
    const trap = this.#traps.get(address);
    if (trap) {
      trap.users++;
      return success(undefined);
    }
    if (address % 4n !== 0n)
      return failure('EINVAL', `${hex(address)} is not the address of ${this.instructions.noun}: it is no multiple of 4.`);
    for (const view of this.memories(by)) {
      const memory = view.fixedAt?.(address) ?? view;
      const original = memory.read(address, this.#word.length);
      if (!original || !memory.write(address, this.#word)) continue;
      this.#traps.set(address, { original, users: 1, memory });
      return success(undefined);
    }
    return failure('EFAULT', `There is no writable memory at ${hex(address)} for a software breakpoint.`);
  }

  /** Takes a user away; with the last one the original word comes back. Refused, with memory untouched, if the trap is not there any more (API-19). */
  remove(address: bigint): Result<undefined, SoftwareBreakpointFailure> {
    const trap = this.#traps.get(address);
    if (!trap) return failure('ENOENT', `There is no software breakpoint at ${hex(address)}.`);
    if (trap.users > 1) {
      trap.users--;
      return success(undefined);
    }
    this.#traps.delete(address);
    return this.#restore(address, trap);
  }

  /** Puts the original word back for the time of one instruction, without changing the counts. What has been written, if there is a trap. */
  lift(address: bigint): Result<WrittenWord | undefined, SoftwareBreakpointFailure> {
    const trap = this.#traps.get(address);
    if (!trap) return success(undefined);
    const restored = this.#restore(address, trap);
    return restored.ok ? success({ before: this.#word, after: trap.original }) : restored;
  }

  /** Writes the trap again after `lift`. The word under it is taken anew: the instruction may have changed it. */
  place(address: bigint): WrittenWord | undefined {
    const trap = this.#traps.get(address);
    if (!trap) return undefined;
    for (const memory of [trap.memory, ...this.memories()]) {
      const original = memory.read(address, this.#word.length);
      if (!original || !memory.write(address, this.#word)) continue;
      this.#traps.set(address, { ...trap, original: this.#isTrap(original) ? trap.original : original });
      return { before: original, after: this.#word };
    }
    return undefined;
  }

  #restore(address: bigint, trap: Trap): Result<undefined, SoftwareBreakpointFailure> {
    let found: Uint8Array | undefined;
    for (const memory of [trap.memory, ...this.memories()]) {
      const now = memory.read(address, this.#word.length);
      if (!now) continue;
      found = now;
      if (this.#isTrap(now) && memory.write(address, trap.original)) return success(undefined);
    }
    return failure(
      'EINVAL',
      found
        ? `The guest has written other code over the breakpoint at ${hex(address)}; it stays as it is.`
        : `The memory at ${hex(address)} cannot be reached any more.`,
    );
  }

  /** Removes all traps. The first refusal is returned, after all have been tried. */
  removeAll(): Result<undefined, SoftwareBreakpointFailure> {
    let outcome: Result<undefined, SoftwareBreakpointFailure> = success(undefined);
    for (const [address, trap] of [...this.#traps]) {
      this.#traps.delete(address);
      const restored = this.#restore(address, trap);
      if (!restored.ok && outcome.ok) outcome = restored;
    }
    return outcome;
  }

  /** Whether a trap lies in the `size` bytes from `start` on. */
  covers(start: bigint, size: number): boolean {
    if (this.#traps.size === 0) return false;
    for (const address of this.#traps.keys()) if (address < start + BigInt(size) && start < address + 4n) return true;
    return false;
  }

  /** Puts the original words into `bytes`, which were read from `start` on. */
  hide(start: bigint, bytes: Uint8Array): void {
    const end = start + BigInt(bytes.length);
    for (const [address, { original }] of this.#traps) {
      if (address + 4n <= start || address >= end) continue;
      for (let index = 0; index < original.length; index++) {
        const at = Number(address - start) + index;
        // Only where the trap still is: the guest may have put other code there.
        if (at >= 0 && at < bytes.length && bytes[at] === this.#word[index]) bytes[at] = original[index] ?? 0;
      }
    }
  }

  /** Of `bytes` to be written from `start` on: goes under the traps, which stay. Returns what memory must hold. */
  underTraps(start: bigint, bytes: Uint8Array): Uint8Array {
    const end = start + BigInt(bytes.length);
    let result = bytes;
    for (const [address, trap] of this.#traps) {
      if (address + 4n <= start || address >= end) continue;
      if (result === bytes) result = bytes.slice();
      const original = trap.original.slice();
      for (let index = 0; index < original.length; index++) {
        const at = Number(address - start) + index;
        if (at < 0 || at >= bytes.length) continue;
        original[index] = bytes[at] ?? 0;
        result[at] = this.#word[index] ?? 0;
      }
      this.#traps.set(address, { ...trap, original });
    }
    return result;
  }
}
