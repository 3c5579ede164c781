// SPDX-License-Identifier: MIT
import { HCALL } from '../../../src/kvm/index.js';
import { ppc, SPR } from '../../cpu/powerWords.js';
import { COUNTER, REGISTER } from './streamLayout.js';

// The interrupt handlers of a guest of random instructions. GPRs 13, 14 and 17 are theirs.

const [LR, CTR] = [8, 9];
const MSR_PR = 0x4000;
const count = (register: number): number => ppc.addi(register, register, 1);
const move = (to: number, from: number): number => ppc.or(from, to, from);
/** beq: CR0[EQ] set. */
const beq = (offset: number): number => ((16 << 26) | (12 << 21) | (2 << 16) | (offset & 0xfffc)) >>> 0;

/** Goes on behind the instruction that it came from, as a debugger's first look at SRR0 does. */
const SKIP = [
  ppc.mtspr(13, SPR.SPRG2),
  ppc.mfspr(14, SPR.SRR0),
  ppc.addi(14, 14, 4),
  ppc.mtspr(14, SPR.SRR0),
  count(COUNTER.faults),
  ppc.rfid(),
];

/** The lazy page's entry is entered and the access made again; another access is skipped. */
const DATA_STORAGE = [
  ppc.mfspr(14, SPR.DAR),
  // rlwinm 14,14,16,16,31: the number of the 64 KiB.
  (0x5400_0000 | (14 << 21) | (14 << 16) | (16 << 11) | (16 << 6) | (31 << 1)) >>> 0,
  ppc.cmpwi(0, 14, 5),
  beq(4 + 4 * SKIP.length),
  ...SKIP,
  ppc.std(REGISTER.ENTRY, REGISTER.ENTRY_ADDRESS, 0),
  ppc.ptesync(),
  count(COUNTER.pageFaults),
  ppc.rfid(),
];

/** Nothing is to be fetched there: back to the caller. */
const INSTRUCTION_STORAGE = [ppc.mfspr(14, LR), ppc.mtspr(14, SPR.SRR0), count(COUNTER.pageFaults), ppc.rfid()];

/** Takes the interrupt from the controller, ends it, and takes the request of another processor back. What hypercalls use up comes back. */
const EXTERNAL = [
  ppc.mtspr(3, SPR.SPRG0),
  ppc.mtspr(4, SPR.SPRG1),
  move(17, 5),
  ppc.addi(3, 0, HCALL.XIRR),
  ppc.sc(1),
  move(14, 4),
  ppc.addi(3, 0, HCALL.IPI),
  ppc.mfspr(4, SPR.SPRG3),
  ppc.addi(5, 0, 0xff),
  ppc.sc(1),
  ppc.addi(3, 0, HCALL.EOI),
  move(4, 14),
  ppc.sc(1),
  ppc.mfspr(3, SPR.SPRG0),
  ppc.mfspr(4, SPR.SPRG1),
  move(5, 17),
  count(COUNTER.externals),
  ppc.rfid(),
];

const DECREMENTER = [ppc.addi(17, 0, 40), ppc.mtspr(17, SPR.DEC), count(COUNTER.decrementers), ppc.rfid()];
/** What the first instruction of the Trace handler does: saves as Linux does, counts, or branches. */
const TRACES: readonly (readonly number[])[] = [
  [ppc.mtspr(13, SPR.SPRG2), count(COUNTER.traces), ppc.rfid()],
  [count(COUNTER.traces), ppc.rfid()],
  [ppc.b(8), ppc.trap(), count(COUNTER.traces), ppc.rfid()],
];
const VECTORED = [count(COUNTER.calls), ppc.rfscv()];
/** sc changes between privileged and problem state where there are tables, and else goes on. */
const systemCall = (changesState: boolean): readonly number[] => [
  ppc.mfspr(14, SPR.SRR1),
  ...(changesState ? [ppc.xori(14, 14, MSR_PR)] : []),
  ppc.mtspr(14, SPR.SRR1),
  count(COUNTER.calls),
  ppc.rfid(),
];

/** 32 bytes are too short for most: a branch to the words behind the last vector. */
const FAR = 0xf80;

/** Words by address within the vectors' page; `scv`'s are apart. `form` is about the Trace handler. */
export function handlerWords(changesState: boolean, form: number): readonly (readonly [address: number, words: readonly number[]])[] {
  const skips = [0x380, 0x600, 0x700, 0x800].map(vector => [vector, SKIP] as const);
  const trace = TRACES[form % TRACES.length] ?? [];
  const far = [0xf20, 0xf40, 0xf60].map(vector => [vector, [ppc.b(FAR - vector)]] as const);
  return [
    ...skips,
    ...far,
    [FAR, SKIP],
    [0x300, DATA_STORAGE],
    [0x400, INSTRUCTION_STORAGE],
    [0x480, INSTRUCTION_STORAGE],
    [0x500, EXTERNAL],
    [0x900, DECREMENTER],
    [0xa00, SKIP],
    [0xc00, systemCall(changesState)],
    [0xd00, trace],
  ];
}

export const VECTORED_CALL_WORDS: readonly number[] = VECTORED;

/** Called by rfid with the way back in LR and CTR: a few instructions, and rfid back. */
export const FIRMWARE_WORDS: readonly number[] = [
  ppc.addi(3, 3, 1),
  ppc.mfspr(4, LR),
  ppc.mfspr(5, CTR),
  ppc.mtspr(4, SPR.SRR0),
  ppc.mtspr(5, SPR.SRR1),
  ppc.rfid(),
];
