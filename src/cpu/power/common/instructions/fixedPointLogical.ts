// SPDX-License-Identifier: MIT
import type { Emitter, Slot, Value } from '../../../operations/emitter.js';
import { GPR } from '../registers/stateLayout.js';
import { decimal, r } from './assemblyText.js';
import { bitPermute, byteCompare, countTrailingZeros, parityOf, populationOf } from './bitCounting.js';
import { power } from './power.js';
import type { Pseudocode } from './pseudocode.js';

interface DFields {
  readonly RS: number;
  readonly RA: number;
  readonly UI: number;
}

/** Format D: `combine` the register with an immediate at bits 48:63 or 32:47. */
const D = (combine: 'and' | 'or' | 'xor', shift: 0 | 16, Rc: 0 | 1) => ({
  operands: ({ RS, RA, UI }: DFields) => ({ RS: GPR(RS), RA: GPR(RA), UI: BigInt(UI) << BigInt(shift) }),
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { RS, RA, UI }: { readonly RS: Slot; readonly RA: Slot; readonly UI: Value }): void =>
    pe.setResult(RA, e[combine](e.get(RS), UI), Rc),
  syntax: ({ RS, RA, UI }: DFields) => [r(RA), r(RS), decimal(UI)],
});

interface XFields {
  readonly RS: number;
  readonly RA: number;
  readonly RB: number;
}
interface XOperands {
  readonly RS: Slot;
  readonly RA: Slot;
  readonly RB: Slot;
}
type Binary = (e: Emitter, s: Value, b: Value) => Value;
type Unary = (e: Emitter, s: Value) => Value;

/** Format X with two sources. */
const X = (compute: Binary) => ({
  operands: ({ RS, RA, RB }: XFields) => ({ RS: GPR(RS), RA: GPR(RA), RB: GPR(RB) }),
  execute: (pe: Pseudocode, e: Emitter, control: { readonly Rc?: number }, { RS, RA, RB }: XOperands): void =>
    pe.setResult(RA, compute(e, e.get(RS), e.get(RB)), control.Rc ?? 0),
  syntax: ({ RS, RA, RB }: XFields) => [r(RA), r(RS), r(RB)],
});

/** Format X with one source. */
const X1 = (compute: Unary) => ({
  operands: ({ RS, RA }: Omit<XFields, 'RB'>) => ({ RS: GPR(RS), RA: GPR(RA) }),
  execute: (pe: Pseudocode, e: Emitter, control: { readonly Rc?: number }, { RS, RA }: Omit<XOperands, 'RB'>): void =>
    pe.setResult(RA, compute(e, e.get(RS)), control.Rc ?? 0),
  syntax: ({ RS, RA }: Omit<XFields, 'RB'>) => [r(RA), r(RS)],
});

/** An extended mnemonic for an instruction whose two sources are one register. */
const oneSource = (mnemonic: string) => ({
  alias: ({ RS, RA, RB, Rc }: XFields & { readonly Rc: number }) =>
    RS === RB ? ([mnemonic + (Rc ? '.' : ''), r(RA), r(RS)] as const) : undefined,
});

/** `or` of a register with itself sets the thread's priority or gives hints, which mean nothing here but have names. */
const HINTS: Readonly<Record<number, string>> = { 26: 'miso', 27: 'yield', 29: 'mdoio', 30: 'mdoom' };

const word = (e: Emitter, value: Value): Value => e.zeroExtend(value, 32);
/** Words are counted in the half that they are in. */
const leadingZerosOfWord: Unary = (e, s) => e.subtract(e.countLeadingZeros(word(e, s)), e.constant(32n));
const trailingZerosOfWord: Unary = (e, s) => countTrailingZeros(e, e.let(e.or(s, e.constant(1n << 32n))));

// biome-ignore format: a table
const LOGICAL = [
  power('andi.',  '011100 RS:5 RA:5 UI:16', D('and', 0, 1)),
  power('andis.', '011101 RS:5 RA:5 UI:16', D('and', 16, 1)),
  power('ori',    '011000 RS:5 RA:5 UI:16', {
    ...D('or', 0, 0),
    alias: ({ RS, RA, UI }) => (RS !== RA || UI !== 0 ? undefined : RS === 0 ? ['nop'] : RS === 31 ? ['exser'] : undefined),
  }),
  power('oris',   '011001 RS:5 RA:5 UI:16', D('or', 16, 0)),
  power('xori',   '011010 RS:5 RA:5 UI:16', { ...D('xor', 0, 0), alias: ({ RS, RA, UI }) => (RS === 0 && RA === 0 && UI === 0 ? ['xnop'] : undefined) }),
  power('xoris',  '011011 RS:5 RA:5 UI:16', D('xor', 16, 0)),
  power('and',    '011111 RS:5 RA:5 RB:5 0000011100 Rc!', X((e, s, b) => e.and(s, b))),
  power('xor',    '011111 RS:5 RA:5 RB:5 0100111100 Rc!', X((e, s, b) => e.xor(s, b))),
  power('nand',   '011111 RS:5 RA:5 RB:5 0111011100 Rc!', X((e, s, b) => e.not(e.and(s, b)))),
  power('or',     '011111 RS:5 RA:5 RB:5 0110111100 Rc!', {
    ...X((e, s, b) => e.or(s, b)),
    alias: ({ RS, RA, RB, Rc }) => {
      const hint = RS === RA && Rc === 0 ? HINTS[RS] : undefined;
      return RS !== RB ? undefined : hint !== undefined ? [hint] : [Rc ? 'mr.' : 'mr', r(RA), r(RS)];
    },
  }),
  power('nor',    '011111 RS:5 RA:5 RB:5 0001111100 Rc!', { ...X((e, s, b) => e.not(e.or(s, b))), ...oneSource('not') }),
  power('andc',   '011111 RS:5 RA:5 RB:5 0000111100 Rc!', X((e, s, b) => e.and(s, e.not(b)))),
  power('eqv',    '011111 RS:5 RA:5 RB:5 0100011100 Rc!', X((e, s, b) => e.not(e.xor(s, b)))),
  power('orc',    '011111 RS:5 RA:5 RB:5 0110011100 Rc!', X((e, s, b) => e.or(s, e.not(b)))),
  power('extsb',  '011111 RS:5 RA:5 ----- 1110111010 Rc!', X1((e, s) => e.signExtend(s, 8))),
  power('extsh',  '011111 RS:5 RA:5 ----- 1110011010 Rc!', X1((e, s) => e.signExtend(s, 16))),
  power('extsw',  '011111 RS:5 RA:5 ----- 1111011010 Rc!', X1((e, s) => e.signExtend(s, 32))),
  power('cntlzw', '011111 RS:5 RA:5 ----- 0000011010 Rc!', X1(leadingZerosOfWord)),
  power('cntlzd', '011111 RS:5 RA:5 ----- 0000111010 Rc!', X1((e, s) => e.countLeadingZeros(s))),
  power('cnttzw', '011111 RS:5 RA:5 ----- 1000011010 Rc!', { ...X1(trailingZerosOfWord), since: 'v3.0' }),
  power('cnttzd', '011111 RS:5 RA:5 ----- 1000111010 Rc!', { ...X1((e, s) => countTrailingZeros(e, e.let(s))), since: 'v3.0' }),
  power('popcntb', '011111 RS:5 RA:5 ----- 0001111010 -', X1((e, s) => populationOf(e, s, 8))),
  power('popcntw', '011111 RS:5 RA:5 ----- 0101111010 -', X1((e, s) => populationOf(e, s, 32))),
  power('popcntd', '011111 RS:5 RA:5 ----- 0111111010 -', X1((e, s) => populationOf(e, s, 64))),
  power('prtyw',  '011111 RS:5 RA:5 ----- 0010011010 -', X1((e, s) => parityOf(e, s, 32))),
  power('prtyd',  '011111 RS:5 RA:5 ----- 0010111010 -', X1((e, s) => parityOf(e, s, 64))),
  power('cmpb',   '011111 RS:5 RA:5 RB:5 0111111100 -', X(byteCompare)),
  power('bpermd', '011111 RS:5 RA:5 RB:5 0011111100 -', { ...X(bitPermute), isOutOfLine: true }),
];

/** Power ISA, Fixed-Point Logical Instructions. */
export const FIXED_POINT_LOGICAL = LOGICAL;
