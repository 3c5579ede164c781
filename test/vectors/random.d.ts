/** A 32-bit hash of a stream of 32-bit numbers and texts (FNV-1a over 32-bit units). */
export declare class Hash {
    #private;
    add(word: number): void;
    addText(text: string): void;
    addWords(words: BigUint64Array): void;
    /** 16 hexadecimal digits. */
    get text(): string;
    get number(): number;
}
/** The 32-bit hash of `text`. */
export declare function hashOf(text: string): number;
/** Numbers that are the same for the same seed on every machine. */
export declare class Random {
    #private;
    constructor(seed: number);
    /** 32 bits (a Weyl sequence through MurmurHash3's finalizer). */
    word(): number;
    /** 0 to `count` - 1. */
    below(count: number): number;
    /** True once in `count`. */
    once(count: number): boolean;
    wide(): bigint;
    pick<T>(choices: readonly [T, ...T[]]): T;
}
