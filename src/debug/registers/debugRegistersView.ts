// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import { DBGBCR_EL1, DBGWCR_EL1, type Register } from '../../cpu/index.js';
import { packSystemRegister, systemRegisterId } from '../../kvm/index.js';
import type { BreakpointBook } from '../breakpoints/breakpointBook.js';
import { controlNames, type StopMechanisms } from '../breakpoints/stopMechanisms.js';
import type { DebuggedVcpu } from '../execution/vcpuControl.js';
import { BREAKPOINT_CONTROL_FIELDS, decodeControl } from '../slots/debugControl.js';
import { decodeWatchpointRange, type RegisterPair } from '../slots/slotEncoding.js';
import type { BeforeValue } from './registerHistory.js';
import type { DebugRegistersView, SlotOwner, SlotUsage, SlotView } from './registerView.js';
import { fieldViews, registerGroup } from './registerViews.js';
import { GUEST_SLOT_ENCODINGS } from './systemRegisters.js';

type SlotKind = SlotView['kind'];

// A view lists whatever fields there are.
const DESCRIPTION: Readonly<Record<SlotKind, Register>> = {
  breakpoint: DBGBCR_EL1 as unknown as Register,
  watchpoint: DBGWCR_EL1 as unknown as Register,
};

/** The value registers have no fields and therefore no description. */
const VALUE_NAME: Readonly<Record<SlotKind, string>> = { breakpoint: 'DBGBVR<n>_EL1', watchpoint: 'DBGWVR<n>_EL1' };

const numbered = (name: string, index: number): string => name.replace('<n>', String(index));

function covers(kind: SlotKind, pair: RegisterPair): string | undefined {
  if (kind === 'breakpoint') {
    const { E } = decodeControl(BREAKPOINT_CONTROL_FIELDS, pair.control);
    return E === 1 ? hex(BigInt.asUintN(64, pair.value)) : undefined;
  }
  const range = decodeWatchpointRange(pair);
  if (!range) return undefined;
  const LSC = Number((pair.control >> 3n) & 3n);
  return `${hex(BigInt.asUintN(64, range.start))}, ${range.bytes} byte${range.bytes === 1n ? '' : 's'}, ${['', 'read', 'write', 'read and write'][LSC]}`;
}

function slotView(
  kind: SlotKind,
  index: number,
  pair: RegisterPair,
  owner: Exclude<SlotOwner, 'free'>,
  breakpoints: readonly number[],
  history: BeforeValue,
): SlotView {
  const [valueName, controlName] = [numbered(VALUE_NAME[kind], index), numbered(DESCRIPTION[kind].name, index)];
  const [valueBefore, controlBefore] = [history(valueName, pair.value), history(controlName, pair.control)];
  const isEnabled = (pair.control & 1n) === 1n;
  return {
    kind,
    index,
    valueName,
    controlName,
    title: DESCRIPTION[kind].title,
    owner: isEnabled ? owner : 'free',
    isEnabled,
    value: pair.value,
    control: pair.control,
    fields: fieldViews(DESCRIPTION[kind], pair.control, controlBefore),
    covers: covers(kind, pair),
    breakpoints,
    isChanged: (valueBefore ?? pair.value) !== pair.value || (controlBefore ?? pair.control) !== pair.control,
  };
}

/** The debug registers of a vCPU that stands still. */
export function debugRegistersView(
  debugged: DebuggedVcpu,
  mechanisms: StopMechanisms,
  book: BreakpointBook,
  history: BeforeValue,
): DebugRegistersView {
  const { vcpu, registers } = debugged;
  const { slots } = mechanisms;
  const image = slots.image();
  const control = mechanisms.controls.get(vcpu) ?? 0;
  const addresses = slots.breakpointAddresses;
  const requests = slots.watchRequests;
  const guestPair = (kind: SlotKind, index: number): RegisterPair => {
    const read = (op2: number): bigint =>
      registers.value(systemRegisterId(packSystemRegister({ op0: 2, op1: 0, CRn: 0, CRm: index, op2 })));
    return { value: read(GUEST_SLOT_ENCODINGS.value[kind]), control: read(GUEST_SLOT_ENCODINGS.control[kind]) };
  };
  const count = (kind: SlotKind): number => (kind === 'breakpoint' ? slots.counts.breakpoints : slots.counts.watchpoints);
  const kinds: readonly SlotKind[] = ['breakpoint', 'watchpoint'];
  const slotsOf = (make: (kind: SlotKind, index: number) => SlotView): readonly SlotView[] =>
    kinds.flatMap(kind => Array.from({ length: count(kind) }, (_, index) => make(kind, index)));
  const loaded: BeforeValue = (name, value) => history(`loaded ${name}`, value);
  const hostSlot = (kind: SlotKind, index: number): SlotView => {
    const pair = (kind === 'breakpoint' ? image.breakpoints : image.watchpoints)[index] ?? { value: 0n, control: 0n };
    const address = addresses[index];
    const request = requests[index];
    const ids = kind === 'breakpoint' ? (address === undefined ? [] : book.idsAt(address)) : request ? book.idsWatching(request) : [];
    return slotView(kind, index, pair, 'host', ids, loaded);
  };
  const guestSlots = slotsOf((kind, index) =>
    slotView(kind, index, guestPair(kind, index), 'guest', [], (name, value) => history(`guest ${name}`, value)),
  );
  const isHostSet = slots.isInUse;
  const isGuestSet = guestSlots.some(slot => slot.isEnabled);
  const slotsNow = slotsOf(isHostSet ? hostSlot : (kind, index) => slotView(kind, index, guestPair(kind, index), 'guest', [], loaded));
  const usageOf = (kind: SlotKind): SlotUsage => {
    const all = slotsNow.filter(slot => slot.kind === kind);
    return { used: all.filter(({ owner }) => owner !== 'free').length, total: all.length };
  };
  return {
    vcpu: vcpu.index,
    loadedSet: isHostSet ? 'host' : vcpu.debugState.isDirty || isGuestSet ? 'guest' : 'none',
    isDirty: vcpu.debugState.isDirty,
    control,
    controlNames: controlNames(control),
    slots: slotsNow,
    usage: { breakpoints: usageOf('breakpoint'), watchpoints: usageOf('watchpoint') },
    guestSlots,
    controls: registerGroup(registers, 'Debug', history),
  };
}
