// SPDX-License-Identifier: MIT
import { decode, encode, maskOf } from '../../../registers/describeRegister.js';
import { LPCR } from '../registers/controlRegisters.js';
import { MSR_BIT, SRR1_PROGRAM } from '../registers/machineState.js';

/** Power ISA, Book III, Interrupt Definitions: the offsets of the interrupt vectors. */
export const INTERRUPT = {
  systemReset: 0x100,
  machineCheck: 0x200,
  dataStorage: 0x300,
  dataSegment: 0x380,
  instructionStorage: 0x400,
  instructionSegment: 0x480,
  external: 0x500,
  alignment: 0x600,
  program: 0x700,
  floatingPointUnavailable: 0x800,
  decrementer: 0x900,
  hypervisorDecrementer: 0x980,
  directedPrivilegedDoorbell: 0xa00,
  systemCall: 0xc00,
  trace: 0xd00,
  hypervisorDataStorage: 0xe00,
  hypervisorInstructionStorage: 0xe20,
  hypervisorEmulationAssistance: 0xe40,
  performanceMonitor: 0xf00,
  vectorUnavailable: 0xf20,
  VSXUnavailable: 0xf40,
  facilityUnavailable: 0xf60,
  hypervisorFacilityUnavailable: 0xf80,
} as const;
/** Name of an interrupt. */
export type InterruptName = keyof typeof INTERRUPT;

/** LPCR[AIL] in place. */
const [AIL, AIL_18000, AIL_C000] = [maskOf(LPCR, 'AIL'), encode(LPCR, { AIL: 2 }), encode(LPCR, { AIL: 3 })];
const OFFSET_18000 = 0x0001_8000n;
const OFFSET_C000 = 0xc000_0000_0000_4000n;
/** Where System Call Vectored goes, by whether AIL is 3. */
const SCV_BASE = [0x0001_7000n, 0xc000_0000_0000_3000n] as const;
const SCV_STRIDE = 0x20n;
const RELOCATE = MSR_BIT.IR | MSR_BIT.DR;
const [ILE, SF, ME] = [maskOf(LPCR, 'ILE'), MSR_BIT.SF, MSR_BIT.ME];
/** These go to their offset in real mode whatever AIL says. */
const NEVER_RELOCATED: readonly number[] = [INTERRUPT.systemReset, INTERRUPT.machineCheck];

/** Where a handler begins and in which MSR. */
export interface HandlerEntry {
  readonly address: bigint;
  readonly msr: bigint;
}

/** Whether LPCR[AIL] relocates an interrupt that comes while MSR is `msr`, and how: both IR and DR must be 1. AIL 1 is reserved. Choice: as 0. */
const relocation = (msr: bigint, lpcr: bigint): bigint => ((msr & RELOCATE) === RELOCATE && (lpcr & AIL) >= AIL_18000 ? lpcr & AIL : 0n);

/** What decides whether a vector is relocated, for people. */
export const relocationReason = (msr: bigint, lpcr: bigint): { readonly IR: number; readonly DR: number; readonly AIL: number } => ({
  IR: (msr & MSR_BIT.IR) === 0n ? 0 : 1,
  DR: (msr & MSR_BIT.DR) === 0n ? 0 : 1,
  AIL: decode(LPCR, lpcr).AIL,
});

/** The MSR of a handler: 64-bit mode, LE from LPCR[ILE], ME kept, all else off. Translation stays on if AIL relocates. */
const handlerMsr = (msr: bigint, lpcr: bigint, isRelocated: boolean): bigint =>
  SF | (msr & (ME | MSR_BIT.HV)) | ((lpcr & ILE) !== 0n ? MSR_BIT.LE : 0n) | (isRelocated ? RELOCATE : 0n);

/** Power ISA, Book III, Alternate Interrupt Location: where the interrupt with this `vector` is handled, were it taken under `msr` and `lpcr`. */
export function handlerEntry(vector: number, msr: bigint, lpcr: bigint): HandlerEntry {
  const location = NEVER_RELOCATED.includes(vector) ? 0n : relocation(msr, lpcr);
  const base = location === AIL_C000 ? OFFSET_C000 : location === AIL_18000 ? OFFSET_18000 : 0n;
  return { address: base + BigInt(vector), msr: handlerMsr(msr, lpcr, location !== 0n) };
}

/** The same for System Call Vectored, which leaves EE and RI as they are. AIL 2 moves nothing, but translation stays on. */
export function vectoredSystemCallEntry(LEV: number, msr: bigint, lpcr: bigint): HandlerEntry {
  const location = relocation(msr, lpcr);
  return {
    address: SCV_BASE[location === AIL_C000 ? 1 : 0] + BigInt(LEV) * SCV_STRIDE,
    msr: handlerMsr(msr, lpcr, location !== 0n) | (msr & (MSR_BIT.EE | MSR_BIT.RI)),
  };
}

/** SRR1 bits that tell why a Program interrupt came. */
export const PROGRAM = {
  illegal: encode(SRR1_PROGRAM, { ILLEGAL: 1 }),
  privileged: encode(SRR1_PROGRAM, { PRIVILEGED: 1 }),
  trap: encode(SRR1_PROGRAM, { TRAP: 1 }),
} as const;
