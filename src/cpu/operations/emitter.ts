// SPDX-License-Identifier: MIT
import type { Branded } from '../../base/index.js';

declare const value: unique symbol;
declare const truth: unique symbol;

/** A 64-bit value of the running instruction. Opaque: each printer has its own idea of what it is. */
export interface Value {
  readonly [value]: never;
}

/** A condition, true or false. Opaque like `Value`. */
export interface Truth {
  readonly [truth]: never;
}

/** A 64-bit word of the vCPU's state, named by its byte offset in the state page; a multiple of 8. */
export type Slot = Branded<number, 'Slot'>;

/** How an instruction touches memory. Everything but the address is known at build time. */
export interface MemoryAccess {
  /** Bytes of each element. */
  readonly bytes: 1 | 2 | 4 | 8;
  /** The address must be a multiple of this many bytes; the size of an element if absent. Less than that: an access may also cross a page. */
  readonly alignment?: 1 | 2 | 4 | 8 | 16;
  /** The bytes of each element are in the order that is not the guest's (lwbrx, stwbrx). */
  readonly isByteReversed?: boolean;
  /** The alignment is demanded whatever the memory type and the control registers say (exclusives, atomics, acquire and release). */
  readonly isAlignmentFixed?: boolean;
  /** Checked with the rights of the less privileged level (LDTR, STTR). */
  readonly isUnprivileged?: boolean;
}

/**
 * The vocabulary in which the semantics of every instruction is written, once. A printer implements
 * it: one computes with `bigint` (the reference), one prints WebAssembly for the interpreter.
 *
 * Rules that a printer checks where it can:
 * - All memory accesses come before the first `set` of an instruction, so that a fault leaves the state untouched.
 * - A value that was read from the state must be kept by `let` if it is used after a `set`.
 * - Values are 64 bits wide and unsigned; a row narrows what it writes.
 * - A JavaScript `if` decides at build time; `select` and `if` of this interface decide at run time.
 */
export interface Emitter {
  constant(value: bigint): Value;
  /** The word in `slot`. */
  get(slot: Slot): Value;
  set(slot: Slot, value: Value): void;
  /** The slot behind `slot`: the second word of a register that has two. */
  slotAfter(slot: Slot): Slot;
  /** Evaluates `value` here and now, once; the result may be used any number of times and after any `set`. */
  let(value: Value): Value;

  add(a: Value, b: Value): Value;
  subtract(a: Value, b: Value): Value;
  /** Low 64 bits of the product. */
  multiply(a: Value, b: Value): Value;
  /** High 64 bits of the 128-bit product. */
  multiplyHighUnsigned(a: Value, b: Value): Value;
  multiplyHighSigned(a: Value, b: Value): Value;
  /** The quotient rounded to zero; 0 if `b` is 0. */
  divideUnsigned(a: Value, b: Value): Value;
  /** The quotient rounded to zero; 0 if `b` is 0; -2^63 / -1 is -2^63. */
  divideSigned(a: Value, b: Value): Value;
  and(a: Value, b: Value): Value;
  or(a: Value, b: Value): Value;
  xor(a: Value, b: Value): Value;
  not(a: Value): Value;
  /** Shifts take their amount modulo 64. */
  shiftLeft(a: Value, amount: Value): Value;
  shiftRightUnsigned(a: Value, amount: Value): Value;
  shiftRightSigned(a: Value, amount: Value): Value;
  rotateRight(a: Value, amount: Value): Value;
  /** The number of zero bits above the highest one bit; 64 for 0. */
  countLeadingZeros(a: Value): Value;
  /** The low `bits` of `a` as a signed number. */
  signExtend(a: Value, bits: 8 | 16 | 32): Value;
  /** The low `bits` of `a`. */
  zeroExtend(a: Value, bits: 8 | 16 | 32): Value;

  equal(a: Value, b: Value): Truth;
  lessUnsigned(a: Value, b: Value): Truth;
  lessSigned(a: Value, b: Value): Truth;
  isZero(a: Value): Truth;
  both(a: Truth, b: Truth): Truth;
  either(a: Truth, b: Truth): Truth;
  negate(a: Truth): Truth;
  /** 1 or 0. */
  fromTruth(a: Truth): Value;
  /** Both values are evaluated. */
  select(condition: Truth, whenTrue: Value, whenFalse: Value): Value;
  /** Runs one of the two parts. Neither part may branch or leave unless it is the last thing that the instruction does. */
  if(condition: Truth, then: () => void, otherwise?: () => void): void;
  /**
   * A computation that many rows need, printed once as a function without parameters. `compute` works with the emitter it
   * is given, reads the state by `get` only, writes nothing, and is the same for every caller of that `name`.
   */
  shared(name: string, compute: (e: Emitter) => Value): Value;
  /** One of two values of which only the chosen one is evaluated; for what is rarely needed or must not be evaluated. */
  choose(condition: Truth, then: () => Value, otherwise: () => Value): Value;

  /** Zero extended. A fault ends the instruction. */
  load(address: Value, access: MemoryAccess): Value;
  /** Two elements at `address` and `address + bytes`, both checked before either is read. */
  loadPair(address: Value, access: MemoryAccess): readonly [Value, Value];
  store(address: Value, access: MemoryAccess, value: Value): void;
  /** Two elements, both checked before either is written. */
  storePair(address: Value, access: MemoryAccess, first: Value, second: Value): void;
  /** Reads, computes and writes as one access that is both a load and a store; returns what was there. */
  update(address: Value, access: MemoryAccess, compute: (old: Value) => Value): Value;
  updatePair(
    address: Value,
    access: MemoryAccess,
    compute: (first: Value, second: Value) => readonly [Value, Value],
  ): readonly [Value, Value];

  /** The address of this instruction. */
  programCounter(): Value;
  /** The next instruction is the one at `target`. Ends the instruction. */
  branch(target: Value): void;
  /** The next instruction is `offset` bytes from this one. `offset` must be the row's operand named `offset`. Ends the instruction. */
  branchBy(offset: Value): void;
  /** As `branchBy` if `condition` holds, otherwise the next instruction in memory. Ends the instruction. */
  branchByIf(condition: Truth, offset: Value): void;
  /**
   * Hands the instruction to an out-of-line routine of the architecture, with `payload` for it. The state is
   * as before the instruction; whether and where the program goes on is the routine's decision. Ends the instruction.
   */
  leave(routine: string, payload: Value): void;
}
