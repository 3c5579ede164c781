// SPDX-License-Identifier: MIT
import { invariant, present } from '../../base/index.js';
import type { Emitter, MemoryAccess, Truth, Value } from '../operations/emitter.js';
import { ACCESS_WRITES, type AccessDirection, accessWord } from '../state/accessWord.js';
import { PAYLOAD_SLOT, ROUTINE_SLOT } from '../state/stateLayout.js';
import { at, i32, i64 } from '../wasm/instructions.js';
import { type Code, uleb } from '../wasm/moduleWriter.js';
import { OP, TYPE } from '../wasm/opcodes.js';
import type { Ending, RuntimeFunctions } from './ending.js';
import { PAGE_BYTES, READ_TRANSLATIONS, RECORD_SHIFT, TRANSLATION, TRANSLATION_ENTRIES, WRITE_TRANSLATIONS } from './memoryLayout.js';
import { asNode, asValue, Node, OperandNode } from './node.js';
import { ValuePrinter } from './valuePrinter.js';

const LOADS = { 1: OP.i64_load8_u, 2: OP.i64_load16_u, 4: OP.i64_load32_u, 8: OP.i64_load } as const;
const STORES = { 1: OP.i64_store8, 2: OP.i64_store16, 4: OP.i64_store32, 8: OP.i64_store } as const;

/** log2 of the distance between a page's number and the byte offset of its translation. */
const TRANSLATION_INDEX_SHIFT = Math.log2(PAGE_BYTES / TRANSLATION.bytes);
const TRANSLATION_INDEX_MASK = (TRANSLATION_ENTRIES - 1) * TRANSLATION.bytes;

/** Where an access goes: an offset in linear memory, as code, and bytes beyond it. */
interface Host {
  readonly code: Code;
  readonly beyond: number;
}

/** Prints the semantics of one instruction, or one shared computation, as WebAssembly: the whole vocabulary of `Emitter`. */
export class WasmPrinter extends ValuePrinter implements Emitter {
  /** Whether a direct branch was printed: such an instruction has a second form for targets on its own page. */
  branchesDirectly = false;

  constructor(
    title: string,
    runtime: RuntimeFunctions,
    ending: Ending,
    /** Print direct branches for a target on the same page: the immediate is then what `nearImmediate` makes of the offset. */
    private readonly isNear: boolean,
    before?: WasmPrinter,
  ) {
    super(title, runtime, ending, before);
  }

  /** Prints the translation of `extent` bytes at `address`; what crosses the end of a page misses. */
  private translate(address: Value, access: MemoryAccess, direction: AccessDirection, extent: number = access.bytes): Host {
    invariant(this.epoch === 0, `${this.title}: a memory access after a set`);
    const va = this.use(this.let(address));
    const host = this.local32();
    const entry = this.local32();
    const word = accessWord(access, direction);
    const table = (word & ACCESS_WRITES) !== 0 ? WRITE_TRANSLATIONS : READ_TRANSLATIONS;
    const alignment = access.alignment ?? access.bytes;
    const compared = ~BigInt(PAGE_BYTES - 1) | BigInt(alignment - 1);
    const setEntry: Code = [OP.local_tee, ...uleb(entry)];
    const getEntry: Code = [OP.local_get, ...uleb(entry)];
    // Where alignment does not see to it that all bytes are in one page, the last aligned part is compared with the page.
    const last: Code = alignment >= extent ? va : [...va, ...i64(BigInt(extent - alignment)), OP.i64_add];
    const toHost: Code = [...va, OP.i32_wrap_i64, ...getEntry, ...at(OP.i32_load, table + TRANSLATION.addend), OP.i32_add];
    this.emit(
      [...va, ...i64(BigInt(TRANSLATION_INDEX_SHIFT)), OP.i64_shr_u, OP.i32_wrap_i64, ...i32(TRANSLATION_INDEX_MASK), OP.i32_and],
      [...setEntry, ...at(OP.i64_load, table + TRANSLATION.tag), ...last, ...i64(compared), OP.i64_and, OP.i64_eq],
    );
    if (this.ending.giveUp === undefined) {
      this.emit([OP.if, TYPE.i32, ...toHost, OP.else], this.slowTranslation(va, word, host), [OP.end, OP.local_set, ...uleb(host)]);
    } else {
      this.emit([OP.i32_eqz, OP.if, TYPE.empty]);
      this.giveUpMiss(this.ending.giveUp, last, compared, table, getEntry);
      this.emit([OP.end, ...toHost, OP.local_set, ...uleb(host)]);
    }
    this.used32--; // The entry's local is free again.
    return { code: [OP.local_get, ...uleb(host)], beyond: 0 };
  }

  /** Prints, one block deeper, what becomes of an access that misses: it is given up unless it is made beside watched bytes. */
  private giveUpMiss(giveUp: (depth: number) => Code, last: Code, compared: bigint, table: number, entry: Code): void {
    if (!this.ending.looksBesideWatched) {
      this.emit(giveUp(this.depth + 1));
      return;
    }
    this.emit(
      [...entry, ...at(OP.i64_load, table + TRANSLATION.slowTag), ...last, ...i64(compared), OP.i64_and, OP.i64_eq, OP.i32_eqz],
      [...last, OP.i32_wrap_i64, ...entry, ...at(OP.i32_load, table + TRANSLATION.aroundStart), OP.i32_sub],
      [...entry, ...at(OP.i32_load16_u, table + TRANSLATION.aroundBytes), OP.i32_lt_u],
      [OP.i32_or, OP.if, TYPE.empty, ...giveUp(this.depth + 2), OP.end],
    );
  }

  /** Code that asks `translate` for the offset in linear memory, printed one block deeper, and leaves it on the stack. */
  private slowTranslation(va: Code, word: number, host: number): Code {
    return [
      ...[...va, ...i32(word), OP.call, ...uleb(this.runtime.translate)],
      ...[OP.local_tee, ...uleb(host), OP.i32_eqz, OP.if, TYPE.empty],
      ...this.ending.memoryStop(this.depth + 2),
      ...[OP.end, OP.local_get, ...uleb(host)],
    ];
  }

  private readFrom({ code, beyond }: Host, access: MemoryAccess): Value {
    const local = this.local64();
    this.emit(code, at(LOADS[access.bytes], beyond), [OP.local_set, ...uleb(local)]);
    return this.inMemoryOrder(asValue(new Node([OP.local_get, ...uleb(local)], -1)), access);
  }

  /** An element in the byte order of its access, or back; WebAssembly's own is little-endian. */
  private inMemoryOrder(value: Value, { bytes, isByteReversed = false }: MemoryAccess): Value {
    if ((this.runtime.dataEndianness === 'big') === isByteReversed || bytes === 1) return value;
    const exchange = (v: Value, mask: bigint, distance: bigint): Value => {
      const [kept, low, amount] = [this.let(v), this.constant(mask), this.constant(distance)];
      return this.or(this.shiftLeft(this.and(kept, low), amount), this.and(this.shiftRightUnsigned(kept, amount), low));
    };
    const halves = exchange(exchange(value, 0x00ff_00ff_00ff_00ffn, 8n), 0x0000_ffff_0000_ffffn, 16n);
    const reversed = this.rotateRight(halves, this.constant(32n));
    return this.let(this.shiftRightUnsigned(reversed, this.constant(BigInt(64 - 8 * bytes))));
  }

  private writeTo({ code, beyond }: Host, access: MemoryAccess, value: Value): void {
    this.emit(code, this.use(this.inMemoryOrder(value, access)), at(STORES[access.bytes], beyond));
  }

  private following(address: Value, access: MemoryAccess): readonly [Value, Value] {
    const first = this.let(address);
    return [first, this.add(first, this.constant(BigInt(access.bytes)))];
  }

  /** Prints the translations of both elements at `address`; where misses are given up, one for both that misses unless they share a page. */
  private translatePair(address: Value, access: MemoryAccess, direction: AccessDirection): readonly [Host, Host] {
    if (this.ending.giveUp !== undefined && (access.alignment ?? access.bytes) === access.bytes) {
      const host = this.translate(address, access, direction, 2 * access.bytes);
      return [host, { ...host, beyond: access.bytes }];
    }
    const [first, second] = this.following(address, access);
    return [this.translate(first, access, direction), this.translate(second, elementAccess(access), direction)];
  }

  load(address: Value, access: MemoryAccess): Value {
    return this.readFrom(this.translate(address, access, 'load'), access);
  }

  loadPair(address: Value, access: MemoryAccess): readonly [Value, Value] {
    const hosts = this.translatePair(address, access, 'load');
    return [this.readFrom(hosts[0], access), this.readFrom(hosts[1], access)];
  }

  store(address: Value, access: MemoryAccess, value: Value): void {
    const kept = this.let(value);
    this.writeTo(this.translate(address, access, 'store'), access, kept);
    this.used32--; // The host's local is free again.
  }

  storePair(address: Value, access: MemoryAccess, first: Value, second: Value): void {
    const kept = [this.let(first), this.let(second)] as const;
    const hosts = this.translatePair(address, access, 'store');
    this.writeTo(hosts[0], access, kept[0]);
    this.writeTo(hosts[1], access, kept[1]);
  }

  update(address: Value, access: MemoryAccess, compute: (old: Value) => Value): Value {
    const va = this.let(address);
    this.translate(va, access, 'load');
    this.used32--;
    const host = this.translate(va, access, 'update');
    const old = this.readFrom(host, access);
    this.writeTo(host, access, this.let(compute(old)));
    return old;
  }

  updatePair(
    address: Value,
    access: MemoryAccess,
    compute: (first: Value, second: Value) => readonly [Value, Value],
  ): readonly [Value, Value] {
    const addresses = this.following(address, access);
    const hosts = addresses.map((va, index) => {
      const element = index === 0 ? access : elementAccess(access);
      this.translate(va, element, 'load');
      this.used32--;
      return this.translate(va, element, 'update');
    });
    const [hostA, hostB] = [present(hosts[0], 'first element'), present(hosts[1], 'second element')];
    const old = [this.readFrom(hostA, access), this.readFrom(hostB, access)] as const;
    const [first, second] = compute(...old);
    const kept = [this.let(first), this.let(second)] as const;
    this.writeTo(hostA, access, kept[0]);
    this.writeTo(hostB, access, kept[1]);
    return old;
  }

  /** The program counter is the base of the decoded page plus the record's place in it. */
  programCounter(): Value {
    const { recordLocal, baseLocal, recordOffset = 0 } = this.ending;
    const record: Code = [OP.local_get, ...uleb(recordLocal), ...(recordOffset === 0 ? [] : [...i32(recordOffset), OP.i32_add])];
    const offset: Code = [...record, ...i32(RECORD_SHIFT), OP.i32_shr_u, OP.i64_extend_i32_u];
    return asValue(new Node([OP.local_get, ...uleb(baseLocal), ...offset, OP.i64_add], -1));
  }

  branch(target: Value): void {
    const code = this.use(target);
    this.emit(present(this.ending.branch, `${this.title}: a way to branch`)(code, this.depth));
    this.isEnded = true;
  }

  branchBy(offset: Value): void {
    this.branchesDirectly = true;
    if (!this.isNear) {
      this.branch(this.add(this.programCounter(), offset));
      return;
    }
    this.emit(present(this.ending.branchNear, `${this.title}: a way to branch`)(this.distance(offset), this.depth));
    this.isEnded = true;
  }

  branchByIf(condition: Truth, offset: Value): void {
    this.branchesDirectly = true;
    if (!this.isNear) {
      this.if(condition, () => this.branch(this.add(this.programCounter(), offset)));
      this.isEnded = false;
      return;
    }
    const next = i64(present(this.ending.toNext, `${this.title}: a next record`));
    const distance: Code = [...this.distance(offset), ...next, ...this.use(condition), OP.select];
    this.emit(present(this.ending.branchNear, `${this.title}: a way to branch`)(distance, this.depth));
    this.isEnded = true;
  }

  private distance(offset: Value): Code {
    const operand = asNode(offset);
    invariant(
      operand instanceof OperandNode && operand.place.kind === 'immediate',
      `${this.title}: a direct branch takes its immediate operand as it is`,
    );
    return operand.code;
  }

  leave(routine: string, payload: Value): void {
    this.emit(
      [...i32(0), ...i64(BigInt(this.runtime.routine(routine))), ...at(OP.i64_store, ROUTINE_SLOT)],
      [...i32(0), ...this.use(payload), ...at(OP.i64_store, PAYLOAD_SLOT)],
      this.ending.leave(this.depth),
    );
    this.isEnded = true;
  }
}

/** The access to the second element of a pair: an alignment to more than an element was checked with the first. */
function elementAccess(access: MemoryAccess): MemoryAccess {
  const { bytes, alignment = bytes } = access;
  return { ...access, alignment: alignment < bytes ? alignment : bytes };
}
