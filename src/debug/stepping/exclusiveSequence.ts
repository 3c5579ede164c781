// SPDX-License-Identifier: MIT

/** The words of a sequence that an exclusive monitor or a reservation guards, as an architecture tells them apart. */
export interface SequenceWords {
  isLoadExclusive(word: number): boolean;
  isStoreExclusive(word: number): boolean;
  /** Where the conditional branch `word` at `address` goes to if it is taken; `undefined` for other instructions. */
  conditionalTarget(word: number, address: bigint): bigint | undefined;
  /** Whether the instruction does not come to the next one. */
  leavesSequence(word: number): boolean;
  /** No sequence that the architecture lets succeed is longer. */
  readonly maximumBytes: bigint;
}

/**
 * Where the sequence that begins with the load-exclusive at `start` can end: behind its loop, and wherever a conditional branch
 * leaves it. `undefined` if no load-exclusive is at `start`, no store-exclusive follows within the architecture's limit, or the way there is not
 * straight.
 */
export function endsOfSequence(
  start: bigint,
  instructionAt: (address: bigint) => number | undefined,
  words: SequenceWords,
): readonly bigint[] | undefined {
  const first = instructionAt(start);
  if (first === undefined || !words.isLoadExclusive(first)) return undefined;
  let hasStore = false;
  const targets: bigint[] = [];
  for (let address = start + 4n; address <= start + words.maximumBytes; address += 4n) {
    const word = instructionAt(address);
    if (word === undefined) return undefined;
    const target = words.conditionalTarget(word, address);
    if (target !== undefined) targets.push(target);
    if (words.isStoreExclusive(word)) {
      hasStore = true;
    } else if (hasStore) {
      // The branch back, if the loop has one, belongs to the sequence.
      const end = target === undefined ? address : address + 4n;
      return [end, ...targets.filter(each => each < start || each > end)];
    } else if (words.leavesSequence(word)) {
      return undefined;
    }
  }
  return undefined;
}
