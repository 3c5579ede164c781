// SPDX-License-Identifier: MIT
import { type Endianness, invariant, present } from '../../base/index.js';
import type { Decoder } from '../decode/decisionTree.js';
import { fieldsOf, type InstructionRow } from '../decode/row.js';
import { type EngineCounters, type ModalEngine, type RamBlock, STOP, type Stop } from '../engine/engine.js';
import type { Slot } from '../operations/emitter.js';
import {
  BUDGET_SLOT,
  FAULT_ACCESS_SLOT,
  FAULT_ADDRESS_SLOT,
  PAYLOAD_SLOT,
  PC_SLOT,
  RECORD_SLOT,
  ROUTINE_SLOT,
  STATE_PAGE_BYTES,
  type StateWords,
} from '../state/stateLayout.js';
import { DecodedPages } from './decodedPages.js';
import { type InterpreterImage, variantKey } from './interpreterModule.js';
import { nearImmediate } from './mainFunction.js';
import {
  FETCH,
  FETCH_TRANSLATIONS,
  HANDLER,
  LARGEST_ELEMENT,
  PAGE_BYTES,
  RAM_OFFSET,
  READ_TRANSLATIONS,
  RECORD,
  RECORDS_PER_PAGE,
  STOP_UNDECODED,
  TRANSLATION,
  TRANSLATION_ENTRIES,
  WRITE_TRANSLATIONS,
} from './memoryLayout.js';
import { layOut, type OperandLayout } from './operandLayout.js';
import { RememberedRecords } from './rememberedRecords.js';
import { LONGEST_SEQUENCE, SequenceTable } from './sequences.js';

/** An instruction set as the interpreter needs it. */
export interface InstructionSet {
  readonly rows: readonly InstructionRow[];
  readonly decode: Decoder;
  /** The row for words that no row matches. */
  readonly undefinedRow: InstructionRow;
  /** Names that rows leave with, in the order of their numbers in the module. */
  readonly routines: readonly string[];
  /** The byte order of instruction words in memory. */
  readonly instructionEndianness: Endianness;
  /** Sequences of instructions that get a handler together: names of handlers. */
  readonly frequentSequences?: readonly (readonly string[])[];
  /** Slots that no operand names (see `InterpreterOptions`). */
  readonly unnamedSlots?: readonly Slot[];
}

/** An instruction set with the module that was generated from its rows. */
export interface InstructionModule {
  readonly instructions: InstructionSet;
  readonly image: InterpreterImage;
}

/** What the interpreter knows of a row in order to write records. */
interface RowPlan {
  readonly layout: OperandLayout;
  readonly handlers: ReadonlyMap<number, readonly [far: number, near: number]>;
}

/** A module that has been made ready, with what was worked out for it. */
interface Loaded extends InstructionModule {
  readonly run: (budget: number) => number;
  readonly plans: Map<InstructionRow, RowPlan>;
  readonly sequences: SequenceTable;
  readonly remembered: RememberedRecords;
}

const WASM_PAGE_BYTES = 0x1_0000;
const MAXIMUM_MEMORY_BYTES = 0x1_0000_0000;
/** How many instructions are decoded at a time, as long as their records are not decoded. */
const DECODE_AHEAD = 16;
const INSTRUCTION_BYTES = 4;
const PAGE_SHIFT = Math.log2(PAGE_BYTES);
const NO_TAG = -1n;
/** Name of the operand of a direct branch; its record holds the distance in record bytes in the form for the same page. */
const BRANCH_OPERAND = 'offset';

/** The engine on the generated interpreter: linear memory, its translations, the decode cache and the calls into the module. */
export class Interpreter implements ModalEngine {
  readonly counters: EngineCounters = { crossings: 0, decodes: 0, givenUp: 0 };
  readonly state: StateWords = {
    read: slot => this.#view.getBigUint64(slot, true),
    write: (slot, value) => this.#view.setBigUint64(slot, value, true),
  };
  retired = 0;
  memory: Uint8Array;
  onGrowth: (() => void) | undefined;
  readonly ramOffset = RAM_OFFSET;
  readonly #memory: WebAssembly.Memory;
  readonly #modules: readonly InstructionModule[];
  readonly #loaded = new Map<number, Loaded>();
  #mode = 0;
  #instructions: InstructionSet;
  #image: InterpreterImage;
  #run: (budget: number) => number;
  readonly #decoded: DecodedPages;
  #plans: Map<InstructionRow, RowPlan>;
  #sequences: SequenceTable;
  #remembered: RememberedRecords;
  #view: DataView;
  /** The handlers of the instructions that are decoded at a time. */
  readonly #ahead = new Uint16Array(DECODE_AHEAD);
  /** Number of bytes of RAM handed out. */
  #ramBytes = 0;

  /** An engine for `instructions` on `image`, which must have been generated from the same rows; `others` are the modes from 1 on. */
  constructor(instructions: InstructionSet, image: InterpreterImage, others: readonly InstructionModule[] = []) {
    this.#memory = new WebAssembly.Memory({ initial: RAM_OFFSET / WASM_PAGE_BYTES, maximum: MAXIMUM_MEMORY_BYTES / WASM_PAGE_BYTES });
    this.#view = new DataView(this.#memory.buffer);
    this.memory = new Uint8Array(this.#memory.buffer);
    this.#decoded = new DecodedPages(this.#view, this.counters);
    this.#modules = [{ instructions, image }, ...others];
    const first = this.#load(0);
    this.#instructions = instructions;
    this.#image = image;
    [this.#run, this.#plans, this.#sequences, this.#remembered] = [first.run, first.plans, first.sequences, first.remembered];
    this.flushTranslations();
  }

  /** Module `mode`, compiled when it is needed for the first time. */
  #load(mode: number): Loaded {
    const known = this.#loaded.get(mode);
    if (known !== undefined) return known;
    const { instructions, image } = present(this.#modules[mode], `module of mode ${mode}`);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(image.module), { host: { memory: this.#memory } });
    // The module is generated with exactly this export.
    const run = instance.exports.run as (budget: number) => number;
    const loaded = {
      instructions,
      image,
      run,
      plans: new Map<InstructionRow, RowPlan>(),
      sequences: new SequenceTable(image.sequences),
      remembered: new RememberedRecords(),
    };
    this.#loaded.set(mode, loaded);
    return loaded;
  }

  selectMode(mode: number): void {
    if (mode === this.#mode) return;
    const { instructions, image, run, plans, sequences, remembered } = this.#load(mode);
    this.#mode = this.#decoded.mode = mode;
    [this.#instructions, this.#image, this.#run, this.#plans] = [instructions, image, run, plans];
    [this.#sequences, this.#remembered] = [sequences, remembered];
    this.flushFetch();
  }

  get wordAtPc(): number | undefined {
    const low = this.#view.getInt32(PC_SLOT, true);
    const entry = FETCH_TRANSLATIONS + ((low >>> PAGE_SHIFT) & (TRANSLATION_ENTRIES - 1)) * FETCH.bytes;
    const isThere =
      this.#view.getInt32(entry + FETCH.tag, true) === (low & -PAGE_BYTES) &&
      this.#view.getInt32(entry + FETCH.tag + 4, true) === this.#view.getInt32(PC_SLOT + 4, true);
    if (!isThere) return undefined;
    const first = this.#decoded.instructionOf(this.#view.getUint32(entry + FETCH.records, true));
    return this.#view.getUint32(first + (low & (PAGE_BYTES - INSTRUCTION_BYTES)), this.#instructions.instructionEndianness === 'little');
  }

  saveState(into: Uint8Array): void {
    into.set(this.memory.subarray(0, STATE_PAGE_BYTES));
  }

  loadState(from: Uint8Array): void {
    this.memory.set(from.subarray(0, STATE_PAGE_BYTES));
  }

  /** The low half of the word in `slot`, without making a `bigint`. */
  low32(slot: Slot): number {
    return this.#view.getUint32(slot, true);
  }

  run(budget: number): Stop {
    let left = budget;
    for (;;) {
      this.counters.crossings++;
      const stop = this.#run(left);
      left = this.#view.getInt32(BUDGET_SLOT, true);
      if (stop !== STOP_UNDECODED) {
        this.retired = budget - left;
        return stop as Stop; // The module returns a value of STOP or STOP_UNDECODED only.
      }
      this.#decodeFrom(this.#view.getUint32(RECORD_SLOT, true));
    }
  }

  runUntrapped(): Stop {
    const stop = this.run(1);
    if (stop !== STOP.TRAP) return stop;
    const record = this.#view.getUint32(RECORD_SLOT, true);
    this.#decodeRecord(record, this.#wordOf(record));
    const outcome = this.run(1);
    // The code may have been given up or re-decoded meanwhile; the trap belongs to the place.
    this.#view.setUint16(record + RECORD.handler, HANDLER.TRAP, true);
    return outcome;
  }

  get routine(): string {
    return this.#instructions.routines[this.#view.getUint32(ROUTINE_SLOT, true)] ?? '';
  }

  get payload(): bigint {
    return this.#view.getBigUint64(PAYLOAD_SLOT, true);
  }

  get faultAddress(): bigint {
    return this.#view.getBigUint64(FAULT_ADDRESS_SLOT, true);
  }

  get faultAccess(): number {
    return this.#view.getUint32(FAULT_ACCESS_SLOT, true);
  }

  allocateRam(bytes: number): RamBlock | undefined {
    const size = Math.ceil(bytes / WASM_PAGE_BYTES) * WASM_PAGE_BYTES;
    const hostOffset = RAM_OFFSET + this.#ramBytes;
    if (hostOffset + size > MAXIMUM_MEMORY_BYTES) return undefined;
    try {
      this.#memory.grow(size / WASM_PAGE_BYTES);
    } catch {
      return undefined;
    }
    this.#ramBytes += size;
    this.#view = new DataView(this.#memory.buffer);
    this.memory = new Uint8Array(this.#memory.buffer);
    this.#decoded.memory = this.#view;
    this.onGrowth?.();
    return { hostOffset, bytes: this.memory.subarray(hostOffset, hostOffset + bytes) };
  }

  invalidateCode(hostOffset: number, bytes: number): void {
    this.#decoded.invalidate(hostOffset, bytes, this.#reaches);
  }

  fillRead(va: bigint, hostOffset: number, watch?: readonly [low: number, high: number]): void {
    this.#fill(READ_TRANSLATIONS, va, hostOffset, watch, false);
  }

  fillWrite(va: bigint, hostOffset: number, watch?: readonly [low: number, high: number]): void {
    this.#fill(WRITE_TRANSLATIONS, va, hostOffset, watch, this.#decoded.recordsAt(hostOffset) !== 0);
  }

  #fill(table: number, va: bigint, hostOffset: number, watch: readonly [low: number, high: number] | undefined, hasCode: boolean): void {
    const page = BigInt.asUintN(64, va) & -BigInt(PAGE_BYTES);
    const entry = table + Number((page / BigInt(PAGE_BYTES)) & BigInt(TRANSLATION_ENTRIES - 1)) * TRANSLATION.bytes;
    const isSlow = watch !== undefined || hasCode;
    const tag = BigInt.asIntN(64, page);
    this.#view.setBigInt64(entry + TRANSLATION.tag, isSlow ? NO_TAG : tag, true);
    this.#view.setInt32(entry + TRANSLATION.addend, hostOffset - (hostOffset % PAGE_BYTES) - Number(BigInt.asUintN(32, page)), true);
    this.#view.setUint16(entry + TRANSLATION.watchLow, watch?.[0] ?? 0, true);
    this.#view.setUint16(entry + TRANSLATION.watchHigh, watch?.[1] ?? 0, true);
    this.#view.setBigInt64(entry + TRANSLATION.slowTag, isSlow ? tag : NO_TAG, true);
    const [start, bytes] = watch === undefined || hasCode ? [0, PAGE_BYTES] : aroundHull(...watch);
    this.#view.setInt32(entry + TRANSLATION.aroundStart, Number(BigInt.asIntN(32, page)) + start, true);
    this.#view.setUint16(entry + TRANSLATION.aroundBytes, bytes, true);
  }

  fillFetch(va: bigint, hostOffset: number, traps: readonly number[] = []): void {
    if (this.#decoded.isFull && this.#decoded.recordsAt(hostOffset) === 0) {
      this.#decoded.forget();
      this.flushFetch();
    }
    const isFresh = this.#decoded.recordsAt(hostOffset) === 0;
    const records = this.#decoded.recordsOf(hostOffset);
    // Stores to this page must from now on see that its instructions are decoded.
    if (isFresh) this.#flush(WRITE_TRANSLATIONS, TRANSLATION.bytes);
    for (const offset of traps) {
      this.#decoded.setTrap(records, offset);
      this.#splitSequencesBefore(records + (offset / INSTRUCTION_BYTES) * RECORD.bytes);
    }
    const page = BigInt.asUintN(64, va) & -BigInt(PAGE_BYTES);
    const entry = FETCH_TRANSLATIONS + Number((page / BigInt(PAGE_BYTES)) & BigInt(TRANSLATION_ENTRIES - 1)) * FETCH.bytes;
    this.#view.setBigInt64(entry + FETCH.tag, BigInt.asIntN(64, page), true);
    this.#view.setUint32(entry + FETCH.records, records, true);
  }

  /** A page that was decoded in another mode has the handlers of that one. */
  readonly #reaches = (mode: number, handler: number, instructions: number): boolean =>
    this.#loaded.get(mode)?.sequences.firstOfLonger(handler, instructions) !== undefined;

  /** Gives the instructions that run the one of `record` within a sequence their own handlers: a sequence does not look at its later records. */
  #splitSequencesBefore(record: number): void {
    const distances = Math.min(LONGEST_SEQUENCE - 1, this.#decoded.placeOf(record));
    for (let distance = 1; distance <= distances; distance++) {
      const place = record - distance * RECORD.bytes + RECORD.handler;
      const first = this.#sequences.firstOfLonger(this.#view.getUint16(place, true), distance);
      if (first !== undefined) this.#view.setUint16(place, first, true);
    }
  }

  clearTraps(): void {
    this.#decoded.clearTraps();
  }

  flushTranslations(): void {
    this.#flush(READ_TRANSLATIONS, TRANSLATION.bytes);
    this.#flush(WRITE_TRANSLATIONS, TRANSLATION.bytes);
    this.flushFetch();
  }

  flushFetch(): void {
    this.#flush(FETCH_TRANSLATIONS, FETCH.bytes);
  }

  /** All ones is no tag; what else an entry holds counts only beside a tag that matches. */
  #flush(table: number, entryBytes: number): void {
    this.memory.fill(0xff, table, table + TRANSLATION_ENTRIES * entryBytes);
  }

  /** Decodes the instruction of `record` and those after it that are not decoded, a few at a time. */
  #decodeFrom(record: number): void {
    const count = Math.min(DECODE_AHEAD, RECORDS_PER_PAGE - this.#decoded.placeOf(record));
    const handlers = this.#ahead;
    let decoded = 0;
    for (let ahead = 0; ahead < count; ahead++) {
      const next = record + ahead * RECORD.bytes;
      if (this.#view.getUint16(next + RECORD.handler, true) !== HANDLER.UNDECODED) break;
      const word = this.#wordOf(next);
      // Behind the code there is data; or a trap word, for a short time.
      if (ahead > 0 && !this.#isInstruction(word)) break;
      this.#decodeRecord(next, word);
      if (this.#decoded.hasTrap(next)) this.#view.setUint16(next + RECORD.handler, HANDLER.TRAP, true);
      handlers[decoded++] = this.#view.getUint16(next + RECORD.handler, true);
    }
    if (decoded > 1) handlers.fill(HANDLER.UNDECODED, decoded); // One alone begins no sequence.
    for (let place = 0; place < decoded - 1; ) {
      const sequence = this.#sequences.longestAt(handlers, place);
      if (sequence !== undefined) this.#view.setUint16(record + place * RECORD.bytes + RECORD.handler, sequence.handler, true);
      place += sequence?.length ?? 1;
    }
  }

  #wordOf(record: number): number {
    return this.#view.getUint32(this.#decoded.instructionOf(record), this.#instructions.instructionEndianness === 'little');
  }

  #isInstruction(word: number): boolean {
    return this.#remembered.isInstruction(word, this.#instructions.decode);
  }

  /** Writes the record of `word`. Most words were decoded before. */
  #decodeRecord(record: number, word: number): void {
    const known = this.#remembered.bytesOf(word, this.#decoded.placeOf(record));
    if (known !== undefined) {
      this.memory.set(known, record);
      return;
    }
    this.counters.decodes++;
    const decoded = this.#instructions.decode(word);
    const row = decoded ?? this.#instructions.undefinedRow;
    const { layout, handlers } = this.#planFor(row, word);
    const [far, near] = present(handlers.get(variantKey(row, word)), `handler of '${row.name}'`);
    const operands = row.operands(fieldsOf(row.encoding, word));
    let handler = far;
    for (const [name, place] of layout) {
      const content = operands[name];
      if (typeof content !== 'bigint') {
        this.#view.setUint16(record + place.offset, typeof content === 'number' ? content : (content?.small ?? 0), true);
        continue;
      }
      let immediate = content;
      if (far !== near && name === BRANCH_OPERAND) {
        const target = this.#decoded.placeOf(record) * INSTRUCTION_BYTES + Number(BigInt.asIntN(64, content));
        if (target >= 0 && target < PAGE_BYTES) {
          handler = near;
          immediate = nearImmediate(BigInt.asIntN(64, content));
        }
      }
      this.#view.setBigUint64(record + place.offset, BigInt.asUintN(64, immediate), true);
    }
    this.#view.setUint16(record + RECORD.handler, handler, true);
    const place = far === near ? undefined : this.#decoded.placeOf(record);
    this.#remembered.set(word, { bytes: this.memory.slice(record, record + RECORD.bytes), place, isInstruction: decoded !== undefined });
  }

  #planFor(row: InstructionRow, word: number): RowPlan {
    const known = this.#plans.get(row);
    if (known !== undefined) return known;
    const index = this.#instructions.rows.indexOf(row);
    invariant(index >= 0, `'${row.name}' is not in the instruction set`);
    const handlers = new Map((this.#image.handlers[index] ?? []).map(([key, far, near]) => [key, [far, near] as const]));
    const plan = { layout: layOut(row.name, row.operands(fieldsOf(row.encoding, word))), handlers };
    this.#plans.set(row, plan);
    return plan;
  }
}

/** Where in a page the last aligned part of an access, or of a pair of them, may lie that touches the bytes [low, high): an offset and a size. */
function aroundHull(low: number, high: number): readonly [start: number, bytes: number] {
  const start = Math.floor(low / LARGEST_ELEMENT) * LARGEST_ELEMENT;
  return [start, (Math.ceil(high / LARGEST_ELEMENT) + 1) * LARGEST_ELEMENT - start];
}
