// SPDX-License-Identifier: MIT
import { InvariantError, invariant, present } from '../../base/index.js';
import type { Emitter, MemoryAccess, Slot, Truth, Value } from '../operations/emitter.js';
import { ACCESS_WRITES, type AccessDirection, accessWord } from '../state/accessWord.js';
import { PAYLOAD_SLOT, ROUTINE_SLOT } from '../state/stateLayout.js';
import { type Code, sleb, uleb } from '../wasm/moduleWriter.js';
import { OP, TYPE } from '../wasm/opcodes.js';
import { PAGE_BYTES, READ_TRANSLATIONS, RECORD_SHIFT, TRANSLATION, TRANSLATION_ENTRIES, WRITE_TRANSLATIONS } from './memoryLayout.js';

/** Functions of the module that printed code calls, by index. */
export interface RuntimeFunctions {
  /** (virtual address, access word) -> offset in linear memory, or 0 when the access cannot be made here. */
  readonly translate: number;
  /** The function, without parameters, that computes what `name` stands for; printed at the first call. */
  shared(name: string, compute: (e: Emitter) => Value): number;
  /** The number under which the engine knows a routine. */
  routine(name: string): number;
}

/** What printed code does at the ends of an instruction; it differs between the main function and functions of their own. */
export interface Ending {
  /** Local that holds the address of the decoded record, and the one with the program counter's base. */
  readonly recordLocal: number;
  readonly baseLocal: number;
  /** First of the scratch locals of each type. */
  readonly scratch64: number;
  readonly scratch32: number;
  /**
   * Gives the instruction, which has changed nothing yet, to the copy of the interpreter that may call functions.
   * Present in the copy that may not: calls would keep the engine below from holding the loop's variables in registers.
   */
  giveUp?(depth: number): Code;
  /** Stops because of the access that `translate` recorded; printed `depth` blocks inside the instruction. */
  memoryStop(depth: number): Code;
  /** Stops for the routine whose number and payload have been written. */
  leave(depth: number): Code;
  /** Goes on at the address in the 64-bit value that `target` computes. */
  branch?(target: Code, depth: number): Code;
  /** Goes on at the next record. */
  next?(depth: number): Code;
  /** Goes on at the record that is as far away as the 64-bit value that `distance` computes, in the form of `nearImmediate`. */
  branchNear?(distance: Code, depth: number): Code;
  /** The same distance for the next record. */
  readonly toNext?: bigint;
}

/** Code that computes a value, and whether it must run before the state changes. */
class Node {
  constructor(
    readonly code: Code,
    /** The printer's count of state changes when this was made; -1 if the code reads no state. */
    readonly epoch: number,
    /** Set for the plain read of a slot: how to compute the base address, and the slot's offset. */
    readonly read?: { readonly base: Code; readonly offset: number },
  ) {}
}

/** Where an operand lies in the decoded record. */
export type OperandPlace = { readonly kind: 'slot' | 'small' | 'immediate'; readonly offset: number };

class OperandNode extends Node {
  constructor(
    code: Code,
    readonly place: OperandPlace,
  ) {
    super(code, -1);
  }
}

// `Value`, `Truth` and `Slot` are opaque to rows; every one that a row hands to this printer was made by it (or is a slot's number).
const asValue = (node: Node): Value => node as unknown as Value;
const asTruth = (node: Node): Truth => node as unknown as Truth;
const asNode = (value: Value | Truth): Node => value as unknown as Node;

const wasm64 = (value: bigint): Code => [OP.i64_const, ...sleb(BigInt.asIntN(64, value))];
const wasm32 = (value: number): Code => [OP.i32_const, ...sleb(BigInt(value | 0))];
const memory = (opcode: number, offset: number): Code => [opcode, 0, ...uleb(offset)];

// biome-ignore format: a table, one row a line
const LOADS = { 1: OP.i64_load8_u, 2: OP.i64_load16_u, 4: OP.i64_load32_u, 8: OP.i64_load } as const;
const STORES = { 1: OP.i64_store8, 2: OP.i64_store16, 4: OP.i64_store32, 8: OP.i64_store } as const;
const EXTENSIONS = { 8: OP.i64_extend8_s, 16: OP.i64_extend16_s, 32: OP.i64_extend32_s } as const;

/** log2 of the distance between a page's number and the byte offset of its translation. */
const TRANSLATION_INDEX_SHIFT = Math.log2(PAGE_BYTES / TRANSLATION.bytes);
const TRANSLATION_INDEX_MASK = (TRANSLATION_ENTRIES - 1) * TRANSLATION.bytes;

/** Prints the semantics of one instruction, or one shared computation, as WebAssembly. One object a piece. */
export class WasmPrinter implements Emitter {
  #code: number[] = [];
  #epoch = 0;
  #depth = 0;
  #used64 = 0;
  #used32 = 0;
  #ended = false;
  /** Whether a direct branch was printed: such an instruction has a second form for targets on its own page. */
  branchesDirectly = false;
  /** How many scratch locals of each type the code needs. */
  most64 = 0;
  most32 = 0;

  constructor(
    private readonly title: string,
    private readonly runtime: RuntimeFunctions,
    private readonly ending: Ending,
    /** Print direct branches for a target on the same page: the immediate is then the distance in bytes of records. */
    private readonly isNear: boolean,
  ) {}

  /** What has been printed. */
  get code(): Code {
    return this.#code;
  }

  /** Whether the instruction has ended itself by a branch or by leaving. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Code that leaves `value` on the stack: the result of a shared computation. */
  result(value: Value): Code {
    return this.#use(value);
  }

  /** The operand at `place`, as rows see it. */
  operand(place: OperandPlace): Value {
    const record: Code = [OP.local_get, ...uleb(this.ending.recordLocal)];
    const opcode = place.kind === 'immediate' ? OP.i64_load : place.kind === 'small' ? OP.i64_load16_u : OP.i32_load16_u;
    return asValue(new OperandNode([...record, ...memory(opcode, place.offset)], place));
  }

  #emit(...parts: Code[]): void {
    for (const part of parts) for (const byte of part) this.#code.push(byte);
  }

  #use(value: Value | Truth): Code {
    const node = asNode(value);
    if (node.epoch >= 0 && node.epoch !== this.#epoch) {
      throw new InvariantError(`${this.title}: a value read from the state is used after a set; keep it by let`);
    }
    return node.code;
  }

  #pure(opcode: number | Code, ...inputs: (Value | Truth)[]): Node {
    const code: number[] = [];
    let epoch = -1;
    for (const input of inputs) {
      for (const byte of this.#use(input)) code.push(byte);
      if (asNode(input).epoch >= 0) epoch = this.#epoch;
    }
    if (typeof opcode === 'number') code.push(opcode);
    else code.push(...opcode);
    return new Node(code, epoch);
  }

  #value(opcode: number | Code, ...inputs: (Value | Truth)[]): Value {
    return asValue(this.#pure(opcode, ...inputs));
  }

  #truth(opcode: number | Code, ...inputs: (Value | Truth)[]): Truth {
    return asTruth(this.#pure(opcode, ...inputs));
  }

  #local64(): number {
    const local = this.ending.scratch64 + this.#used64++;
    this.most64 = Math.max(this.most64, this.#used64);
    return local;
  }

  #local32(): number {
    const local = this.ending.scratch32 + this.#used32++;
    this.most32 = Math.max(this.most32, this.#used32);
    return local;
  }

  constant(value: bigint): Value {
    return asValue(new Node(wasm64(value), -1));
  }

  get(slot: Slot): Value {
    const read = this.#slotAddress(slot);
    return asValue(new Node([...read.base, ...memory(OP.i64_load, read.offset)], this.#epoch, read));
  }

  #slotAddress(slot: Slot): { readonly base: Code; readonly offset: number } {
    const operand: unknown = slot;
    if (operand instanceof OperandNode) {
      invariant(operand.place.kind === 'slot', `${this.title}: an immediate is used as a register`);
      return { base: operand.code, offset: 0 };
    }
    return { base: wasm32(0), offset: slot };
  }

  set(slot: Slot, value: Value): void {
    const { base, offset } = this.#slotAddress(slot);
    this.#emit(base, this.#use(value), memory(OP.i64_store, offset));
    this.#epoch++;
  }

  let(value: Value): Value {
    const code = this.#use(value);
    if (code[0] === OP.local_get && code.length <= 3) return value;
    if (code[0] === OP.i64_const && asNode(value).epoch < 0 && code.length <= 11) return value;
    const local = this.#local64();
    this.#emit(code, [OP.local_set, ...uleb(local)]);
    return asValue(new Node([OP.local_get, ...uleb(local)], -1));
  }

  add = (a: Value, b: Value): Value => this.#value(OP.i64_add, a, b);
  subtract = (a: Value, b: Value): Value => this.#value(OP.i64_sub, a, b);
  multiply = (a: Value, b: Value): Value => this.#value(OP.i64_mul, a, b);

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
      () => this.#value(OP.i64_div_u, x, y),
    );
  }

  /** WebAssembly's own division traps where the quotient does not fit: a divisor of -1 only negates. */
  divideSigned(a: Value, b: Value): Value {
    const [x, y] = [this.let(a), this.let(b)];
    const quotient = (): Value =>
      this.choose(
        this.equal(y, this.constant(-1n)),
        () => this.subtract(this.constant(0n), x),
        () => this.#value(OP.i64_div_s, x, y),
      );
    return this.choose(this.isZero(y), () => this.constant(0n), quotient);
  }

  and = (a: Value, b: Value): Value => this.#value(OP.i64_and, a, b);
  or = (a: Value, b: Value): Value => this.#value(OP.i64_or, a, b);
  xor = (a: Value, b: Value): Value => this.#value(OP.i64_xor, a, b);
  not = (a: Value): Value => this.#value(OP.i64_xor, a, this.constant(-1n));
  shiftLeft = (a: Value, amount: Value): Value => this.#value(OP.i64_shl, a, amount);
  shiftRightUnsigned = (a: Value, amount: Value): Value => this.#value(OP.i64_shr_u, a, amount);
  shiftRightSigned = (a: Value, amount: Value): Value => this.#value(OP.i64_shr_s, a, amount);
  rotateRight = (a: Value, amount: Value): Value => this.#value(OP.i64_rotr, a, amount);
  countLeadingZeros = (a: Value): Value => this.#value(OP.i64_clz, a);
  signExtend = (a: Value, bits: 8 | 16 | 32): Value => this.#value(EXTENSIONS[bits], a);

  zeroExtend(a: Value, bits: 8 | 16 | 32): Value {
    const read = asNode(a).read;
    if (bits === 32 && read !== undefined) {
      this.#use(a);
      return asValue(new Node([...read.base, ...memory(OP.i64_load32_u, read.offset)], this.#epoch));
    }
    if (bits === 32) return this.#value([OP.i32_wrap_i64, OP.i64_extend_i32_u], a);
    return this.and(a, this.constant((1n << BigInt(bits)) - 1n));
  }

  equal = (a: Value, b: Value): Truth => this.#truth(OP.i64_eq, a, b);
  lessUnsigned = (a: Value, b: Value): Truth => this.#truth(OP.i64_lt_u, a, b);
  lessSigned = (a: Value, b: Value): Truth => this.#truth(OP.i64_lt_s, a, b);
  isZero = (a: Value): Truth => this.#truth(OP.i64_eqz, a);
  both = (a: Truth, b: Truth): Truth => this.#truth(OP.i32_and, a, b);
  either = (a: Truth, b: Truth): Truth => this.#truth(OP.i32_or, a, b);
  negate = (a: Truth): Truth => this.#truth(OP.i32_eqz, a);
  fromTruth = (a: Truth): Value => this.#value(OP.i64_extend_i32_u, a);

  select(condition: Truth, whenTrue: Value, whenFalse: Value): Value {
    return this.#value(OP.select, whenTrue, whenFalse, condition as unknown as Value);
  }

  #inside(part: () => void): void {
    this.#depth++;
    part();
    this.#depth--;
  }

  if(condition: Truth, then: () => void, otherwise?: () => void): void {
    this.#emit(this.#use(condition), [OP.if, TYPE.empty]);
    this.#inside(then);
    const thenEnded = this.#ended;
    this.#ended = false;
    if (otherwise !== undefined) {
      this.#emit([OP.else]);
      this.#inside(otherwise);
    }
    this.#emit([OP.end]);
    this.#ended = thenEnded && this.#ended;
  }

  shared(name: string, compute: (e: Emitter) => Value): Value {
    if (this.ending.giveUp !== undefined) {
      invariant(this.#epoch === 0, `${this.title}: a shared computation after a set`);
      this.#emit(this.ending.giveUp(this.#depth));
      return this.constant(0n);
    }
    return asValue(new Node([OP.call, ...uleb(this.runtime.shared(name, compute))], this.#epoch));
  }

  choose(condition: Truth, then: () => Value, otherwise: () => Value): Value {
    const local = this.#local64();
    const keep = (part: () => Value) => () => {
      const value = part();
      this.#emit(this.#use(value), [OP.local_set, ...uleb(local)]);
    };
    this.if(condition, keep(then), keep(otherwise));
    return asValue(new Node([OP.local_get, ...uleb(local)], -1));
  }

  /** Prints the translation of `address`; the returned code computes the offset in linear memory. */
  #translate(address: Value, access: MemoryAccess, direction: AccessDirection): Code {
    invariant(this.#epoch === 0, `${this.title}: a memory access after a set`);
    const va = this.#use(this.let(address));
    const host = this.#local32();
    const entry = this.#local32();
    const word = accessWord(access, direction);
    const table = (word & ACCESS_WRITES) !== 0 ? WRITE_TRANSLATIONS : READ_TRANSLATIONS;
    const alignment = access.alignment ?? access.bytes;
    const compared = ~BigInt(PAGE_BYTES - 1) | BigInt(alignment - 1);
    const setEntry: Code = [OP.local_tee, ...uleb(entry)];
    const getEntry: Code = [OP.local_get, ...uleb(entry)];
    this.#emit(
      [...va, ...wasm64(BigInt(TRANSLATION_INDEX_SHIFT)), OP.i64_shr_u, OP.i32_wrap_i64, ...wasm32(TRANSLATION_INDEX_MASK), OP.i32_and],
      [...setEntry, ...memory(OP.i64_load, table + TRANSLATION.tag)],
      [...va, ...wasm64(compared), OP.i64_and, OP.i64_eq, OP.if, TYPE.i32],
      [...va, OP.i32_wrap_i64, ...getEntry, ...memory(OP.i32_load, table + TRANSLATION.addend), OP.i32_add],
      [OP.else],
      this.ending.giveUp?.(this.#depth + 1) ?? this.#slowTranslation(va, word, host),
      [OP.end, OP.local_set, ...uleb(host)],
    );
    this.#used32--; // The entry's local is free again.
    return [OP.local_get, ...uleb(host)];
  }

  /** Code that asks `translate` for the offset in linear memory, printed one block deeper, and leaves it on the stack. */
  #slowTranslation(va: Code, word: number, host: number): Code {
    return [
      ...[...va, ...wasm32(word), OP.call, ...uleb(this.runtime.translate)],
      ...[OP.local_tee, ...uleb(host), OP.i32_eqz, OP.if, TYPE.empty],
      ...this.ending.memoryStop(this.#depth + 2),
      ...[OP.end, OP.local_get, ...uleb(host)],
    ];
  }

  #readFrom(host: Code, access: MemoryAccess): Value {
    const local = this.#local64();
    this.#emit(host, memory(LOADS[access.bytes], 0), [OP.local_set, ...uleb(local)]);
    return asValue(new Node([OP.local_get, ...uleb(local)], -1));
  }

  #writeTo(host: Code, access: MemoryAccess, value: Value): void {
    this.#emit(host, this.#use(value), memory(STORES[access.bytes], 0));
  }

  #following(address: Value, access: MemoryAccess): readonly [Value, Value] {
    const first = this.let(address);
    return [first, this.add(first, this.constant(BigInt(access.bytes)))];
  }

  load(address: Value, access: MemoryAccess): Value {
    return this.#readFrom(this.#translate(address, access, 'load'), access);
  }

  loadPair(address: Value, access: MemoryAccess): readonly [Value, Value] {
    const [first, second] = this.#following(address, access);
    const hosts = [this.#translate(first, access, 'load'), this.#translate(second, elementAccess(access), 'load')] as const;
    return [this.#readFrom(hosts[0], access), this.#readFrom(hosts[1], access)];
  }

  store(address: Value, access: MemoryAccess, value: Value): void {
    const kept = this.let(value);
    this.#writeTo(this.#translate(address, access, 'store'), access, kept);
  }

  storePair(address: Value, access: MemoryAccess, first: Value, second: Value): void {
    const kept = [this.let(first), this.let(second)] as const;
    const addresses = this.#following(address, access);
    const hosts = [this.#translate(addresses[0], access, 'store'), this.#translate(addresses[1], elementAccess(access), 'store')] as const;
    this.#writeTo(hosts[0], access, kept[0]);
    this.#writeTo(hosts[1], access, kept[1]);
  }

  update(address: Value, access: MemoryAccess, compute: (old: Value) => Value): Value {
    const va = this.let(address);
    this.#translate(va, access, 'load');
    this.#used32--;
    const host = this.#translate(va, access, 'update');
    const old = this.#readFrom(host, access);
    this.#writeTo(host, access, this.let(compute(old)));
    return old;
  }

  updatePair(
    address: Value,
    access: MemoryAccess,
    compute: (first: Value, second: Value) => readonly [Value, Value],
  ): readonly [Value, Value] {
    const addresses = this.#following(address, access);
    const hosts = addresses.map((va, index) => {
      const element = index === 0 ? access : elementAccess(access);
      this.#translate(va, element, 'load');
      this.#used32--;
      return this.#translate(va, element, 'update');
    });
    const [hostA, hostB] = [present(hosts[0], 'first element'), present(hosts[1], 'second element')];
    const old = [this.#readFrom(hostA, access), this.#readFrom(hostB, access)] as const;
    const [first, second] = compute(...old);
    const kept = [this.let(first), this.let(second)] as const;
    this.#writeTo(hostA, access, kept[0]);
    this.#writeTo(hostB, access, kept[1]);
    return old;
  }

  /** The program counter is the base of the decoded page plus the record's place in it. */
  programCounter(): Value {
    const { recordLocal, baseLocal } = this.ending;
    const offset: Code = [OP.local_get, ...uleb(recordLocal), ...wasm32(RECORD_SHIFT), OP.i32_shr_u, OP.i64_extend_i32_u];
    return asValue(new Node([OP.local_get, ...uleb(baseLocal), ...offset, OP.i64_add], -1));
  }

  branch(target: Value): void {
    const code = this.#use(target);
    this.#emit(present(this.ending.branch, `${this.title}: a way to branch`)(code, this.#depth));
    this.#ended = true;
  }

  branchBy(offset: Value): void {
    this.branchesDirectly = true;
    if (!this.isNear) {
      this.branch(this.add(this.programCounter(), offset));
      return;
    }
    this.#emit(present(this.ending.branchNear, `${this.title}: a way to branch`)(this.#distance(offset), this.#depth));
    this.#ended = true;
  }

  branchByIf(condition: Truth, offset: Value): void {
    this.branchesDirectly = true;
    if (!this.isNear) {
      this.if(condition, () => this.branch(this.add(this.programCounter(), offset)));
      this.#ended = false;
      return;
    }
    const next = wasm64(present(this.ending.toNext, `${this.title}: a next record`));
    const distance: Code = [...this.#distance(offset), ...next, ...this.#use(condition), OP.select];
    this.#emit(present(this.ending.branchNear, `${this.title}: a way to branch`)(distance, this.#depth));
    this.#ended = true;
  }

  #distance(offset: Value): Code {
    const operand = asNode(offset);
    invariant(
      operand instanceof OperandNode && operand.place.kind === 'immediate',
      `${this.title}: a direct branch takes its immediate operand as it is`,
    );
    return operand.code;
  }

  leave(routine: string, payload: Value): void {
    this.#emit(
      [...wasm32(0), ...wasm64(BigInt(this.runtime.routine(routine))), ...memory(OP.i64_store, ROUTINE_SLOT)],
      [...wasm32(0), ...this.#use(payload), ...memory(OP.i64_store, PAYLOAD_SLOT)],
      this.ending.leave(this.#depth),
    );
    this.#ended = true;
  }
}

/** The access to the second element of a pair: the pair's alignment was checked with the first. */
const elementAccess = (access: MemoryAccess): MemoryAccess => ({ ...access, alignment: access.bytes });
