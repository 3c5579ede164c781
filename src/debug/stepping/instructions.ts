// SPDX-License-Identifier: MIT

/** What the debugger knows of an architecture's instruction words. All are 4 bytes long, at multiples of 4. */
export interface Instructions {
  /** For sentences: `an A64 instruction`. */
  readonly noun: string;
  /** The word of a software breakpoint, as it lies in memory. */
  readonly trapWord: Uint8Array;
  /** Leaves the address behind itself in the link register and may go elsewhere. */
  isCall(word: number): boolean;
  /** Goes, perhaps, to where the link register leads. */
  isReturn(word: number): boolean;
  isExceptionReturn(word: number): boolean;
  /** Whatever may go on elsewhere than behind itself without an exception: jumps, conditional or not, calls and returns of both kinds. */
  isBranch(word: number): boolean;
  /** Begins a sequence that an exclusive monitor or a reservation guards. */
  isLoadExclusive(word: number): boolean;
  /**
   * Where such a sequence that begins at `start` can end: behind its loop, and wherever a branch leaves it. `undefined` if none begins
   * there that the architecture lets succeed and that can be followed.
   */
  endsOfExclusiveSequence(start: bigint, instructionAt: (address: bigint) => number | undefined): readonly bigint[] | undefined;
  disassemble(word: number, address: bigint): string;
  /** The address at the end of an instruction's text that people want the name of. */
  targetIn(text: string): string | undefined;
}
