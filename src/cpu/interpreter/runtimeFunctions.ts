// SPDX-License-Identifier: MIT
import { ACCESS_ALIGNMENT, ACCESS_BYTES, ACCESS_WRITES } from '../state/accessWord.js';
import { FAULT_ACCESS_SLOT, FAULT_ADDRESS_SLOT } from '../state/stateLayout.js';
import { type Code, type FunctionBody, sleb, uleb } from '../wasm/moduleWriter.js';
import { OP, TYPE } from '../wasm/opcodes.js';
import {
  CODE_MAP,
  HANDLER,
  PAGE_BYTES,
  RAM_OFFSET,
  READ_TRANSLATIONS,
  RECORD,
  TRANSLATION,
  TRANSLATION_ENTRIES,
  WRITE_TRANSLATIONS,
} from './memoryLayout.js';

const get = (local: number): Code => [OP.local_get, ...uleb(local)];
const set = (local: number): Code => [OP.local_set, ...uleb(local)];
const tee = (local: number): Code => [OP.local_tee, ...uleb(local)];
const c32 = (value: number): Code => [OP.i32_const, ...sleb(BigInt(value | 0))];
const c64 = (value: bigint): Code => [OP.i64_const, ...sleb(BigInt.asIntN(64, value))];
const at = (opcode: number, offset: number): Code => [opcode, 0, ...uleb(offset)];
const join = (...parts: Code[]): number[] => parts.flat();

/**
 * `translate` (va: i64, access: i32) -> i32: the slow path of every access. A page that is watched,
 * or whose instructions are decoded, is accessed through its slow tag unless the access touches the
 * hull of the watched bytes; a store to decoded instructions marks their records as undecoded. All
 * else is recorded as a fault, for the engine's owner to resolve, and answers 0.
 */
export function translateBody(): FunctionBody {
  const [va, access, entry, offset, size, host, record, last] = [0, 1, 2, 3, 4, 5, 6, 7];
  const pageNumber = Math.log2(PAGE_BYTES);
  const indexed = join(
    get(va),
    c64(BigInt(Math.log2(PAGE_BYTES / TRANSLATION.bytes))),
    [OP.i64_shr_u, OP.i32_wrap_i64],
    c32((TRANSLATION_ENTRIES - 1) * TRANSLATION.bytes),
    [OP.i32_and],
  );
  const table = join(c32(WRITE_TRANSLATIONS), c32(READ_TRANSLATIONS), get(access), c32(ACCESS_WRITES), [OP.i32_and, OP.select]);
  // The bits of the address that must agree with the tag: the page's, and those that alignment wants zero.
  const compared = join(
    get(va),
    c32(1),
    get(access),
    c32(ACCESS_ALIGNMENT.shift),
    [OP.i32_shr_u],
    c32(ACCESS_ALIGNMENT.mask),
    [OP.i32_and, OP.i32_shl],
    c32(1),
    [OP.i32_sub],
    c32(-PAGE_BYTES),
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
    c32(PAGE_BYTES - 1),
    [OP.i32_and],
    set(offset),
    get(access),
    c32(ACCESS_BYTES),
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
    at(OP.i32_load, TRANSLATION.slowAddend),
    [OP.i32_add],
    set(host),
    get(access),
    c32(ACCESS_WRITES),
    [OP.i32_and, OP.if, TYPE.empty],
    get(host),
    c32(RAM_OFFSET),
    [OP.i32_sub],
    c32(pageNumber),
    [OP.i32_shr_u],
    c32(2),
    [OP.i32_shl],
    at(OP.i32_load, CODE_MAP),
    tee(record),
    [OP.if, TYPE.empty],
    // Records of the first and last instruction that the access touches.
    get(record),
    get(offset),
    get(size),
    [OP.i32_add],
    c32(1),
    [OP.i32_sub],
    c32(2),
    [OP.i32_shr_u],
    c32(RECORD.bytes),
    [OP.i32_mul, OP.i32_add],
    set(last),
    get(record),
    get(offset),
    c32(2),
    [OP.i32_shr_u],
    c32(RECORD.bytes),
    [OP.i32_mul, OP.i32_add],
    set(record),
    [OP.loop, TYPE.empty],
    get(record),
    c32(HANDLER.UNDECODED),
    at(OP.i32_store16, RECORD.handler),
    get(record),
    c32(RECORD.bytes),
    [OP.i32_add],
    tee(record),
    get(last),
    [OP.i32_le_u, OP.br_if, 0],
    [OP.end, OP.end, OP.end],
    get(host),
    [OP.return, OP.end],
    c32(0),
    get(va),
    at(OP.i64_store, FAULT_ADDRESS_SLOT),
    c32(0),
    get(access),
    [OP.i64_extend_i32_u],
    at(OP.i64_store, FAULT_ACCESS_SLOT),
    c32(0),
  );
  return { locals: [[6, TYPE.i32]], code };
}

/** (a: i64, b: i64) -> i64: the high half of the unsigned product, from four products of 32-bit halves. */
export function multiplyHighUnsignedBody(): FunctionBody {
  const [a, b, lowLow, middle] = [0, 1, 2, 3];
  const low = (local: number): Code => join(get(local), c64(0xffff_ffffn), [OP.i64_and]);
  const high = (local: number): Code => join(get(local), c64(32n), [OP.i64_shr_u]);
  const code = join(
    low(a),
    low(b),
    [OP.i64_mul],
    set(lowLow),
    high(a),
    low(b),
    [OP.i64_mul],
    high(lowLow),
    [OP.i64_add],
    set(middle),
    // The last term: carry of the other cross product added to the low half of the middle.
    high(a),
    high(b),
    [OP.i64_mul],
    high(middle),
    [OP.i64_add],
    low(a),
    high(b),
    [OP.i64_mul],
    low(middle),
    [OP.i64_add],
    c64(32n),
    [OP.i64_shr_u, OP.i64_add],
  );
  return { locals: [[2, TYPE.i64]], code };
}

/** (a: i64, b: i64) -> i64: the high half of the signed product; `unsignedHigh` is the index of the function above. */
export function multiplyHighSignedBody(unsignedHigh: number): FunctionBody {
  const correction = (sign: number, other: number): Code => join(get(sign), c64(63n), [OP.i64_shr_s], get(other), [OP.i64_and, OP.i64_sub]);
  return { locals: [], code: join(get(0), get(1), [OP.call, ...uleb(unsignedHigh)], correction(0, 1), correction(1, 0)) };
}

/** (a: i64, b: i64) -> i64: 0 for a divisor of 0. */
export function divideUnsignedBody(): FunctionBody {
  return {
    locals: [],
    code: join(get(1), [OP.i64_eqz, OP.if, TYPE.i64], c64(0n), [OP.else], get(0), get(1), [OP.i64_div_u, OP.end]),
  };
}

/** (a: i64, b: i64) -> i64: 0 for a divisor of 0, 0 - a for -1 (so that the most negative number stays itself). */
export function divideSignedBody(): FunctionBody {
  const isMinusOne = join(get(1), c64(-1n), [OP.i64_eq]);
  const quotient = join(isMinusOne, [OP.if, TYPE.i64], c64(0n), get(0), [OP.i64_sub, OP.else], get(0), get(1), [OP.i64_div_s, OP.end]);
  return { locals: [], code: join(get(1), [OP.i64_eqz, OP.if, TYPE.i64], c64(0n), [OP.else], quotient, [OP.end]) };
}
