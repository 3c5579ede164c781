// SPDX-License-Identifier: MIT
import type { RamWord } from '../../../vmm/index.js';
import type { Instructions } from '../../stepping/instructions.js';
import type { StepMemory } from '../../stepping/stepMethod.js';

/** A word of RAM that has, or had, a trap of a step. The object is the same as long as `generation` of its table. */
export interface TrapPlace {
  readonly real: bigint;
  /** Its offset in the smallest page. */
  readonly inPage: number;
  readonly word: RamWord;
  /** What is beneath: the guest's own word, or the trap word of a breakpoint of the user's. The same object as long as it says the same. */
  original: Uint8Array;
  originalWord: number;
  /** 0: there is no trap now. */
  users: number;
  /** It is out of memory while a vCPU passes it. */
  isLifted: boolean;
}

/** What became of a trap that was given back. */
export type Release = 'removed' | 'stillUsed' | 'overwritten';

const NOTHING = new Uint8Array(4);
const PAGE_MASK = 0xfffn;
/** Places that are remembered, at most. */
const MAXIMUM_PLACES = 0x1_0000;

const numberOf = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getInt32(0, true);
function bytesOf(word: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, word, true);
  return bytes;
}

function setOriginal(place: TrapPlace, word: number): void {
  if (word === place.originalWord) return;
  place.originalWord = word;
  place.original = bytesOf(word);
}

/** Takes anew what is beneath. */
function look(place: TrapPlace): void {
  setOriginal(place, place.word.read());
}

/**
 * The trap words that steps have put at vectors and successors, with use counts, for all vCPUs together: two that step at once share one, and a
 * vCPU that does not step is told apart from a user's breakpoint by this table (PPC-HV-22, PPC-HV-25). A breakpoint of the user's at the same word
 * lies beneath, so that either may come and go first (PPC-HV-26). The key is the real address.
 */
export class InternalTraps {
  /** By real address as a number, which finds much quicker: RAM lies where numbers are exact. */
  readonly #places = new Map<number, TrapPlace>();
  readonly #trap: number;
  /** Traps there are now. */
  size = 0;
  /** Grows when places are forgotten: then none of them has a trap, and who keeps some asks for them again. */
  generation = 0;

  constructor(
    private readonly memory: Pick<StepMemory, 'wordAt'>,
    private readonly instructions: Pick<Instructions, 'trapWord'>,
  ) {
    this.#trap = numberOf(instructions.trapWord);
  }

  get trapWord(): Uint8Array {
    return this.instructions.trapWord;
  }

  has(real: bigint): boolean {
    return this.#at(real) !== undefined;
  }

  /** The trap at `real`, if there is one. */
  #at(real: bigint): TrapPlace | undefined {
    if (this.size === 0) return undefined;
    const place = this.#places.get(Number(real));
    return place !== undefined && place.users > 0 ? place : undefined;
  }

  /** What is beneath the trap. */
  original(real: bigint): Uint8Array | undefined {
    return this.#at(real)?.original;
  }

  /** The place at `real`, with or without a trap; `undefined` if that is no RAM. */
  placeAt(real: bigint): TrapPlace | undefined {
    const known = this.#places.get(Number(real));
    if (known !== undefined) return known;
    const word = this.memory.wordAt(real);
    if (word === undefined) return undefined;
    if (this.size === 0 && this.#places.size >= MAXIMUM_PLACES) {
      this.#places.clear();
      this.generation++;
    }
    const place = { real, inPage: Number(real & PAGE_MASK), word, original: NOTHING, originalWord: 0, users: 0, isLifted: false };
    this.#places.set(Number(real), place);
    return place;
  }

  /** Writes the trap word, or counts another user of the one that is there. */
  use(place: TrapPlace): void {
    if (place.users++ > 0) return;
    this.size++;
    place.isLifted = false;
    look(place);
    place.word.write(this.#trap);
  }

  /** `use` of the place at `real`; false if that is no RAM. */
  place(real: bigint): boolean {
    const place = this.placeAt(real);
    if (place !== undefined) this.use(place);
    return place !== undefined;
  }

  /** Gives one use back; with the last one the guest's word returns, unless the guest has written another over the trap (PPC-HV-38). */
  giveBack(place: TrapPlace): Release {
    if (place.users === 0) return 'removed';
    if (--place.users > 0) return 'stillUsed';
    this.size--;
    return this.#restore(place) ? 'removed' : 'overwritten';
  }

  /** `giveBack` of the trap at `real`. */
  release(real: bigint): Release {
    const place = this.#at(real);
    return place === undefined ? 'removed' : this.giveBack(place);
  }

  /** Takes the trap word away for the time in which a vCPU passes it, the others being held. */
  lift(real: bigint): void {
    const trap = this.#at(real);
    if (trap === undefined || trap.isLifted) return;
    this.#restore(trap);
    trap.isLifted = true;
  }

  /** Puts the trap word back after `lift`. What is beneath is taken anew: the instruction may have changed it. */
  putBack(real: bigint): void {
    const trap = this.#at(real);
    if (trap === undefined || !trap.isLifted) return;
    look(trap);
    trap.word.write(this.#trap);
    trap.isLifted = false;
  }

  /** The guest's own word at `place` as a signed number, least significant byte first. */
  wordBeneath(place: TrapPlace): number {
    return place.users > 0 ? place.originalWord : place.word.read();
  }

  /** A word as it is beneath the trap, if there is one. */
  readBeneath(real: bigint): Uint8Array | undefined {
    const trap = this.#at(real);
    if (trap !== undefined && !trap.isLifted) return trap.original.slice();
    const word = this.memory.wordAt(real);
    return word && bytesOf(word.read());
  }

  /** Writes a word, beneath the trap if there is one. */
  writeBeneath(real: bigint, bytes: Uint8Array): boolean {
    const trap = this.#at(real);
    if (trap !== undefined && !trap.isLifted) {
      setOriginal(trap, numberOf(bytes));
      return true;
    }
    const word = this.memory.wordAt(real);
    word?.write(numberOf(bytes));
    return word !== undefined;
  }

  #restore({ word, originalWord, isLifted }: TrapPlace): boolean {
    if (isLifted) return true;
    if (word.read() !== this.#trap) return false;
    word.write(originalWord);
    return true;
  }
}
