// SPDX-License-Identifier: MIT
/**
 * The gaps of the studied kernel (Linux 6.1) in this layer, by name. Code asks for the quirk, never for the preset:
 * `kernel` has all of them, `exact` has none, and a user may switch single ones.
 */
// prettier-ignore
export const KVM_QUIRKS = [
  {
    name: 'staleFar',
    requirement: 'API-05',
    sentence: 'A debug exit of arm64 writes `far` only for watchpoints; otherwise it keeps the bytes of an older exit.',
  },
  {
    name: 'staleDebugStatus',
    requirement: 'API-05',
    sentence: 'A debug exit of Book3S HV writes `address` but not `status`; the status keeps the bytes of an older exit.',
  },
  {
    name: 'activePendingLostByImmediateExit',
    requirement: 'ARM-HW-27',
    sentence: 'The PC advance that KVM_RUN with immediate_exit commits does not count as the step, so one instruction too many runs.',
  },
  {
    name: 'stalePendingStep',
    requirement: 'ST-KVM-003',
    sentence:
      'The mark of a step that is done but not reported outlives a run without SINGLESTEP, so that the next step reports without executing.',
  },
  {
    name: 'stepBitInSavedState',
    requirement: 'ST-KVM-050',
    sentence: "An exception that the guest takes under a step saves the host's PSTATE.SS in SPSR_EL1, where the guest sees it.",
  },
  {
    name: 'staleTraceRecord',
    requirement: 'API-05',
    sentence:
      'A debug exit of Book3S PR for a Trace interrupt writes neither `address` nor `status`; both keep the bytes of an older exit.',
  },
  {
    name: 'guestStepLost',
    requirement: 'PPC-HV-47',
    sentence: "KVM-PR clears the guest's own MSR[SE] after a step, steps past what is not traced, and lets interrupts save the host's bit.",
  },
  {
    name: 'problemStateTrapReflected',
    requirement: 'ST-KVM-085',
    sentence: 'KVM-PR reports the trap word in privileged state only; in problem state it is an illegal instruction of the guest.',
  },
  {
    name: 'stepBitLeftBySignal',
    requirement: 'PPC-HV-47',
    sentence: 'A signal that waits when KVM-PR is to enter a guest with SINGLESTEP leaves MSR[SE] set in the guest.',
  },
  {
    name: 'exitDropsReservation',
    requirement: 'S-062',
    sentence:
      'The return of KVM_RUN of Book3S drops the reservation, as the host does: a store conditional that is stepped never succeeds.',
  },
  {
    name: 'exactEntryOverwritten',
    requirement: 'ST-KVM-107',
    sentence: "KVM-PR's H_ENTER with H_EXACT looks for the valid bit in the wrong byte and writes over a valid entry.",
  },
  {
    name: 'bulkRemoveBitsMisplaced',
    requirement: 'ST-KVM-108',
    sentence: "KVM-PR's H_BULK_REMOVE puts reference and change bits into the index of its answer instead of bits 4 and 5.",
  },
] as const;

export type KvmQuirkName = (typeof KVM_QUIRKS)[number]['name'];

/** Which quirks are in force. */
export type KvmQuirks = Readonly<Record<KvmQuirkName, boolean>>;

/** The two presets that users choose between. */
export type Fidelity = 'kernel' | 'exact';

/** The quirks of a preset, with single ones switched by `changes`. */
export function kvmQuirks(preset: Fidelity, changes: Partial<KvmQuirks> = {}): KvmQuirks {
  const on = preset === 'kernel';
  return {
    staleFar: on,
    staleDebugStatus: on,
    activePendingLostByImmediateExit: on,
    stalePendingStep: on,
    stepBitInSavedState: on,
    staleTraceRecord: on,
    guestStepLost: on,
    problemStateTrapReflected: on,
    stepBitLeftBySignal: on,
    exitDropsReservation: on,
    exactEntryOverwritten: on,
    bulkRemoveBitsMisplaced: on,
    ...changes,
  };
}
