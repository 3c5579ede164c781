// SPDX-License-Identifier: MIT
import { InvariantError, invariant } from '../../base/index.js';
import type { Emitter, Slot, Truth, Value } from '../operations/emitter.js';
import { at, i32, i64 } from '../wasm/instructions.js';
import { type Code, uleb } from '../wasm/moduleWriter.js';
import { OP, TYPE } from '../wasm/opcodes.js';
import type { Ending, RuntimeFunctions } from './ending.js';
import { asNode, asTruth, asValue, Node, OperandNode, type OperandPlace } from './node.js';

/** Distance of neighbouring slots. */
const SLOT_BYTES = 8;

const EXTENSIONS = { 8: OP.i64_extend8_s, 16: OP.i64_extend16_s, 32: OP.i64_extend32_s } as const;

/**
 * The part of the WebAssembly printer that computes: values, conditions, registers, temporaries and structured control flow. One object for
 * each instruction or shared computation.
 */
export abstract class ValuePrinter {
  private printed: number[] = [];
  /** What slots hold that this code, or that of the instruction before it in a sequence, has written: values that stay as they are. */
  private readonly written: Map<Slot, Value>;
  protected epoch = 0;
  protected depth = 0;
  private used64: number;
  protected used32 = 0;
  protected isEnded = false;
  private isGivenUp = false;
  /** How many scratch locals of each type the code needs. */
  most64: number;
  most32 = 0;

  constructor(
    protected readonly title: string,
    protected readonly runtime: RuntimeFunctions,
    protected readonly ending: Ending,
    /** The printer of the instruction before this one, if one handler runs both. */
    before?: ValuePrinter,
  ) {
    this.written = new Map(before?.written);
    this.most64 = this.used64 = before?.most64 ?? 0;
  }

  /** What has been printed. */
  get code(): Code {
    return this.printed;
  }

  /** Whether the instruction has ended itself by a branch or by leaving. */
  get hasEnded(): boolean {
    return this.isEnded;
  }

  /** Code that leaves `value` on the stack: the result of a shared computation. */
  result(value: Value): Code {
    return this.use(value);
  }

  /** The operand at `place`, as rows see it. */
  operand(place: OperandPlace): Value {
    const record: Code = [OP.local_get, ...uleb(this.ending.recordLocal)];
    const opcode = place.kind === 'immediate' ? OP.i64_load : place.kind === 'small' ? OP.i64_load16_u : OP.i32_load16_u;
    return asValue(new OperandNode([...record, ...at(opcode, (this.ending.recordOffset ?? 0) + place.offset)], place));
  }

  protected emit(...parts: Code[]): void {
    for (const part of parts) for (const byte of part) this.printed.push(byte);
  }

  protected use(value: Value | Truth): Code {
    const node = asNode(value);
    if (node.epoch >= 0 && node.epoch !== this.epoch) {
      throw new InvariantError(`${this.title}: a value read from the state is used after a set; keep it by let`);
    }
    return node.code;
  }

  private pure(opcode: number | Code, ...inputs: (Value | Truth)[]): Node {
    const code: number[] = [];
    let epoch = -1;
    for (const input of inputs) {
      for (const byte of this.use(input)) code.push(byte);
      if (asNode(input).epoch >= 0) epoch = this.epoch;
    }
    if (typeof opcode === 'number') code.push(opcode);
    else code.push(...opcode);
    return new Node(code, epoch);
  }

  private value(opcode: number | Code, ...inputs: (Value | Truth)[]): Value {
    return asValue(this.pure(opcode, ...inputs));
  }

  private truth(opcode: number | Code, ...inputs: (Value | Truth)[]): Truth {
    return asTruth(this.pure(opcode, ...inputs));
  }

  /** The condition `compare` on values that are known while printing; `undefined` if one is not. */
  private decided(compare: (x: bigint, y: bigint) => boolean, a: Value, b: Value): Truth | undefined {
    const [x, y] = [asNode(a).known, asNode(b).known];
    if (x === undefined || y === undefined) return undefined;
    const isTrue = compare(x, y);
    return asTruth(new Node(i32(isTrue ? 1 : 0), -1, { known: isTrue ? 1n : 0n }));
  }

  protected local64(): number {
    const local = this.ending.scratch64 + this.used64++;
    this.most64 = Math.max(this.most64, this.used64);
    return local;
  }

  protected local32(): number {
    const local = this.ending.scratch32 + this.used32++;
    this.most32 = Math.max(this.most32, this.used32);
    return local;
  }

  constant(value: bigint): Value {
    return asValue(new Node(i64(value), -1, { known: BigInt.asUintN(64, value) }));
  }

  get(slot: Slot): Value {
    const written = this.written.get(slot);
    if (written !== undefined) return written;
    const read = this.slotAddress(slot);
    return asValue(new Node([...read.base, ...at(OP.i64_load, read.offset)], this.epoch, { read }));
  }

  private slotAddress(slot: Slot): { readonly base: Code; readonly offset: number } {
    const operand: unknown = slot;
    if (operand instanceof OperandNode) {
      invariant(operand.place.kind === 'slot', `${this.title}: an immediate is used as a register`);
      return { base: operand.code, offset: operand.displacement };
    }
    return { base: i32(0), offset: slot };
  }

  set(slot: Slot, value: Value): void {
    const { base, offset } = this.slotAddress(slot);
    this.emit(base, this.use(value), at(OP.i64_store, offset));
    this.epoch++;
    if (!this.runtime.unnamedSlots.has(slot)) return;
    if (this.depth === 0 && asNode(value).epoch < 0) this.written.set(slot, value);
    else this.written.delete(slot);
  }

  slotAfter(slot: Slot): Slot {
    const operand: unknown = slot;
    if (operand instanceof OperandNode) return new OperandNode(operand.code, operand.place, SLOT_BYTES) as unknown as Slot;
    // A multiple of 8 like the slot that it lies behind.
    return (slot + SLOT_BYTES) as Slot;
  }

  let(value: Value): Value {
    const code = this.use(value);
    if (code[0] === OP.local_get && code.length <= 3) return value;
    if (code[0] === OP.i64_const && asNode(value).epoch < 0 && code.length <= 11) return value;
    const local = this.local64();
    this.emit(code, [OP.local_set, ...uleb(local)]);
    return asValue(new Node([OP.local_get, ...uleb(local)], -1));
  }

  add = (a: Value, b: Value): Value => this.value(OP.i64_add, a, b);
  subtract = (a: Value, b: Value): Value => this.value(OP.i64_sub, a, b);
  multiply = (a: Value, b: Value): Value => this.value(OP.i64_mul, a, b);

  /** From four products of 32-bit halves. */
  multiplyHighUnsigned(a: Value, b: Value): Value {
    const [x, y] = [this.let(a), this.let(b)];
    const low = (v: Value): Value => this.zeroExtend(v, 32);
    const high = (v: Value): Value => this.shiftRightUnsigned(v, this.constant(32n));
    const middle = this.let(this.add(this.multiply(high(x), low(y)), high(this.multiply(low(x), low(y)))));
    const carry = high(this.add(this.multiply(low(x), high(y)), low(middle)));
    return this.add(this.add(this.multiply(high(x), high(y)), high(middle)), carry);
  }

  multiplyHighSigned(a: Value, b: Value): Value {
    const [x, y] = [this.let(a), this.let(b)];
    const correction = (sign: Value, other: Value): Value => this.and(this.shiftRightSigned(sign, this.constant(63n)), other);
    return this.subtract(this.multiplyHighUnsigned(x, y), this.add(correction(x, y), correction(y, x)));
  }

  divideUnsigned(a: Value, b: Value): Value {
    const [x, y] = [this.let(a), this.let(b)];
    return this.choose(
      this.isZero(y),
      () => this.constant(0n),
      () => this.value(OP.i64_div_u, x, y),
    );
  }

  /** WebAssembly's own division traps where the quotient does not fit: a divisor of -1 only negates. */
  divideSigned(a: Value, b: Value): Value {
    const [x, y] = [this.let(a), this.let(b)];
    const quotient = (): Value =>
      this.choose(
        this.equal(y, this.constant(-1n)),
        () => this.subtract(this.constant(0n), x),
        () => this.value(OP.i64_div_s, x, y),
      );
    return this.choose(this.isZero(y), () => this.constant(0n), quotient);
  }

  and = (a: Value, b: Value): Value => this.value(OP.i64_and, a, b);
  or = (a: Value, b: Value): Value => this.value(OP.i64_or, a, b);
  xor = (a: Value, b: Value): Value => this.value(OP.i64_xor, a, b);
  not = (a: Value): Value => this.value(OP.i64_xor, a, this.constant(-1n));
  shiftLeft = (a: Value, amount: Value): Value => this.value(OP.i64_shl, a, amount);
  shiftRightUnsigned = (a: Value, amount: Value): Value => this.value(OP.i64_shr_u, a, amount);
  shiftRightSigned = (a: Value, amount: Value): Value => this.value(OP.i64_shr_s, a, amount);
  rotateRight = (a: Value, amount: Value): Value => this.value(OP.i64_rotr, a, amount);
  countLeadingZeros = (a: Value): Value => this.value(OP.i64_clz, a);
  signExtend = (a: Value, bits: 8 | 16 | 32): Value => this.value(EXTENSIONS[bits], a);

  zeroExtend(a: Value, bits: 8 | 16 | 32): Value {
    const { read } = asNode(a);
    if (bits === 32 && read !== undefined) {
      this.use(a);
      return asValue(new Node([...read.base, ...at(OP.i64_load32_u, read.offset)], this.epoch));
    }
    if (bits === 32) return this.value([OP.i32_wrap_i64, OP.i64_extend_i32_u], a);
    return this.and(a, this.constant((1n << BigInt(bits)) - 1n));
  }

  equal = (a: Value, b: Value): Truth => this.truth(OP.i64_eq, a, b);
  lessUnsigned = (a: Value, b: Value): Truth => this.decided((x, y) => x < y, a, b) ?? this.truth(OP.i64_lt_u, a, b);
  lessSigned = (a: Value, b: Value): Truth => this.truth(OP.i64_lt_s, a, b);

  isZero(a: Value): Truth {
    const { truth } = asNode(a);
    if (truth !== undefined) return this.negate(truth);
    return this.decided((x, zero) => x === zero, a, this.constant(0n)) ?? this.truth(OP.i64_eqz, a);
  }

  both(a: Truth, b: Truth): Truth {
    const isA = asNode(a).known;
    return isA === undefined ? this.truth(OP.i32_and, a, b) : isA === 1n ? b : a;
  }

  either = (a: Truth, b: Truth): Truth => this.truth(OP.i32_or, a, b);

  negate(a: Truth): Truth {
    const { opposite } = asNode(a);
    if (opposite !== undefined) return opposite;
    const { code, epoch } = this.pure(OP.i32_eqz, a);
    return asTruth(new Node(code, epoch, { opposite: a }));
  }

  fromTruth(a: Truth): Value {
    const { code, epoch } = this.pure(OP.i64_extend_i32_u, a);
    return asValue(new Node(code, epoch, { truth: a }));
  }

  select(condition: Truth, whenTrue: Value, whenFalse: Value): Value {
    return this.value(OP.select, whenTrue, whenFalse, condition as unknown as Value);
  }

  private inside(part: () => void): void {
    this.depth++;
    part();
    this.depth--;
  }

  if(condition: Truth, then: () => void, otherwise?: () => void): void {
    this.emit(this.use(condition), [OP.if, TYPE.empty]);
    this.inside(then);
    const thenEnded = this.isEnded;
    this.isEnded = false;
    if (otherwise !== undefined) {
      this.emit([OP.else]);
      this.inside(otherwise);
    }
    this.emit([OP.end]);
    this.isEnded = thenEnded && this.isEnded;
  }

  /** What `part` prints, one block deeper, and whether it gives the instruction up whenever it runs. */
  private aside(part: () => void): { readonly code: Code; readonly isGivenUp: boolean } {
    const [printed, isGivenUp] = [this.printed, this.isGivenUp];
    this.printed = [];
    this.isGivenUp = false;
    this.inside(part);
    const result = { code: this.printed, isGivenUp: this.isGivenUp };
    this.printed = printed;
    this.isGivenUp = isGivenUp;
    return result;
  }

  shared(name: string, compute: (e: Emitter) => Value): Value {
    if (this.ending.giveUp !== undefined) {
      invariant(this.epoch === 0, `${this.title}: a shared computation after a set`);
      this.emit(this.ending.giveUp(this.depth));
      this.isGivenUp = true;
      return this.constant(0n);
    }
    return asValue(new Node([OP.call, ...uleb(this.runtime.shared(name, compute))], this.epoch));
  }

  choose(condition: Truth, then: () => Value, otherwise: () => Value): Value {
    const { known } = asNode(condition);
    if (known !== undefined) return known === 1n ? then() : otherwise();
    const local = this.local64();
    const keep = (part: () => Value) => () => {
      const value = part();
      this.emit(this.use(value), [OP.local_set, ...uleb(local)]);
    };
    const rest = this.aside(keep(otherwise));
    if (rest.isGivenUp) {
      this.emit(this.use(condition), [OP.i32_eqz, OP.if, TYPE.empty], rest.code, [OP.end]);
      return then();
    }
    this.if(condition, keep(then), () => this.emit(rest.code));
    return asValue(new Node([OP.local_get, ...uleb(local)], -1));
  }
}
