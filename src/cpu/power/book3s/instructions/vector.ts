// SPDX-License-Identifier: MIT
import { small } from '../../../decode/row.js';
import type { Emitter, MemoryAccess, Slot, Value } from '../../../operations/emitter.js';
import { decimal, r, rOr0 } from '../../common/instructions/assemblyText.js';
import { VSR } from '../../common/instructions/floatingPointStorage.js';
import { power } from '../../common/instructions/power.js';
import type { Pseudocode } from '../../common/instructions/pseudocode.js';
import { GPR, RAor0 } from '../../common/registers/stateLayout.js';
import { arrangeBytes, elementBytes, type Quadword } from './permute.js';

/** Vector register n, which is VSR 32 + n. */
export const v = (n: number): string => `v${n}`;
const VR = <N extends string>(name: N, n: number) => VSR(name, 32 + n);
type Pair<N extends string> = Readonly<Record<`${N}high` | `${N}low`, Slot>>;

const SIXTEEN = 0xffff_ffff_ffff_fff0n;
const QUADWORD: MemoryAccess = { bytes: 8 };

interface XFields {
  readonly VRT: number;
  readonly RA: number;
  readonly RB: number;
}
type XOperands = Pair<'T'> & { readonly RA: Slot; readonly RB: Slot };
const X_OPERANDS = ({ VRT, RA, RB }: XFields) => ({ ...VR('T', VRT), RA: RAor0(RA), RB: GPR(RB) });
const X_SYNTAX = ({ VRT, RA, RB }: XFields) => [v(VRT), rOr0(RA), r(RB)];
const X = (what: (pe: Pseudocode, e: Emitter, EA: Value, operands: XOperands) => void) => ({
  operands: X_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, operands: XOperands): void =>
    pe.ifAvailable('VEC', () => what(pe, e, e.let(pe.EA(operands.RA, e.get(operands.RB))), operands)),
  syntax: X_SYNTAX,
});
const outOfLine = <T>(definition: T): T & { readonly isOutOfLine: true } => ({ ...definition, isOutOfLine: true });

const lvx = X((pe, e, EA, { Thigh, Tlow }) => {
  const [first, second] = e.loadPair(e.and(EA, e.constant(SIXTEEN)), QUADWORD);
  const [a, b] = [e.let(first), e.let(second)];
  e.set(Thigh, pe.mode.endianness === 'big' ? a : b);
  e.set(Tlow, pe.mode.endianness === 'big' ? b : a);
});
const stvx = X((pe, e, EA, { Thigh, Tlow }) => {
  const [high, low] = [e.get(Thigh), e.get(Tlow)];
  const aligned = e.and(EA, e.constant(SIXTEEN));
  if (pe.mode.endianness === 'big') e.storePair(aligned, QUADWORD, high, low);
  else e.storePair(aligned, QUADWORD, low, high);
});

/** Where an element of `bytes` bytes at address `EA` lies in a register: bits to its right. */
function elementShift(pe: Pseudocode, e: Emitter, EA: Value, bytes: number): Value {
  const index = e.and(EA, e.constant(BigInt(16 - bytes)));
  const fromRight = pe.mode.endianness === 'little' ? index : e.subtract(e.constant(BigInt(16 - bytes)), index);
  return e.let(e.shiftLeft(fromRight, e.constant(3n)));
}
const onElement = (bytes: 1 | 2 | 4, isStore: boolean) =>
  outOfLine(
    X((pe, e, EA, { Thigh, Tlow }) => {
      const aligned = e.let(e.and(EA, e.constant(0xffff_ffff_ffff_ffffn - BigInt(bytes - 1))));
      const shift = elementShift(pe, e, EA, bytes);
      const isHigh = e.negate(e.lessUnsigned(shift, e.constant(64n)));
      if (isStore) {
        e.store(aligned, { bytes }, e.shiftRightUnsigned(e.select(isHigh, e.get(Thigh), e.get(Tlow)), shift));
        return;
      }
      // The other elements are undefined. Choice: they stay, as QEMU has it.
      const element = e.let(e.shiftLeft(e.load(aligned, { bytes }), shift));
      const others = e.let(e.not(e.shiftLeft(e.constant((1n << BigInt(8 * bytes)) - 1n), shift)));
      const inserted = (slot: Slot): Value => e.let(e.or(e.and(e.get(slot), others), element));
      const [high, low] = [inserted(Thigh), inserted(Tlow)];
      const [keptHigh, keptLow] = [e.let(e.select(isHigh, high, e.get(Thigh))), e.let(e.select(isHigh, e.get(Tlow), low))];
      e.set(Thigh, keptHigh);
      e.set(Tlow, keptLow);
    }),
  );

const EVERY_BYTE = 0x0101_0101_0101_0101n;
const shiftVector = (high: bigint, low: bigint, isRight: boolean) =>
  X((_pe, e, EA, { Thigh, Tlow }) => {
    const amount = e.let(e.multiply(e.and(EA, e.constant(15n)), e.constant(EVERY_BYTE)));
    const at = (start: bigint): Value => (isRight ? e.subtract(e.constant(start), amount) : e.add(e.constant(start), amount));
    e.set(Thigh, at(high));
    e.set(Tlow, at(low));
  });

/** Power ISA, Vector Storage Access Instructions. */
// biome-ignore format: a table
const STORAGE = [
  power('lvx',    '011111 VRT:5 RA:5 RB:5 0001100111 -', lvx),
  power('lvxl',   '011111 VRT:5 RA:5 RB:5 0101100111 -', lvx),
  power('stvx',   '011111 VRT:5 RA:5 RB:5 0011100111 -', stvx),
  power('stvxl',  '011111 VRT:5 RA:5 RB:5 0111100111 -', stvx),
  power('lvebx',  '011111 VRT:5 RA:5 RB:5 0000000111 -', onElement(1, false)),
  power('lvehx',  '011111 VRT:5 RA:5 RB:5 0000100111 -', onElement(2, false)),
  power('lvewx',  '011111 VRT:5 RA:5 RB:5 0001000111 -', onElement(4, false)),
  power('stvebx', '011111 VRT:5 RA:5 RB:5 0010000111 -', onElement(1, true)),
  power('stvehx', '011111 VRT:5 RA:5 RB:5 0010100111 -', onElement(2, true)),
  power('stvewx', '011111 VRT:5 RA:5 RB:5 0011000111 -', onElement(4, true)),
  power('lvsl',   '011111 VRT:5 RA:5 RB:5 0000000110 -', shiftVector(0x0001_0203_0405_0607n, 0x0809_0a0b_0c0d_0e0fn, false)),
  power('lvsr',   '011111 VRT:5 RA:5 RB:5 0000100110 -', shiftVector(0x1011_1213_1415_1617n, 0x1819_1a1b_1c1d_1e1fn, true)),
];

interface VXFields {
  readonly VRT: number;
  readonly VRA: number;
  readonly VRB: number;
}
type VXOperands = Pair<'T'> & Pair<'A'> & Pair<'B'>;
const VX_OPERANDS = ({ VRT, VRA, VRB }: VXFields) => ({ ...VR('T', VRT), ...VR('A', VRA), ...VR('B', VRB) });
const VX_SYNTAX = ({ VRT, VRA, VRB }: VXFields) => [v(VRT), v(VRA), v(VRB)];
const setQuadword = (e: Emitter, { Thigh, Tlow }: Pair<'T'>, [high, low]: Quadword): void => {
  const [keptHigh, keptLow] = [e.let(high), e.let(low)];
  e.set(Thigh, keptHigh);
  e.set(Tlow, keptLow);
};

const logical = (combine: (e: Emitter, a: Value, b: Value) => Value) => ({
  operands: VX_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, operands: VXOperands): void =>
    pe.ifAvailable('VEC', () =>
      setQuadword(e, operands, [
        combine(e, e.get(operands.Ahigh), e.get(operands.Bhigh)),
        combine(e, e.get(operands.Alow), e.get(operands.Blow)),
      ]),
    ),
  syntax: VX_SYNTAX,
});
const oneSource = (mnemonic: string) => ({
  alias: ({ VRT, VRA, VRB }: VXFields) => (VRA === VRB ? ([mnemonic, v(VRT), v(VRA)] as const) : undefined),
});

/** Bytes of VRA || VRB in another arrangement. */
const arranged = (source: readonly number[]) =>
  outOfLine({
    operands: VX_OPERANDS,
    execute: (pe: Pseudocode, e: Emitter, _c: unknown, { Ahigh, Alow, Bhigh, Blow, ...target }: VXOperands): void =>
      pe.ifAvailable('VEC', () => {
        const from = [Ahigh, Alow, Bhigh, Blow].map(slot => e.let(e.get(slot)));
        setQuadword(e, target, arrangeBytes(e, from, source));
      }),
    syntax: VX_SYNTAX,
  });
const COUNT = { 1: 16, 2: 8, 4: 4 } as const;
/** Elements of both sources by turns, from element `first` on. */
const merged = (bytes: 1 | 2 | 4, first: 'high' | 'low') => {
  const half = COUNT[bytes] / 2;
  const from = first === 'high' ? 0 : half;
  return arranged(elementBytes(bytes, Array.from({ length: half }, (_, n) => [from + n, COUNT[bytes] + from + n]).flat()));
};
/** The right halves of all elements. */
const packed = (bytes: 2 | 4 | 8) =>
  arranged(Array.from({ length: 16 }, (_, n) => Math.floor((2 * n) / bytes) * bytes + bytes / 2 + (n % (bytes / 2))));

const splat = <B extends 1 | 2 | 4>(bytes: B) =>
  outOfLine({
    operands: ({ VRT, VRB }: { readonly VRT: number; readonly VRB: number }) => ({ ...VR('T', VRT), ...VR('B', VRB) }),
    execute: (pe: Pseudocode, e: Emitter, { UIM }: { readonly UIM: number }, { Bhigh, Blow, ...target }: Pair<'T'> & Pair<'B'>): void =>
      pe.ifAvailable('VEC', () => {
        const elements = Array.from({ length: COUNT[bytes] }, () => UIM);
        setQuadword(e, target, arrangeBytes(e, [e.let(e.get(Bhigh)), e.let(e.get(Blow))], elementBytes(bytes, elements)));
      }),
    syntax: ({ VRT, VRB, UIM }: { readonly VRT: number; readonly VRB: number; readonly UIM: number }) => [v(VRT), v(VRB), decimal(UIM)],
  });
/** A signed number of five bits in every element of `bits` bits. */
const splatImmediate = (bits: number) => ({
  operands: ({ VRT, SIM }: { readonly VRT: number; readonly SIM: number }) => {
    const element = BigInt.asUintN(bits, BigInt.asIntN(5, BigInt(SIM)));
    let doubleword = 0n;
    for (let at = 0; at < 64; at += bits) doubleword |= element << BigInt(at);
    return { ...VR('T', VRT), doubleword };
  },
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { Thigh, Tlow, doubleword }: Pair<'T'> & { readonly doubleword: Value }): void =>
    pe.ifAvailable('VEC', () => setQuadword(e, { Thigh, Tlow }, [doubleword, doubleword])),
  syntax: ({ VRT, SIM }: { readonly VRT: number; readonly SIM: number }) => [v(VRT), String(BigInt.asIntN(5, BigInt(SIM)))],
});

/** Power ISA, Vector Logical and Vector Permute and Formatting Instructions. */
// biome-ignore format: a table
const LOGICAL_AND_PERMUTE = [
  power('vand',     '000100 VRT:5 VRA:5 VRB:5 10000000100', logical((e, a, b) => e.and(a, b))),
  power('vandc',    '000100 VRT:5 VRA:5 VRB:5 10001000100', logical((e, a, b) => e.and(a, e.not(b)))),
  power('vor',      '000100 VRT:5 VRA:5 VRB:5 10010000100', { ...logical((e, a, b) => e.or(a, b)), ...oneSource('vmr') }),
  power('vorc',     '000100 VRT:5 VRA:5 VRB:5 10101000100', logical((e, a, b) => e.or(a, e.not(b)))),
  power('vxor',     '000100 VRT:5 VRA:5 VRB:5 10011000100', logical((e, a, b) => e.xor(a, b))),
  power('vnor',     '000100 VRT:5 VRA:5 VRB:5 10100000100', { ...logical((e, a, b) => e.not(e.or(a, b))), ...oneSource('vnot') }),
  power('vnand',    '000100 VRT:5 VRA:5 VRB:5 10110000100', logical((e, a, b) => e.not(e.and(a, b)))),
  power('veqv',     '000100 VRT:5 VRA:5 VRB:5 11010000100', logical((e, a, b) => e.not(e.xor(a, b)))),
  power('vmrghb',   '000100 VRT:5 VRA:5 VRB:5 00000001100', merged(1, 'high')),
  power('vmrghh',   '000100 VRT:5 VRA:5 VRB:5 00001001100', merged(2, 'high')),
  power('vmrghw',   '000100 VRT:5 VRA:5 VRB:5 00010001100', merged(4, 'high')),
  power('vmrglb',   '000100 VRT:5 VRA:5 VRB:5 00100001100', merged(1, 'low')),
  power('vmrglh',   '000100 VRT:5 VRA:5 VRB:5 00101001100', merged(2, 'low')),
  power('vmrglw',   '000100 VRT:5 VRA:5 VRB:5 00110001100', merged(4, 'low')),
  power('vmrgew',   '000100 VRT:5 VRA:5 VRB:5 11110001100', arranged(elementBytes(4, [0, 4, 2, 6]))),
  power('vmrgow',   '000100 VRT:5 VRA:5 VRB:5 11010001100', arranged(elementBytes(4, [1, 5, 3, 7]))),
  power('vpkuhum',  '000100 VRT:5 VRA:5 VRB:5 00000001110', packed(2)),
  power('vpkuwum',  '000100 VRT:5 VRA:5 VRB:5 00001001110', packed(4)),
  power('vpkudum',  '000100 VRT:5 VRA:5 VRB:5 10001001110', packed(8)),
  power('vspltb',   '000100 VRT:5 - UIM!:4 VRB:5 01000001100', splat(1)),
  power('vsplth',   '000100 VRT:5 -- UIM!:3 VRB:5 01001001100', splat(2)),
  power('vspltw',   '000100 VRT:5 --- UIM!:2 VRB:5 01010001100', splat(4)),
  power('vspltisb', '000100 VRT:5 SIM:5 ----- 01100001100', splatImmediate(8)),
  power('vspltish', '000100 VRT:5 SIM:5 ----- 01101001100', splatImmediate(16)),
  power('vspltisw', '000100 VRT:5 SIM:5 ----- 01110001100', splatImmediate(32)),
];

/** The byte of VRA || VRB that `selector` names, counted from the most significant. `from` are the four doublewords. */
function selectByte(e: Emitter, from: readonly Value[], selector: Value): Value {
  const place = e.let(selector);
  const bit = (mask: bigint) => e.isZero(e.and(place, e.constant(mask)));
  const [a, b, c, d] = from as readonly [Value, Value, Value, Value]; // Four in, four out.
  const doubleword = e.select(bit(16n), e.select(bit(8n), a, b), e.select(bit(8n), c, d));
  const shift = e.shiftLeft(e.and(e.not(place), e.constant(7n)), e.constant(3n));
  return e.and(e.shiftRightUnsigned(doubleword, shift), e.constant(0xffn));
}

interface VAFields extends VXFields {
  readonly VRC: number;
}
const VA_SYNTAX = ({ VRT, VRA, VRB, VRC }: VAFields) => [v(VRT), v(VRA), v(VRB), v(VRC)];

/** Four registers: an operand names the first doubleword of each, the second one follows. */
const VA_OPERANDS = ({ VRT, VRA, VRB, VRC }: VAFields) => ({
  T: VR('T', VRT).Thigh,
  A: VR('T', VRA).Thigh,
  B: VR('T', VRB).Thigh,
  C: VR('T', VRC).Thigh,
});
type VAOperands = Readonly<Record<'T' | 'A' | 'B' | 'C', Slot>>;
const doublewords = (e: Emitter, slot: Slot): Quadword => [e.let(e.get(slot)), e.let(e.get(e.slotAfter(slot)))];

const permute = (isRight: boolean) =>
  outOfLine({
    operands: VA_OPERANDS,
    execute: (pe: Pseudocode, e: Emitter, _c: unknown, { T, A, B, C }: VAOperands): void =>
      pe.ifAvailable('VEC', () => {
        const from = [...doublewords(e, A), ...doublewords(e, B)];
        const control = doublewords(e, C).map(half => e.let(isRight ? e.not(half) : half));
        const halves = control.map(half => {
          let result = e.constant(0n);
          for (let shift = 56n; shift >= 0n; shift -= 8n) {
            const byte = selectByte(e, from, e.shiftRightUnsigned(half, e.constant(shift)));
            result = e.let(e.or(result, e.shiftLeft(byte, e.constant(shift))));
          }
          return result;
        }) as unknown as Quadword; // Two in, two out.
        setQuadword(e, { Thigh: T, Tlow: e.slotAfter(T) }, halves);
      }),
    syntax: VA_SYNTAX,
  });

/** `first` and the bits that follow it, shifted left by less than 64. `amount` must be kept by `let`. */
const funnel = (e: Emitter, first: Value, second: Value, amount: Value): Value =>
  e.or(e.shiftLeft(first, amount), e.shiftRightUnsigned(e.shiftRightUnsigned(second, e.constant(1n)), e.subtract(e.constant(63n), amount)));

const OF_FOUR = [
  power('vsel', '000100 VRT:5 VRA:5 VRB:5 VRC:5 101010', {
    operands: VA_OPERANDS,
    execute: (pe, e, _c, { T, A, B, C }) =>
      pe.ifAvailable('VEC', () => {
        const [a, b, c] = [doublewords(e, A), doublewords(e, B), doublewords(e, C)];
        const choose = (n: 0 | 1): Value => e.or(e.and(a[n], e.not(c[n])), e.and(b[n], c[n]));
        setQuadword(e, { Thigh: T, Tlow: e.slotAfter(T) }, [choose(0), choose(1)]);
      }),
    syntax: VA_SYNTAX,
  }),
  power('vperm', '000100 VRT:5 VRA:5 VRB:5 VRC:5 101011', permute(false)),
  power('vpermr', '000100 VRT:5 VRA:5 VRB:5 VRC:5 111011', { ...permute(true), since: 'v3.0' }),
  power('vsldoi', '000100 VRT:5 VRA:5 VRB:5 - half! SHB:3 101100', {
    operands: ({ VRT, VRA, VRB, SHB }) => ({ ...VX_OPERANDS({ VRT, VRA, VRB }), bits: small(8 * SHB) }),
    execute: (pe, e, { half }, { Ahigh, Alow, Bhigh, Blow, bits, ...target }) =>
      pe.ifAvailable('VEC', () => {
        const [a, b, c, d] = [Ahigh, Alow, Bhigh, Blow].map(slot => e.let(e.get(slot))) as [Value, Value, Value, Value]; // Four in, four out.
        const [first, second, third] = half ? [b, c, d] : [a, b, c];
        setQuadword(e, target, [funnel(e, first, second, bits), funnel(e, second, third, bits)]);
      }),
    syntax: ({ VRT, VRA, VRB, half, SHB }) => [...VX_SYNTAX({ VRT, VRA, VRB }), decimal(half * 8 + SHB)],
    isOutOfLine: true,
  }),
];

/** Power ISA, Vector Facility: storage access, logicals and permutes. */
export const VECTOR = [...STORAGE, ...LOGICAL_AND_PERMUTE, ...OF_FOUR];
