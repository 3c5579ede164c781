// SPDX-License-Identifier: MIT
import type { ConsoleConnection } from '../debug/index.js';

/** The most bytes of output that are kept until they are taken. */
const MAXIMUM_PENDING_BYTES = 1 << 20;

/** The guest's console between two slices: what it wrote and nobody has taken, and what was typed and it has not read. */
export class GuestConsole implements ConsoleConnection {
  #output: number[] = [];
  readonly #input: number[] = [];

  write(bytes: Uint8Array): void {
    for (const byte of bytes) this.#output.push(byte);
    // A guest that floods its console within one slice loses the oldest bytes rather than our memory.
    if (this.#output.length > MAXIMUM_PENDING_BYTES) this.#output.splice(0, this.#output.length - MAXIMUM_PENDING_BYTES);
  }

  read(): number | undefined {
    return this.#input.shift();
  }

  /** Types `bytes` into the console. */
  type(bytes: Uint8Array): void {
    for (const byte of bytes) this.#input.push(byte);
  }

  /** The text written since the last call. A character whose last bytes are missing waits for them, unless this is the `end`. */
  takeText(end: 'more' | 'end'): string {
    if (this.#output.length === 0) return '';
    const waiting = end === 'end' ? 0 : unfinishedBytes(this.#output);
    const bytes = Uint8Array.from(this.#output.slice(0, this.#output.length - waiting));
    this.#output = this.#output.slice(this.#output.length - waiting);
    return new TextDecoder().decode(bytes);
  }
}

const CONTINUATION = { mask: 0b1100_0000, value: 0b1000_0000 } as const;

/** How many of the last bytes begin a UTF-8 character that is not whole, 0 to 3. */
function unfinishedBytes(bytes: readonly number[]): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & CONTINUATION.mask) === CONTINUATION.value) continue;
    const length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
