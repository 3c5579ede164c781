// SPDX-License-Identifier: MIT

/** The record of an instruction word. */
export interface RememberedRecord {
  readonly bytes: Uint8Array;
  /** Where in a page the record is for, in instructions; `undefined`: anywhere. */
  readonly place: number | undefined;
  /** Whether the word is one at all. */
  readonly isInstruction: boolean;
}

/** How many words are remembered. */
const MAXIMUM = 4096;

/**
 * The records of instruction words of one mode that were decoded before. A record follows from its word and, for branches within a page, from its
 * place there.
 */
export class RememberedRecords {
  readonly #records = new Map<number, RememberedRecord>();
  /** Of words behind code, which have no record: whether they are instructions. */
  readonly #natures = new Map<number, boolean>();

  /** Whether `word` is an instruction at all; `decode` tells that of one that is not remembered. */
  isInstruction(word: number, decode: (word: number) => unknown): boolean {
    const known = this.#records.get(word)?.isInstruction ?? this.#natures.get(word);
    if (known !== undefined) return known;
    const isInstruction = decode(word) !== undefined;
    if (this.#natures.size >= MAXIMUM) this.#natures.clear();
    this.#natures.set(word, isInstruction);
    return isInstruction;
  }

  /** The bytes of the record of `word` at `place`, if they are known. */
  bytesOf(word: number, place: number): Uint8Array | undefined {
    const known = this.#records.get(word);
    return known !== undefined && (known.place === undefined || known.place === place) ? known.bytes : undefined;
  }

  set(word: number, record: RememberedRecord): void {
    if (this.#records.size >= MAXIMUM) this.#records.clear();
    this.#records.set(word, record);
  }
}
