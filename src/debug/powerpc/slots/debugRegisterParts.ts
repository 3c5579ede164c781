// SPDX-License-Identifier: MIT
import { hex } from '../../../base/index.js';
import { DAWRX, decode, type Register } from '../../../cpu/index.js';
import type { BeforeValue } from '../../registers/registerHistory.js';
import type { SlotOwner, SlotView } from '../../registers/registerView.js';
import { fieldViews } from '../../registers/registerViews.js';
import type { DebugRegisterParts, SlotsView, WatchRequest } from '../../slots/debugSlots.js';
import { powerControls } from './controlViews.js';
import { type DawrPair, dawrRange, isDawrEnabled } from './dawrEncoding.js';
import type { DawrSwitch } from './dawrSwitch.js';

/** A slot in use. */
export interface UsedSlot {
  readonly request: WatchRequest;
  readonly pair: DawrPair;
}

const NOTHING: DawrPair = { value: 0n, control: 0n };
// A view lists whatever fields there are.
const CONTROL = DAWRX as unknown as Register;
const VALUE_TITLE = 'Data Address Watchpoint Register';

function covers(pair: DawrPair, request: WatchRequest | undefined): string {
  const [low, high] = dawrRange(pair);
  const [start, bytes] = request === undefined ? [low, high - low] : [request.address, request.bytes];
  const { DW, DR } = decode(DAWRX, pair.control);
  return `${hex(BigInt.asUintN(64, start))}, ${bytes} byte${bytes === 1n ? '' : 's'}, ${[DR === 1 ? 'read' : '', DW === 1 ? 'write' : ''].filter(Boolean).join(' and ')}`;
}

interface Content {
  readonly pair: DawrPair;
  readonly owner: Exclude<SlotOwner, 'free'>;
  readonly request?: WatchRequest | undefined;
  readonly breakpoints: readonly number[];
  readonly history: BeforeValue;
}

function slotView(index: number, { pair, owner, request, breakpoints, history }: Content): SlotView {
  const [valueName, controlName] = [`DAWR${index}`, `DAWRX${index}`];
  const [valueBefore, controlBefore] = [history(valueName, pair.value), history(controlName, pair.control)];
  const isEnabled = isDawrEnabled(pair);
  return {
    kind: 'watchpoint',
    index,
    valueName,
    controlName,
    valueTitle: VALUE_TITLE,
    title: CONTROL.title,
    owner: isEnabled ? owner : 'free',
    isEnabled,
    value: pair.value,
    control: pair.control,
    fields: fieldViews(CONTROL, pair.control, controlBefore),
    covers: isEnabled ? covers(pair, request) : undefined,
    breakpoints,
    isChanged: (valueBefore ?? pair.value) !== pair.value || (controlBefore ?? pair.control) !== pair.control,
  };
}

/** The debug registers of one vCPU under KVM-HV. */
export function powerDebugRegisters(
  parts: DebugRegisterParts,
  used: readonly UsedSlot[],
  registerSwitch: DawrSwitch,
  count: number,
): SlotsView {
  const { registers, control, controlNames, history } = parts;
  const { vcpu } = registers;
  const indices = ([0, 1] as const).slice(0, count);
  const guestSlots = indices.map(n =>
    slotView(n, {
      pair: registerSwitch.guestPair(vcpu, n),
      owner: 'guest',
      breakpoints: [],
      history: (name, value) => history(`guest ${name}`, value),
    }),
  );
  const isHost = registerSwitch.isBorrowed;
  const loaded: BeforeValue = (name, value) => history(`loaded ${name}`, value);
  const slots = indices.map(n => {
    const slot = used[n];
    const guest = { pair: registerSwitch.guestPair(vcpu, n), owner: 'guest', breakpoints: [], history: loaded } as const;
    if (!isHost) return slotView(n, guest);
    const breakpoints = slot === undefined ? [] : parts.breakpointsWatching(slot.request);
    return slotView(n, { pair: slot?.pair ?? NOTHING, owner: 'host', request: slot?.request, breakpoints, history: loaded });
  });
  return {
    vcpu: vcpu.index,
    loadedSet: isHost ? 'host' : guestSlots.some(({ isEnabled }) => isEnabled) ? 'guest' : 'none',
    isDirty: undefined,
    control,
    controlNames,
    slots,
    usage: {
      breakpoints: { used: 0, total: 0 },
      watchpoints: { used: slots.filter(({ owner }) => owner !== 'free').length, total: count },
    },
    guestSlots,
    controls: powerControls(registers, history),
  };
}
