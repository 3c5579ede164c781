// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../../../base/index.js';
import type { LiftedSlots, SlotCounts, SlotFailure, WatchRequest } from '../../slots/debugSlots.js';
import { canonicalAddress } from './debugControl.js';
import {
  decodeWatchpointRange,
  EMPTY_PAIR,
  encodeBreakpoint,
  encodeWatchpoint,
  MAXIMUM_WATCHED_BYTES,
  type RegisterPair,
  splitWatchedRange,
  watchpointFiresOn,
} from './slotEncoding.js';

/** KVM's arrays hold this many pairs of each kind, whatever the CPU has. */
export const SLOTS_IN_KVM = 16;

/** All pairs as KVM_SET_GUEST_DEBUG takes them: 16 of each, zeros beyond those in use (RV-01, RV-16). */
export interface SlotImage {
  readonly breakpoints: readonly RegisterPair[];
  readonly watchpoints: readonly RegisterPair[];
}

interface BreakpointSlot {
  readonly address: bigint;
  readonly pair: RegisterPair;
}

interface WatchpointSlot {
  readonly request: WatchRequest;
  readonly pair: RegisterPair;
}

/** DC ZVA writes this many bytes on the CPUs that we emulate; no access touches more, so no FAR lies further away (ARM-HW-11). */
const LARGEST_ACCESS = 64n;

/**
 * The one pool of hardware breakpoints and watchpoints of a machine. All vCPUs get the same (RV-03). Slots are filled from 0 in the
 * order of insertion and compacted on removal (ARM-HW-42). Inserting what is there again changes nothing (RV-15, as gdb expects).
 */
export class SlotTable {
  readonly counts: SlotCounts;
  #breakpoints: readonly BreakpointSlot[] = [];
  #watchpoints: readonly WatchpointSlot[] = [];

  constructor(counts: SlotCounts) {
    const clamp = (count: number): number => Math.min(SLOTS_IN_KVM, Math.max(0, count));
    this.counts = { breakpoints: clamp(counts.breakpoints), watchpoints: clamp(counts.watchpoints) };
  }

  get breakpointsInUse(): number {
    return this.#breakpoints.length;
  }

  get watchpointsInUse(): number {
    return this.#watchpoints.length;
  }

  /** Whether KVM's control word must carry USE_HW (ARM-HW-45). */
  get isInUse(): boolean {
    return this.#breakpoints.length + this.#watchpoints.length > 0;
  }

  insertBreakpoint(address: bigint): Result<undefined, SlotFailure> {
    const canonical = canonicalAddress(address);
    if (this.counts.breakpoints === 0) return failure('ENOTSUP', 'This machine has no hardware breakpoints.');
    if (this.#breakpoints.some(slot => slot.address === canonical)) return success(undefined);
    if (this.#breakpoints.length >= this.counts.breakpoints) {
      return failure('ENOSPC', `All ${this.counts.breakpoints} hardware breakpoints are in use.`);
    }
    this.#breakpoints = [...this.#breakpoints, { address: canonical, pair: encodeBreakpoint(canonical) }];
    return success(undefined);
  }

  removeBreakpoint(address: bigint): Result<undefined, SlotFailure> {
    const canonical = canonicalAddress(address);
    const rest = this.#breakpoints.filter(slot => slot.address !== canonical);
    if (rest.length === this.#breakpoints.length) return failure('ENOENT', `There is no hardware breakpoint at ${hex(address)}.`);
    this.#breakpoints = rest;
    return success(undefined);
  }

  /** Takes as many slots as the range needs, or none (ARM-HW-42). */
  insertWatchpoint(request: WatchRequest): Result<undefined, SlotFailure> {
    const wanted = canonicalRequest(request);
    if (this.counts.watchpoints === 0) return failure('ENOTSUP', 'This machine has no hardware watchpoints.');
    if (this.#watchpoints.some(slot => isSameRequest(slot.request, wanted))) return success(undefined);
    const slots: WatchpointSlot[] = [];
    for (const range of splitWatchedRange(wanted.address, wanted.bytes) ?? []) {
      const pair = encodeWatchpoint(range.start, range.bytes, wanted.access);
      if (pair) slots.push({ request: wanted, pair });
    }
    if (slots.length === 0) {
      return failure(
        'EINVAL',
        `A watchpoint covers 1 byte to ${MAXIMUM_WATCHED_BYTES} bytes within the address space, not ${request.bytes} at ${hex(request.address)}.`,
      );
    }
    const free = this.counts.watchpoints - this.#watchpoints.length;
    if (slots.length > this.counts.watchpoints) {
      return failure(
        'EINVAL',
        `${request.bytes} bytes at ${hex(request.address)} need ${slots.length} watchpoints; this machine has ${this.counts.watchpoints}.`,
      );
    }
    if (slots.length > free) {
      return failure(
        'ENOSPC',
        `${request.bytes} bytes at ${hex(request.address)} need ${slots.length} of the ${this.counts.watchpoints} hardware watchpoints; ${free} are free.`,
      );
    }
    this.#watchpoints = [...this.#watchpoints, ...slots];
    return success(undefined);
  }

  /** Removes exactly the request of this address, length and kind (RV-12), with all its slots. */
  removeWatchpoint(request: WatchRequest): Result<undefined, SlotFailure> {
    const wanted = canonicalRequest(request);
    const rest = this.#watchpoints.filter(slot => !isSameRequest(slot.request, wanted));
    if (rest.length === this.#watchpoints.length) {
      return failure('ENOENT', `There is no ${request.access} watchpoint on ${request.bytes} bytes at ${hex(request.address)}.`);
    }
    this.#watchpoints = rest;
    return success(undefined);
  }

  removeAll(): void {
    this.#breakpoints = [];
    this.#watchpoints = [];
  }

  /** The registers for KVM, without the breakpoint at `liftedBreakpoint` or without all watchpoints while one instruction is stepped. */
  image(lifted: LiftedSlots = {}): SlotImage {
    const gone = lifted.breakpoint === undefined ? undefined : canonicalAddress(lifted.breakpoint);
    const breakpoints = this.#breakpoints.map(slot => (slot.address === gone ? EMPTY_PAIR : slot.pair));
    const watchpoints = lifted.watchpoints ? [] : this.#watchpoints.map(slot => slot.pair);
    return { breakpoints: padded(breakpoints), watchpoints: padded(watchpoints) };
  }

  hasBreakpointAt(pc: bigint): boolean {
    if (this.#breakpoints.length === 0) return false;
    const canonical = canonicalAddress(pc);
    return this.#breakpoints.some(slot => slot.address === canonical);
  }

  /** The slot that holds the breakpoint at `pc`. */
  slotOfBreakpoint(pc: bigint): number | undefined {
    const canonical = canonicalAddress(pc);
    const index = this.#breakpoints.findIndex(slot => slot.address === canonical);
    return index < 0 ? undefined : index;
  }

  /** What each watchpoint slot in use was asked for, by slot. */
  get watchRequests(): readonly WatchRequest[] {
    return this.#watchpoints.map(slot => slot.request);
  }

  /** Addresses of the breakpoint slots in use, by slot. */
  get breakpointAddresses(): readonly bigint[] {
    return this.#breakpoints.map(slot => slot.address);
  }

  /**
   * The requests that a watchpoint exit with this FAR belongs to: those that hold it, else the nearest whose kind fits and that lies
   * in the same aligned block of the largest access (ARM-HW-11). Empty if no slot of ours can have fired.
   */
  watchpointsAt(far: bigint, isWrite: boolean): readonly WatchRequest[] {
    const address = canonicalAddress(far);
    const block = address - (BigInt.asUintN(64, address) % LARGEST_ACCESS);
    let nearest = LARGEST_ACCESS;
    const found = new Set<WatchRequest>();
    for (const { request, pair } of this.#watchpoints) {
      const range = decodeWatchpointRange(pair);
      if (!range || !watchpointFiresOn(pair, isWrite)) continue;
      const end = range.start + range.bytes;
      if (end <= block || range.start >= block + LARGEST_ACCESS) continue;
      const distance = address < range.start ? range.start - address : address >= end ? address - end + 1n : 0n;
      if (distance > nearest) continue;
      if (distance < nearest) found.clear();
      nearest = distance;
      found.add(request);
    }
    return [...found];
  }
}

const canonicalRequest = (request: WatchRequest): WatchRequest => ({ ...request, address: canonicalAddress(request.address) });

const isSameRequest = (a: WatchRequest, b: WatchRequest): boolean =>
  a.address === b.address && a.bytes === b.bytes && a.access === b.access;

const padded = (pairs: readonly RegisterPair[]): readonly RegisterPair[] =>
  Array.from({ length: SLOTS_IN_KVM }, (_, index) => pairs[index] ?? EMPTY_PAIR);
