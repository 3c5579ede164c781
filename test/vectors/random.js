// SPDX-License-Identifier: MIT
/** A 32-bit hash of a stream of 32-bit numbers and texts (FNV-1a over 32-bit units). */
export class Hash {
    #low = 0x811c_9dc5;
    #high = 0x0100_0193;
    add(word) {
        this.#low = Math.imul(this.#low ^ word, 0x0100_0193) >>> 0;
        this.#high = Math.imul(this.#high ^ (this.#low >>> 7) ^ word, 0x85eb_ca6b) >>> 0;
    }
    addText(text) {
        for (let at = 0; at < text.length; at++)
            this.add(text.charCodeAt(at));
    }
    addWords(words) {
        for (const half of new Uint32Array(words.buffer, words.byteOffset, words.length * 2))
            this.add(half);
    }
    /** 16 hexadecimal digits. */
    get text() {
        return [this.#high, this.#low].map(half => half.toString(16).padStart(8, '0')).join('');
    }
    get number() {
        return this.#low;
    }
}
/** The 32-bit hash of `text`. */
export function hashOf(text) {
    const hash = new Hash();
    hash.addText(text);
    return hash.number;
}
/** Numbers that are the same for the same seed on every machine. */
export class Random {
    #state;
    constructor(seed) {
        this.#state = seed >>> 0;
    }
    /** 32 bits (a Weyl sequence through MurmurHash3's finalizer). */
    word() {
        this.#state = (this.#state + 0x9e37_79b9) >>> 0;
        let mixed = this.#state;
        mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
        mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
        return (mixed ^ (mixed >>> 16)) >>> 0;
    }
    /** 0 to `count` - 1. */
    below(count) {
        return this.word() % count;
    }
    /** True once in `count`. */
    once(count) {
        return this.below(count) === 0;
    }
    wide() {
        return (BigInt(this.word()) << 32n) | BigInt(this.word());
    }
    pick(choices) {
        return choices[this.below(choices.length)] ?? choices[0];
    }
}
//# sourceMappingURL=random.js.map