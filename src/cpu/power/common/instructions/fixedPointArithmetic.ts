// SPDX-License-Identifier: MIT
import { small } from '../../../decode/row.js';
import type { Emitter, Slot, Truth, Value } from '../../../operations/emitter.js';
import { GPR, OVERFLOW_SLOT, RAor0 } from '../registers/stateLayout.js';
import { decimal, r, signedDecimal } from './assemblyText.js';
import { longQuotient } from './longDivision.js';
import { power } from './power.js';
import { EXTS, type Pseudocode } from './pseudocode.js';

/** What an instruction of format XO computes: each part is used by the forms that report it. All but the result may be used after a `set`. */
interface Computed {
  readonly result: Value;
  /** Bits 0 and 32 become XER[CA] and XER[CA32]. */
  readonly carries?: Value;
  /** With OE = 1: bits 0 and 32 become XER[OV] and XER[OV32]; or both are the same. */
  readonly overflow?: Value;
  readonly overflowAlike?: Truth;
}
type Computation = (pe: Pseudocode, e: Emitter, a: Value, b: Value) => Computed;

interface XOFields {
  readonly RT: number;
  readonly RA: number;
  readonly RB: number;
}
interface XOOperands {
  readonly RT: Slot;
  readonly RA: Slot;
  readonly RB: Slot;
}

const report = (pe: Pseudocode, { carries, overflow, overflowAlike }: Computed, OE: boolean): void => {
  if (carries !== undefined) pe.setCarries(carries);
  if (OE && overflow !== undefined) pe.setOverflow(overflow);
  if (OE && overflowAlike !== undefined) pe.setOverflowAlike(overflowAlike);
};

const xo = (compute: Computation, OE: boolean) => ({
  operands: ({ RT, RA, RB }: XOFields) => ({ RT: GPR(RT), RA: GPR(RA), RB: GPR(RB) }),
  execute: (pe: Pseudocode, e: Emitter, { Rc }: { readonly Rc: number }, { RT, RA, RB }: XOOperands): void => {
    const computed = compute(pe, e, e.get(RA), e.get(RB));
    const result = e.let(computed.result);
    report(pe, computed, OE);
    pe.setResult(RT, result, Rc);
  },
  syntax: ({ RT, RA, RB }: XOFields) => [r(RT), r(RA), r(RB)],
});

/** Format XO with OE = 0, and with OE = 1, which is rare. */
const XO = (compute: Computation) => xo(compute, false);
const XOo = (compute: Computation) => ({ ...xo(compute, true), isOutOfLine: true });

/** The same without RB. */
const XO1 = (compute: Computation, OE = false) => ({
  operands: ({ RT, RA }: Omit<XOFields, 'RB'>) => ({ RT: GPR(RT), RA: GPR(RA) }),
  execute: (pe: Pseudocode, e: Emitter, { Rc }: { readonly Rc: number }, { RT, RA }: Omit<XOOperands, 'RB'>): void => {
    const computed = compute(pe, e, e.get(RA), e.constant(0n));
    const result = e.let(computed.result);
    report(pe, computed, OE);
    pe.setResult(RT, result, Rc);
  },
  syntax: ({ RT, RA }: Omit<XOFields, 'RB'>) => [r(RT), r(RA)],
  isOutOfLine: OE,
});
const XO1o = (compute: Computation) => XO1(compute, true);

const MINUS_1 = 0xffff_ffff_ffff_ffffn;
const withoutCarry = ({ result, overflow }: Computed): Computed => ({ result, ...(overflow === undefined ? {} : { overflow }) });

const add: Computation = (pe, _e, a, b) => withoutCarry(pe.sum(a, b));
const addc: Computation = (pe, _e, a, b) => pe.sum(a, b);
const adde: Computation = (pe, _e, a, b) => pe.sum(a, b, pe.CA());
const addme: Computation = (pe, e, a) => pe.sum(a, e.constant(MINUS_1), pe.CA());
const addze: Computation = (pe, _e, a, zero) => pe.sum(a, zero, pe.CA());
const subf: Computation = (pe, e, a, b) => withoutCarry(pe.sum(e.not(a), b, e.constant(1n)));
const subfc: Computation = (pe, e, a, b) => pe.sum(e.not(a), b, e.constant(1n));
const subfe: Computation = (pe, e, a, b) => pe.sum(e.not(a), b, pe.CA());
const subfme: Computation = (pe, e, a) => pe.sum(e.not(a), e.constant(MINUS_1), pe.CA());
const subfze: Computation = (pe, e, a, zero) => pe.sum(e.not(a), zero, pe.CA());
const neg: Computation = (pe, e, a, zero) => withoutCarry(pe.sum(e.not(a), zero, e.constant(1n)));

const mullw: Computation = (_pe, e, a, b) => {
  const result = e.let(e.multiply(e.signExtend(a, 32), e.signExtend(b, 32)));
  return { result, overflowAlike: e.negate(e.equal(result, e.signExtend(result, 32))) };
};
const mulld: Computation = (_pe, e, a, b) => {
  const [x, y] = [e.let(a), e.let(b)];
  const result = e.let(e.multiply(x, y));
  const overflowAlike = e.negate(e.equal(e.multiplyHighSigned(x, y), e.shiftRightSigned(result, e.constant(63n))));
  return { result, overflowAlike };
};
/** Bits 0:31 of RT are undefined after mulhw and mulhwu. Choice: zero, as QEMU has it. */
const highWord = (e: Emitter, product: Value): Computed => ({ result: e.shiftRightUnsigned(product, e.constant(32n)) });

/** Division by zero, and of the most negative number by -1: RT is undefined. Choice: the dividend, as QEMU has it. Bits 0:31 of divw's RT: zero. */
const divw: Computation = (_pe, e, a, b) => {
  const [x, y] = [e.let(e.signExtend(a, 32)), e.let(e.signExtend(b, 32))];
  const isTooLarge = e.both(e.equal(x, e.constant(EXTS(0x8000_0000, 32))), e.equal(y, e.constant(MINUS_1)));
  const result = e.zeroExtend(e.select(e.isZero(y), x, e.divideSigned(x, y)), 32);
  return { result, overflowAlike: e.either(e.isZero(y), isTooLarge) };
};
const divwu: Computation = (_pe, e, a, b) => {
  const [x, y] = [e.let(e.zeroExtend(a, 32)), e.let(e.zeroExtend(b, 32))];
  return { result: e.select(e.isZero(y), x, e.divideUnsigned(x, y)), overflowAlike: e.isZero(y) };
};
const divd: Computation = (_pe, e, a, b) => {
  const [x, y] = [e.let(a), e.let(b)];
  const isTooLarge = e.both(e.equal(x, e.constant(1n << 63n)), e.equal(y, e.constant(MINUS_1)));
  return { result: e.select(e.isZero(y), x, e.divideSigned(x, y)), overflowAlike: e.either(e.isZero(y), isTooLarge) };
};
const divdu: Computation = (_pe, e, a, b) => {
  const [x, y] = [e.let(a), e.let(b)];
  return { result: e.select(e.isZero(y), x, e.divideUnsigned(x, y)), overflowAlike: e.isZero(y) };
};

/** Extended divisions whose quotient does not fit leave RT undefined. Choice: zero, as QEMU has it. */
const fitting = (e: Emitter, quotient: Value, isOverflow: Truth): Computed => ({
  result: e.select(isOverflow, e.constant(0n), quotient),
  overflowAlike: isOverflow,
});
const divwe: Computation = (_pe, e, a, b) => {
  const [x, y] = [e.let(e.shiftLeft(a, e.constant(32n))), e.let(e.signExtend(b, 32))];
  const quotient = e.let(e.divideSigned(x, y));
  const isTooLarge = e.both(e.equal(x, e.constant(1n << 63n)), e.equal(y, e.constant(MINUS_1)));
  return fitting(e, quotient, e.either(e.either(e.isZero(y), isTooLarge), e.negate(e.equal(quotient, e.signExtend(quotient, 32)))));
};
const divweu: Computation = (_pe, e, a, b) => {
  const [x, y] = [e.let(e.shiftLeft(a, e.constant(32n))), e.let(e.zeroExtend(b, 32))];
  const quotient = e.let(e.divideUnsigned(x, y));
  return fitting(e, quotient, e.either(e.isZero(y), e.negate(e.equal(quotient, e.zeroExtend(quotient, 32)))));
};
const divdeu: Computation = (_pe, e, a, b) => {
  const [x, y] = [e.let(a), e.let(b)];
  return fitting(e, e.let(longQuotient(e, x, y)), e.negate(e.lessUnsigned(x, y)));
};
const divde: Computation = (_pe, e, a, b) => {
  const [x, y] = [e.let(a), e.let(b)];
  const magnitude = (v: Value): Value => e.let(e.select(e.lessSigned(v, e.constant(0n)), e.subtract(e.constant(0n), v), v));
  const [dividend, divisor] = [magnitude(x), magnitude(y)];
  const quotient = e.let(longQuotient(e, dividend, divisor));
  const isNegative = e.lessSigned(e.xor(x, y), e.constant(0n));
  const largest = e.select(isNegative, e.constant(1n << 63n), e.constant((1n << 63n) - 1n));
  const isOverflow = e.either(e.negate(e.lessUnsigned(dividend, divisor)), e.lessUnsigned(largest, quotient));
  return fitting(e, e.let(e.select(isNegative, e.subtract(e.constant(0n), quotient), quotient)), isOverflow);
};

interface DFields {
  readonly RT: number;
  readonly RA: number;
  readonly SI: number;
}
const signedImmediate = ({ RT, RA, SI }: DFields): readonly string[] => [r(RT), r(RA), signedDecimal(SI, 16)];

/** Power ISA, Fixed-Point Arithmetic Instructions: format D, and addpcis of format DX. */
const IMMEDIATE = [
  power('addi', '001110 RT:5 RA:5 SI:16', {
    operands: ({ RT, RA, SI }) => ({ RT: GPR(RT), RA: RAor0(RA), SI: EXTS(SI, 16) }),
    execute: (_pe, e, _c, { RT, RA, SI }) => e.set(RT, e.add(e.get(RA), SI)),
    syntax: signedImmediate,
    alias: ({ RT, RA, SI }) => (RA === 0 ? ['li', r(RT), signedDecimal(SI, 16)] : undefined),
  }),
  power('addis', '001111 RT:5 RA:5 SI:16', {
    operands: ({ RT, RA, SI }) => ({ RT: GPR(RT), RA: RAor0(RA), SI: EXTS(SI * 0x1_0000, 32) }),
    execute: (_pe, e, _c, { RT, RA, SI }) => e.set(RT, e.add(e.get(RA), SI)),
    syntax: signedImmediate,
    alias: ({ RT, RA, SI }) => (RA === 0 ? ['lis', r(RT), signedDecimal(SI, 16)] : undefined),
  }),
  power('addpcis', '010011 RT:5 d1:5 d0:10 00010 d2', {
    operands: ({ RT, d0, d1, d2 }) => ({ RT: GPR(RT), D: EXTS(((d0 << 6) | (d1 << 1) | d2) * 0x1_0000, 32) }),
    execute: (pe, e, _c, { RT, D }) => e.set(RT, e.add(pe.address(e.add(e.programCounter(), e.constant(4n))), D)),
    syntax: ({ RT, d0, d1, d2 }) => [r(RT), signedDecimal((d0 << 6) | (d1 << 1) | d2, 16)],
    alias: ({ RT, d0, d1, d2 }) => (d0 === 0 && d1 === 0 && d2 === 0 ? ['lnia', r(RT)] : undefined),
    since: 'v3.0',
  }),
  power('addic', '001100 RT:5 RA:5 SI:16', {
    operands: ({ RT, RA, SI }) => ({ RT: GPR(RT), RA: GPR(RA), SI: EXTS(SI, 16) }),
    execute: (pe, e, _c, { RT, RA, SI }) => {
      const { result, carries } = pe.sum(e.get(RA), SI);
      pe.setCarries(carries);
      e.set(RT, result);
    },
    syntax: signedImmediate,
  }),
  power('addic.', '001101 RT:5 RA:5 SI:16', {
    operands: ({ RT, RA, SI }) => ({ RT: GPR(RT), RA: GPR(RA), SI: EXTS(SI, 16) }),
    execute: (pe, e, _c, { RT, RA, SI }) => {
      const { result, carries } = pe.sum(e.get(RA), SI);
      pe.setCarries(carries);
      pe.setResult(RT, result, 1);
    },
    syntax: signedImmediate,
  }),
  power('subfic', '001000 RT:5 RA:5 SI:16', {
    operands: ({ RT, RA, SI }) => ({ RT: GPR(RT), RA: GPR(RA), SI: EXTS(SI, 16) }),
    execute: (pe, e, _c, { RT, RA, SI }) => {
      const { result, carries } = pe.sum(e.not(e.get(RA)), SI, e.constant(1n));
      pe.setCarries(carries);
      e.set(RT, result);
    },
    syntax: signedImmediate,
  }),
  power('mulli', '000111 RT:5 RA:5 SI:16', {
    operands: ({ RT, RA, SI }) => ({ RT: GPR(RT), RA: GPR(RA), SI: EXTS(SI, 16) }),
    execute: (_pe, e, _c, { RT, RA, SI }) => e.set(RT, e.multiply(e.get(RA), SI)),
    syntax: signedImmediate,
  }),
];

// biome-ignore format: a table
const ADDITIONS = [
  power('add',     '011111 RT:5 RA:5 RB:5 0 100001010 Rc!', XO(add)),
  power('addo',    '011111 RT:5 RA:5 RB:5 1 100001010 Rc!', XOo(add)),
  power('addc',    '011111 RT:5 RA:5 RB:5 0 000001010 Rc!', XO(addc)),
  power('addco',   '011111 RT:5 RA:5 RB:5 1 000001010 Rc!', XOo(addc)),
  power('adde',    '011111 RT:5 RA:5 RB:5 0 010001010 Rc!', XO(adde)),
  power('addeo',   '011111 RT:5 RA:5 RB:5 1 010001010 Rc!', XOo(adde)),
  power('addme',   '011111 RT:5 RA:5 ----- 0 011101010 Rc!', XO1(addme)),
  power('addmeo',  '011111 RT:5 RA:5 ----- 1 011101010 Rc!', XO1o(addme)),
  power('addze',   '011111 RT:5 RA:5 ----- 0 011001010 Rc!', XO1(addze)),
  power('addzeo',  '011111 RT:5 RA:5 ----- 1 011001010 Rc!', XO1o(addze)),
  power('subf',    '011111 RT:5 RA:5 RB:5 0 000101000 Rc!', XO(subf)),
  power('subfo',   '011111 RT:5 RA:5 RB:5 1 000101000 Rc!', XOo(subf)),
  power('subfc',   '011111 RT:5 RA:5 RB:5 0 000001000 Rc!', XO(subfc)),
  power('subfco',  '011111 RT:5 RA:5 RB:5 1 000001000 Rc!', XOo(subfc)),
  power('subfe',   '011111 RT:5 RA:5 RB:5 0 010001000 Rc!', XO(subfe)),
  power('subfeo',  '011111 RT:5 RA:5 RB:5 1 010001000 Rc!', XOo(subfe)),
  power('subfme',  '011111 RT:5 RA:5 ----- 0 011101000 Rc!', XO1(subfme)),
  power('subfmeo', '011111 RT:5 RA:5 ----- 1 011101000 Rc!', XO1o(subfme)),
  power('subfze',  '011111 RT:5 RA:5 ----- 0 011001000 Rc!', XO1(subfze)),
  power('subfzeo', '011111 RT:5 RA:5 ----- 1 011001000 Rc!', XO1o(subfze)),
  power('neg',     '011111 RT:5 RA:5 ----- 0 001101000 Rc!', XO1(neg)),
  power('nego',    '011111 RT:5 RA:5 ----- 1 001101000 Rc!', XO1o(neg)),
];

// biome-ignore format: a table
const MULTIPLICATIONS = [
  power('mullw',   '011111 RT:5 RA:5 RB:5 0 011101011 Rc!', XO(mullw)),
  power('mullwo',  '011111 RT:5 RA:5 RB:5 1 011101011 Rc!', XOo(mullw)),
  power('mulhw',   '011111 RT:5 RA:5 RB:5 - 001001011 Rc!', XO((_pe, e, a, b) => highWord(e, e.multiply(e.signExtend(a, 32), e.signExtend(b, 32))))),
  power('mulhwu',  '011111 RT:5 RA:5 RB:5 - 000001011 Rc!', XO((_pe, e, a, b) => highWord(e, e.multiply(e.zeroExtend(a, 32), e.zeroExtend(b, 32))))),
  power('mulld',   '011111 RT:5 RA:5 RB:5 0 011101001 Rc!', XO((_pe, e, a, b) => ({ result: e.multiply(a, b) }))),
  power('mulldo',  '011111 RT:5 RA:5 RB:5 1 011101001 Rc!', XOo(mulld)),
  power('mulhd',   '011111 RT:5 RA:5 RB:5 - 001001001 Rc!', XO((_pe, e, a, b) => ({ result: e.multiplyHighSigned(a, b) }))),
  power('mulhdu',  '011111 RT:5 RA:5 RB:5 - 000001001 Rc!', XO((_pe, e, a, b) => ({ result: e.multiplyHighUnsigned(a, b) }))),
];

// biome-ignore format: a table
const DIVISIONS = [
  power('divw',    '011111 RT:5 RA:5 RB:5 0 111101011 Rc!', XO(divw)),
  power('divwo',   '011111 RT:5 RA:5 RB:5 1 111101011 Rc!', XOo(divw)),
  power('divwu',   '011111 RT:5 RA:5 RB:5 0 111001011 Rc!', XO(divwu)),
  power('divwuo',  '011111 RT:5 RA:5 RB:5 1 111001011 Rc!', XOo(divwu)),
  power('divd',    '011111 RT:5 RA:5 RB:5 0 111101001 Rc!', XO(divd)),
  power('divdo',   '011111 RT:5 RA:5 RB:5 1 111101001 Rc!', XOo(divd)),
  power('divdu',   '011111 RT:5 RA:5 RB:5 0 111001001 Rc!', XO(divdu)),
  power('divduo',  '011111 RT:5 RA:5 RB:5 1 111001001 Rc!', XOo(divdu)),
  power('divwe',   '011111 RT:5 RA:5 RB:5 0 110101011 Rc!', { ...XO(divwe), isOutOfLine: true }),
  power('divweo',  '011111 RT:5 RA:5 RB:5 1 110101011 Rc!', XOo(divwe)),
  power('divweu',  '011111 RT:5 RA:5 RB:5 0 110001011 Rc!', { ...XO(divweu), isOutOfLine: true }),
  power('divweuo', '011111 RT:5 RA:5 RB:5 1 110001011 Rc!', XOo(divweu)),
  power('divde',   '011111 RT:5 RA:5 RB:5 0 110101001 Rc!', { ...XO(divde), isOutOfLine: true }),
  power('divdeo',  '011111 RT:5 RA:5 RB:5 1 110101001 Rc!', XOo(divde)),
  power('divdeu',  '011111 RT:5 RA:5 RB:5 0 110001001 Rc!', { ...XO(divdeu), isOutOfLine: true }),
  power('divdeuo', '011111 RT:5 RA:5 RB:5 1 110001001 Rc!', XOo(divdeu)),
];

/** The remainder of a division that has none is undefined. Choice: zero, as QEMU has it. */
const modulo = (extend: (e: Emitter, value: Value) => Value, divide: 'divideSigned' | 'divideUnsigned') => ({
  operands: ({ RT, RA, RB }: XOFields) => ({ RT: GPR(RT), RA: GPR(RA), RB: GPR(RB) }),
  execute: (_pe: Pseudocode, e: Emitter, _control: unknown, { RT, RA, RB }: XOOperands): void => {
    const [a, b] = [e.let(extend(e, e.get(RA))), e.let(extend(e, e.get(RB)))];
    const quotient = divide === 'divideSigned' ? e.divideSigned(a, b) : e.divideUnsigned(a, b);
    e.set(RT, e.select(e.isZero(b), e.constant(0n), e.subtract(a, e.multiply(quotient, b))));
  },
  syntax: ({ RT, RA, RB }: XOFields) => [r(RT), r(RA), r(RB)],
  since: 'v3.0' as const,
});

interface VAFields extends XOFields {
  readonly RC: number;
}
const multiplyAdd = (high: ((e: Emitter, a: Value, b: Value, c: Value) => Value) | undefined) => ({
  operands: ({ RT, RA, RB, RC }: VAFields) => ({ RT: GPR(RT), RA: GPR(RA), RB: GPR(RB), RC: GPR(RC) }),
  execute: (_pe: Pseudocode, e: Emitter, _control: unknown, { RT, RA, RB, RC }: XOOperands & { readonly RC: Slot }): void => {
    const [a, b, c] = [e.let(e.get(RA)), e.let(e.get(RB)), e.let(e.get(RC))];
    const low = e.let(e.add(e.multiply(a, b), c));
    e.set(RT, high === undefined ? low : e.add(high(e, a, b, c), e.fromTruth(e.lessUnsigned(low, c))));
  },
  syntax: ({ RT, RA, RB, RC }: VAFields) => [r(RT), r(RA), r(RB), r(RC)],
  since: 'v3.0' as const,
});
const maddhd = (e: Emitter, a: Value, b: Value, c: Value): Value =>
  e.add(e.multiplyHighSigned(a, b), e.shiftRightSigned(c, e.constant(63n)));
const maddhdu = (e: Emitter, a: Value, b: Value): Value => e.multiplyHighUnsigned(a, b);

// biome-ignore format: a table
const OF_VERSION_3 = [
  power('modsw',   '011111 RT:5 RA:5 RB:5 1100001011 -', modulo((e, value) => e.signExtend(value, 32), 'divideSigned')),
  power('moduw',   '011111 RT:5 RA:5 RB:5 0100001011 -', modulo((e, value) => e.zeroExtend(value, 32), 'divideUnsigned')),
  power('modsd',   '011111 RT:5 RA:5 RB:5 1100001001 -', modulo((_e, value) => value, 'divideSigned')),
  power('modud',   '011111 RT:5 RA:5 RB:5 0100001001 -', modulo((_e, value) => value, 'divideUnsigned')),
  power('maddhd',  '000100 RT:5 RA:5 RB:5 RC:5 110000', multiplyAdd(maddhd)),
  power('maddhdu', '000100 RT:5 RA:5 RB:5 RC:5 110001', multiplyAdd(maddhdu)),
  power('maddld',  '000100 RT:5 RA:5 RB:5 RC:5 110011', multiplyAdd(undefined)),
];

/** XER[OV] is the carry here. */
const ADDEX = power('addex', '011111 RT:5 RA:5 RB:5 CY:2 10101010 -', {
  where: ({ CY }) => CY === 0,
  operands: ({ RT, RA, RB }) => ({ RT: GPR(RT), RA: GPR(RA), RB: GPR(RB) }),
  execute: (pe, e, _c, { RT, RA, RB }) => {
    const { result, carries } = pe.sum(e.get(RA), e.get(RB), e.shiftRightUnsigned(e.get(OVERFLOW_SLOT), e.constant(63n)));
    e.set(OVERFLOW_SLOT, pe.bothFlags(carries));
    e.set(RT, result);
  },
  syntax: ({ RT, RA, RB, CY }) => [r(RT), r(RA), r(RB), decimal(CY)],
  since: 'v3.0',
});

/** Other values of CY are reserved. Choice: illegal. */
const RESERVED_ADDEX = power('addex (reserved CY)', '011111 RT:5 RA:5 RB:5 CY:2 10101010 -', {
  where: ({ CY }) => CY !== 0,
  operands: () => ({}),
  execute: pe => pe.leave('illegal'),
  syntax: ({ RT, RA, RB, CY }) => [r(RT), r(RA), r(RB), decimal(CY)],
  since: 'v3.0',
});

/** darn: a random number, which the owner of all input provides. */
const DARN = power('darn', '011111 RT:5 --- L:2 ----- 1011110011 -', {
  operands: ({ RT, L }) => ({ payload: small((RT << 2) | L) }),
  execute: (pe, _e, _c, { payload }) => pe.leave('darn', payload),
  syntax: ({ RT, L }) => [r(RT), decimal(L)],
  since: 'v3.0',
});

/** Power ISA, Fixed-Point Arithmetic Instructions. */
export const FIXED_POINT_ARITHMETIC = [
  ...IMMEDIATE,
  ...ADDITIONS,
  ...MULTIPLICATIONS,
  ...DIVISIONS,
  ...OF_VERSION_3,
  ADDEX,
  RESERVED_ADDEX,
  DARN,
];
