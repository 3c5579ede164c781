// SPDX-License-Identifier: MIT

const [STEP, FIRST, SECOND] = [0x9e37_79b9_7f4a_7c15n, 0xbf58_476d_1ce4_e5b9n, 0x94d0_49bb_1331_11ebn];
const word = (value: bigint): bigint => BigInt.asUintN(64, value);

/** The source of H_RANDOM: SplitMix64 from a fixed seed, because two runs of a guest must be the same. */
export class RandomNumbers {
  #state = 0n;

  /** The next number, 64 bits. */
  next(): bigint {
    this.#state = word(this.#state + STEP);
    let mixed = this.#state;
    mixed = word((mixed ^ (mixed >> 30n)) * FIRST);
    mixed = word((mixed ^ (mixed >> 27n)) * SECOND);
    return mixed ^ (mixed >> 31n);
  }
}
