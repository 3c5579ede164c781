// SPDX-License-Identifier: MIT
import type { Emitter, Slot, Value } from '../../../operations/emitter.js';
import { FPSCR_SLOT, GPR, RAor0, VSR_HIGH_SLOTS, VSR_LOW_SLOTS } from '../registers/stateLayout.js';
import { displaced, r, rOr0 } from './assemblyText.js';
import { CRF, setField } from './conditionRegister.js';
import { power } from './power.js';
import { anyAlignment, EXTS, type Pseudocode } from './pseudocode.js';

/** Floating-point register n. */
export const f = (n: number): string => `f${n}`;

/** Doublewords 0 and 1 of vector-scalar register `n`, under operand names that begin with `name`. */
export const VSR = <N extends string>(name: N, n: number): Readonly<Record<`${N}high` | `${N}low`, Slot>> => {
  const [high, low] = [VSR_HIGH_SLOTS[n & 63], VSR_LOW_SLOTS[n & 63]];
  // Both keys are here, and both tables have 64 slots.
  return { [`${name}high`]: high, [`${name}low`]: low } as unknown as Readonly<Record<`${N}high` | `${N}low`, Slot>>;
};

/** FPR n, which is doubleword 0 of VSR n. */
export const FPR = (n: number): Slot => VSR('F', n).Fhigh;

/** FRT <- value. Doubleword 1 of the register is undefined before version 3.1. Choice: zero, as processors and QEMU have it. */
const setFPR = (e: Emitter, { Fhigh, Flow }: { readonly Fhigh: Slot; readonly Flow: Slot }, value: Value): void => {
  const kept = e.let(value);
  e.set(Fhigh, kept);
  e.set(Flow, e.constant(0n));
};

/** Power ISA, DOUBLE(): the 64-bit form of the single-precision number in a word. */
export function DOUBLE(e: Emitter, value: Value): Value {
  const word = e.let(value);
  const constant = (n: bigint): Value => e.constant(n);
  const sign = e.shiftLeft(e.and(word, constant(0x8000_0000n)), constant(32n));
  const exponent = e.let(e.and(e.shiftRightUnsigned(word, constant(23n)), constant(0xffn)));
  const fraction = e.let(e.and(word, constant(0x7f_ffffn)));
  const rebiased = e.select(e.equal(exponent, constant(0xffn)), constant(0x7ffn), e.add(exponent, constant(896n)));
  const normal = e.or(e.shiftLeft(rebiased, constant(52n)), e.shiftLeft(fraction, constant(29n)));
  // A denormal one becomes normal: its highest one bit, at place k, is the hidden one.
  const k = e.let(e.subtract(constant(63n), e.countLeadingZeros(fraction)));
  const shifted = e.and(e.shiftLeft(fraction, e.subtract(constant(52n), k)), constant(0xf_ffff_ffff_ffffn));
  const denormal = e.or(e.shiftLeft(e.add(k, constant(874n)), constant(52n)), shifted);
  const small = e.select(e.isZero(fraction), constant(0n), denormal);
  return e.or(sign, e.select(e.isZero(exponent), small, normal));
}

/** Power ISA, SINGLE(): the word that a store of single precision writes. Numbers too small are undefined. Choice: zero, as QEMU has it. */
export function SINGLE(e: Emitter, value: Value): Value {
  const double = e.let(value);
  const constant = (n: bigint): Value => e.constant(n);
  const exponent = e.let(e.and(e.shiftRightUnsigned(double, constant(52n)), constant(0x7ffn)));
  const top = e.shiftLeft(e.shiftRightUnsigned(double, constant(62n)), constant(30n));
  const normal = e.or(top, e.and(e.shiftRightUnsigned(double, constant(29n)), constant(0x3fff_ffffn)));
  const sign = e.shiftLeft(e.shiftRightUnsigned(double, constant(63n)), constant(31n));
  const fraction = e.or(constant(1n << 52n), e.and(double, constant(0xf_ffff_ffff_ffffn)));
  const shifted = e.shiftRightUnsigned(fraction, e.subtract(constant(926n), exponent));
  const denormal = e.or(sign, e.select(e.lessUnsigned(exponent, constant(874n)), constant(0n), shifted));
  return e.select(e.lessUnsigned(constant(896n), exponent), normal, denormal);
}

type Access = (e: Emitter, EA: Value, operands: { readonly Fhigh: Slot; readonly Flow: Slot }) => void;
const lfd: Access = (e, EA, target) => setFPR(e, target, e.load(EA, anyAlignment(8)));
const lfs: Access = (e, EA, target) => setFPR(e, target, DOUBLE(e, e.load(EA, anyAlignment(4))));
const lfiwax: Access = (e, EA, target) => setFPR(e, target, e.signExtend(e.load(EA, anyAlignment(4)), 32));
const lfiwzx: Access = (e, EA, target) => setFPR(e, target, e.load(EA, anyAlignment(4)));
const stfd: Access = (e, EA, { Fhigh }) => e.store(EA, anyAlignment(8), e.get(Fhigh));
const stfs: Access = (e, EA, { Fhigh }) => e.store(EA, anyAlignment(4), SINGLE(e, e.get(Fhigh)));
const stfiwx: Access = (e, EA, { Fhigh }) => e.store(EA, anyAlignment(4), e.get(Fhigh));

interface DFields {
  readonly F: number;
  readonly RA: number;
  readonly D: number;
}
interface XFields {
  readonly F: number;
  readonly RA: number;
  readonly RB: number;
}
type FOperands = { readonly Fhigh: Slot; readonly Flow: Slot; readonly RA: Slot };

const D = (access: Access, update = false) => ({
  operands: ({ F, RA, D }: DFields) => ({ ...VSR('F', F), RA: RAor0(RA), D: EXTS(D, 16) }),
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, operands: FOperands & { readonly D: Value }): void =>
    pe.ifAvailable('FP', () => {
      const EA = e.let(pe.EA(operands.RA, operands.D));
      access(e, EA, operands);
      if (update) e.set(operands.RA, EA);
    }),
  syntax: ({ F, RA, D }: DFields) => [f(F), displaced(D, 16, RA)],
});
const X = (access: Access, update = false) => ({
  operands: ({ F, RA, RB }: XFields) => ({ ...VSR('F', F), RA: RAor0(RA), RB: GPR(RB) }),
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, operands: FOperands & { readonly RB: Slot }): void =>
    pe.ifAvailable('FP', () => {
      const EA = e.let(pe.EA(operands.RA, e.get(operands.RB)));
      access(e, EA, operands);
      if (update) e.set(operands.RA, EA);
    }),
  syntax: ({ F, RA, RB }: XFields) => [f(F), rOr0(RA), r(RB)],
});
/** Forms with update are invalid for RA = 0. Choice: illegal instruction, as QEMU has it. */
const hasBase = ({ RA }: { readonly RA: number }): boolean => RA !== 0;

/** Power ISA, Floating-Point Load and Store Instructions. */
// biome-ignore format: a table
const STORAGE = [
  power('lfs',    '110000 F:5 RA:5 D:16', D(lfs)),
  power('lfsu',   '110001 F:5 RA:5 D:16', { ...D(lfs, true), where: hasBase }),
  power('lfd',    '110010 F:5 RA:5 D:16', D(lfd)),
  power('lfdu',   '110011 F:5 RA:5 D:16', { ...D(lfd, true), where: hasBase }),
  power('stfs',   '110100 F:5 RA:5 D:16', D(stfs)),
  power('stfsu',  '110101 F:5 RA:5 D:16', { ...D(stfs, true), where: hasBase }),
  power('stfd',   '110110 F:5 RA:5 D:16', D(stfd)),
  power('stfdu',  '110111 F:5 RA:5 D:16', { ...D(stfd, true), where: hasBase }),
  power('lfsx',   '011111 F:5 RA:5 RB:5 1000010111 -', X(lfs)),
  power('lfsux',  '011111 F:5 RA:5 RB:5 1000110111 -', { ...X(lfs, true), where: hasBase }),
  power('lfdx',   '011111 F:5 RA:5 RB:5 1001010111 -', X(lfd)),
  power('lfdux',  '011111 F:5 RA:5 RB:5 1001110111 -', { ...X(lfd, true), where: hasBase }),
  power('lfiwax', '011111 F:5 RA:5 RB:5 1101010111 -', X(lfiwax)),
  power('lfiwzx', '011111 F:5 RA:5 RB:5 1101110111 -', X(lfiwzx)),
  power('stfsx',  '011111 F:5 RA:5 RB:5 1010010111 -', X(stfs)),
  power('stfsux', '011111 F:5 RA:5 RB:5 1010110111 -', { ...X(stfs, true), where: hasBase }),
  power('stfdx',  '011111 F:5 RA:5 RB:5 1011010111 -', X(stfd)),
  power('stfdux', '011111 F:5 RA:5 RB:5 1011110111 -', { ...X(stfd, true), where: hasBase }),
  power('stfiwx', '011111 F:5 RA:5 RB:5 1111010111 -', X(stfiwx)),
];

const SIGN = 1n << 63n;
/** A move with Rc = 1 copies FX, FEX, VX and OX to CR1. */
const recordFPSCR = (e: Emitter, Rc: number): void => {
  if (Rc) setField(e, CRF(1).CRkind, e.and(e.shiftRightUnsigned(e.get(FPSCR_SLOT), e.constant(28n)), e.constant(0b1111n)));
};
const move = (compute: (e: Emitter, b: Value) => Value) => ({
  operands: ({ F, FRB }: { readonly F: number; readonly FRB: number }) => ({ ...VSR('F', F), FRB: FPR(FRB) }),
  execute: (
    pe: Pseudocode,
    e: Emitter,
    { Rc }: { readonly Rc: number },
    operands: { readonly Fhigh: Slot; readonly Flow: Slot; readonly FRB: Slot },
  ): void =>
    pe.ifAvailable('FP', () => {
      setFPR(e, operands, compute(e, e.get(operands.FRB)));
      recordFPSCR(e, Rc);
    }),
  syntax: ({ F, FRB }: { readonly F: number; readonly FRB: number }) => [f(F), f(FRB)],
});

/** Power ISA, Floating-Point Move Instructions. */
// biome-ignore format: a table
const MOVES = [
  power('fmr',   '111111 F:5 ----- FRB:5 0001001000 Rc!', move((_e, b) => b)),
  power('fneg',  '111111 F:5 ----- FRB:5 0000101000 Rc!', move((e, b) => e.xor(b, e.constant(SIGN)))),
  power('fabs',  '111111 F:5 ----- FRB:5 0100001000 Rc!', move((e, b) => e.and(b, e.constant(SIGN - 1n)))),
  power('fnabs', '111111 F:5 ----- FRB:5 0010001000 Rc!', move((e, b) => e.or(b, e.constant(SIGN)))),
];
const FCPSGN = power('fcpsgn', '111111 F:5 FRA:5 FRB:5 0000001000 Rc!', {
  operands: ({ F, FRA, FRB }) => ({ ...VSR('F', F), FRA: FPR(FRA), FRB: FPR(FRB) }),
  execute: (pe, e, { Rc }, { FRA, FRB, Fhigh, Flow }) =>
    pe.ifAvailable('FP', () => {
      const signed = e.or(e.and(e.get(FRA), e.constant(SIGN)), e.and(e.get(FRB), e.constant(SIGN - 1n)));
      setFPR(e, { Fhigh, Flow }, signed);
      recordFPSCR(e, Rc);
    }),
  syntax: ({ F, FRA, FRB }) => [f(F), f(FRA), f(FRB)],
});

/** Power ISA, Floating-Point Facility: what only moves numbers. */
export const FLOATING_POINT_STORAGE = [...STORAGE, ...MOVES, FCPSGN];
