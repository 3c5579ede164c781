// SPDX-License-Identifier: MIT
import { invariant, present } from '../../base/index.js';
import { STOP } from '../engine/engine.js';
import { BUDGET_SLOT, PC_SLOT, RECORD_SLOT } from '../state/stateLayout.js';
import { at, get, i32, i64, join, set, tee } from '../wasm/instructions.js';
import { type Code, type FunctionBody, uleb } from '../wasm/moduleWriter.js';
import { OP, TYPE } from '../wasm/opcodes.js';
import type { Ending } from './ending.js';
import {
  FETCH,
  FETCH_TRANSLATIONS,
  PAGE_BYTES,
  RECORD,
  RECORD_SHIFT,
  STOP_GIVEN_UP,
  STOP_UNDECODED,
  TRANSLATION_ENTRIES,
} from './memoryLayout.js';
import type { WasmPrinter } from './wasmPrinter.js';

/** An instruction that needs more code than this has a function of its own. */
const MAXIMUM_INLINE_BYTES = 600;

// Locals of the main function.
const BUDGET = 0;
const RECORD_LOCAL = 1;
const STOP_LOCAL = 2;
const ENTRY = 3;
const SCRATCH_32 = 4;
const SCRATCH_32_COUNT = 5;
const BASE = SCRATCH_32 + SCRATCH_32_COUNT;
/**
 * What changes with every instruction, in one local, because engines keep few of a large loop's variables in registers:
 * the budget that is left, minus one, in the upper half and the address of the record in the lower half. Negative when
 * the budget is used up.
 */
const CURSOR = BASE + 1;
const TARGET = CURSOR + 1;
const SCRATCH_64 = TARGET + 1;
const SCRATCH_64_COUNT = 20;

const BUDGET_SHIFT = 32n;
/** What one retired instruction adds to the cursor, and what the next record adds to that. */
const CHARGE = -(1n << BUDGET_SHIFT);
const TO_NEXT_RECORD = CHARGE + BigInt(RECORD.bytes);
/**
 * The immediate of a direct branch by `offset` bytes within its page, as handlers for near targets add it to the cursor. The loop moves the
 * cursor to the next record before every instruction, so that most handlers need not; a branch takes that back.
 */
export const nearImmediate = (offset: bigint): bigint => CHARGE + (offset << BigInt(RECORD_SHIFT)) - TO_NEXT_RECORD;
const advance = (distance: Code): Code => join(get(CURSOR), distance, [OP.i64_add], set(CURSOR));

/** Branches out of a handler are printed with these in place of the label's depth; see `resolveLabels`. */
const LABEL = { next: -1, lookUp: -2, memoryStop: -3, giveUp: -4, stop: -5, /** Handler n is this minus n. */ firstHandler: -6 } as const;
/** A branch to a label, `depth` blocks inside the handler: one number that no byte of code equals. */
const out = (label: number, depth: number): Code => [OP.br, label * 1000 - depth];

export const completeEnding: Ending = {
  recordLocal: RECORD_LOCAL,
  baseLocal: BASE,
  scratch64: SCRATCH_64,
  scratch32: SCRATCH_32,
  memoryStop: depth => out(LABEL.memoryStop, depth),
  leave: depth => join(i32(STOP.LEAVE), set(STOP_LOCAL), out(LABEL.stop, depth)),
  branch: (target, depth) => join(target, set(TARGET), advance(i64(CHARGE)), out(LABEL.lookUp, depth)),
  toNext: 0n,
  branchNear: (distance, depth) => join(advance(distance), out(LABEL.next, depth)),
};

/** As in the complete copy, but whatever needs a call is given up. */
export const fastEnding: Ending = { ...completeEnding, giveUp: depth => out(LABEL.giveUp, depth), looksBesideWatched: true };

/** The cursor moved over the first `count` instructions of a sequence. */
const pass = (count: number): Code => (count === 0 ? [] : advance(i64(BigInt(count) * TO_NEXT_RECORD)));

/**
 * As in the fast copy, for the instruction at `place` of a sequence that one handler runs, the first of which has the handler `first`: the
 * cursor still stands at that one, and every way out moves it over those that have retired.
 */
export const sequenceEnding = (place: number, first: number): Ending => ({
  ...completeEnding,
  recordOffset: place * RECORD.bytes,
  giveUp: depth => (place === 0 ? out(LABEL.firstHandler - first, depth) : join(pass(place - 1), out(LABEL.next, depth))),
  leave: depth => join(pass(place), i32(STOP.LEAVE), set(STOP_LOCAL), out(LABEL.stop, depth)),
  branch: (target, depth) => join(target, set(TARGET), pass(place), advance(i64(CHARGE)), out(LABEL.lookUp, depth)),
  branchNear: (distance, depth) => join(advance(distance), pass(place), out(LABEL.next, depth)),
});

/** How the handler of a sequence of `count` instructions begins: without budget for all, it leaves them to their own handlers, the `first` of which runs now. */
export const beginSequence = (count: number, first: number): Code =>
  join(get(CURSOR), i64(BigInt(count - 1) << BUDGET_SHIFT), [OP.i64_lt_s, OP.if, TYPE.empty], out(LABEL.firstHandler - first, 1), [OP.end]);

/** How a sequence of `count` instructions ends that has not branched. */
export const endSequence = (count: number): Code => join(pass(count - 1), out(LABEL.next, 0));

/** The handler of an instruction that is a function of its own: calls function `index`, which answers a value of `STOP`. */
export const callHandler = (index: number): Code =>
  join(
    get(RECORD_LOCAL),
    get(BASE),
    [OP.call, ...uleb(index)],
    tee(STOP_LOCAL),
    [OP.if, TYPE.empty],
    out(LABEL.stop, 1),
    [OP.end],
    toNextRecord(),
  );

/** The handler of the same instruction in the copy that makes no calls. */
export const giveUpHandler = (): Code => out(LABEL.giveUp, 0);

/** The main function with these handlers of variants and then of sequences, in the order of their numbers. */
export const mainFunction = (variants: readonly Code[], sequences: readonly Code[]): FunctionBody => ({
  locals: [
    [BASE - 1, TYPE.i32],
    [SCRATCH_64 + SCRATCH_64_COUNT - BASE, TYPE.i64],
  ],
  code: mainCode(variants, sequences),
});

/** How a handler ends that has not branched. */
export const toNextRecord = (): Code => out(LABEL.next, 0);

/** Whether the code that `printer` has printed can be a handler of the main function. */
export const fitsMainFunction = (printer: WasmPrinter): boolean => printer.code.length <= MAXIMUM_INLINE_BYTES && fitsLocals(printer);

/** Whether there are as many locals as `printer` has used. */
export const fitsLocals = (printer: WasmPrinter): boolean => printer.most64 <= SCRATCH_64_COUNT && printer.most32 <= SCRATCH_32_COUNT;

/** Replaces the placeholders in the body at `place` of `count` by the depths of the labels there; the body of handler n is at `places[n]`. */
function resolveLabels(code: Code, place: number, count: number, places: readonly number[]): number[] {
  const toNext = count - 1 - place;
  const depthOf: Readonly<Record<number, number>> = {
    [LABEL.next]: toNext,
    [LABEL.lookUp]: toNext + 1,
    [LABEL.memoryStop]: toNext + 2,
    [LABEL.giveUp]: toNext + 3,
    [LABEL.stop]: toNext + 4,
  };
  const bytes: number[] = [];
  for (const byte of code) {
    if (byte >= 0) {
      bytes.push(byte);
      continue;
    }
    const label = Math.ceil(byte / 1000);
    const nesting = label * 1000 - byte;
    const handlerAt = places[LABEL.firstHandler - label];
    // A body is behind the end of its own block, so that the next body's is the innermost one.
    const depth = depthOf[label] ?? present(handlerAt, `label ${label}`) - place - 1;
    invariant(depth >= 0, `A handler goes on in one that is before it`);
    bytes.push(...uleb(depth + nesting));
  }
  return bytes;
}

/**
 * The main function: run(budget) -> stop.
 *
 *   block $out
 *     block $stop            pc of the instruction, which has not retired
 *       block $giveUp
 *         block $memoryStop
 *           loop $lookUp     from a virtual address in `target` to a record
 *             loop $next     one instruction: is there budget, then the handler by br_table
 *
 * Handlers with the same code have it once.
 */
function mainCode(variants: readonly Code[], sequences: readonly Code[]): number[] {
  const special: Code[] = [
    join(i32(STOP_UNDECODED), set(STOP_LOCAL), out(LABEL.stop, 0)),
    join(i32(STOP.TRAP), set(STOP_LOCAL), out(LABEL.stop, 0)),
    join(programCounter(), set(TARGET), out(LABEL.lookUp, 0)),
  ];
  const all = [...special, ...variants, ...sequences];
  const pageMask = i64(-BigInt(PAGE_BYTES));
  const fetchIndex = join(
    get(TARGET),
    i64(BigInt(Math.log2(PAGE_BYTES / FETCH.bytes))),
    [OP.i64_shr_u, OP.i32_wrap_i64],
    i32((TRANSLATION_ENTRIES - 1) * FETCH.bytes),
    [OP.i32_and],
  );
  const lookUp = join(
    fetchIndex,
    tee(ENTRY),
    at(OP.i64_load, FETCH_TRANSLATIONS + FETCH.tag),
    get(TARGET),
    i64(-BigInt(PAGE_BYTES) | 3n),
    [OP.i64_and, OP.i64_eq, OP.i32_eqz, OP.if, TYPE.empty],
    // A miss: pc is the target, and the instruction there has not been charged.
    i32(0),
    get(TARGET),
    at(OP.i64_store, PC_SLOT),
    i32(STOP.FETCH),
    set(STOP_LOCAL),
    // if, $lookUp, $memoryStop, $giveUp, $stop, $out
    [OP.br, 5],
    [OP.end],
    get(ENTRY),
    at(OP.i32_load, FETCH_TRANSLATIONS + FETCH.records),
    tee(RECORD_LOCAL),
    i32(RECORD_SHIFT),
    [OP.i32_shr_u, OP.i64_extend_i32_u],
    set(BASE),
    get(TARGET),
    pageMask,
    [OP.i64_and],
    get(BASE),
    [OP.i64_sub],
    set(BASE),
    get(RECORD_LOCAL),
    get(TARGET),
    [OP.i32_wrap_i64],
    i32(PAGE_BYTES - 1),
    [OP.i32_and],
    i32(RECORD_SHIFT),
    [OP.i32_shl, OP.i32_add, OP.i64_extend_i32_u],
    get(CURSOR),
    i64(CHARGE),
    [OP.i64_and, OP.i64_or],
    i64(TO_NEXT_RECORD),
    [OP.i64_sub],
    set(CURSOR),
  );
  const nextRecord = join(
    get(CURSOR),
    i64(TO_NEXT_RECORD),
    [OP.i64_add],
    tee(CURSOR),
    [OP.i32_wrap_i64],
    set(RECORD_LOCAL),
    get(CURSOR),
    i64(0n),
    // $next, $lookUp, $memoryStop, $giveUp, $stop
    [OP.i64_lt_s, OP.br_if, 4],
  );
  const bytes = join(
    get(BUDGET),
    [OP.i64_extend_i32_u],
    i64(BUDGET_SHIFT),
    [OP.i64_shl],
    i64(CHARGE),
    [OP.i64_add],
    set(CURSOR),
    i32(0),
    at(OP.i64_load, PC_SLOT),
    set(TARGET),
    [OP.block, TYPE.empty, OP.block, TYPE.empty, OP.block, TYPE.empty, OP.block, TYPE.empty, OP.loop, TYPE.empty],
    lookUp,
    [OP.loop, TYPE.empty],
    nextRecord,
  );
  // Sequences first: they may go on in the handler of their first instruction.
  const bodies = [...new Map([...sequences, ...special, ...variants].map(code => [code.join(), code])).values()];
  const placeOf = new Map(bodies.map((code, place) => [code.join(), place]));
  const places = all.map(code => present(placeOf.get(code.join()), 'a body'));
  for (let count = 0; count < bodies.length; count++) bytes.push(OP.block, TYPE.empty);
  // The last handler is also the default, which no record names.
  const labels = places.map(uleb);
  for (const byte of join(get(RECORD_LOCAL), at(OP.i32_load16_u, RECORD.handler), [OP.br_table, ...uleb(all.length - 1)], ...labels))
    bytes.push(byte);
  bodies.forEach((code, place) => {
    bytes.push(OP.end);
    for (const byte of resolveLabels(code, place, bodies.length, places)) bytes.push(byte);
  });
  const tail = join(
    // Neither loop is left at its end.
    [OP.unreachable, OP.end, OP.unreachable, OP.end, OP.end],
    i32(STOP.MEMORY),
    set(STOP_LOCAL),
    // $giveUp, $stop
    [OP.br, 1],
    [OP.end],
    i32(STOP_GIVEN_UP),
    set(STOP_LOCAL),
    [OP.end],
    // A sequence has moved only the cursor.
    get(CURSOR),
    [OP.i32_wrap_i64],
    set(RECORD_LOCAL),
    i32(0),
    programCounter(),
    at(OP.i64_store, PC_SLOT),
    i32(0),
    get(RECORD_LOCAL),
    at(OP.i32_store, RECORD_SLOT),
    [OP.end],
    i32(0),
    get(CURSOR),
    i64(BUDGET_SHIFT),
    [OP.i64_shr_s],
    i64(1n),
    [OP.i64_add],
    at(OP.i64_store, BUDGET_SLOT),
    get(STOP_LOCAL),
  );
  for (const byte of tail) bytes.push(byte);
  return bytes;
}

const programCounter = (): Code => join(get(BASE), get(RECORD_LOCAL), i32(RECORD_SHIFT), [OP.i32_shr_u, OP.i64_extend_i32_u, OP.i64_add]);
