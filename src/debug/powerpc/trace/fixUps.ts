// SPDX-License-Identifier: MIT
import { MSR_BIT, maskOf, SRR1_STATUS, SRR1_TRACE } from '../../../cpu/index.js';
import type { DebugQuirks } from '../../execution/debugQuirks.js';
import type { GeneralRegisters } from '../registers/generalRegisters.js';
import type { RecordedWrites } from './recordedWrites.js';
import type { StepRecord } from './traceState.js';

// What is put right behind the trap (PPC-HV, section 4).

const { SE } = MSR_BIT;
const BY_CIABR = maskOf(SRR1_TRACE, 'CIABR');
/** SRR1[42], which the posted series forgot to clear. */
const STATUS_42 = 1n << (63n - 42n);
// Masks without a sign: `& ~` of a bigint makes two.
const butFor = (mask: bigint): bigint => BigInt.asUintN(64, ~mask);
const [WITHOUT_SE, WITHOUT_STATUS, WITHOUT_STATUS_BUT_42] = [butFor(SE), butFor(SRR1_STATUS), butFor(SRR1_STATUS & ~STATUS_42)];

type Now = Pick<GeneralRegisters, 'gpr' | 'pc' | 'msr' | 'srr0' | 'srr1'>;
type Writes = Pick<RecordedWrites, 'write'>;

/** Puts right, by `writes`, what the step has left in the registers `now`. */
export type FixUps = (record: StepRecord, now: Now, quirks: DebugQuirks, writes: Writes) => void;

/** `value`, an MSR or a copy of it, with SE as the guest had it before the step. */
export function withSEOfBefore(value: bigint, { injected, saved }: StepRecord, quirks: DebugQuirks): bigint {
  if (injected === undefined) return value;
  const isGuests = injected !== 'srr1' && !quirks.guestTraceSeenOnlyAtRfid && (saved.msr & SE) !== 0n;
  return isGuests ? value | SE : value & WITHOUT_SE;
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
const mfmsrFixUp: FixUps = ({ instruction, saved, ciabr }, now, quirks, writes) => {
  if (instruction.shape.kind !== 'moveFromMsr' || ciabr !== undefined) return;
  if ((saved.msr & SE) !== 0n && !quirks.movesLoseGuestTrace) return;
  const { register } = instruction;
  writes.write(register, now.gpr(register) & WITHOUT_SE, 'mfmsr has read the bit that was ours');
};

/** GUEST: the interrupt stays as it is, for the guest's own debugger to see (PPC-HV-28). */
export const guestTraceFixUps: FixUps = (record, now, quirks, writes) => {
  writes.write('srr1', withSEOfAfter(now.srr1, record, quirks), "the Trace interrupt is the guest's own, too");
  mfmsrFixUp(record, now, quirks, writes);
};

const SAVED_MSR = 'what SRR1 has saved, without its status bits';
const SAVED_MSR_WITHOUT_SE = `${SAVED_MSR} and without our SE`;

/** ARMED, ARMED_RFID, PENDING: the Trace interrupt is undone (PPC-HV-14 to PPC-HV-18). */
export const traceFixUps: FixUps = (record, now, quirks, writes) => {
  const { instruction, saved } = record;
  const { shape, register } = instruction;
  const withoutStatus = quirks.keepsStatusBit42 ? WITHOUT_STATUS_BUT_42 : WITHOUT_STATUS;
  // The move has happened before the interrupt overwrote the register; its value is still in RS.
  const written = shape.kind === 'moveToSaveRestore' ? shape.register : undefined;
  const byCiabr = record.ciabr !== undefined;
  const msr = withSEOfAfter(now.srr1 & withoutStatus, record, quirks);
  writes.write('pc', now.srr0, 'SRR0 is where the guest goes on');
  writes.write('msr', msr, byCiabr ? SAVED_MSR : SAVED_MSR_WITHOUT_SE);
  writes.write('srr0', written === 'srr0' ? now.gpr(register) : saved.srr0, 'as before the interrupt');
  writes.write('srr1', written === 'srr1' ? now.gpr(register) : saved.srr1, 'as before the interrupt');
  mfmsrFixUp(record, now, quirks, writes);
};

/** Another interrupt came: its handler has not begun. SRR1 must not show it the bit (PPC-HV-40). */
export const interruptFixUps: FixUps = (record, now, quirks, writes) => {
  if (record.injected === undefined) return;
  writes.write('srr1', withSEOfBefore(now.srr1, record, quirks), 'the handler must not see the bit that was ours');
};

/** The instruction has completed and nothing traced it. Where SE was set all the same, a Trace may have clobbered SRR0 and SRR1 (PPC-HV-31). */
export const successorFixUps: FixUps = (record, now, quirks, writes) => {
  if (record.injected === undefined) return;
  const { saved } = record;
  writes.write('msr', withSEOfBefore(now.msr, record, quirks), 'the bit was ours');
  if (!quirks.handlerStartRunsTwice || record.state !== 'ARMED_DISPLACED') return;
  writes.write('srr0', saved.srr0, 'a Trace interrupt may have come meanwhile');
  writes.write('srr1', saved.srr1, 'a Trace interrupt may have come meanwhile');
};

/** The step is taken back before it came to anything: SE wherever it is known to be (PPC-HV-36, PPC-HV-40). */
export const givenUpFixUps: FixUps = (record, now, quirks, writes) => {
  const { injected } = record;
  if (injected === undefined) return;
  const value = now[injected];
  const without = withSEOfBefore(value, record, quirks);
  if (value !== without) writes.write(injected, without, 'the step has been given up');
};
