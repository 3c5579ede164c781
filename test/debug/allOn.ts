// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { virtualAddress } from '../../src/base/index.js';
import { A64, CODE, WordGuest } from './wordGuest.js';

/** Where the secondary vCPUs of `allOn` run. */
export const SECONDARY = CODE + 0x1000n;
export const SECONDARY_ADDRESS = virtualAddress(SECONDARY);
export const HVC = 0xd400_0002;

/** Turns a vCPU on at `SECONDARY`. */
export const turnOn = (vcpu: number): readonly number[] => [
  A64.movz(0, 3),
  A64.movk(0, 0xc400, 16), // PSCI CPU_ON (SMC64): x1 is the affinity, x2 the entry, x3 the context.
  A64.movz(1, ((vcpu >> 4) << 8) | (vcpu & 0xf)),
  A64.movz(2, 0x1000),
  A64.movk(2, 0x4008, 16), // SECONDARY
  A64.movz(3, 0),
  HVC,
];

/** vCPUs of which the first has turned the others on and waits in a loop; they stand at SECONDARY, before `words`. */
export function allOn(
  fidelity: 'kernel' | 'exact',
  words: readonly number[],
  { cpus = 4, boot = [A64.here] }: { readonly cpus?: number; readonly boot?: readonly number[] } = {},
): WordGuest {
  const secondaries = Array.from({ length: cpus - 1 }, (_, index) => index + 1);
  const start = [...secondaries.flatMap(turnOn), A64.nop];
  const guest = new WordGuest([...start, ...boot], { fidelity, cpus, more: [[SECONDARY, words]] });
  guest.breakAt('engine', CODE + 4n * BigInt(start.length - 1));
  assert.deepEqual(guest.target.execution.resume(0, true), { ok: true, value: undefined });
  assert.equal(guest.stop().vcpu, 0);
  guest.breakAt('engine');
  for (const vcpu of secondaries) for (const name of ['x5', 'x6']) guest.set(name, 0n, vcpu);
  return guest;
}
