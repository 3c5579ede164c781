// SPDX-License-Identifier: MIT
import { MSR_BIT } from '../../src/cpu/index.js';
import { NOP, ppc, SPR } from '../cpu/powerWords.js';
import type { Random } from '../vectors/random.js';

// Random but legal streams of instructions for guests that are stepped.

/** Where data that a stream loads and stores lies. */
export const DATA = 0x4_0000n;
const ODD = DATA + 0x123n;
/** A real address that is no RAM. */
const NOWHERE = 0x00ff_0000_0000n;
const [LOOPS, COUNT] = [29, 30];

/** GPRs at the start: 20 points to data, 21 to data that is not aligned, 22 to nowhere, 23 to 26 have values of MSR. */
export const streamRegisters = (msr: bigint): Readonly<Record<number, bigint>> => ({
  20: DATA,
  21: ODD,
  22: NOWHERE,
  23: msr,
  24: msr | MSR_BIT.EE,
  25: msr | MSR_BIT.SE,
  26: msr | MSR_BIT.BE | MSR_BIT.EE,
  27: 40n,
  28: 7n,
  [LOOPS]: 1n,
  [COUNT]: 3n,
});

type Make = (random: Random) => readonly number[];
const any = (random: Random): number => random.below(10);
const scratch = (random: Random): number => 3 + random.below(8);
const displacement = (random: Random): number => 8 * random.below(32);
const one =
  (make: (random: Random) => number): Make =>
  random => [make(random)];

/** What a stream may hold, each as often as it stands here. */
const TEMPLATES: readonly Make[] = [
  one(random => ppc.addi(scratch(random), any(random), random.below(65_536))),
  one(random => ppc.ori(scratch(random), scratch(random), random.below(65_536))),
  // mulld., subfc, rlwinm, cntlzd and others by their words, with registers of the scratch.
  one(random => 0x7c00_01d3 | fields(random)),
  one(random => 0x7c00_0010 | fields(random)),
  one(random => 0x7c00_0214 | fields(random)),
  one(random => 0x7c00_0038 | fields(random)),
  one(random => (0x5400_003e | (scratch(random) << 21) | (scratch(random) << 16) | (random.below(32) << 11)) >>> 0),
  one(random => ppc.ld(scratch(random), 20, displacement(random))),
  one(random => ppc.std(scratch(random), 20, displacement(random))),
  one(random => ppc.lwz(scratch(random), 21, displacement(random))),
  one(random => ppc.stw(scratch(random), 21, displacement(random))),
  one(random => ppc.stb(scratch(random), 20, random.below(256))),
  one(random => ppc.lmw(29, 20, displacement(random))),
  // Alignment, a vector register without its unit, nothing.
  one(random => ppc.lmw(29, 21, displacement(random))),
  one(random => ppc.lfd(random.below(32), 20, displacement(random))),
  one(random => ppc.lvx(random.below(32), 0, 20)),
  one(() => NOP),
  one(random => ppc.b(4 + 4 * random.below(6))),
  one(random => ppc.bne(4 + 4 * random.below(6))),
  one(random => ppc.mfmsr(scratch(random))),
  one(random => ppc.mtmsrd(23 + random.below(4), 0)),
  one(random => ppc.mtmsrd(23 + random.below(2), 1)),
  one(random => ppc.mtspr(scratch(random), random.below(2) === 0 ? SPR.SRR0 : SPR.SRR1)),
  one(random => ppc.mfspr(scratch(random), random.below(2) === 0 ? SPR.SRR0 : SPR.SRR1)),
  one(random => ppc.mtspr(27 + random.below(2), SPR.DEC)),
  one(random => ppc.mfspr(scratch(random), SPR.DEC)),
  one(random => ppc.mfspr(scratch(random), SPR.TB)),
  one(random => ppc.mfspr(scratch(random), SPR.SIAR)),
  one(random => ppc.sc(2 * random.below(2))),
  one(() => ppc.scv(0)),
  one(() => ppc.trap()),
  one(() => 0),
  one(random => ppc.mtspr(scratch(random), 1023)),
];

/** RT, RA and RB among the scratch registers. */
const fields = (random: Random): number => ((scratch(random) << 21) | (scratch(random) << 16) | (scratch(random) << 11)) >>> 0;

/** `length` words, with a branch back to the first behind them. */
export function stream(random: Random, length: number): readonly number[] {
  const words: number[] = [];
  while (words.length < length) words.push(...(TEMPLATES[random.below(TEMPLATES.length)]?.(random) ?? []).map(word => word >>> 0));
  // Branches may jump over the last words.
  return [...words, ...Array.from({ length: 8 }, () => NOP), ppc.b(-4 * (words.length + 8))];
}
