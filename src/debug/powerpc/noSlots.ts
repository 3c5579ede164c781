// SPDX-License-Identifier: MIT
import { failure, hex, type Result } from '../../base/index.js';
import { ppc_kvm_guest_debug } from '../../kvm/index.js';
import type { DebugRegisterParts, DebugSlots, SlotFailure, SlotsView, WatchRequest } from '../slots/debugSlots.js';
import { powerControls } from './slots/controlViews.js';

const NO_BREAKPOINTS = 'KVM for Book3S takes no hardware breakpoints; use the mode "software" or "engine".';
const NO_WATCHPOINTS = 'KVM for Book3S takes no hardware watchpoints; use the mode "engine".';

/** KVM for Book3S takes no addresses from KVM_SET_GUEST_DEBUG: CIABR and DAWR stay the guest's. */
export class NoSlots implements DebugSlots {
  readonly counts = { breakpoints: 0, watchpoints: 0 };
  readonly breakpointsInUse = 0;
  readonly watchpointsInUse = 0;
  readonly isInUse = false;
  readonly watchRequests = [];
  readonly breakpointAddresses = [];

  insertBreakpoint(): Result<undefined, SlotFailure> {
    return failure('ENOTSUP', NO_BREAKPOINTS);
  }

  removeBreakpoint(address: bigint): Result<undefined, SlotFailure> {
    return failure('ENOENT', `There is no hardware breakpoint at ${hex(address)}.`);
  }

  insertWatchpoint(): Result<undefined, SlotFailure> {
    return failure('ENOTSUP', NO_WATCHPOINTS);
  }

  removeWatchpoint({ access, bytes, address }: WatchRequest): Result<undefined, SlotFailure> {
    return failure('ENOENT', `There is no ${access} watchpoint on ${bytes} bytes at ${hex(address)}.`);
  }

  removeAll(): void {}

  hasBreakpointAt(): boolean {
    return false;
  }

  slotOfBreakpoint(): undefined {
    return undefined;
  }

  watchpointsAt(): readonly WatchRequest[] {
    return [];
  }

  guestDebug(control: number): Uint8Array {
    return ppc_kvm_guest_debug.make({ control });
  }

  controlDescription(): undefined {
    return undefined;
  }

  writeGuest(): Result<undefined> {
    return failure('register', 'This KVM has no breakpoint or watchpoint registers.');
  }

  view({ registers, control, controlNames, history }: DebugRegisterParts): SlotsView {
    const none = { used: 0, total: 0 };
    return {
      vcpu: registers.vcpu.index,
      loadedSet: 'guest',
      isDirty: undefined,
      control,
      controlNames,
      slots: [],
      usage: { breakpoints: none, watchpoints: none },
      guestSlots: [],
      controls: powerControls(registers, history),
    };
  }
}
