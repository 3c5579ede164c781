// SPDX-License-Identifier: MIT
import { invariant, reverseBytes, signed, unsigned } from '../../base/index.js';
import { controlOf, fieldsOf, type InstructionRow, type OperandContents, type Operands } from '../decode/row.js';
import type { Emitter, MemoryAccess, Slot, Truth, Value } from '../operations/emitter.js';
import { type AccessDirection, accessWord } from '../state/accessWord.js';
import type { StateWords } from '../state/stateLayout.js';

/** The memory that the reference printer works on: addresses are 64 bits, unsigned. */
export interface ReferenceMemory {
  /**
   * The address that a fault would name, if `bytes` bytes at `address` (all elements of the access) cannot be accessed
   * so; `undefined` if they can. `access` is an `accessWord`, of one element. Alignment is this memory's decision, too.
   */
  faultOf(address: bigint, bytes: number, access: number): bigint | undefined;
  /** The number of `bytes` bytes at `address`, which `faultOf` has allowed. */
  read(address: bigint, bytes: number): bigint;
  /** Stores the low `bytes` bytes of `value`. */
  write(address: bigint, bytes: number, value: bigint): void;
}

/** How an instruction ended. */
export type Outcome =
  | { readonly kind: 'next' }
  | { readonly kind: 'branch'; readonly target: bigint }
  | { readonly kind: 'leave'; readonly routine: string; readonly payload: bigint }
  /** `access` is the `accessWord` of the access, of one of its elements. The state is untouched. */
  | { readonly kind: 'memory fault'; readonly address: bigint; readonly access: number };

/**
 * Executes `word`, an allocated encoding of `row`, at `address`, on `state` and `memory`. The program counter in the
 * state is neither read nor written: the outcome says where the program goes on. Throws `InvariantError` if the
 * row breaks a rule of `Emitter`. Slow; the reference that other printers are compared with.
 */
export function executeReference(row: InstructionRow, word: number, address: bigint, state: StateWords, memory: ReferenceMemory): Outcome {
  const fields = fieldsOf(row.encoding, word);
  invariant(row.where(fields), `${row.name}: the word 0x${word.toString(16)} is not allocated`);
  const printer = new ReferencePrinter(row.name, address, state, memory);
  try {
    row.execute(printer, controlOf(row.encoding, fields), printer.operands(row.operands(fields)));
  } catch (thrown) {
    if (thrown instanceof MemoryFault) return { kind: 'memory fault', address: thrown.address, access: thrown.access };
    throw thrown;
  }
  return printer.outcome ?? { kind: 'next' };
}

/** Ends an instruction whose access cannot be made. Never leaves `executeReference`, and is no `Error`: nobody wants its stack, which costs much. */
class MemoryFault {
  constructor(
    readonly address: bigint,
    readonly access: number,
  ) {}
}

/** What `Value` is here. `readAt` counts the sets before it was read from the state; absent for what may be used at any time. */
interface Content {
  readonly bits: bigint;
  readonly readAt?: number;
}

const MAXIMUM_PLACES = 7;
const PLACES_BESIDE_AN_IMMEDIATE = 3;
const MAXIMUM_SMALL = 0xffff;

class ReferencePrinter implements Emitter {
  outcome: Outcome | undefined;
  #sets = 0;
  #offset: Value | undefined;

  constructor(
    private readonly name: string,
    private readonly address: bigint,
    private readonly state: StateWords,
    private readonly memory: ReferenceMemory,
  ) {}

  #demand(condition: boolean, message: string): asserts condition {
    invariant(condition, `${this.name}: ${message}`);
  }

  // A Value is made here and nowhere else, so that what is inside is always a Content.
  #value(bits: bigint, ...from: readonly Value[]): Value {
    const readAt = from.map(value => this.#content(value).readAt).filter(sets => sets !== undefined);
    const content: Content = { bits: unsigned(bits, 64), ...(readAt.length === 0 ? {} : { readAt: Math.min(...readAt) }) };
    return content as unknown as Value;
  }

  #content(value: Value): Content {
    return value as unknown as Content;
  }

  #truth(holds: boolean, ...from: readonly Value[]): Truth {
    return this.#value(holds ? 1n : 0n, ...from) as unknown as Truth;
  }

  #of(truth: Truth): Value {
    return truth as unknown as Value;
  }

  /** The bits of a value that is used now. */
  #use(value: Value): bigint {
    this.#demand(this.outcome === undefined, 'something happens after the end of the instruction');
    const { bits, readAt } = this.#content(value);
    this.#demand(readAt === undefined || readAt === this.#sets, 'a value that was read before a set is used after it without `let`');
    return bits;
  }

  /** The operands as the semantics see them. */
  operands(contents: OperandContents): Operands<OperandContents> {
    const entries = Object.entries(contents);
    const immediates = entries.filter(([, content]) => typeof content === 'bigint').length;
    this.#demand(immediates <= 1, 'more than one 64-bit immediate');
    const places = entries.length - immediates;
    this.#demand(places <= (immediates ? PLACES_BESIDE_AN_IMMEDIATE : MAXIMUM_PLACES), `${places} slots and small immediates`);
    const seen: Record<string, Slot | Value> = {};
    for (const [name, content] of entries) {
      if (typeof content === 'bigint') {
        this.#demand(content === unsigned(content, 64), `operand ${name} has more than 64 bits or a sign`);
        seen[name] = this.#value(content);
        if (name === 'offset') this.#offset = seen[name];
      } else if (typeof content === 'number') {
        this.#demand(content % 8 === 0, `operand ${name} is not a slot`);
        seen[name] = content;
      } else {
        this.#demand(
          Number.isInteger(content.small) && content.small >= 0 && content.small <= MAXIMUM_SMALL,
          `operand ${name} is not small`,
        );
        seen[name] = this.#value(BigInt(content.small));
      }
    }
    // The keys are those of `contents`, and each slot stayed a slot.
    return seen as Operands<OperandContents>;
  }

  constant(value: bigint): Value {
    return this.#value(value);
  }

  get(slot: Slot): Value {
    const content: Content = { bits: unsigned(this.state.read(slot), 64), readAt: this.#sets };
    return content as unknown as Value;
  }

  set(slot: Slot, value: Value): void {
    const bits = this.#use(value);
    this.#sets++;
    this.state.write(slot, bits);
  }

  slotAfter(slot: Slot): Slot {
    return (slot + 8) as Slot; // A multiple of 8 like the slot that it lies behind.
  }

  let(value: Value): Value {
    return this.#value(this.#use(value));
  }

  #binary(a: Value, b: Value, compute: (a: bigint, b: bigint) => bigint): Value {
    return this.#value(compute(this.#use(a), this.#use(b)), a, b);
  }

  add(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => x + y);
  }

  subtract(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => x - y);
  }

  multiply(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => x * y);
  }

  multiplyHighUnsigned(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => (x * y) >> 64n);
  }

  multiplyHighSigned(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => (signed(x, 64) * signed(y, 64)) >> 64n);
  }

  divideUnsigned(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => (y === 0n ? 0n : x / y));
  }

  divideSigned(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => (y === 0n ? 0n : signed(x, 64) / signed(y, 64)));
  }

  and(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => x & y);
  }

  or(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => x | y);
  }

  xor(a: Value, b: Value): Value {
    return this.#binary(a, b, (x, y) => x ^ y);
  }

  not(a: Value): Value {
    return this.#value(~this.#use(a), a);
  }

  shiftLeft(a: Value, amount: Value): Value {
    return this.#binary(a, amount, (x, n) => x << (n % 64n));
  }

  shiftRightUnsigned(a: Value, amount: Value): Value {
    return this.#binary(a, amount, (x, n) => x >> (n % 64n));
  }

  shiftRightSigned(a: Value, amount: Value): Value {
    return this.#binary(a, amount, (x, n) => signed(x, 64) >> (n % 64n));
  }

  rotateRight(a: Value, amount: Value): Value {
    return this.#binary(a, amount, (x, n) => (x >> (n % 64n)) | (x << (64n - (n % 64n))));
  }

  countLeadingZeros(a: Value): Value {
    const bits = this.#use(a);
    return this.#value(bits === 0n ? 64n : BigInt(64 - bits.toString(2).length), a);
  }

  signExtend(a: Value, bits: 8 | 16 | 32): Value {
    return this.#value(signed(this.#use(a), bits), a);
  }

  zeroExtend(a: Value, bits: 8 | 16 | 32): Value {
    return this.#value(unsigned(this.#use(a), bits), a);
  }

  equal(a: Value, b: Value): Truth {
    return this.#truth(this.#use(a) === this.#use(b), a, b);
  }

  lessUnsigned(a: Value, b: Value): Truth {
    return this.#truth(this.#use(a) < this.#use(b), a, b);
  }

  lessSigned(a: Value, b: Value): Truth {
    return this.#truth(signed(this.#use(a), 64) < signed(this.#use(b), 64), a, b);
  }

  isZero(a: Value): Truth {
    return this.#truth(this.#use(a) === 0n, a);
  }

  #holds(truth: Truth): boolean {
    return this.#use(this.#of(truth)) !== 0n;
  }

  both(a: Truth, b: Truth): Truth {
    const [first, second] = [this.#holds(a), this.#holds(b)];
    return this.#truth(first && second, this.#of(a), this.#of(b));
  }

  either(a: Truth, b: Truth): Truth {
    const [first, second] = [this.#holds(a), this.#holds(b)];
    return this.#truth(first || second, this.#of(a), this.#of(b));
  }

  negate(a: Truth): Truth {
    return this.#truth(!this.#holds(a), this.#of(a));
  }

  fromTruth(a: Truth): Value {
    return this.#value(this.#holds(a) ? 1n : 0n, this.#of(a));
  }

  select(condition: Truth, whenTrue: Value, whenFalse: Value): Value {
    const [chosen, first, second] = [this.#holds(condition), this.#use(whenTrue), this.#use(whenFalse)];
    return this.#value(chosen ? first : second, this.#of(condition), whenTrue, whenFalse);
  }

  if(condition: Truth, then: () => void, otherwise?: () => void): void {
    if (this.#holds(condition)) then();
    else otherwise?.();
  }

  shared(_name: string, compute: (e: Emitter) => Value): Value {
    const sets = this.#sets;
    const value = compute(this);
    this.#demand(sets === this.#sets && this.outcome === undefined, 'a shared computation did more than compute');
    // The function has returned a result: it was evaluated here and now, but may be used where it is only.
    return this.#value(this.#use(value), value);
  }

  choose(condition: Truth, then: () => Value, otherwise: () => Value): Value {
    const value = this.#holds(condition) ? then() : otherwise();
    return this.#value(this.#use(value), this.#of(condition), value);
  }

  /** The address of an access of `elements` elements that can be made; ends the instruction otherwise. */
  #accessible(address: Value, access: MemoryAccess, elements: number, direction: AccessDirection): bigint {
    const at = this.#use(address);
    this.#demand(this.#sets === 0, 'memory is accessed after a set');
    const word = accessWord(access, direction);
    const fault = this.memory.faultOf(at, access.bytes * elements, word);
    if (fault !== undefined) throw new MemoryFault(fault, word);
    return at;
  }

  #element(at: bigint, access: MemoryAccess, index: number): bigint {
    return unsigned(at + BigInt(access.bytes * index), 64);
  }

  #loaded(at: bigint, access: MemoryAccess, index: number): Value {
    const read = this.memory.read(this.#element(at, access, index), access.bytes);
    const content: Content = { bits: access.isByteReversed ? reverseBytes(read, access.bytes) : read, readAt: this.#sets };
    return content as unknown as Value;
  }

  #stored(at: bigint, access: MemoryAccess, index: number, value: bigint): void {
    const written = access.isByteReversed ? reverseBytes(value, access.bytes) : unsigned(value, 8 * access.bytes);
    this.memory.write(this.#element(at, access, index), access.bytes, written);
  }

  load(address: Value, access: MemoryAccess): Value {
    return this.#loaded(this.#accessible(address, access, 1, 'load'), access, 0);
  }

  loadPair(address: Value, access: MemoryAccess): readonly [Value, Value] {
    const at = this.#accessible(address, access, 2, 'load');
    return [this.#loaded(at, access, 0), this.#loaded(at, access, 1)];
  }

  store(address: Value, access: MemoryAccess, value: Value): void {
    const stored = this.#use(value);
    this.#stored(this.#accessible(address, access, 1, 'store'), access, 0, stored);
  }

  storePair(address: Value, access: MemoryAccess, first: Value, second: Value): void {
    const stored = [this.#use(first), this.#use(second)] as const;
    const at = this.#accessible(address, access, 2, 'store');
    this.#stored(at, access, 0, stored[0]);
    this.#stored(at, access, 1, stored[1]);
  }

  update(address: Value, access: MemoryAccess, compute: (old: Value) => Value): Value {
    const at = this.#accessible(address, access, 1, 'update');
    const old = this.#loaded(at, access, 0);
    this.#stored(at, access, 0, this.#use(compute(old)));
    return old;
  }

  updatePair(
    address: Value,
    access: MemoryAccess,
    compute: (first: Value, second: Value) => readonly [Value, Value],
  ): readonly [Value, Value] {
    const at = this.#accessible(address, access, 2, 'update');
    const old = [this.#loaded(at, access, 0), this.#loaded(at, access, 1)] as const;
    const [first, second] = compute(old[0], old[1]);
    const stored = [this.#use(first), this.#use(second)] as const;
    this.#stored(at, access, 0, stored[0]);
    this.#stored(at, access, 1, stored[1]);
    return old;
  }

  programCounter(): Value {
    return this.#value(this.address);
  }

  #end(outcome: Outcome): void {
    this.#demand(this.outcome === undefined, 'the instruction ends twice');
    this.outcome = outcome;
  }

  branch(target: Value): void {
    this.#end({ kind: 'branch', target: this.#use(target) });
  }

  #demandOffset(offset: Value): void {
    this.#demand(offset === this.#offset, 'a direct branch goes by something else than the operand `offset`');
  }

  branchBy(offset: Value): void {
    this.#demandOffset(offset);
    this.#end({ kind: 'branch', target: unsigned(this.address + this.#use(offset), 64) });
  }

  branchByIf(condition: Truth, offset: Value): void {
    this.#demandOffset(offset);
    const isTaken = this.#holds(condition);
    this.#end(isTaken ? { kind: 'branch', target: unsigned(this.address + this.#use(offset), 64) } : { kind: 'next' });
  }

  leave(routine: string, payload: Value): void {
    this.#demand(this.#sets === 0, 'leaves after a set');
    this.#end({ kind: 'leave', routine, payload: this.#use(payload) });
  }
}
