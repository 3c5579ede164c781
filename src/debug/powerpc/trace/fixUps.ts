// SPDX-License-Identifier: MIT
import { MSR_BIT, maskOf, SRR1_STATUS, SRR1_TRACE } from '../../../cpu/index.js';
import type { DebugQuirks } from '../../execution/debugQuirks.js';
import type { GeneralName, GeneralRegisters } from '../registers/generalRegisters.js';
import type { StepRecord } from './traceState.js';

// What is put right behind the trap (PPC-HV, section 4), as a list of writes.

const { SE } = MSR_BIT;
const BY_CIABR = maskOf(SRR1_TRACE, 'CIABR');
/** SRR1[42], which the posted series forgot to clear. */
const STATUS_42 = 1n << 21n;

/** A register that the step writes, and why. */
export interface RegisterWrite {
  readonly register: GeneralName | number;
  readonly value: bigint;
  readonly why: string;
}

type Now = Pick<GeneralRegisters, 'get' | 'gpr'>;

/** `value`, an MSR or a copy of it, with SE as the guest had it before the step. */
export function withSEOfBefore(value: bigint, { injected, saved }: StepRecord, quirks: DebugQuirks): bigint {
  if (injected === undefined) return value;
  return injected === 'srr1' || quirks.guestTraceSeenOnlyAtRfid ? value & ~SE : (value & ~SE) | (saved.msr & SE);
}

/** `value` with SE as the guest has it behind the instruction, which may itself have set it (PPC-HV-18). */
function withSEOfAfter(value: bigint, record: StepRecord, quirks: DebugQuirks): bigint {
  const { shape } = record.instruction;
  const isGuestsMove = shape.kind === 'moveToMsr' && shape.move !== 'set EE and RI';
  return isGuestsMove && !quirks.movesLoseGuestTrace ? value : withSEOfBefore(value, record, quirks);
}

/** Whether the Trace interrupt is the guest's, too: by what it had before, or by its CIABR. */
export const isGuestsTrace = (status: bigint, { isGuests, ciabr }: StepRecord, quirks: DebugQuirks): boolean =>
  isGuests || (ciabr === undefined && (status & BY_CIABR) !== 0n && !quirks.guestTraceSeenOnlyAtRfid);

/** mfmsr shows SE only if it was the guest's own (PPC-HV-16). */
function mfmsrFixUp({ instruction, saved, ciabr }: StepRecord, now: Now, quirks: DebugQuirks): readonly RegisterWrite[] {
  if (instruction.shape.kind !== 'moveFromMsr' || ciabr !== undefined) return [];
  if ((saved.msr & SE) !== 0n && !quirks.movesLoseGuestTrace) return [];
  const { register } = instruction;
  return [{ register, value: now.gpr(register) & ~SE, why: 'mfmsr has read the bit that was ours' }];
}

/** GUEST: the interrupt stays as it is, for the guest's own debugger to see (PPC-HV-28). */
export function guestTraceFixUps(record: StepRecord, now: Now, quirks: DebugQuirks): readonly RegisterWrite[] {
  const value = withSEOfAfter(now.get('srr1'), record, quirks);
  return [{ register: 'srr1', value, why: "the Trace interrupt is the guest's own, too" }, ...mfmsrFixUp(record, now, quirks)];
}

/** ARMED, ARMED_RFID, PENDING: the Trace interrupt is undone (PPC-HV-14 to PPC-HV-18). */
export function traceFixUps(record: StepRecord, now: Now, quirks: DebugQuirks): readonly RegisterWrite[] {
  const { instruction, saved } = record;
  const { shape, register } = instruction;
  const status = quirks.keepsStatusBit42 ? SRR1_STATUS & ~STATUS_42 : SRR1_STATUS;
  // The move has happened before the interrupt overwrote the register; its value is still in RS.
  const written = shape.kind === 'moveToSaveRestore' ? shape.register : undefined;
  const source = now.gpr(register);
  return [
    { register: 'pc', value: now.get('srr0'), why: 'SRR0 is where the guest goes on' },
    {
      register: 'msr',
      value: withSEOfAfter(now.get('srr1') & ~status, record, quirks),
      why:
        record.ciabr === undefined
          ? 'what SRR1 has saved, without its status bits and without our SE'
          : 'what SRR1 has saved, without its status bits',
    },
    { register: 'srr0', value: written === 'srr0' ? source : saved.srr0, why: 'as before the interrupt' },
    { register: 'srr1', value: written === 'srr1' ? source : saved.srr1, why: 'as before the interrupt' },
    ...mfmsrFixUp(record, now, quirks),
  ];
}

/** Another interrupt came: its handler has not begun. SRR1 must not show it the bit (PPC-HV-40). */
export const interruptFixUps = (record: StepRecord, now: Now, quirks: DebugQuirks): readonly RegisterWrite[] =>
  record.injected === undefined
    ? []
    : [
        {
          register: 'srr1',
          value: withSEOfBefore(now.get('srr1'), record, quirks),
          why: 'the handler must not see the bit that was ours',
        },
      ];

/** The instruction has completed and nothing traced it. Where SE was set all the same, a Trace may have clobbered SRR0 and SRR1 (PPC-HV-31). */
export function successorFixUps(record: StepRecord, now: Now, quirks: DebugQuirks): readonly RegisterWrite[] {
  if (record.injected === undefined) return [];
  const { saved } = record;
  const msr: RegisterWrite = { register: 'msr', value: withSEOfBefore(now.get('msr'), record, quirks), why: 'the bit was ours' };
  if (!quirks.handlerStartRunsTwice || record.state !== 'ARMED_DISPLACED') return [msr];
  return [
    msr,
    { register: 'srr0', value: saved.srr0, why: 'a Trace interrupt may have come meanwhile' },
    { register: 'srr1', value: saved.srr1, why: 'a Trace interrupt may have come meanwhile' },
  ];
}

/** The step is taken back before it came to anything: SE wherever it is known to be (PPC-HV-36, PPC-HV-40). */
export function givenUpFixUps(record: StepRecord, now: Now, quirks: DebugQuirks): readonly RegisterWrite[] {
  const { injected } = record;
  if (injected === undefined) return [];
  const value = now.get(injected);
  const without = withSEOfBefore(value, record, quirks);
  return value === without ? [] : [{ register: injected, value: without, why: 'the step has been given up' }];
}
