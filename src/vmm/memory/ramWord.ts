// SPDX-License-Identifier: MIT
import type { Engine } from '../../cpu/index.js';

const BYTES = 4;

/** Four bytes of RAM that are read and written again and again: the trap words of steps. It stays good as long as its machine. */
export interface RamWord {
  /** The bytes as a signed number, least significant first. */
  read(): number;
  /** Writes all four and tells the engine that code may have changed. */
  write(word: number): void;
}

/** The four bytes at `hostOffset`, a multiple of 4, of the linear memory of `engine`. */
export const ramWord = (engine: Pick<Engine, 'memory' | 'invalidateCode'>, hostOffset: number): RamWord => new HostWord(engine, hostOffset);

class HostWord implements RamWord {
  #memory: Uint8Array | undefined;
  /** The word alone. Linear memory is little-endian, as this host is. */
  #words: Int32Array = new Int32Array(1);

  constructor(
    private readonly engine: Pick<Engine, 'memory' | 'invalidateCode'>,
    private readonly hostOffset: number,
  ) {}

  /** Linear memory that has grown is another buffer. */
  #ofNow(): Int32Array {
    const { memory } = this.engine;
    if (memory !== this.#memory) {
      this.#memory = memory;
      this.#words = new Int32Array(memory.buffer, memory.byteOffset + this.hostOffset, 1);
    }
    return this.#words;
  }

  read(): number {
    return this.#ofNow()[0] ?? 0;
  }

  write(word: number): void {
    this.#ofNow()[0] = word;
    this.engine.invalidateCode(this.hostOffset, BYTES);
  }
}
