// SPDX-License-Identifier: MIT
import type { WordGuest } from './wordGuest.js';

// What KVM_RUN returned, at the moment when it did: before the debugger has done anything about it.

/** One return of KVM_RUN. */
export interface LoggedExit {
  readonly vcpu: number;
  /** `KVM_EXIT_DEBUG` and the like, or `-EINTR`. */
  readonly reason: string;
  readonly hsr: number | undefined;
  readonly far: bigint | undefined;
  /** What the test looks at when the exit is made. */
  readonly seen: unknown;
}

/** Starts the guest's log of KVM calls and collects the returns of KVM_RUN from now on; `see` is asked at each of them. */
export function logExits(guest: WordGuest, see: () => unknown = () => undefined): LoggedExit[] {
  const exits: LoggedExit[] = [];
  const { callLog } = guest.target.machine.kvm;
  guest.target.kvmTrace.setOn(true);
  callLog.listener = ({ kind, vcpu, text }) => {
    if (kind !== 'run') return;
    const [, reason = text] = /^KVM_RUN -> (\S+)/.exec(text) ?? [];
    const number = (name: string): string | undefined => new RegExp(` ${name}=(0x[0-9a-f]+)`).exec(text)?.[1];
    const [hsr, far] = [number('hsr'), number('far')];
    exits.push({
      vcpu: vcpu ?? -1,
      reason,
      hsr: hsr === undefined ? undefined : Number(hsr),
      far: far === undefined ? undefined : BigInt(far),
      seen: see(),
    });
  };
  return exits;
}

/** The debug exits among `exits`, by syndrome. */
export const syndromes = (exits: readonly LoggedExit[]): readonly number[] => exits.flatMap(({ hsr }) => hsr ?? []);
