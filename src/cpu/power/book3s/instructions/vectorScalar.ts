// SPDX-License-Identifier: MIT
import { small } from '../../../decode/row.js';
import type { Emitter, MemoryAccess, Slot, Value } from '../../../operations/emitter.js';
import { decimal, displaced, r, rOr0 } from '../../common/instructions/assemblyText.js';
import { DOUBLE, f, SINGLE, VSR } from '../../common/instructions/floatingPointStorage.js';
import { type PowerRow, power, type Since } from '../../common/instructions/power.js';
import { anyAlignment, EXTS, type Pseudocode } from '../../common/instructions/pseudocode.js';
import { type Facility, GPR, RAor0 } from '../../common/registers/stateLayout.js';
import { arrangeBytes, elementBytes, type Quadword } from './permute.js';
import { v } from './vector.js';

/** Vector-scalar register n. */
const vs = (n: number): string => `vs${n}`;
type Pair<N extends string> = Readonly<Record<`${N}high` | `${N}low`, Slot>>;

/** The registers of an instruction of version 3.0 are VSX's in the lower half and the vector facility's in the upper one. */
const facilityOf = (TX: number, since: Since | undefined): Facility => (since === 'v3.0' && TX === 1 ? 'VEC' : 'VSX');

/** What a register receives: both doublewords, or doubleword 0 alone. */
type Content = Quadword | readonly [Value];

function set(e: Emitter, { Thigh, Tlow }: Pair<'T'>, [high, low]: Content): void {
  const [keptHigh, keptLow] = [e.let(high), low === undefined ? undefined : e.let(low)];
  e.set(Thigh, keptHigh);
  if (keptLow !== undefined) e.set(Tlow, keptLow);
}

/** Reads a quadword, and writes one; how elements lie in memory is theirs. */
type Load = (pe: Pseudocode, e: Emitter, EA: Value) => Content;
type Store = (pe: Pseudocode, e: Emitter, EA: Value, high: Value, low: Value) => void;

const isLittle = (pe: Pseudocode): boolean => pe.mode.endianness === 'little';
const inOrder = <T>(pe: Pseudocode, first: T, second: T): readonly [T, T] => (isLittle(pe) ? [second, first] : [first, second]);
const DOUBLEWORDS = anyAlignment(8);

/** The 16 bytes as one number. */
const quadword: Load = (pe, e, EA) => inOrder(pe, ...e.loadPair(EA, DOUBLEWORDS));
const storeQuadword: Store = (pe, e, EA, high, low) => e.storePair(EA, DOUBLEWORDS, ...inOrder(pe, high, low));
/** Two doublewords, each in the guest's order. */
const doublewords: Load = (_pe, e, EA) => e.loadPair(EA, DOUBLEWORDS);
const storeDoublewords: Store = (_pe, e, EA, high, low) => e.storePair(EA, DOUBLEWORDS, high, low);

/** A doubleword that was read or is written as a whole, with its elements in their places: in little-endian order they lie the other way round. */
function elementsInPlace(pe: Pseudocode, e: Emitter, bytes: 1 | 2 | 4, doubleword: Value): Value {
  if (!isLittle(pe)) return doubleword;
  const count = 8 / bytes;
  const kept = e.let(doubleword);
  const reversed = elementBytes(
    bytes,
    Array.from({ length: count }, (_, n) => count - 1 - n),
  );
  return arrangeBytes(e, [kept], [...reversed, ...reversed])[0];
}
const elements =
  (bytes: 1 | 2 | 4): Load =>
  (pe, e, EA) => {
    const [first, second] = e.loadPair(EA, DOUBLEWORDS);
    const [a, b] = [e.let(first), e.let(second)];
    return [elementsInPlace(pe, e, bytes, a), elementsInPlace(pe, e, bytes, b)];
  };
const storeElements =
  (bytes: 1 | 2 | 4): Store =>
  (pe, e, EA, high, low) =>
    e.storePair(EA, DOUBLEWORDS, elementsInPlace(pe, e, bytes, high), elementsInPlace(pe, e, bytes, low));

/** One element in doubleword 0. Doubleword 1 is undefined. Choice: it stays, as QEMU has it. */
const scalar =
  (access: MemoryAccess, extend: (e: Emitter, value: Value) => Value = (_e, value) => value): Load =>
  (_pe, e, EA) => [extend(e, e.load(EA, access))];
/** The loads with displacement leave zero there, as QEMU has it. */
const withZero =
  (read: Load): Load =>
  (pe, e, EA) => [read(pe, e, EA)[0], e.constant(0n)];
const storeScalar =
  (access: MemoryAccess, convert: (e: Emitter, value: Value) => Value = (_e, value) => value): Store =>
  (_pe, e, EA, high) =>
    e.store(EA, access, convert(e, high));
const splatted =
  (access: MemoryAccess): Load =>
  (_pe, e, EA) => {
    const element = e.let(e.load(EA, access));
    const doubleword = e.let(access.bytes === 8 ? element : e.or(element, e.shiftLeft(element, e.constant(32n))));
    return [doubleword, doubleword];
  };
const WORD = anyAlignment(4);

interface XX1Fields {
  readonly T: number;
  readonly TX: number;
  readonly RA: number;
  readonly RB: number;
}
type XX1Operands = Pair<'T'> & { readonly RA: Slot; readonly RB: Slot };
const XX1_OPERANDS = ({ T, TX, RA, RB }: XX1Fields) => ({ ...VSR('T', TX * 32 + T), RA: RAor0(RA), RB: GPR(RB) });
const XX1_SYNTAX = ({ T, TX, RA, RB }: XX1Fields) => [vs(TX * 32 + T), rOr0(RA), r(RB)];
type TX = { readonly TX: number };

const load = (read: Load, since?: Since) => ({
  operands: XX1_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, { TX }: TX, { RA, RB, ...target }: XX1Operands): void =>
    pe.ifAvailable(facilityOf(TX, since), () => set(e, target, read(pe, e, e.let(pe.EA(RA, e.get(RB)))))),
  syntax: XX1_SYNTAX,
  isOutOfLine: true,
  ...(since === undefined ? {} : { since }),
});
const store = (write: Store, since?: Since) => ({
  operands: XX1_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, { TX }: TX, { RA, RB, Thigh, Tlow }: XX1Operands): void =>
    pe.ifAvailable(facilityOf(TX, since), () => write(pe, e, e.let(pe.EA(RA, e.get(RB))), e.let(e.get(Thigh)), e.let(e.get(Tlow)))),
  syntax: XX1_SYNTAX,
  isOutOfLine: true,
  ...(since === undefined ? {} : { since }),
});

// biome-ignore format: a table
const INDEXED: readonly PowerRow[] = [
  power('lxsdx',    '011111 T:5 RA:5 RB:5 1001001100 TX!', load(scalar(DOUBLEWORDS))),
  power('lxsiwzx',  '011111 T:5 RA:5 RB:5 0000001100 TX!', load(scalar(WORD))),
  power('lxsiwax',  '011111 T:5 RA:5 RB:5 0001001100 TX!', load(scalar(WORD, (e, value) => e.signExtend(value, 32)))),
  power('lxsspx',   '011111 T:5 RA:5 RB:5 1000001100 TX!', load(scalar(WORD, DOUBLE))),
  power('lxsibzx',  '011111 T:5 RA:5 RB:5 1100001101 TX!', load(scalar(anyAlignment(1)), 'v3.0')),
  power('lxsihzx',  '011111 T:5 RA:5 RB:5 1100101101 TX!', load(scalar(anyAlignment(2)), 'v3.0')),
  power('lxvd2x',   '011111 T:5 RA:5 RB:5 1101001100 TX!', load(doublewords)),
  power('lxvw4x',   '011111 T:5 RA:5 RB:5 1100001100 TX!', load(elements(4))),
  power('lxvh8x',   '011111 T:5 RA:5 RB:5 1100101100 TX!', load(elements(2), 'v3.0')),
  power('lxvb16x',  '011111 T:5 RA:5 RB:5 1101101100 TX!', load(elements(1), 'v3.0')),
  power('lxvx',     '011111 T:5 RA:5 RB:5 0100-01100 TX!', load(quadword, 'v3.0')),
  power('lxvdsx',   '011111 T:5 RA:5 RB:5 0101001100 TX!', load(splatted(DOUBLEWORDS))),
  power('lxvwsx',   '011111 T:5 RA:5 RB:5 0101101100 TX!', load(splatted(WORD), 'v3.0')),
  power('stxsdx',   '011111 T:5 RA:5 RB:5 1011001100 TX!', store(storeScalar(DOUBLEWORDS))),
  power('stxsiwx',  '011111 T:5 RA:5 RB:5 0010001100 TX!', store(storeScalar(WORD))),
  power('stxsspx',  '011111 T:5 RA:5 RB:5 1010001100 TX!', store(storeScalar(WORD, SINGLE))),
  power('stxsibx',  '011111 T:5 RA:5 RB:5 1110001101 TX!', store(storeScalar(anyAlignment(1)), 'v3.0')),
  power('stxsihx',  '011111 T:5 RA:5 RB:5 1110101101 TX!', store(storeScalar(anyAlignment(2)), 'v3.0')),
  power('stxvd2x',  '011111 T:5 RA:5 RB:5 1111001100 TX!', store(storeDoublewords)),
  power('stxvw4x',  '011111 T:5 RA:5 RB:5 1110001100 TX!', store(storeElements(4))),
  power('stxvh8x',  '011111 T:5 RA:5 RB:5 1110101100 TX!', store(storeElements(2), 'v3.0')),
  power('stxvb16x', '011111 T:5 RA:5 RB:5 1111101100 TX!', store(storeElements(1), 'v3.0')),
  power('stxvx',    '011111 T:5 RA:5 RB:5 0110001100 TX!', store(storeQuadword, 'v3.0')),
];

const DQ_SYNTAX = ({ T, TX, RA, DQ }: { readonly T: number; readonly TX: number; readonly RA: number; readonly DQ: number }) => [
  vs(TX * 32 + T),
  displaced(DQ * 16, 16, RA),
];
interface DSFields {
  readonly VRT: number;
  readonly RA: number;
  readonly DS: number;
}
const DS = { syntax: ({ VRT, RA, DS }: DSFields) => [v(VRT), displaced(DS * 4, 16, RA)], since: 'v3.0' as const, isOutOfLine: true };
const DS_OPERANDS = ({ VRT, RA, DS }: DSFields) => ({ ...VSR('T', 32 + VRT), RA: RAor0(RA), D: EXTS(DS * 4, 16) });
type DSOperands = Pair<'T'> & { readonly RA: Slot; readonly D: Value };
const loadDS = (read: Load) => ({
  ...DS,
  operands: DS_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { RA, D, ...target }: DSOperands): void =>
    pe.ifAvailable('VEC', () => set(e, target, read(pe, e, e.let(pe.EA(RA, D))))),
});
const storeDS = (write: Store) => ({
  ...DS,
  operands: DS_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { RA, D, Thigh, Tlow }: DSOperands): void =>
    pe.ifAvailable('VEC', () => write(pe, e, e.let(pe.EA(RA, D)), e.let(e.get(Thigh)), e.let(e.get(Tlow)))),
});

const DISPLACED: readonly PowerRow[] = [
  power('lxv', '111101 T:5 RA:5 DQ:12 TX! 001', {
    operands: ({ T, TX, RA, DQ }) => ({ ...VSR('T', TX * 32 + T), RA: RAor0(RA), D: EXTS(DQ * 16, 16) }),
    execute: (pe, e, { TX }, { RA, D, Thigh, Tlow }) =>
      pe.ifAvailable(facilityOf(TX, 'v3.0'), () => set(e, { Thigh, Tlow }, quadword(pe, e, e.let(pe.EA(RA, D))))),
    syntax: DQ_SYNTAX,
    isOutOfLine: true,
    since: 'v3.0',
  }),
  power('stxv', '111101 T:5 RA:5 DQ:12 TX! 101', {
    operands: ({ T, TX, RA, DQ }) => ({ ...VSR('T', TX * 32 + T), RA: RAor0(RA), D: EXTS(DQ * 16, 16) }),
    execute: (pe, e, { TX }, { RA, D, Thigh, Tlow }) =>
      pe.ifAvailable(facilityOf(TX, 'v3.0'), () => storeQuadword(pe, e, e.let(pe.EA(RA, D)), e.let(e.get(Thigh)), e.let(e.get(Tlow)))),
    syntax: DQ_SYNTAX,
    isOutOfLine: true,
    since: 'v3.0',
  }),
  power('lxsd', '111001 VRT:5 RA:5 DS:14 10', loadDS(withZero(scalar(DOUBLEWORDS)))),
  power('lxssp', '111001 VRT:5 RA:5 DS:14 11', loadDS(withZero(scalar(WORD, DOUBLE)))),
  power('stxsd', '111101 VRT:5 RA:5 DS:14 10', storeDS(storeScalar(DOUBLEWORDS))),
  power('stxssp', '111101 VRT:5 RA:5 DS:14 11', storeDS(storeScalar(WORD, SINGLE))),
];

interface MoveFields {
  readonly S: number;
  readonly SX: number;
  readonly RA: number;
}
/** The register's name in the extended mnemonics: an FPR in the lower half, a VR in the upper one. */
const halfName = ({ S, SX }: MoveFields): string => (SX ? v(S) : f(S));
const moveFrom = (mnemonics: readonly [fpr: string, vr: string], convert: (e: Emitter, value: Value) => Value) => ({
  operands: ({ S, SX, RA }: MoveFields) => ({ S: VSR('T', SX * 32 + S).Thigh, RA: GPR(RA) }),
  execute: (pe: Pseudocode, e: Emitter, { SX }: { readonly SX: number }, { S, RA }: { readonly S: Slot; readonly RA: Slot }): void =>
    pe.ifAvailable(SX ? 'VEC' : 'FP', () => e.set(RA, convert(e, e.get(S)))),
  syntax: () => [],
  alias: (fields: MoveFields) => [mnemonics[fields.SX ? 1 : 0], r(fields.RA), halfName(fields)] as const,
});
const moveTo = (mnemonics: readonly [fpr: string, vr: string], convert: (e: Emitter, value: Value) => Value) => ({
  operands: ({ S, SX, RA }: MoveFields) => ({ ...VSR('T', SX * 32 + S), RA: GPR(RA) }),
  execute: (pe: Pseudocode, e: Emitter, { SX }: { readonly SX: number }, { RA, ...target }: Pair<'T'> & { readonly RA: Slot }): void =>
    pe.ifAvailable(SX ? 'VEC' : 'FP', () => set(e, target, [convert(e, e.get(RA))])),
  syntax: () => [],
  alias: (fields: MoveFields) => [mnemonics[fields.SX ? 1 : 0], halfName(fields), r(fields.RA)] as const,
});
const same = (_e: Emitter, value: Value): Value => value;

// biome-ignore format: a table
const MOVES: readonly PowerRow[] = [
  power('mfvsrd',  '011111 S:5 RA:5 ----- 0000110011 SX!', moveFrom(['mffprd', 'mfvrd'], same)),
  power('mfvsrwz', '011111 S:5 RA:5 ----- 0001110011 SX!', moveFrom(['mffprwz', 'mfvrwz'], (e, value) => e.zeroExtend(value, 32))),
  power('mtvsrd',  '011111 S:5 RA:5 ----- 0010110011 SX!', moveTo(['mtfprd', 'mtvrd'], same)),
  power('mtvsrwa', '011111 S:5 RA:5 ----- 0011010011 SX!', moveTo(['mtfprwa', 'mtvrwa'], (e, value) => e.signExtend(value, 32))),
  power('mtvsrwz', '011111 S:5 RA:5 ----- 0011110011 SX!', moveTo(['mtfprwz', 'mtvrwz'], (e, value) => e.zeroExtend(value, 32))),
  power('mfvsrld', '011111 S:5 RA:5 ----- 0100110011 SX!', {
    operands: ({ S, SX, RA }) => ({ S: VSR('T', SX * 32 + S).Tlow, RA: GPR(RA) }),
    execute: (pe, e, { SX }, { S, RA }) => pe.ifAvailable(facilityOf(SX, 'v3.0'), () => e.set(RA, e.get(S))),
    syntax: ({ S, SX, RA }) => [r(RA), vs(SX * 32 + S)],
    since: 'v3.0',
  }),
  power('mtvsrdd', '011111 T:5 RA:5 RB:5 0110110011 TX!', {
    operands: XX1_OPERANDS,
    execute: (pe, e, { TX }, { RA, RB, Thigh, Tlow }) => pe.ifAvailable(facilityOf(TX, 'v3.0'), () => set(e, { Thigh, Tlow }, [e.get(RA), e.get(RB)])),
    syntax: XX1_SYNTAX,
    since: 'v3.0',
  }),
  power('mtvsrws', '011111 T:5 RA:5 ----- 0110010011 TX!', {
    operands: ({ T, TX, RA }) => ({ ...VSR('T', TX * 32 + T), RA: GPR(RA) }),
    execute: (pe, e, { TX }, { RA, Thigh, Tlow }) =>
      pe.ifAvailable(facilityOf(TX, 'v3.0'), () => {
        const word = e.let(e.zeroExtend(e.get(RA), 32));
        const doubleword = e.let(e.or(word, e.shiftLeft(word, e.constant(32n))));
        set(e, { Thigh, Tlow }, [doubleword, doubleword]);
      }),
    syntax: ({ T, TX, RA }) => [vs(TX * 32 + T), r(RA)],
    since: 'v3.0',
  }),
];

interface XX3Fields {
  readonly T: number;
  readonly A: number;
  readonly B: number;
  readonly AX: number;
  readonly BX: number;
  readonly TX: number;
}
type XX3Operands = Pair<'T'> & Pair<'A'> & Pair<'B'>;
const XX3_OPERANDS = ({ T, A, B, AX, BX, TX }: XX3Fields) => ({
  ...VSR('T', TX * 32 + T),
  ...VSR('A', AX * 32 + A),
  ...VSR('B', BX * 32 + B),
});
const XX3_SYNTAX = ({ T, A, B, AX, BX, TX }: XX3Fields) => [vs(TX * 32 + T), vs(AX * 32 + A), vs(BX * 32 + B)];
const logical = (combine: (e: Emitter, a: Value, b: Value) => Value) => ({
  operands: XX3_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { Ahigh, Alow, Bhigh, Blow, ...target }: XX3Operands): void =>
    pe.ifAvailable('VSX', () => set(e, target, [combine(e, e.get(Ahigh), e.get(Bhigh)), combine(e, e.get(Alow), e.get(Blow))])),
  syntax: XX3_SYNTAX,
});
/** Words of A || B by number; `control` says which by a control field. */
const words = <C>(chosen: (control: C) => readonly number[]) => ({
  operands: XX3_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, control: C, { Ahigh, Alow, Bhigh, Blow, ...target }: XX3Operands): void =>
    pe.ifAvailable('VSX', () => {
      const from = [Ahigh, Alow, Bhigh, Blow].map(slot => e.let(e.get(slot)));
      set(e, target, arrangeBytes(e, from, elementBytes(4, chosen(control))));
    }),
  syntax: XX3_SYNTAX,
  isOutOfLine: true,
});
const isOneSource = ({ A, AX, B, BX }: XX3Fields): boolean => A === B && AX === BX;
const oneSource = (mnemonic: string) => ({
  alias: (fields: XX3Fields) => (isOneSource(fields) ? ([mnemonic, TEXT_T(fields), TEXT_A(fields)] as const) : undefined),
});
const [TEXT_T, TEXT_A, TEXT_B] = [0, 1, 2].map(n => (fields: XX3Fields) => XX3_SYNTAX(fields)[n] ?? '') as [
  (fields: XX3Fields) => string,
  (fields: XX3Fields) => string,
  (fields: XX3Fields) => string,
]; // Three in, three out.

// biome-ignore format: a table
const LOGICAL_AND_PERMUTE: readonly PowerRow[] = [
  power('xxland',  '111100 T:5 A:5 B:5 10000010 AX BX TX', logical((e, a, b) => e.and(a, b))),
  power('xxlandc', '111100 T:5 A:5 B:5 10001010 AX BX TX', logical((e, a, b) => e.and(a, e.not(b)))),
  power('xxlor',   '111100 T:5 A:5 B:5 10010010 AX BX TX', { ...logical((e, a, b) => e.or(a, b)), ...oneSource('xxmr') }),
  power('xxlxor',  '111100 T:5 A:5 B:5 10011010 AX BX TX', logical((e, a, b) => e.xor(a, b))),
  power('xxlnor',  '111100 T:5 A:5 B:5 10100010 AX BX TX', { ...logical((e, a, b) => e.not(e.or(a, b))), ...oneSource('xxlnot') }),
  power('xxlorc',  '111100 T:5 A:5 B:5 10101010 AX BX TX', logical((e, a, b) => e.or(a, e.not(b)))),
  power('xxlnand', '111100 T:5 A:5 B:5 10110010 AX BX TX', logical((e, a, b) => e.not(e.and(a, b)))),
  power('xxleqv',  '111100 T:5 A:5 B:5 10111010 AX BX TX', logical((e, a, b) => e.not(e.xor(a, b)))),
  power('xxmrghw', '111100 T:5 A:5 B:5 00010010 AX BX TX', words(() => [0, 4, 1, 5])),
  power('xxmrglw', '111100 T:5 A:5 B:5 00110010 AX BX TX', words(() => [2, 6, 3, 7])),
  power('xxpermdi', '111100 T:5 A:5 B:5 0 DM!:2 01010 AX BX TX', {
    ...words(({ DM }: { readonly DM: number }) => [...(DM & 2 ? [2, 3] : [0, 1]), ...(DM & 1 ? [6, 7] : [4, 5])]),
    syntax: fields => [...XX3_SYNTAX(fields), decimal(fields.DM)],
    alias: fields => {
      const { DM } = fields;
      if (isOneSource(fields) && DM !== 1) return [DM === 2 ? 'xxswapd' : 'xxspltd', TEXT_T(fields), TEXT_A(fields), DM === 3 && '1', DM === 0 && '0'];
      return DM === 0 || DM === 3 ? [DM === 0 ? 'xxmrghd' : 'xxmrgld', TEXT_T(fields), TEXT_A(fields), TEXT_B(fields)] : undefined;
    },
  }),
  power('xxsldwi', '111100 T:5 A:5 B:5 0 SHW!:2 00010 AX BX TX', {
    ...words(({ SHW }: { readonly SHW: number }) => [SHW, SHW + 1, SHW + 2, SHW + 3]),
    syntax: fields => [...XX3_SYNTAX(fields), decimal(fields.SHW)],
  }),
];

interface XX2Fields {
  readonly T: number;
  readonly B: number;
  readonly BX: number;
  readonly TX: number;
}
const XX2_OPERANDS = ({ T, B, BX, TX }: XX2Fields) => ({ ...VSR('T', TX * 32 + T), ...VSR('B', BX * 32 + B) });
const XX2_SYNTAX = ({ T, B, BX, TX }: XX2Fields) => [vs(TX * 32 + T), vs(BX * 32 + B)];
/** Bytes of B in the order of `source`. */
const arranged = <C>(source: (control: C) => readonly number[]) => ({
  operands: XX2_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, control: C, { Bhigh, Blow, ...target }: Pair<'T'> & Pair<'B'>): void =>
    pe.ifAvailable('VSX', () => set(e, target, arrangeBytes(e, [e.let(e.get(Bhigh)), e.let(e.get(Blow))], source(control)))),
  syntax: XX2_SYNTAX,
  isOutOfLine: true,
});
/** The bytes of each element of `bytes` bytes the other way round. */
const reversed = (bytes: number) => ({
  ...arranged(() => Array.from({ length: 16 }, (_, n) => Math.floor(n / bytes) * bytes + bytes - 1 - (n % bytes))),
  since: 'v3.0' as const,
});

// biome-ignore format: a table
const OF_ONE: readonly PowerRow[] = [
  power('xxspltw', '111100 T:5 --- UIM!:2 B:5 010100100 BX TX', {
    ...arranged(({ UIM }: { readonly UIM: number }) => elementBytes(4, [UIM, UIM, UIM, UIM])),
    syntax: fields => [...XX2_SYNTAX(fields), decimal(fields.UIM)],
  }),
  power('xxspltib', '111100 T:5 00 IMM8:8 0101101000 TX!', {
    operands: ({ T, TX, IMM8 }) => ({ ...VSR('T', TX * 32 + T), IMM8: small(IMM8) }),
    execute: (pe, e, { TX }, { IMM8, Thigh, Tlow }) =>
      pe.ifAvailable(facilityOf(TX, 'v3.0'), () => {
        const doubleword = e.let(e.multiply(IMM8, e.constant(0x0101_0101_0101_0101n)));
        set(e, { Thigh, Tlow }, [doubleword, doubleword]);
      }),
    syntax: ({ T, TX, IMM8 }) => [vs(TX * 32 + T), decimal(IMM8)],
    since: 'v3.0',
  }),
  power('xxbrh', '111100 T:5 00111 B:5 111011011 BX TX', reversed(2)),
  power('xxbrw', '111100 T:5 01111 B:5 111011011 BX TX', reversed(4)),
  power('xxbrd', '111100 T:5 10111 B:5 111011011 BX TX', reversed(8)),
  power('xxbrq', '111100 T:5 11111 B:5 111011011 BX TX', reversed(16)),
  power('xxsel', '111100 T:5 A:5 B:5 C:5 11 CX AX BX TX', {
    operands: ({ T, A, B, C, TX, AX, BX, CX }) => ({
      T: VSR('T', TX * 32 + T).Thigh, A: VSR('T', AX * 32 + A).Thigh, B: VSR('T', BX * 32 + B).Thigh, C: VSR('T', CX * 32 + C).Thigh,
    }),
    execute: (pe, e, _c, { T, A, B, C }) =>
      pe.ifAvailable('VSX', () => {
        const choose = (half: (slot: Slot) => Slot): Value => {
          const mask = e.let(e.get(half(C)));
          return e.let(e.or(e.and(e.get(half(A)), e.not(mask)), e.and(e.get(half(B)), mask)));
        };
        set(e, { Thigh: T, Tlow: e.slotAfter(T) }, [choose(slot => slot), choose(slot => e.slotAfter(slot))]);
      }),
    syntax: ({ C, CX, ...fields }) => [...XX3_SYNTAX(fields), vs(CX * 32 + C)],
  }),
];

/** Power ISA, Vector-Scalar Extension Facility: storage access, moves, logicals and permutes. */
export const VECTOR_SCALAR = [...INDEXED, ...DISPLACED, ...MOVES, ...LOGICAL_AND_PERMUTE, ...OF_ONE];
