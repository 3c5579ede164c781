// SPDX-License-Identifier: MIT
import { handlerEntry, INTERRUPT, relocationReason } from '../../../cpu/index.js';
import type { LentRegister, MethodView, TrapUse } from '../../stepping/stepView.js';
import { SITE_PLACES } from './stepSite.js';
import type { StepRecord } from './traceState.js';

// What the Trace method has in the guest, for the view of debug registers.

function lentBy({ injected, ciabr, saved }: StepRecord): readonly LentRegister[] {
  if (ciabr !== undefined) return [{ register: 'ciabr', guestValue: ciabr }];
  return injected === undefined ? [] : [{ register: injected, guestValue: saved[injected] }];
}

/** The step of a vCPU whose MSR and LPCR are `msr` and `lpcr` now. */
export const traceView = (record: StepRecord | undefined, msr: bigint, lpcr: bigint): MethodView => ({
  phase: record?.state,
  pc: record?.saved.nip,
  vector: { address: handlerEntry(INTERRUPT.trace, msr, lpcr).address, ...relocationReason(msr, lpcr) },
  lent: record === undefined ? [] : lentBy(record),
});

/** The trap words of the step of vCPU `vcpu`. */
export const trapUses = (vcpu: number, { sites }: StepRecord): readonly TrapUse[] =>
  sites.map(({ site: { address, role }, place: { real } }) => ({ address, real, purpose: SITE_PLACES[role], vcpu, isInMemory: true }));
