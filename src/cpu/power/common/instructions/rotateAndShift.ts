// SPDX-License-Identifier: MIT
import { unsigned } from '../../../../base/index.js';
import { small } from '../../../decode/row.js';
import type { Emitter, Slot, Value } from '../../../operations/emitter.js';
import { GPR } from '../registers/stateLayout.js';
import { decimal, r } from './assemblyText.js';
import { power } from './power.js';
import type { Pseudocode } from './pseudocode.js';

/** Power ISA, MASK(x, y): ones from bit `x` to bit `y` (msb0), around the end if `y` is before `x`. */
export function MASK(x: number, y: number): bigint {
  const from = unsigned(-1n, 64) >> BigInt(x);
  const to = unsigned(-1n, 64) << BigInt(63 - y);
  return unsigned(x <= y ? from & to : from | to, 64);
}

/** The low word of `value` in both halves: what ROTL32 rotates. */
function twice(e: Emitter, value: Value): Value {
  const low = e.let(e.zeroExtend(value, 32));
  return e.or(low, e.shiftLeft(low, e.constant(32n)));
}
/** Rotated left by `amount` is rotated right by the rest of 64 bits. */
const leftAsRight = (amount: number) => small((64 - amount) & 63);
const rotateLeft = (e: Emitter, value: Value, amount: Value): Value => e.rotateRight(value, e.subtract(e.constant(64n), amount));

interface MFields {
  readonly RS: number;
  readonly RA: number;
  readonly SH: number;
  readonly MB: number;
  readonly ME: number;
}
interface RotateOperands {
  readonly RS: Slot;
  readonly RA: Slot;
  readonly right: Value;
  readonly mask: Value;
}
type Rc = { readonly Rc: number };

const wordMask = ({ MB, ME }: { readonly MB: number; readonly ME: number }): bigint => MASK(MB + 32, ME + 32);
const M_OPERANDS = (fields: MFields) => ({
  RS: GPR(fields.RS),
  RA: GPR(fields.RA),
  right: leftAsRight(fields.SH),
  mask: wordMask(fields),
});
const M_SYNTAX = ({ RS, RA, SH, MB, ME }: MFields) => [r(RA), r(RS), decimal(SH), decimal(MB), decimal(ME)];
const dot = (mnemonic: string, Rc: number): string => mnemonic + (Rc ? '.' : '');

const insert = (pe: Pseudocode, e: Emitter, { Rc }: Rc, { RS, RA, right, mask }: RotateOperands, isWord: boolean): void => {
  const rotated = e.rotateRight(isWord ? twice(e, e.get(RS)) : e.get(RS), right);
  pe.setResult(RA, e.or(e.and(rotated, mask), e.and(e.get(RA), e.not(mask))), Rc);
};

/** Power ISA, Fixed-Point Rotate Instructions: words. */
const ROTATE_WORD = [
  power('rlwimi', '010100 RS:5 RA:5 SH:5 MB:5 ME:5 Rc!', {
    operands: M_OPERANDS,
    execute: (pe, e, control, operands) => insert(pe, e, control, operands, true),
    syntax: M_SYNTAX,
  }),
  power('rlwinm', '010101 RS:5 RA:5 SH:5 MB:5 ME:5 Rc!', {
    operands: M_OPERANDS,
    execute: (pe, e, { Rc }, { RS, RA, right, mask }) => pe.setResult(RA, e.and(e.rotateRight(twice(e, e.get(RS)), right), mask), Rc),
    syntax: M_SYNTAX,
    alias: ({ RS, RA, SH, MB, ME, Rc }) => {
      if (MB === 0 && ME === 31) return [dot('rotlwi', Rc), r(RA), r(RS), decimal(SH)];
      if (SH === 0 && ME === 31) return [dot('clrlwi', Rc), r(RA), r(RS), decimal(MB)];
      if (MB === 0 && ME === 31 - SH) return [dot('slwi', Rc), r(RA), r(RS), decimal(SH)];
      if (SH === 0 && MB === 0) return [dot('clrrwi', Rc), r(RA), r(RS), decimal(31 - ME)];
      if (ME === 31 && SH === 32 - MB) return [dot('srwi', Rc), r(RA), r(RS), decimal(MB)];
      return undefined;
    },
  }),
  power('rlwnm', '010111 RS:5 RA:5 RB:5 MB:5 ME:5 Rc!', {
    operands: ({ RS, RA, RB, MB, ME }) => ({ RS: GPR(RS), RA: GPR(RA), RB: GPR(RB), mask: wordMask({ MB, ME }) }),
    execute: (pe, e, { Rc }, { RS, RA, RB, mask }) => {
      const amount = e.and(e.get(RB), e.constant(31n));
      pe.setResult(RA, e.and(rotateLeft(e, twice(e, e.get(RS)), amount), mask), Rc);
    },
    syntax: ({ RS, RA, RB, MB, ME }) => [r(RA), r(RS), r(RB), decimal(MB), decimal(ME)],
    alias: ({ RS, RA, RB, MB, ME, Rc }) => (MB === 0 && ME === 31 ? [dot('rotlw', Rc), r(RA), r(RS), r(RB)] : undefined),
  }),
];

interface MDFields {
  readonly RS: number;
  readonly RA: number;
  readonly sh: number;
  readonly sh5: number;
  /** Five low bits of mb or me, and the high one. */
  readonly m: number;
  readonly m5: number;
}
const shOf = ({ sh, sh5 }: { readonly sh: number; readonly sh5: number }): number => (sh5 << 5) | sh;
const mOf = ({ m, m5 }: { readonly m: number; readonly m5: number }): number => (m5 << 5) | m;

const MD = (mask: (m: number, sh: number) => bigint) => ({
  operands: (fields: MDFields) => ({
    RS: GPR(fields.RS),
    RA: GPR(fields.RA),
    right: leftAsRight(shOf(fields)),
    mask: mask(mOf(fields), shOf(fields)),
  }),
  execute: (pe: Pseudocode, e: Emitter, { Rc }: Rc, { RS, RA, right, mask: kept }: RotateOperands): void =>
    pe.setResult(RA, e.and(e.rotateRight(e.get(RS), right), kept), Rc),
  syntax: (fields: MDFields) => [r(fields.RA), r(fields.RS), decimal(shOf(fields)), decimal(mOf(fields))],
});

interface MDSFields {
  readonly RS: number;
  readonly RA: number;
  readonly RB: number;
  readonly m: number;
  readonly m5: number;
}
const MDS = (mask: (m: number) => bigint) => ({
  operands: (fields: MDSFields) => ({ RS: GPR(fields.RS), RA: GPR(fields.RA), RB: GPR(fields.RB), mask: mask(mOf(fields)) }),
  execute: (
    pe: Pseudocode,
    e: Emitter,
    { Rc }: Rc,
    { RS, RA, RB, mask: kept }: { readonly RS: Slot; readonly RA: Slot; readonly RB: Slot; readonly mask: Value },
  ): void => pe.setResult(RA, e.and(rotateLeft(e, e.get(RS), e.get(RB)), kept), Rc),
  syntax: (fields: MDSFields) => [r(fields.RA), r(fields.RS), r(fields.RB), decimal(mOf(fields))],
});

/** The same for doublewords. */
const ROTATE_DOUBLEWORD = [
  power('rldicl', '011110 RS:5 RA:5 sh:5 m:5 m5 000 sh5 Rc!', {
    ...MD(m => MASK(m, 63)),
    alias: fields => {
      const [mb, sh] = [mOf(fields), shOf(fields)];
      if (mb === 0) return [dot('rotldi', fields.Rc), r(fields.RA), r(fields.RS), decimal(sh)];
      if (sh === 0) return [dot('clrldi', fields.Rc), r(fields.RA), r(fields.RS), decimal(mb)];
      return sh === 64 - mb ? [dot('srdi', fields.Rc), r(fields.RA), r(fields.RS), decimal(mb)] : undefined;
    },
  }),
  power('rldicr', '011110 RS:5 RA:5 sh:5 m:5 m5 001 sh5 Rc!', {
    ...MD(m => MASK(0, m)),
    alias: fields => {
      const sh = shOf(fields);
      if (sh === 0) return [dot('clrrdi', fields.Rc), r(fields.RA), r(fields.RS), decimal(63 - mOf(fields))];
      return mOf(fields) === 63 - sh ? [dot('sldi', fields.Rc), r(fields.RA), r(fields.RS), decimal(sh)] : undefined;
    },
  }),
  power(
    'rldic',
    '011110 RS:5 RA:5 sh:5 m:5 m5 010 sh5 Rc!',
    MD((m, sh) => MASK(m, 63 - sh)),
  ),
  power('rldimi', '011110 RS:5 RA:5 sh:5 m:5 m5 011 sh5 Rc!', {
    ...MD((m, sh) => MASK(m, 63 - sh)),
    execute: (pe, e, control, operands) => insert(pe, e, control, operands, false),
  }),
  power('rldcl', '011110 RS:5 RA:5 RB:5 m:5 m5 1000 Rc!', {
    ...MDS(m => MASK(m, 63)),
    alias: fields => (mOf(fields) === 0 ? [dot('rotld', fields.Rc), r(fields.RA), r(fields.RS), r(fields.RB)] : undefined),
  }),
  power(
    'rldcr',
    '011110 RS:5 RA:5 RB:5 m:5 m5 1001 Rc!',
    MDS(m => MASK(0, m)),
  ),
];

interface XFields {
  readonly RS: number;
  readonly RA: number;
  readonly RB: number;
}
const X = (shift: (pe: Pseudocode, e: Emitter, s: Value, b: Value) => Value) => ({
  operands: ({ RS, RA, RB }: XFields) => ({ RS: GPR(RS), RA: GPR(RA), RB: GPR(RB) }),
  execute: (pe: Pseudocode, e: Emitter, { Rc }: Rc, { RS, RA, RB }: { readonly RS: Slot; readonly RA: Slot; readonly RB: Slot }): void =>
    pe.setResult(RA, shift(pe, e, e.get(RS), e.get(RB)), Rc),
  syntax: ({ RS, RA, RB }: XFields) => [r(RA), r(RS), r(RB)],
});

/** `shifted`, or `otherwise` where bit `beyond` of the amount says that nothing of the operand is left. */
const unlessBeyond = (e: Emitter, amount: Value, beyond: bigint, shifted: Value, otherwise: Value): Value =>
  e.select(e.isZero(e.and(amount, e.constant(beyond))), shifted, otherwise);

/** Shifts right of signed numbers: XER[CA] says that a negative number has lost one bits. `amount` is 0 to 63; both are kept by `let`. */
function shiftRightAlgebraic(pe: Pseudocode, e: Emitter, value: Value, amount: Value): Value {
  const result = e.let(e.shiftRightSigned(value, amount));
  const isExact = e.equal(e.shiftLeft(result, amount), value);
  pe.setCarry(e.both(e.lessSigned(value, e.constant(0n)), e.negate(isExact)));
  return result;
}

/** The same by an amount that may be `width` or more, which leaves nothing but signs. */
function shiftRightAlgebraicByRegister(pe: Pseudocode, e: Emitter, s: Value, amountSource: Value, width: bigint): Value {
  const [value, source] = [e.let(s), e.let(amountSource)];
  const isBeyond = e.let(e.and(source, e.constant(width)));
  const amount = e.let(e.select(e.isZero(isBeyond), e.and(source, e.constant(width - 1n)), e.constant(63n)));
  const result = e.let(e.shiftRightSigned(value, amount));
  const isExact = e.both(e.isZero(isBeyond), e.equal(e.shiftLeft(result, amount), value));
  pe.setCarry(e.both(e.lessSigned(value, e.constant(0n)), e.negate(isExact)));
  return result;
}

interface ShiftImmediate {
  readonly RS: Slot;
  readonly RA: Slot;
  readonly SH: Value;
}

/** Power ISA, Fixed-Point Shift Instructions. */
const SHIFT = [
  power(
    'slw',
    '011111 RS:5 RA:5 RB:5 0000011000 Rc!',
    X((_pe, e, s, b) => {
      const amount = e.let(b);
      const shifted = e.zeroExtend(e.shiftLeft(s, e.and(amount, e.constant(31n))), 32);
      return unlessBeyond(e, amount, 32n, shifted, e.constant(0n));
    }),
  ),
  power(
    'srw',
    '011111 RS:5 RA:5 RB:5 1000011000 Rc!',
    X((_pe, e, s, b) => e.shiftRightUnsigned(e.zeroExtend(s, 32), b)),
  ),
  power(
    'sld',
    '011111 RS:5 RA:5 RB:5 0000011011 Rc!',
    X((_pe, e, s, b) => {
      const amount = e.let(b);
      return unlessBeyond(e, amount, 64n, e.shiftLeft(s, amount), e.constant(0n));
    }),
  ),
  power(
    'srd',
    '011111 RS:5 RA:5 RB:5 1000011011 Rc!',
    X((_pe, e, s, b) => {
      const amount = e.let(b);
      return unlessBeyond(e, amount, 64n, e.shiftRightUnsigned(s, amount), e.constant(0n));
    }),
  ),
  power(
    'sraw',
    '011111 RS:5 RA:5 RB:5 1100011000 Rc!',
    X((pe, e, s, b) => shiftRightAlgebraicByRegister(pe, e, e.signExtend(s, 32), b, 32n)),
  ),
  power(
    'srad',
    '011111 RS:5 RA:5 RB:5 1100011010 Rc!',
    X((pe, e, s, b) => shiftRightAlgebraicByRegister(pe, e, s, b, 64n)),
  ),
  power('srawi', '011111 RS:5 RA:5 SH:5 1100111000 Rc!', {
    operands: ({ RS, RA, SH }) => ({ RS: GPR(RS), RA: GPR(RA), SH: small(SH) }),
    execute: (pe, e, { Rc }, { RS, RA, SH }: ShiftImmediate) =>
      pe.setResult(RA, shiftRightAlgebraic(pe, e, e.let(e.signExtend(e.get(RS), 32)), SH), Rc),
    syntax: ({ RS, RA, SH }) => [r(RA), r(RS), decimal(SH)],
  }),
  power('sradi', '011111 RS:5 RA:5 sh:5 110011101 sh5 Rc!', {
    operands: ({ RS, RA, sh, sh5 }) => ({ RS: GPR(RS), RA: GPR(RA), SH: small(shOf({ sh, sh5 })) }),
    execute: (pe, e, { Rc }, { RS, RA, SH }: ShiftImmediate) => pe.setResult(RA, shiftRightAlgebraic(pe, e, e.let(e.get(RS)), SH), Rc),
    syntax: ({ RS, RA, sh, sh5 }) => [r(RA), r(RS), decimal(shOf({ sh, sh5 }))],
  }),
  power('extswsli', '011111 RS:5 RA:5 sh:5 110111101 sh5 Rc!', {
    operands: ({ RS, RA, sh, sh5 }) => ({ RS: GPR(RS), RA: GPR(RA), SH: small(shOf({ sh, sh5 })) }),
    execute: (pe, e, { Rc }, { RS, RA, SH }: ShiftImmediate) => pe.setResult(RA, e.shiftLeft(e.signExtend(e.get(RS), 32), SH), Rc),
    syntax: ({ RS, RA, sh, sh5 }) => [r(RA), r(RS), decimal(shOf({ sh, sh5 }))],
    since: 'v3.0',
  }),
];

/** Power ISA, Fixed-Point Rotate and Shift Instructions. */
export const ROTATE_AND_SHIFT = [...ROTATE_WORD, ...ROTATE_DOUBLEWORD, ...SHIFT];
