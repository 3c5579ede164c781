// SPDX-License-Identifier: MIT
import type { AccessKind } from '../../slots/debugSlots.js';
import { BREAKPOINT_CONTROL_FIELDS, canonicalAddress, decodeControl, encodeControl, WATCHPOINT_CONTROL_FIELDS } from './debugControl.js';

/** A value and control register pair. */
export interface RegisterPair {
  readonly value: bigint;
  readonly control: bigint;
}

/** The disabled pair. */
export const EMPTY_PAIR: RegisterPair = { value: 0n, control: 0n };

/** The bytes of one slot without MASK. */
const GRANULE = 8n;
/** MASK has five bits: up to 2 GiB. */
export const MAXIMUM_WATCHED_BYTES = 1n << 31n;
/** PAC and PMC for EL1 and EL0: a debugger wants both (RV-04). */
const ALL_GUEST_LEVELS = 0b11;

const LOAD_STORE = { read: 0b01, write: 0b10, readWrite: 0b11 } as const;

/** The pair that stops before the instruction at `address` runs (ARM-HW-13). */
export function encodeBreakpoint(address: bigint): RegisterPair {
  return {
    value: canonicalAddress(address),
    control: encodeControl(BREAKPOINT_CONTROL_FIELDS, { E: 1, PMC: ALL_GUEST_LEVELS, BAS: 0b1111 }),
  };
}

/**
 * The pair that watches exactly [address, address + bytes): within one aligned 8-byte block (ARM-HW-14), or a power of two
 * at its own alignment, up to 2 GiB (ARM-HW-15). `undefined` for every other range (ARM-HW-16: split it).
 */
export function encodeWatchpoint(address: bigint, bytes: bigint, access: AccessKind): RegisterPair | undefined {
  const common = { E: 1, PAC: ALL_GUEST_LEVELS, LSC: LOAD_STORE[access] };
  const start = canonicalAddress(address);
  const offset = start % GRANULE;
  if (bytes >= 1n && offset + bytes <= GRANULE) {
    const BAS = Number(((1n << bytes) - 1n) << offset);
    return { value: start - offset, control: encodeControl(WATCHPOINT_CONTROL_FIELDS, { ...common, BAS }) };
  }
  const isPowerOfTwo = (bytes & (bytes - 1n)) === 0n;
  if (bytes < GRANULE || bytes > MAXIMUM_WATCHED_BYTES || !isPowerOfTwo || start % bytes !== 0n) return undefined;
  const MASK = bytes.toString(2).length - 1;
  return { value: start, control: encodeControl(WATCHPOINT_CONTROL_FIELDS, { ...common, BAS: 0xff, MASK }) };
}

/** A range of bytes by bigint length. */
export interface WatchedRange {
  readonly start: bigint;
  readonly bytes: bigint;
}

/**
 * The bytes that a watchpoint pair covers, half open (RV-05 to RV-07, RV-09). `undefined` if it covers none or a set of bytes without
 * one start and end (CONSTRAINED UNPREDICTABLE: MASK 1 and 2, MASK with a BAS that is not all ones, BAS with holes. Choice: none).
 */
export function decodeWatchpointRange(pair: RegisterPair): WatchedRange | undefined {
  const { E, LSC, BAS, MASK } = decodeControl(WATCHPOINT_CONTROL_FIELDS, pair.control);
  if (E === 0 || LSC === 0 || BAS === 0) return undefined;
  if (MASK !== 0) {
    if (MASK < 3 || BAS !== 0xff) return undefined;
    const bytes = 1n << BigInt(MASK);
    return { start: pair.value & ~(bytes - 1n), bytes };
  }
  const first = BAS.toString(2).length - BAS.toString(2).lastIndexOf('1') - 1;
  const count = BAS.toString(2).replaceAll('0', '').length;
  if (BAS !== ((1 << count) - 1) << first) return undefined;
  return { start: (pair.value & ~(GRANULE - 1n)) + BigInt(first), bytes: BigInt(count) };
}

/** Whether the pair fires on a store (`isWrite`) or load at all. */
export function watchpointFiresOn(pair: RegisterPair, isWrite: boolean): boolean {
  const { E, LSC } = decodeControl(WATCHPOINT_CONTROL_FIELDS, pair.control);
  return E === 1 && (LSC & (isWrite ? LOAD_STORE.write : LOAD_STORE.read)) !== 0;
}

/**
 * The fewest ranges, each of which one slot can watch, that cover exactly [address, address + bytes) (ARM-HW-16, RV-10, RV-11).
 * `undefined` if a slot could not hold it in any split: no bytes, more than 2 GiB, or past the end of the address space.
 */
export function splitWatchedRange(address: bigint, bytes: bigint): readonly WatchedRange[] | undefined {
  if (bytes < 1n || bytes > MAXIMUM_WATCHED_BYTES || address + bytes > 1n << 64n) return undefined;
  const ranges: WatchedRange[] = [];
  let start = address;
  let rest = bytes;
  while (rest > 0n) {
    const offset = start % GRANULE;
    let take = rest < GRANULE - offset ? rest : GRANULE - offset;
    // An aligned place may take the largest power of two that both its alignment and the rest allow.
    while (offset === 0n && start % (take * 2n) === 0n && take * 2n <= rest && take >= GRANULE) take *= 2n;
    ranges.push({ start, bytes: take });
    start += take;
    rest -= take;
  }
  return ranges;
}
