// SPDX-License-Identifier: MIT
import { DAWRX, encode } from '../../../src/cpu/index.js';
import { HCALL } from '../../../src/kvm/index.js';
import { NOP, ppc, SPR } from '../../cpu/powerWords.js';
import type { Random } from '../../vectors/random.js';
import { DATA, FIRMWARE, HOLE, REGISTER } from './streamLayout.js';

// What a stream of random instructions is put together from. A unit is entered at its first word only: so a store conditional has its
// reservation, and what a return from an interrupt needs is there.

/** What the words of a unit may depend on. */
export interface UnitContext {
  /** Where the stream begins. */
  readonly start: bigint;
  /** Whether there are tables, so that translation and problem state are possible. */
  readonly isTranslated: boolean;
  /** Whether another vCPU runs. */
  readonly hasCompanion: boolean;
}

/**
 * One instruction of a unit. `toUnit`: a branch to the beginning of the unit so many further on. `place`: it has to do with the address of some word
 * of the stream, at which an interrupt does no harm.
 */
export type UnitWord =
  | number
  | { readonly toUnit: number; readonly branch: (offset: number) => number }
  | { readonly place: number; readonly of: (address: bigint) => number };
type Make = (random: Random, context: UnitContext) => readonly UnitWord[];

const [LR, CTR] = [8, 9];
const any = (random: Random): number => random.below(10);
const scratch = (random: Random): number => 3 + random.below(8);
const displacement = (random: Random): number => 8 * random.below(32);
/** RT, RA and RB among the scratch registers. */
const fields = (random: Random): number => ((scratch(random) << 21) | (scratch(random) << 16) | (scratch(random) << 11)) >>> 0;
const one =
  (make: (random: Random, context: UnitContext) => UnitWord): Make =>
  (random, context) => [make(random, context)];
const move = (to: number, from: number): number => ppc.or(from, to, from);
/** `value`'s lower 31 bits. */
const load = (register: number, value: bigint): readonly number[] => [
  ppc.addis(register, 0, Number(value >> 16n)),
  ppc.ori(register, register, Number(value & 0xffffn)),
];
const small = (register: number, value: number): number => ppc.addi(register, 0, value);
const hypercall = (number: number, ...args: readonly (readonly UnitWord[])[]): readonly UnitWord[] => [
  ...args.flat(),
  small(3, number),
  ppc.sc(1),
  // In problem state it is a Program interrupt behind it, whose handler goes on one word further.
  NOP,
];
const SE_BE_EE = 0x8600;
const MSR_IR = 0x20;
const MSR_DR = 0x10;
const MSR_SE = 0x400;
const MSR_LE_SF_LOW = 1;
/** GPR `register` = MSR with EE, SE and BE off, which then is MSR. */
const quietMsr = (register: number): readonly number[] => [
  ppc.mfmsr(register),
  ppc.addis(12, 0, -1),
  ppc.ori(12, 12, 0xffff & ~SE_BE_EE),
  ppc.and(register, register, 12),
  ppc.mtmsrd(register, 0),
];
const MODE = { CIABR: 1, DAWR0: 2, ADDRESS_TRANSLATION: 3 } as const;
const setMode = (resource: number, flags: number, value1: readonly UnitWord[] | 0, value2 = 0): readonly UnitWord[] =>
  hypercall(HCALL.SET_MODE, [small(4, flags), small(5, resource)], value1 === 0 ? [small(6, 0)] : value1, [small(7, value2)]);
/** Loads and stores, translated or not, in problem and privileged state. */
const WATCHES_ALL = Number(encode(DAWRX, { DW: 1, DR: 1, WTI: 1, PNH: 1, PRO: 1 }));

const ARITHMETIC: readonly Make[] = [
  one(random => ppc.addi(scratch(random), any(random), random.below(65_536))),
  one(random => ppc.ori(scratch(random), scratch(random), random.below(65_536))),
  // mulld., subfc, add, and by their words.
  one(random => 0x7c00_01d3 | fields(random)),
  one(random => 0x7c00_0010 | fields(random)),
  one(random => 0x7c00_0214 | fields(random)),
  one(random => 0x7c00_0038 | fields(random)),
  one(random => (0x5400_003e | (scratch(random) << 21) | (scratch(random) << 16) | (random.below(32) << 11)) >>> 0),
  one(() => NOP),
  one(() => ppc.isync()),
];

const STORAGE: readonly Make[] = [
  one(random => ppc.ld(scratch(random), REGISTER.DATA, displacement(random))),
  one(random => ppc.std(scratch(random), REGISTER.DATA, displacement(random))),
  one(random => ppc.lwz(scratch(random), REGISTER.ODD, displacement(random))),
  one(random => ppc.stw(scratch(random), REGISTER.ODD, displacement(random))),
  one(random => ppc.stb(scratch(random), REGISTER.DATA, random.below(256))),
  // A device, or nothing that is translated.
  one(random => ppc.lwz(scratch(random), REGISTER.NOWHERE, displacement(random))),
  one(random => ppc.stw(scratch(random), REGISTER.NOWHERE, displacement(random))),
  // Enters its page, unless that is there.
  one(random => ppc.ld(scratch(random), REGISTER.LAZY, displacement(random))),
  one(random => ppc.std(scratch(random), REGISTER.LAZY, displacement(random))),
  random => [ppc.lwarx(scratch(random), 0, REGISTER.DATA), ppc.addi(3, 3, 1), ppc.stwcx(3, 0, REGISTER.DATA)],
  random => [
    ppc.lwarx(3, 0, REGISTER.DATA),
    { toUnit: 1 + random.below(3), branch: ppc.bne },
    ppc.addi(4, 3, 1),
    ppc.stwcx(4, 0, REGISTER.DATA),
    ppc.bne(-16),
  ],
];

const BRANCHES: readonly Make[] = [
  one(random => ({ toUnit: 1 + random.below(4), branch: ppc.b })),
  one(random => ({ toUnit: 1 + random.below(4), branch: ppc.bne })),
  one(random => ({ toUnit: 1 + random.below(4), branch: ppc.bl })),
];

/** The Data Segment, Alignment, unavailable, Program and other interrupts by what an instruction does. */
const FAULTS: readonly Make[] = [
  one(random => ppc.lmw(31, REGISTER.ODD, displacement(random))),
  one(random => ppc.lfd(random.below(32), REGISTER.DATA, displacement(random))),
  one(random => ppc.lvx(random.below(32), 0, REGISTER.DATA)),
  one(() => ppc.trap()),
  one(() => 0),
  one(random => ppc.mtspr(scratch(random), SPR.PIR)),
  one(random => ppc.mfspr(scratch(random), SPR.TAR)),
  // A load from a place that no table and no segment has.
  random => [ppc.addis(3, 0, 0x4000), (0x7863_07c6 | 0) >>> 0, ppc.ld(scratch(random), 3, 0)],
  // A page that nothing is to be fetched from, and back.
  () => [...load(3, HOLE), ppc.mtspr(3, CTR), (ppc.bctr() | 1) >>> 0],
];

const SYSTEM: readonly Make[] = [
  one(random => ppc.mfmsr(scratch(random))),
  one(random => ppc.mtmsrd(REGISTER.MSR + random.below(4), 0)),
  one(random => ppc.mtmsrd(REGISTER.MSR + random.below(2), 1)),
  one(random => ppc.mtspr(scratch(random), random.below(2) === 0 ? SPR.SRR0 : SPR.SRR1)),
  one(random => ppc.mfspr(scratch(random), random.below(2) === 0 ? SPR.SRR0 : SPR.SRR1)),
  random => [small(6, 2 + random.below(60)), ppc.mtspr(6, SPR.DEC)],
  one(random => ppc.mfspr(scratch(random), SPR.DEC)),
  one(random => ppc.mfspr(scratch(random), SPR.TB)),
  one(random => ppc.mfspr(scratch(random), SPR.SIAR)),
  one(() => ppc.sc(0)),
  one(() => ppc.sc(0)),
  one(() => ppc.scv(0)),
  // A return to the unit behind, with another SE, IR or DR.
  (random, { isTranslated }) => [
    ...quietMsr(3),
    ppc.xori(3, 3, random.pick([0, MSR_SE, ...(isTranslated ? [MSR_IR | MSR_DR, MSR_IR, MSR_DR] : [])])),
    ppc.bl(4),
    ppc.mfspr(4, LR),
    ppc.addi(4, 4, 20),
    ppc.mtspr(4, SPR.SRR0),
    ppc.mtspr(3, SPR.SRR1),
    ppc.rfid(),
  ],
  (random, { isTranslated }) =>
    isTranslated ? [ppc.mfmsr(3), ppc.xori(3, 3, random.pick([MSR_IR | MSR_DR, MSR_IR, MSR_DR])), ppc.mtmsrd(3, 0)] : [NOP],
  // Into the firmware: the other byte order, 32-bit mode, translation off.
  () => [
    ...quietMsr(3),
    ppc.mtspr(3, CTR),
    (0x5463_043e & ~0) >>> 0,
    ppc.xori(3, 3, MSR_LE_SF_LOW),
    ppc.addi(5, 0, ~(MSR_IR | MSR_DR)),
    ppc.and(3, 3, 5),
    ppc.mtspr(3, SPR.SRR1),
    ...load(4, FIRMWARE),
    ppc.mtspr(4, SPR.SRR0),
    ppc.bl(4),
    ppc.mfspr(4, LR),
    ppc.addi(4, 4, 16),
    ppc.mtspr(4, LR),
    ppc.rfid(),
  ],
];

const PAPR: readonly Make[] = [
  random => hypercall(HCALL.PUT_TERM_CHAR, [small(4, 0), small(5, 1 + random.below(4))], [move(6, scratch(random))]),
  // The guest's own CIABR, at a word of the stream; off again. Privileged or problem state.
  (random, { isTranslated }) => {
    const place = random.word();
    const PRIV = isTranslated && random.once(3) ? 1 : 2;
    const address: readonly UnitWord[] = [
      { place, of: at => ppc.addis(6, 0, Number(at >> 16n)) },
      { place, of: at => ppc.ori(6, 6, Number(at & 0xffffn) | PRIV) },
    ];
    return setMode(MODE.CIABR, 0, random.once(3) ? 0 : address);
  },
  random => setMode(MODE.DAWR0, 0, random.once(3) ? 0 : load(6, DATA + BigInt(displacement(random))), WATCHES_ALL),
  (random, { isTranslated }) => (isTranslated ? setMode(MODE.ADDRESS_TRANSLATION, 3 * random.below(2), 0) : [NOP]),
  // An interrupt that the vCPU sends itself, or another one.
  (random, { hasCompanion }) =>
    hypercall(HCALL.IPI, [hasCompanion && random.once(2) ? small(4, random.below(2)) : ppc.mfspr(4, SPR.SPRG3), small(5, random.below(8))]),
  // Gives the rest of the slice to the other vCPU; alone, sleeps until the decrementer. A sleep ends early wherever all vCPUs have to stop.
  (random, { hasCompanion }) =>
    hasCompanion
      ? hypercall(HCALL.CONFER, [small(4, -1)])
      : [small(6, 10 + random.below(50)), ppc.mtspr(6, SPR.DEC), ...hypercall(HCALL.CEDE)],
  random => hypercall(HCALL.IPOLL, [ppc.mfspr(4, SPR.SPRG3), move(5, scratch(random))]),
  // Takes the page away that the next access enters again.
  () => [
    small(3, 0),
    ppc.std(3, REGISTER.ENTRY_ADDRESS, 0),
    ppc.ptesync(),
    // tlbie of all of PID 1 by RIC 2.
    small(3, 1),
    0x7863_07c6,
    small(4, 0x400),
    (0x7c00_0264 | (3 << 21) | (2 << 18) | (1 << 17) | (1 << 16) | (4 << 11)) >>> 0,
    ppc.ptesync(),
  ],
];

/** Each kind as often as it stands here. */
const KINDS: readonly (readonly Make[])[] = [ARITHMETIC, ARITHMETIC, STORAGE, STORAGE, BRANCHES, FAULTS, SYSTEM, SYSTEM, PAPR];

const RETURN = ppc.rfid();

/** Words of a stream of `units` units, with a branch back to the first behind them. */
export function streamWords(random: Random, units: number, context: UnitContext): readonly number[] {
  const made: (readonly UnitWord[])[] = [];
  while (made.length < units) {
    const kind = KINDS[random.below(KINDS.length)] ?? ARITHMETIC;
    made.push(kind[random.below(kind.length)]?.(random, context) ?? [NOP]);
  }
  const starts: number[] = [];
  let next = 0;
  for (const unit of made) {
    starts.push(next);
    next += unit.length;
  }
  // An interrupt between a move to SRR0 and the return by it would be the end of the stream.
  const places = made.flatMap((unit, n) => (unit.includes(RETURN) ? [] : unit.map((_, within) => (starts[n] ?? 0) + within)));
  const words = made.flatMap((unit, n) =>
    unit.map((word, within) => {
      if (typeof word === 'number') return word >>> 0;
      if ('place' in word) return word.of(context.start + BigInt(4 * (places[word.place % places.length] ?? 0))) >>> 0;
      const target = starts[n + word.toUnit] ?? next;
      return word.branch(4 * (target - (starts[n] ?? 0) - within)) >>> 0;
    }),
  );
  return [...words, ppc.b(-4 * next)];
}
