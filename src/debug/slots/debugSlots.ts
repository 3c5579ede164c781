// SPDX-License-Identifier: MIT
import type { Failure, Result } from '../../base/index.js';
import type { Register } from '../../cpu/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { RegisterFile } from '../registers/registerFile.js';
import type { BeforeValue } from '../registers/registerHistory.js';
import type { DebugRegistersView, SlotView } from '../registers/registerView.js';
import type { UserSwitch } from './userSwitch.js';

/** What an access breakpoint fires on. */
export type AccessKind = 'read' | 'write' | 'readWrite';

/** A watch as it was asked for: the key by which it is removed. */
export interface WatchRequest {
  readonly address: bigint;
  readonly bytes: bigint;
  readonly access: AccessKind;
}

/** How many breakpoint and watchpoint registers KVM gives to the debugger. */
export interface SlotCounts {
  readonly breakpoints: number;
  readonly watchpoints: number;
}

export type SlotFailure = Failure<'ENOTSUP' | 'EINVAL' | 'ENOSPC' | 'ENOENT'>;

/** What is out of force while one instruction is stepped. */
export interface LiftedSlots {
  readonly breakpoint?: bigint | undefined;
  readonly watchpoints?: boolean;
}

/** What the view of a vCPU's debug registers is made of. The vCPU stands still. */
export interface DebugRegisterParts {
  readonly registers: RegisterFile;
  /** The word given to KVM_SET_GUEST_DEBUG. */
  readonly control: number;
  readonly controlNames: readonly string[];
  readonly history: BeforeValue;
  /** The user's breakpoints at an address, or behind a watch. */
  breakpointsAt(address: bigint): readonly number[];
  breakpointsWatching(request: WatchRequest): readonly number[];
}

export type SlotKind = SlotView['kind'];

/** The debug registers without what steps have there. */
export type SlotsView = Omit<DebugRegistersView, 'step' | 'traps'>;

/** The one pool of hardware breakpoints and watchpoints of a machine; all vCPUs get the same (RV-03). */
export interface DebugSlots {
  readonly counts: SlotCounts;
  readonly breakpointsInUse: number;
  readonly watchpointsInUse: number;
  /** Whether KVM's control word must carry USE_HW (ARM-HW-45). */
  readonly isInUse: boolean;
  /** Inserting what is there again changes nothing (RV-15, as gdb expects). */
  insertBreakpoint(address: bigint): Result<undefined, SlotFailure>;
  removeBreakpoint(address: bigint): Result<undefined, SlotFailure>;
  insertWatchpoint(request: WatchRequest): Result<undefined, SlotFailure>;
  /** Removes exactly the request of this address, length and kind (RV-12), with all its slots. */
  removeWatchpoint(request: WatchRequest): Result<undefined, SlotFailure>;
  removeAll(): void;
  hasBreakpointAt(pc: bigint): boolean;
  /** The slot that holds the breakpoint at `pc`. */
  slotOfBreakpoint(pc: bigint): number | undefined;
  /** What each watchpoint slot in use was asked for, by slot. */
  readonly watchRequests: readonly WatchRequest[];
  /** Addresses of the breakpoint slots in use, by slot. */
  readonly breakpointAddresses: readonly bigint[];
  /** The requests that a watchpoint exit of `vcpu` with this address belongs to; empty if no slot of ours can have fired. */
  watchpointsAt(address: bigint, isWrite: boolean, vcpu: Vcpu): readonly WatchRequest[];
  /** For slots that KVM_SET_GUEST_DEBUG does not take. */
  readonly userSwitch?: UserSwitch;
  /** struct kvm_guest_debug with the present slots. */
  guestDebug(control: number, lifted: LiftedSlots): Uint8Array;
  view(parts: DebugRegisterParts): SlotsView;
  /** What a control register of a kind has for fields. */
  controlDescription(kind: SlotKind): Register | undefined;
  /** Writes the guest's own pair, wherever it is kept. `vcpu` is outside of KVM_RUN. */
  writeGuest(vcpu: Vcpu, slot: Pick<SlotView, 'kind' | 'index'>, pair: Pick<SlotView, 'value' | 'control'>): Result<undefined>;
}
