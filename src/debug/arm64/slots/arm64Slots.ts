// SPDX-License-Identifier: MIT
import { failure, hex, type Result, success } from '../../../base/index.js';
import { DBGBCR_EL1, DBGWCR_EL1, type Register } from '../../../cpu/index.js';
import { kvm_guest_debug, packSystemRegister, systemRegisterId, type Vcpu } from '../../../kvm/index.js';
import type { BeforeValue } from '../../registers/registerHistory.js';
import type { SlotOwner, SlotUsage, SlotView } from '../../registers/registerView.js';
import { fieldViews, registerGroup } from '../../registers/registerViews.js';
import type { DebugRegisterParts, DebugSlots, LiftedSlots, SlotKind, SlotsView } from '../../slots/debugSlots.js';
import { GUEST_SLOT_ENCODINGS } from '../registers/systemRegisters.js';
import { BREAKPOINT_CONTROL_FIELDS, decodeControl } from './debugControl.js';
import { decodeWatchpointRange, type RegisterPair } from './slotEncoding.js';
import { SlotTable } from './slotTable.js';

// A view lists whatever fields there are.
const DESCRIPTION: Readonly<Record<SlotKind, Register>> = {
  breakpoint: DBGBCR_EL1 as unknown as Register,
  watchpoint: DBGWCR_EL1 as unknown as Register,
};

/** The value registers, which are shown without fields. */
const VALUE: Readonly<Record<SlotKind, { readonly name: string; readonly title: string }>> = {
  breakpoint: { name: 'DBGBVR<n>_EL1', title: 'Debug Breakpoint Value Registers' },
  watchpoint: { name: 'DBGWVR<n>_EL1', title: 'Debug Watchpoint Value Registers' },
};

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
  const [valueName, controlName] = [numbered(VALUE[kind].name, index), numbered(DESCRIPTION[kind].name, index)];
  const [valueBefore, controlBefore] = [history(valueName, pair.value), history(controlName, pair.control)];
  const isEnabled = (pair.control & 1n) === 1n;
  return {
    kind,
    index,
    valueName,
    controlName,
    valueTitle: VALUE[kind].title,
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

const guestSlotId = (kind: SlotKind, index: number, part: 'value' | 'control'): bigint =>
  systemRegisterId(packSystemRegister({ op0: 2, op1: 0, CRn: 0, CRm: index, op2: GUEST_SLOT_ENCODINGS[part][kind] }));

/** The breakpoint and watchpoint pairs of ARM64, which KVM_SET_GUEST_DEBUG takes in place of the guest's own. */
export class Arm64Slots extends SlotTable implements DebugSlots {
  guestDebug(control: number, lifted: LiftedSlots): Uint8Array {
    const image = this.image(lifted);
    const words = (pairs: typeof image.breakpoints, part: 'value' | 'control'): BigUint64Array =>
      BigUint64Array.from(pairs, pair => BigInt.asUintN(64, pair[part]));
    return kvm_guest_debug.make({
      control,
      dbg_bcr: words(image.breakpoints, 'control'),
      dbg_bvr: words(image.breakpoints, 'value'),
      dbg_wcr: words(image.watchpoints, 'control'),
      dbg_wvr: words(image.watchpoints, 'value'),
    });
  }

  controlDescription(kind: SlotKind): Register {
    return DESCRIPTION[kind];
  }

  writeGuest(vcpu: Vcpu, { kind, index }: Pick<SlotView, 'kind' | 'index'>, { value, control }: RegisterPair): Result<undefined> {
    for (const [part, content] of Object.entries({ value, control }) as readonly (readonly ['value' | 'control', bigint])[]) {
      const written = vcpu.result(vcpu.setOneRegValue(guestSlotId(kind, index, part), content));
      if (!written.ok) return failure('register', `KVM refuses to write the guest's ${kind} ${index}: ${written.error.message}`);
    }
    return success(undefined);
  }

  view(parts: DebugRegisterParts): SlotsView {
    const { registers, history } = parts;
    const { vcpu } = registers;
    const image = this.image();
    const addresses = this.breakpointAddresses;
    const requests = this.watchRequests;
    const guestPair = (kind: SlotKind, index: number): RegisterPair => {
      const read = (part: 'value' | 'control'): bigint => vcpu.getOneRegValue(guestSlotId(kind, index, part)) ?? 0n;
      return { value: read('value'), control: read('control') };
    };
    const count = (kind: SlotKind): number => (kind === 'breakpoint' ? this.counts.breakpoints : this.counts.watchpoints);
    const kinds: readonly SlotKind[] = ['breakpoint', 'watchpoint'];
    const slotsOf = (make: (kind: SlotKind, index: number) => SlotView): readonly SlotView[] =>
      kinds.flatMap(kind => Array.from({ length: count(kind) }, (_, index) => make(kind, index)));
    const loaded: BeforeValue = (name, value) => history(`loaded ${name}`, value);
    const hostSlot = (kind: SlotKind, index: number): SlotView => {
      const pair = (kind === 'breakpoint' ? image.breakpoints : image.watchpoints)[index] ?? { value: 0n, control: 0n };
      const address = addresses[index];
      const request = requests[index];
      const ids =
        kind === 'breakpoint'
          ? address === undefined
            ? []
            : parts.breakpointsAt(address)
          : request
            ? parts.breakpointsWatching(request)
            : [];
      return slotView(kind, index, pair, 'host', ids, loaded);
    };
    const guestSlots = slotsOf((kind, index) =>
      slotView(kind, index, guestPair(kind, index), 'guest', [], (name, value) => history(`guest ${name}`, value)),
    );
    const isHostSet = this.isInUse;
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
      control: parts.control,
      controlNames: parts.controlNames,
      slots: slotsNow,
      usage: { breakpoints: usageOf('breakpoint'), watchpoints: usageOf('watchpoint') },
      guestSlots,
      controls: registerGroup(registers, 'Debug', history).map(register => ({ ...register, owner: undefined, guestValue: undefined })),
    };
  }
}
