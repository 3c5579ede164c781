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

/** The four bytes at `hostOffset` of the linear memory of `engine`. */
export const ramWord = (engine: Pick<Engine, 'memory' | 'invalidateCode'>, hostOffset: number): RamWord => new HostWord(engine, hostOffset);

class HostWord implements RamWord {
  #memory: Uint8Array;
  #view: DataView;

  constructor(
    private readonly engine: Pick<Engine, 'memory' | 'invalidateCode'>,
    private readonly hostOffset: number,
  ) {
    this.#memory = engine.memory;
    this.#view = new DataView(this.#memory.buffer, this.#memory.byteOffset);
  }

  /** Linear memory that has grown is another buffer. */
  #viewOfNow(): DataView {
    const { memory } = this.engine;
    if (memory !== this.#memory) {
      this.#memory = memory;
      this.#view = new DataView(memory.buffer, memory.byteOffset);
    }
    return this.#view;
  }

  read(): number {
    return this.#viewOfNow().getInt32(this.hostOffset, true);
  }

  write(word: number): void {
    this.#viewOfNow().setInt32(this.hostOffset, word, true);
    this.engine.invalidateCode(this.hostOffset, BYTES);
  }
}
