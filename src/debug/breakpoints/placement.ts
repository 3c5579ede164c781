// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import type { WatchRequest } from '../slots/debugSlots.js';
import type { BreakpointMode } from './breakpointMode.js';
import type { Mechanism, StopMechanisms } from './stopMechanisms.js';

/** A thing that may be in force by a mechanism: a place of the code, or an access. */
export type StopPoint = { readonly kind: 'code'; readonly address: bigint } | { readonly kind: 'access'; readonly watch: WatchRequest };

/** What was done for a stop point. */
export interface Placed {
  readonly mechanism: Mechanism;
  /** That another mechanism was taken than the first choice, and why. */
  readonly remark: string | undefined;
}

const keyOf = (point: StopPoint, mechanism: Mechanism): string =>
  point.kind === 'code'
    ? `${mechanism} ${point.address}`
    : `${mechanism} ${point.watch.address} ${point.watch.bytes} ${point.watch.access}`;

/** Shares the mechanisms' places between breakpoints: several may lie on one address. */
export class Placement {
  readonly #users = new Map<string, string[]>();

  constructor(private readonly mechanisms: StopMechanisms) {}

  /** What `auto` takes, in this order: hardware where the machine has any, then the engine, then software. */
  #automatic({ kind }: StopPoint): readonly Mechanism[] {
    const { breakpoints, watchpoints } = this.mechanisms.slots.counts;
    const hasHardware = (kind === 'code' ? breakpoints : watchpoints) > 0;
    return [...(hasHardware ? (['hardware'] as const) : []), 'engine', ...(kind === 'code' ? (['software'] as const) : [])];
  }

  /** Puts `point` in force for the breakpoint called `name`. */
  place(point: StopPoint, mode: BreakpointMode, name: string): Result<Placed> {
    const choices = mode === 'auto' ? this.#automatic(point) : [mode];
    let refusal = '';
    for (const mechanism of choices) {
      const key = keyOf(point, mechanism);
      const users = this.#users.get(key);
      if (users) {
        users.push(name);
        return success({ mechanism, remark: undefined });
      }
      const outcome =
        point.kind === 'code'
          ? this.mechanisms.insertBreakpoint(point.address, mechanism)
          : this.mechanisms.insertWatchpoint(point.watch, mechanism);
      if (outcome.ok) {
        this.#users.set(key, [name]);
        return success({
          mechanism,
          remark: refusal
            ? `${refusal} It is an ${mechanism} breakpoint now.`.replace('an hardware', 'a hardware').replace('an software', 'a software')
            : undefined,
        });
      }
      const sentence = outcome.error.code === 'ENOSPC' ? this.#fullTable(point) : outcome.error.message;
      refusal ||= sentence;
    }
    if (mode !== 'hardware' || !refusal.includes(' in use by ')) return failure('refused', refusal);
    const others = point.kind === 'code' ? '"engine" or "software"' : '"engine"';
    return failure('full', `${refusal} Choose the mode ${others} for this one, or remove another.`);
  }

  remove(point: StopPoint, mechanism: Mechanism, name: string): Result<undefined> {
    const key = keyOf(point, mechanism);
    const users = this.#users.get(key);
    const index = users?.indexOf(name) ?? -1;
    if (!users || index < 0) return failure('ENOENT', `${name} holds no ${mechanism} breakpoint there.`);
    users.splice(index, 1);
    if (users.length > 0) return success(undefined);
    this.#users.delete(key);
    return point.kind === 'code'
      ? this.mechanisms.removeBreakpoint(point.address, mechanism)
      : this.mechanisms.removeWatchpoint(point.watch, mechanism);
  }

  /** `6 of 6 hardware breakpoints in use by main.c:12, increment, …`. */
  #fullTable(point: StopPoint): string {
    const { slots } = this.mechanisms;
    const isCode = point.kind === 'code';
    const holders = isCode
      ? slots.breakpointAddresses.map(address => this.#users.get(keyOf({ kind: 'code', address: BigInt.asUintN(64, address) }, 'hardware')))
      : [...new Set(slots.watchRequests)].map(watch =>
          this.#users.get(keyOf({ kind: 'access', watch: { ...watch, address: BigInt.asUintN(64, watch.address) } }, 'hardware')),
        );
    const names = holders.map(users => users?.join(' and ') ?? 'the debugger itself');
    const [used, total] = isCode ? [slots.breakpointsInUse, slots.counts.breakpoints] : [slots.watchpointsInUse, slots.counts.watchpoints];
    return `${used} of ${total} hardware ${isCode ? 'breakpoints' : 'watchpoints'} in use by ${names.join(', ')}.`;
  }
}
