// SPDX-License-Identifier: MIT
import type { Engine } from '../engine/engine.js';
import type { Slot } from '../operations/emitter.js';
import { PC_SLOT, STATE_PAGE_BYTES } from './stateLayout.js';

const WORDS_OF_PAGE = STATE_PAGE_BYTES / Int32Array.BYTES_PER_ELEMENT;
const VALUES_OF_PAGE = STATE_PAGE_BYTES / BigUint64Array.BYTES_PER_ELEMENT;
/** Index of a slot's low word; the high word follows. The page is little-endian, as linear memory is. */
export const lowWord = (slot: Slot): number => slot / Int32Array.BYTES_PER_ELEMENT;
/** Index of a slot among the 64-bit words of the page. */
export const valueIndex = (slot: Slot): number => slot / BigUint64Array.BYTES_PER_ELEMENT;

const PC = lowWord(PC_SLOT);

/**
 * The registers of one processing element, in the engine's state page while it is loaded there and
 * in a page of its own otherwise. The engine's page is the first of its linear memory.
 */
export class StatePage {
  #words: Int32Array;
  #values: BigUint64Array;
  readonly #own = new Uint8Array(STATE_PAGE_BYTES);

  constructor() {
    this.#words = new Int32Array(this.#own.buffer);
    this.#values = new BigUint64Array(this.#own.buffer);
  }

  /** Loads the registers into the engine's state page. */
  attach(engine: Engine): void {
    engine.loadState(this.#own);
    this.follow(engine);
  }

  /** Takes the registers back from the engine's state page. */
  detach(engine: Engine): void {
    engine.saveState(this.#own);
    this.#words = new Int32Array(this.#own.buffer);
    this.#values = new BigUint64Array(this.#own.buffer);
  }

  /** The engine's state page, where the registers are, has a new place: linear memory that grows leaves empty views behind. */
  follow(engine: Engine): void {
    const { buffer, byteOffset } = engine.memory;
    this.#words = new Int32Array(buffer, byteOffset, WORDS_OF_PAGE);
    this.#values = new BigUint64Array(buffer, byteOffset, VALUES_OF_PAGE);
  }

  /** The page as 32-bit words. Not to be kept. */
  get words(): Int32Array {
    return this.#words;
  }

  /** The page as 64-bit words. Not to be kept. */
  get values(): BigUint64Array {
    return this.#values;
  }

  /** The word in `slot`, 64 bits. */
  read(slot: Slot): bigint {
    return this.values[valueIndex(slot)] ?? 0n;
  }

  /** Stores the low 64 bits of `content`. */
  write(slot: Slot, content: bigint): void {
    this.values[valueIndex(slot)] = BigInt.asUintN(64, content);
  }

  /** Bits 31:0 of a slot (counted from the least significant), signed. */
  low32(slot: Slot): number {
    return this.words[lowWord(slot)] ?? 0;
  }

  /** Address of the next instruction. */
  get pc(): bigint {
    return this.read(PC_SLOT);
  }

  set pc(content: bigint) {
    this.write(PC_SLOT, content);
  }

  /** Low half of pc, signed. */
  get pcLow(): number {
    return this.words[PC] ?? 0;
  }

  /** High half of pc, signed. */
  get pcHigh(): number {
    return this.words[PC + 1] ?? 0;
  }

  /** pc moves on by one instruction of four bytes. */
  nextInstruction(): void {
    const words = this.words;
    const next = ((words[PC] ?? 0) + 4) | 0;
    words[PC] = next;
    if (next >>> 0 < 4) words[PC + 1] = ((words[PC + 1] ?? 0) + 1) | 0;
  }
}
