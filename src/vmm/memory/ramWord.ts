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
export const ramWord = (engine: Pick<Engine, 'memory' | 'invalidateCode'>, hostOffset: number): RamWord => ({
  read: () => {
    const { memory } = engine;
    const [a = 0, b = 0, c = 0, d = 0] = [memory[hostOffset], memory[hostOffset + 1], memory[hostOffset + 2], memory[hostOffset + 3]];
    return a | (b << 8) | (c << 16) | (d << 24);
  },
  write: word => {
    const { memory } = engine;
    memory[hostOffset] = word;
    memory[hostOffset + 1] = word >> 8;
    memory[hostOffset + 2] = word >> 16;
    memory[hostOffset + 3] = word >> 24;
    engine.invalidateCode(hostOffset, BYTES);
  },
});
