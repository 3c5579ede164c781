// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../../../base/index.js';
import { DAWRX, type Register } from '../../../cpu/index.js';
import { ppc_kvm_guest_debug, type Vcpu } from '../../../kvm/index.js';
import type { SlotView } from '../../registers/registerView.js';
import type { DebugRegisterParts, DebugSlots, SlotCounts, SlotFailure, SlotsView, WatchRequest } from '../../slots/debugSlots.js';
import { type DawrPair, dawrFiresOn, encodeDawr } from './dawrEncoding.js';
import { DawrSwitch, type DawrSwitchParts } from './dawrSwitch.js';
import { powerDebugRegisters } from './debugRegisterParts.js';

const NO_BREAKPOINTS = 'KVM for Book3S takes no hardware breakpoints; use the mode "software" or "engine".';

interface Slot {
  readonly request: WatchRequest;
  readonly pair: DawrPair;
}

const isSame = (a: WatchRequest, b: WatchRequest): boolean => a.address === b.address && a.bytes === b.bytes && a.access === b.access;

export interface DawrSlotsParts extends Omit<DawrSwitchParts, 'pairs'> {
  /** 1, or 2 where the CPU has DAWR1. */
  readonly count: 1 | 2;
}

/** DAWR0, and DAWR1 where there is one, as the debugger's watchpoints: the same for all vCPUs, while nothing of the guest's uses them. */
export class DawrSlots implements DebugSlots {
  readonly counts: SlotCounts;
  readonly userSwitch: DawrSwitch;
  readonly breakpointsInUse = 0;
  /** KVM takes no addresses, so there is nothing for USE_HW. */
  readonly isInUse = false;
  readonly breakpointAddresses = [];
  #slots: readonly Slot[] = [];

  constructor({ count, ...parts }: DawrSlotsParts) {
    this.counts = { breakpoints: 0, watchpoints: count };
    this.userSwitch = new DawrSwitch({ ...parts, pairs: () => this.#slots.map(({ pair }) => pair) });
  }

  get watchpointsInUse(): number {
    return this.#slots.length;
  }

  get watchRequests(): readonly WatchRequest[] {
    return this.#slots.map(({ request }) => request);
  }

  insertBreakpoint(): Result<undefined, SlotFailure> {
    return failure('ENOTSUP', NO_BREAKPOINTS);
  }

  removeBreakpoint(address: bigint): Result<undefined, SlotFailure> {
    return failure('ENOENT', `There is no hardware breakpoint at ${hex(address)}.`);
  }

  insertWatchpoint(request: WatchRequest): Result<undefined, SlotFailure> {
    const { watchpoints } = this.counts;
    if (this.#slots.some(slot => isSame(slot.request, request))) return success(undefined);
    // DAWR1 came with the version of the architecture that lifts the limit.
    const pair = encodeDawr(request, watchpoints > 1);
    if (!pair.ok) return pair;
    if (this.#slots.length >= watchpoints) return failure('ENOSPC', `All ${watchpoints} hardware watchpoints are in use.`);
    const borrowed = this.userSwitch.borrow(watchpoints);
    if (!borrowed.ok) return borrowed;
    this.#slots = [...this.#slots, { request, pair: pair.value }];
    return success(undefined);
  }

  removeWatchpoint(request: WatchRequest): Result<undefined, SlotFailure> {
    const { access, bytes, address } = request;
    const rest = this.#slots.filter(slot => !isSame(slot.request, request));
    if (rest.length === this.#slots.length)
      return failure('ENOENT', `There is no ${access} watchpoint on ${bytes} bytes at ${hex(address)}.`);
    this.#slots = rest;
    if (rest.length === 0) this.userSwitch.giveBack();
    return success(undefined);
  }

  removeAll(): void {
    this.#slots = [];
    if (this.userSwitch.isBorrowed) this.userSwitch.giveBack();
  }

  hasBreakpointAt(): boolean {
    return false;
  }

  slotOfBreakpoint(): undefined {
    return undefined;
  }

  /** DAWR goes by doublewords: an access beside the bytes that were asked for belongs to nobody. */
  watchpointsAt(address: bigint, isWrite: boolean, vcpu: Vcpu): readonly WatchRequest[] {
    const end = address + this.userSwitch.matchedBytes(vcpu);
    return this.#slots
      .filter(({ pair }) => dawrFiresOn(pair, isWrite))
      .map(({ request }) => request)
      .filter(request => {
        const start = BigInt.asUintN(64, request.address);
        return start < end && address < start + request.bytes;
      });
  }

  guestDebug(control: number): Uint8Array {
    return ppc_kvm_guest_debug.make({ control });
  }

  controlDescription(): Register {
    return DAWRX as unknown as Register;
  }

  writeGuest(vcpu: Vcpu, { index }: Pick<SlotView, 'index'>, pair: DawrPair): Result<undefined> {
    return this.userSwitch.writeGuest(vcpu, index === 0 ? 0 : 1, pair);
  }

  view(parts: DebugRegisterParts): SlotsView {
    return powerDebugRegisters(parts, this.#slots, this.userSwitch, this.counts.watchpoints);
  }
}
