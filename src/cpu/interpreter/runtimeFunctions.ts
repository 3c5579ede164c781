// SPDX-License-Identifier: MIT
import { ACCESS_ALIGNMENT, ACCESS_BYTES, ACCESS_WRITES } from '../state/accessWord.js';
import { BUDGET_SLOT, FAULT_ACCESS_SLOT, FAULT_ADDRESS_SLOT } from '../state/stateLayout.js';
import { at, call, get, i32, i64, join, set, tee } from '../wasm/instructions.js';
import type { FunctionBody } from '../wasm/moduleWriter.js';
import { OP, TYPE } from '../wasm/opcodes.js';
import {
  CODE_MAP,
  HANDLER,
  PAGE_BYTES,
  RAM_OFFSET,
  READ_TRANSLATIONS,
  RECORD,
  STOP_GIVEN_UP,
  TRANSLATION,
  TRANSLATION_ENTRIES,
  WRITE_TRANSLATIONS,
} from './memoryLayout.js';
import { LONGEST_SEQUENCE } from './sequences.js';

/**
 * `translate` (va: i64, access: i32) -> i32: the slow path of every access. A page that is watched,
 * or whose instructions are decoded, is accessed through its slow tag unless the access touches the
 * hull of the watched bytes; a store to decoded instructions marks their records as undecoded. All
 * else is recorded as a fault, for the engine's owner to resolve, and answers 0.
 */
export function translateBody({ hasUnalignedAccesses }: { readonly hasUnalignedAccesses: boolean }): FunctionBody {
  const [va, access, entry, offset, size, host, record, last] = [0, 1, 2, 3, 4, 5, 6, 7];
  const pageNumber = Math.log2(PAGE_BYTES);
  const indexed = join(
    get(va),
    i64(BigInt(Math.log2(PAGE_BYTES / TRANSLATION.bytes))),
    [OP.i64_shr_u, OP.i32_wrap_i64],
    i32((TRANSLATION_ENTRIES - 1) * TRANSLATION.bytes),
    [OP.i32_and],
  );
  const table = join(i32(WRITE_TRANSLATIONS), i32(READ_TRANSLATIONS), get(access), i32(ACCESS_WRITES), [OP.i32_and, OP.select]);
  const alignment = join(i32(1), get(access), i32(ACCESS_ALIGNMENT.shift), [OP.i32_shr_u], i32(ACCESS_ALIGNMENT.mask), [
    OP.i32_and,
    OP.i32_shl,
  ]);
  // The last aligned part of an access that alignment does not keep in its page: bytes - alignment further, if that is positive.
  const slack = join(get(access), i32(ACCESS_BYTES), [OP.i32_and], alignment, [OP.i32_sub]);
  const lastPart = join(get(va), slack, i32(0), slack, i32(0), [OP.i32_gt_s, OP.select, OP.i64_extend_i32_u, OP.i64_add]);
  // The bits of the address that must agree with the tag: the page's, and those that alignment wants zero.
  const compared = join(
    hasUnalignedAccesses ? lastPart : get(va),
    alignment,
    i32(1),
    [OP.i32_sub],
    i32(-PAGE_BYTES),
    [OP.i32_or],
    // Sign extension of the 32-bit mask: all page number bits count.
    [OP.i64_extend_i32_u, OP.i64_extend32_s, OP.i64_and],
  );
  const code = join(
    indexed,
    table,
    [OP.i32_add],
    set(entry),
    [OP.block, TYPE.empty],
    compared,
    get(entry),
    at(OP.i64_load, TRANSLATION.slowTag),
    [OP.i64_eq, OP.i32_eqz, OP.br_if, 0],
    get(va),
    [OP.i32_wrap_i64],
    i32(PAGE_BYTES - 1),
    [OP.i32_and],
    set(offset),
    get(access),
    i32(ACCESS_BYTES),
    [OP.i32_and],
    set(size),
    // offset < watchHigh && offset + size > watchLow
    get(offset),
    get(entry),
    at(OP.i32_load16_u, TRANSLATION.watchHigh),
    [OP.i32_lt_u],
    get(offset),
    get(size),
    [OP.i32_add],
    get(entry),
    at(OP.i32_load16_u, TRANSLATION.watchLow),
    [OP.i32_gt_u, OP.i32_and, OP.br_if, 0],
    get(va),
    [OP.i32_wrap_i64],
    get(entry),
    at(OP.i32_load, TRANSLATION.addend),
    [OP.i32_add],
    set(host),
    get(access),
    i32(ACCESS_WRITES),
    [OP.i32_and, OP.if, TYPE.empty],
    get(host),
    i32(RAM_OFFSET),
    [OP.i32_sub],
    i32(pageNumber),
    [OP.i32_shr_u],
    i32(2),
    [OP.i32_shl],
    at(OP.i32_load, CODE_MAP),
    tee(record),
    [OP.if, TYPE.empty],
    // Records of the first instruction that the access touches, or of one before it that may run that within a sequence, and of the last.
    get(record),
    get(offset),
    get(size),
    [OP.i32_add],
    i32(1),
    [OP.i32_sub],
    i32(2),
    [OP.i32_shr_u],
    i32(RECORD.bytes),
    [OP.i32_mul, OP.i32_add],
    set(last),
    get(record),
    get(offset),
    i32(4 * (LONGEST_SEQUENCE - 1)),
    [OP.i32_sub],
    i32(0),
    get(offset),
    i32(4 * (LONGEST_SEQUENCE - 1)),
    [OP.i32_gt_u, OP.select],
    i32(2),
    [OP.i32_shr_u],
    i32(RECORD.bytes),
    [OP.i32_mul, OP.i32_add],
    set(record),
    [OP.loop, TYPE.empty],
    get(record),
    i32(HANDLER.UNDECODED),
    at(OP.i32_store16, RECORD.handler),
    get(record),
    i32(RECORD.bytes),
    [OP.i32_add],
    tee(record),
    get(last),
    [OP.i32_le_u, OP.br_if, 0],
    [OP.end, OP.end, OP.end],
    get(host),
    [OP.return, OP.end],
    i32(0),
    get(va),
    at(OP.i64_store, FAULT_ADDRESS_SLOT),
    i32(0),
    get(access),
    [OP.i64_extend_i32_u],
    at(OP.i64_store, FAULT_ACCESS_SLOT),
    i32(0),
  );
  return { locals: [[6, TYPE.i32]], code };
}

/** How many instructions the complete copy runs before the fast one is tried again: what it is needed for tends to come again soon. */
const COMPLETE_INSTRUCTIONS = 32;

/**
 * `run` (budget: i32) -> stop: the fast copy of the main function, function `fast`, until it stops; an
 * instruction that it gives up is run by function `complete`, and then the fast copy goes on.
 */
export function runBody(fast: number, complete: number): FunctionBody {
  const [budget, stop, part] = [0, 1, 2];
  const left = join(i32(0), at(OP.i32_load, BUDGET_SLOT));
  const code = join(
    [OP.loop, TYPE.empty],
    get(budget),
    call(fast),
    tee(stop),
    i32(STOP_GIVEN_UP),
    [OP.i32_eq, OP.if, TYPE.empty],
    left,
    tee(budget),
    i32(COMPLETE_INSTRUCTIONS),
    get(budget),
    i32(COMPLETE_INSTRUCTIONS),
    [OP.i32_lt_s, OP.select],
    tee(part),
    call(complete),
    set(stop),
    // What is left of that part goes back to the whole.
    i32(0),
    get(budget),
    get(part),
    [OP.i32_sub],
    left,
    [OP.i32_add],
    tee(budget),
    at(OP.i32_store, BUDGET_SLOT),
    get(stop),
    [OP.i32_eqz],
    get(budget),
    i32(0),
    [OP.i32_gt_s, OP.i32_and, OP.br_if, 1],
    [OP.end, OP.end],
    get(stop),
  );
  return { locals: [[2, TYPE.i32]], code };
}
