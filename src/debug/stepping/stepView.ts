// SPDX-License-Identifier: MIT
import type { DebugControlView, DebugRegistersView, StepView, TrapView } from '../registers/registerView.js';

/** A register that a step has lent from the guest. */
export interface LentRegister {
  readonly register: string;
  readonly guestValue: bigint;
}

/** What a method has in the guest for one vCPU, for views. */
export interface MethodView extends Pick<StepView, 'phase' | 'pc' | 'vector'> {
  readonly lent: readonly LentRegister[];
}

/** One use of a trap word. */
export interface TrapUse extends Pick<TrapView, 'address' | 'real' | 'isInMemory'> {
  readonly purpose: string;
  readonly vcpu?: number;
  readonly breakpoints?: readonly number[];
}

const NOTHING: MethodView = { phase: undefined, pc: undefined, vector: undefined, lent: [] };

/** The debug registers of a vCPU with what steps have put there and into memory. */
export function withSteps(
  view: Omit<DebugRegistersView, 'step' | 'traps'>,
  step: Pick<StepView, 'method' | 'state'>,
  { lent, ...rest }: MethodView = NOTHING,
  uses: readonly TrapUse[],
): DebugRegistersView {
  const controls = view.controls.map((control): DebugControlView => {
    const { guestValue } = lent.find(({ register }) => register === control.name) ?? {};
    return guestValue === undefined ? control : { ...control, owner: 'host', guestValue };
  });
  return { ...view, controls, step: { ...step, ...rest }, traps: trapViews(uses) };
}

/** One row for each word, by address. Words at the same address whose real address is not known are the same. */
function trapViews(uses: readonly TrapUse[]): readonly TrapView[] {
  const words = new Map<string, TrapView>();
  for (const { address, real, purpose, vcpu, breakpoints = [], isInMemory } of uses) {
    const key = `${real ?? ''} ${real === undefined ? address : ''}`;
    const known = words.get(key);
    const vcpus = vcpu === undefined ? [] : [vcpu];
    words.set(key, {
      address: known?.address ?? address,
      real,
      purposes: [...new Set([...(known?.purposes ?? []), purpose])],
      vcpus: [...new Set([...(known?.vcpus ?? []), ...vcpus])].sort((a, b) => a - b),
      breakpoints: [...new Set([...(known?.breakpoints ?? []), ...breakpoints])],
      isInMemory: isInMemory || known?.isInMemory === true,
    });
  }
  return [...words.values()].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
}
