// SPDX-License-Identifier: MIT

/** A 32-bit hash of a stream of 32-bit numbers and texts (FNV-1a over 32-bit units). */
export class Hash {
  #low = 0x811c_9dc5;
  #high = 0x0100_0193;

  add(word: number): void {
    this.#low = Math.imul(this.#low ^ word, 0x0100_0193) >>> 0;
    this.#high = Math.imul(this.#high ^ (this.#low >>> 7) ^ word, 0x85eb_ca6b) >>> 0;
  }

  addText(text: string): void {
    for (let at = 0; at < text.length; at++) this.add(text.charCodeAt(at));
  }

  addWords(words: BigUint64Array): void {
    for (const half of new Uint32Array(words.buffer, words.byteOffset, words.length * 2)) this.add(half);
  }

  /** 16 hexadecimal digits. */
  get text(): string {
    return [this.#high, this.#low].map(half => half.toString(16).padStart(8, '0')).join('');
  }

  get number(): number {
    return this.#low;
  }
}

/** The 32-bit hash of `text`. */
export function hashOf(text: string): number {
  const hash = new Hash();
  hash.addText(text);
  return hash.number;
}

/** Numbers that are the same for the same seed on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 bits (a Weyl sequence through MurmurHash3's finalizer). */
  word(): number {
    this.#state = (this.#state + 0x9e37_79b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return this.word() % count;
  }

  /** True once in `count`. */
  once(count: number): boolean {
    return this.below(count) === 0;
  }

  wide(): bigint {
    return (BigInt(this.word()) << 32n) | BigInt(this.word());
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }
}

/** Content of a field of `width` bits that is no register: often 0, 1, -1, the top bit alone or a small number. */
export function immediate(random: Random, width: number): number {
  switch (random.below(8)) {
    case 0:
      return 0;
    case 1:
      return -1;
    case 2:
      return 1;
    case 3:
      return 1 << (width - 1);
    case 4:
      return random.below(16);
    default:
      return random.word();
  }
}
