// SPDX-License-Identifier: MIT
/** How many instructions a sequence may have. */
export const LONGEST_SEQUENCE = 3;

/** What follows a handler in some sequence. */
interface Step {
  readonly next: Map<number, Step>;
  /** The handler for all up to here; 0 if there is none. */
  handler: number;
}

const newStep = (): Step => ({ next: new Map(), handler: 0 });

/** A sequence that was found: its handler, and how many instructions it runs. */
export interface FoundSequence {
  readonly handler: number;
  readonly length: number;
}

/** The sequences of an interpreter's image, as a tree over the handlers of their instructions. */
export class SequenceTable {
  readonly #root = newStep();
  readonly #first = new Map<number, { readonly handler: number; readonly length: number }>();

  /** `sequences`: the handlers of each, then the one for all. */
  constructor(sequences: readonly (readonly number[])[]) {
    for (const sequence of sequences) {
      let step = this.#root;
      for (const handler of sequence.slice(0, -1)) {
        const next = step.next.get(handler) ?? newStep();
        step.next.set(handler, next);
        step = next;
      }
      step.handler = sequence.at(-1) ?? 0;
      this.#first.set(step.handler, { handler: sequence[0] ?? 0, length: sequence.length - 1 });
    }
  }

  /** The handler of the first instruction of the sequence that `handler` runs, if it has more than `length` instructions. */
  firstOfLonger(handler: number, length: number): number | undefined {
    const first = this.#first.get(handler);
    return first !== undefined && first.length > length ? first.handler : undefined;
  }

  /** The longest sequence that begins at place `from` of `handlers`; `undefined` if there is none. */
  longestAt(handlers: ArrayLike<number>, from: number): FoundSequence | undefined {
    let found: FoundSequence | undefined;
    let step: Step | undefined = this.#root;
    for (let place = from; place < handlers.length; place++) {
      step = step.next.get(handlers[place] ?? 0);
      if (step === undefined) break;
      if (step.handler !== 0) found = { handler: step.handler, length: place - from + 1 };
    }
    return found;
  }
}
