// SPDX-License-Identifier: MIT
import type { Result, VirtualAddress } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { DebugSlots, WatchRequest } from '../slots/debugSlots.js';
import type { BreakpointOptions, BreakpointReport } from './breakpointRequest.js';
import type { HitTest } from './hitCondition.js';
import type { LogMessagePart } from './logMessage.js';
import type { Mechanism } from './stopMechanisms.js';

/** Where a breakpoint of the user's is in the code. */
export interface BreakpointPlace {
  readonly address: VirtualAddress;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** The address of a condition that is asked wherever an access was. */
export const ANYWHERE = -1n;

/** A condition made ready for one place: whether it holds for the vCPU, or why it has no value. */
export type ReadyCondition = (vcpu: Vcpu) => Result<boolean>;

/** A breakpoint as the user asked for it, and what has become of it. */
export interface UserBreakpoint {
  readonly id: number;
  /** Kind, place and options as text: an equal request keeps the breakpoint. */
  readonly key: string;
  readonly kind: 'source' | 'function' | 'instruction' | 'data' | 'vector';
  /** Short, for sentences about who holds a slot. */
  readonly name: string;
  readonly options: BreakpointOptions & { readonly column?: number | undefined };
  /** Vectors move; all other places stay. */
  places: readonly BreakpointPlace[];
  readonly watch: WatchRequest | undefined;
  readonly hitTest: HitTest | undefined;
  readonly logMessage: readonly LogMessagePart[] | undefined;
  /** What is in force: places and watches by mechanism. */
  placed: { readonly address: bigint | undefined; readonly mechanism: Mechanism }[];
  /** By address, and under `ANYWHERE` that of a watch. */
  readonly conditions: Map<bigint, ReadyCondition>;
  /** Why it is not placed whatever becomes free: its request says nothing that can be. */
  readonly refusal: string | undefined;
  message: string | undefined;
  hits: number;
}

/** What a request comes to before it is placed. */
export interface Draft {
  readonly key: string;
  readonly kind: UserBreakpoint['kind'];
  readonly name: string;
  readonly options: UserBreakpoint['options'];
  readonly places: readonly BreakpointPlace[];
  readonly watch: WatchRequest | undefined;
  /** Why it cannot be placed. */
  readonly refusal: string | undefined;
}

/** The slots that hold `breakpoint`. */
function slotsOf({ placed, watch }: UserBreakpoint, slots: DebugSlots): readonly number[] {
  return placed.flatMap(({ address, mechanism }) => {
    if (mechanism !== 'hardware') return [];
    if (address !== undefined) return slots.slotOfBreakpoint(address) ?? [];
    return slots.watchRequests.flatMap((request, index) => (watch !== undefined && isSameWatch(request, watch) ? [index] : []));
  });
}

const isSameWatch = (a: WatchRequest, b: WatchRequest): boolean =>
  BigInt.asUintN(64, a.address) === BigInt.asUintN(64, b.address) && a.bytes === b.bytes && a.access === b.access;

/** What the user is told of `breakpoint`. */
export function reportOf(breakpoint: UserBreakpoint, slots: DebugSlots): BreakpointReport {
  const [place] = breakpoint.places;
  return {
    id: breakpoint.id,
    name: breakpoint.name,
    isVerified: breakpoint.placed.length > 0,
    message: breakpoint.message,
    mode: breakpoint.placed[0]?.mechanism,
    slots: slotsOf(breakpoint, slots),
    address: place?.address,
    path: place?.path,
    line: place?.line,
    // An editor draws a breakpoint with a column inside the line, which one for the whole line is not.
    column: breakpoint.options.column === undefined ? undefined : place?.column,
  };
}
