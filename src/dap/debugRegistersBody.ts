// SPDX-License-Identifier: MIT
import { hex, virtualAddress } from '../base/index.js';
import type { DebugControlView, DebugRegistersView, FieldView, SlotView, StepView, TrapView } from '../debug/index.js';
import { protocolBreakpoint } from './breakpointBook.js';
import type { LaunchedGuest } from './launchedGuest.js';
import type { DebugRegistersBody, Wire, WireControl, WireSlot, WireStep, WireTrap } from './steptrapBodies.js';

/** A field in JSON. */
export const wireField = ({ value, ...field }: FieldView): Wire<FieldView> => ({ ...field, value: hex(value) });

const wireControl = ({ value, fields, owner, guestValue, ...register }: DebugControlView): WireControl => ({
  ...register,
  value: hex(value),
  fields: fields.map(wireField),
  ...(owner === undefined ? {} : { owner }),
  ...(guestValue === undefined ? {} : { guestValue: hex(guestValue) }),
});

const symbolAt = ({ target }: LaunchedGuest, address: bigint): { readonly symbol?: string } => {
  const symbol = target.describeAddress(virtualAddress(address));
  return symbol === undefined ? {} : { symbol };
};

/** The user's breakpoints with these ids, with their places. */
const behind = (guest: LaunchedGuest, ids: readonly number[]): WireSlot['behind'] =>
  ids.map(id => {
    const report = guest.target.breakpoints.list().find(each => each.id === id);
    return report === undefined ? { id } : { ...protocolBreakpoint(guest, report), name: report.name };
  });

/** A slot with the symbol that it stands at and the places of the breakpoints behind it. */
const wireSlot = (guest: LaunchedGuest, { value, control, fields, ...slot }: SlotView): WireSlot => ({
  ...slot,
  value: hex(value),
  ...(slot.isEnabled ? symbolAt(guest, value) : {}),
  control: hex(control),
  fields: fields.map(wireField),
  behind: behind(guest, slot.breakpoints),
});

const wireStep = (guest: LaunchedGuest, { phase, pc, vector, ...step }: StepView): WireStep => ({
  ...step,
  ...(phase === undefined ? {} : { phase }),
  ...(pc === undefined ? {} : { pc: hex(pc), ...symbolAt(guest, pc) }),
  ...(vector === undefined ? {} : { vector: { ...vector, address: hex(vector.address), ...symbolAt(guest, vector.address) } }),
});

const wireTrap = (guest: LaunchedGuest, { address, real, vcpus, ...trap }: TrapView): WireTrap => ({
  ...trap,
  address: hex(address),
  ...(real === undefined ? {} : { real: hex(real) }),
  ...symbolAt(guest, address),
  threadIds: vcpus.map(index => index + 1),
  behind: behind(guest, trap.breakpoints),
});

/** A debug register view in JSON. */
export function debugRegistersBody(guest: LaunchedGuest, view: DebugRegistersView): DebugRegistersBody {
  const { vcpu, slots, guestSlots, controls, control, step, traps, ...rest } = view;
  return {
    threadId: vcpu + 1,
    vcpuCount: guest.target.vcpuCount,
    breakpointMode: guest.target.breakpoints.defaultMode,
    ...rest,
    control: hex(control),
    slots: slots.map(slot => wireSlot(guest, slot)),
    guestSlots: guestSlots.map(slot => wireSlot(guest, slot)),
    controls: controls.map(wireControl),
    step: wireStep(guest, step),
    traps: traps.map(trap => wireTrap(guest, trap)),
  };
}
