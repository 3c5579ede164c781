// SPDX-License-Identifier: MIT

import { instruction, small } from '../../decode/row.js';
import type { Emitter, Value } from '../../operations/emitter.js';
import type { Feature } from '../features.js';
import { toX, X, XorSP } from '../registers/stateLayout.js';
import {
  conditionName,
  decimal,
  EXTENSIONS,
  leftShift,
  oppositeConditionName,
  registerName,
  registerOrSPName,
  shiftText,
} from './assemblyText.js';
import {
  ConditionHolds,
  flagsOperands,
  isRareCondition,
  setFlagsExplicitly,
  setFlagsFromOperands,
  setFlagsOfAddition,
  setFlagsOfResult,
  setFlagsOfSubtraction,
} from './flags.js';
import { extendRegister, narrow, shiftRegister } from './pseudocode.js';

/** Logical operations by `opc` and whether the second operand is inverted (`N`). */
function logical(e: Emitter, opc: number, N: number, a: Value, b: Value): Value {
  const operand = N ? e.not(b) : b;
  switch (opc) {
    case 0b01:
      return e.or(a, operand);
    case 0b10:
      return e.xor(a, operand);
    default:
      return e.and(a, operand);
  }
}

const LOGICAL_NAMES = ['and', 'bic', 'orr', 'orn', 'eor', 'eon', 'ands', 'bics'] as const;

function logicalAssembly(fields: { sf: number; opc: number; N: number; Rm: number; shift: number; imm6: number; Rn: number; Rd: number }) {
  const { sf, opc, N, Rm, shift, imm6, Rn, Rd } = fields;
  const [d, n, m] = [registerName(sf, Rd), registerName(sf, Rn), registerName(sf, Rm)];
  const amount = shiftText(shift, imm6);
  if (opc === 0b01 && Rn === 31 && N === 1) return ['mvn', d, m, amount] as const;
  if (opc === 0b01 && Rn === 31 && amount === false) return ['mov', d, m] as const;
  if (opc === 0b11 && Rd === 31 && N === 0) return ['tst', n, m, amount] as const;
  return [LOGICAL_NAMES[2 * opc + N] ?? '', d, n, m, amount] as const;
}

const isShiftedByMore = ({ sf, shift, imm6 }: { sf: number; shift: number; imm6: number }): boolean =>
  (sf === 1 || imm6 < 32) && (shift !== 0 || imm6 !== 0);

/**
 * Arm DDI 0487, Data Processing -- Register: Logical (shifted register). The encodings without a shift
 * are rows of their own, because nearly all uses are.
 */
const LOGICAL_SHIFTED = [
  instruction('AND, BIC, ORR, ORN, EOR, EON (register)', 'sf! opc!:2 01010 00 N! Rm:5 000000 Rn:5 Rd:5', {
    where: ({ opc }) => opc !== 0b11,
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf, opc, N }, { d, n, m }) => e.set(d, narrow(e, sf, logical(e, opc, N, e.get(n), e.get(m)))),
    assembly: fields => logicalAssembly({ ...fields, shift: 0, imm6: 0 }),
  }),
  instruction('AND, BIC, ORR, ORN, EOR, EON (shifted register)', 'sf! opc!:2 01010 shift!:2 N! Rm:5 imm6:6 Rn:5 Rd:5', {
    where: fields => fields.opc !== 0b11 && isShiftedByMore(fields),
    operands: ({ Rm, imm6, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm), amount: small(imm6) }),
    execute: (e, { sf, opc, shift, N }, { d, n, m, amount }) =>
      e.set(d, narrow(e, sf, logical(e, opc, N, e.get(n), shiftRegister(e, sf, shift, e.get(m), amount)))),
    isRare: ({ N }) => N === 1,
    assembly: logicalAssembly,
  }),
  instruction('ANDS, BICS (shifted register)', 'sf! 11 01010 shift!:2 N! Rm:5 imm6:6 Rn:5 Rd:5', {
    where: ({ sf, imm6 }) => sf === 1 || imm6 < 32,
    operands: ({ Rm, imm6, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm), amount: small(imm6) }),
    execute: (e, { sf, shift, N }, { d, n, m, amount }) => {
      const result = e.let(narrow(e, sf, logical(e, 0b11, N, e.get(n), shiftRegister(e, sf, shift, e.get(m), amount))));
      setFlagsOfResult(e, sf, result);
      e.set(d, result);
    },
    isRare: ({ N }) => N === 1,
    assembly: fields => logicalAssembly({ ...fields, opc: 0b11 }),
  }),
];

const combine = (e: Emitter, op: number, a: Value, b: Value): Value => (op ? e.subtract(a, b) : e.add(a, b));

function addSubtractAssembly(fields: {
  sf: number;
  op: number;
  S: number;
  Rm: number;
  shift: number;
  imm6: number;
  Rn: number;
  Rd: number;
}) {
  const { sf, op, S, Rm, shift, imm6, Rn, Rd } = fields;
  const [d, n, m] = [registerName(sf, Rd), registerName(sf, Rn), registerName(sf, Rm)];
  const amount = shiftText(shift, imm6);
  if (S && Rd === 31) return [op ? 'cmp' : 'cmn', n, m, amount] as const;
  if (op && Rn === 31) return [S ? 'negs' : 'neg', d, m, amount] as const;
  return [`${op ? 'sub' : 'add'}${S ? 's' : ''}`, d, n, m, amount] as const;
}

/** Sets the flags and the destination of ADDS and SUBS. */
function addSubtractWithFlags(e: Emitter, sf: number, op: number, set: (result: Value) => void, n: Value, m: Value): void {
  const a = e.let(n);
  const b = e.let(m);
  (op ? setFlagsOfSubtraction : setFlagsOfAddition)(e, sf, a, b);
  set(narrow(e, sf, combine(e, op, a, b)));
}

/** Add/subtract (shifted register), again with rows for what is not shifted. */
const ADD_SUBTRACT_SHIFTED = [
  instruction('ADD, SUB (register)', 'sf! op! 0 01011 00 0 Rm:5 000000 Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf, op }, { d, n, m }) => e.set(d, narrow(e, sf, combine(e, op, e.get(n), e.get(m)))),
    assembly: fields => addSubtractAssembly({ ...fields, S: 0, shift: 0, imm6: 0 }),
  }),
  instruction('ADDS, SUBS (register)', 'sf! op! 1 01011 00 0 Rm:5 000000 Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf, op }, { d, n, m }) => addSubtractWithFlags(e, sf, op, result => e.set(d, result), e.get(n), e.get(m)),
    assembly: fields => addSubtractAssembly({ ...fields, S: 1, shift: 0, imm6: 0 }),
  }),
  instruction('ADD, SUB (shifted register)', 'sf! op! 0 01011 shift!:2 0 Rm:5 imm6:6 Rn:5 Rd:5', {
    where: fields => fields.shift !== 0b11 && isShiftedByMore(fields),
    operands: ({ Rm, imm6, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm), amount: small(imm6) }),
    execute: (e, { sf, op, shift }, { d, n, m, amount }) =>
      e.set(d, narrow(e, sf, combine(e, op, e.get(n), shiftRegister(e, sf, shift, e.get(m), amount)))),
    assembly: fields => addSubtractAssembly({ ...fields, S: 0 }),
  }),
  instruction('ADDS, SUBS (shifted register)', 'sf! op! 1 01011 shift!:2 0 Rm:5 imm6:6 Rn:5 Rd:5', {
    where: fields => fields.shift !== 0b11 && isShiftedByMore(fields),
    operands: ({ Rm, imm6, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm), amount: small(imm6) }),
    execute: (e, { sf, op, shift }, { d, n, m, amount }) =>
      addSubtractWithFlags(e, sf, op, result => e.set(d, result), e.get(n), shiftRegister(e, sf, shift, e.get(m), amount)),
    assembly: fields => addSubtractAssembly({ ...fields, S: 1 }),
  }),
];

function extendedAssembly(fields: { sf: number; op: number; S: number; Rm: number; option: number; imm3: number; Rn: number; Rd: number }) {
  const { sf, op, S, Rm, option, imm3, Rn, Rd } = fields;
  const m = registerName(sf && (option & 0b011) === 0b011 ? 1 : 0, Rm);
  // With the stack pointer, the extension that changes nothing is written as a shift.
  const isPlain = (Rn === 31 || (!S && Rd === 31)) && option === (sf ? 0b011 : 0b010);
  const extension = isPlain ? leftShift(imm3) : `${EXTENSIONS[option]}${imm3 === 0 ? '' : ` #${imm3}`}`;
  const n = registerOrSPName(sf, Rn);
  if (S && Rd === 31) return [op ? 'cmp' : 'cmn', n, m, extension] as const;
  return [`${op ? 'sub' : 'add'}${S ? 's' : ''}`, (S ? registerName : registerOrSPName)(sf, Rd), n, m, extension] as const;
}

/** Bytes and halfwords that are extended to 64 bits. */
const isRareExtension = ({ sf, option }: { readonly sf: number; readonly option: number }): boolean => sf === 1 && (option & 0b010) === 0;

/** Add/subtract (extended register). */
const ADD_SUBTRACT_EXTENDED = [
  instruction('ADD, SUB (extended register)', 'sf! op! 0 01011 00 1 Rm:5 option!:3 imm3:3 Rn:5 Rd:5', {
    where: ({ imm3 }) => imm3 <= 4,
    operands: ({ Rm, imm3, Rn, Rd }) => ({ d: XorSP(Rd), n: XorSP(Rn), m: X(Rm), amount: small(imm3) }),
    execute: (e, { sf, op, option }, { d, n, m, amount }) =>
      e.set(d, narrow(e, sf, combine(e, op, e.get(n), e.shiftLeft(extendRegister(e, option, e.get(m)), amount)))),
    isRare: isRareExtension,
    assembly: fields => extendedAssembly({ ...fields, S: 0 }),
  }),
  instruction('ADDS, SUBS (extended register)', 'sf! op! 1 01011 00 1 Rm:5 option!:3 imm3:3 Rn:5 Rd:5', {
    where: ({ imm3 }) => imm3 <= 4,
    operands: ({ Rm, imm3, Rn, Rd }) => ({ d: toX(Rd), n: XorSP(Rn), m: X(Rm), amount: small(imm3) }),
    execute: (e, { sf, op, option }, { d, n, m, amount }) => {
      const operand2 = e.shiftLeft(extendRegister(e, option, e.get(m)), amount);
      addSubtractWithFlags(e, sf, op, result => e.set(d, result), e.get(n), operand2);
    },
    isRare: control => control.op === 0 || isRareExtension(control),
    assembly: fields => extendedAssembly({ ...fields, S: 1 }),
  }),
];

/** The carry flag as 1 or 0. Condition 0010 is CS. */
const carryFlag = (e: Emitter): Value => e.fromTruth(ConditionHolds(e, 0b0010));

/** Arm DDI 0487, AddWithCarry(), without its flags. */
const addWithCarry = (e: Emitter, a: Value, b: Value, carry: Value): Value => e.add(e.add(a, b), carry);

/** The flags of `a + b + carry` = `sum`, of which both operands have `sf` ? 64 : 32 bits. */
function flagsOfAddWithCarry(e: Emitter, sf: number, a: Value, b: Value, sum: Value): Value {
  const highest = sf ? 63n : 31n;
  const signOf = (value: Value): Value => e.and(e.shiftRightUnsigned(value, e.constant(highest)), e.constant(1n));
  const at = (bit: Value, position: bigint): Value => e.shiftLeft(bit, e.constant(position));
  const carry = e.or(e.and(a, b), e.and(e.or(a, b), e.not(sum)));
  const overflow = e.and(e.xor(a, sum), e.xor(b, sum));
  return e.or(
    e.or(at(signOf(sum), 31n), at(e.fromTruth(e.isZero(narrow(e, sf, sum))), 30n)),
    e.or(at(signOf(carry), 29n), at(signOf(overflow), 28n)),
  );
}

/** Add/subtract (with carry). */
const ADD_SUBTRACT_WITH_CARRY = [
  instruction('ADC, SBC', 'sf! op! 0 11010000 Rm:5 000000 Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf, op }, { d, n, m }) =>
      e.set(d, narrow(e, sf, addWithCarry(e, e.get(n), op ? e.not(e.get(m)) : e.get(m), carryFlag(e)))),
    isRare: () => true,
    assembly: ({ sf, op, Rm, Rn, Rd }) =>
      op && Rn === 31
        ? ['ngc', registerName(sf, Rd), registerName(sf, Rm)]
        : [op ? 'sbc' : 'adc', registerName(sf, Rd), registerName(sf, Rn), registerName(sf, Rm)],
  }),
  instruction('ADCS, SBCS', 'sf! op! 1 11010000 Rm:5 000000 Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf, op }, { d, n, m }) => {
      const a = e.let(e.get(n));
      const b = e.let(op ? e.not(e.get(m)) : e.get(m));
      const sum = e.let(addWithCarry(e, a, b, carryFlag(e)));
      setFlagsExplicitly(e, flagsOfAddWithCarry(e, sf, a, b, sum));
      e.set(d, narrow(e, sf, sum));
    },
    isRare: () => true,
    assembly: ({ sf, op, Rm, Rn, Rd }) =>
      op && Rn === 31
        ? ['ngcs', registerName(sf, Rd), registerName(sf, Rm)]
        : [op ? 'sbcs' : 'adcs', registerName(sf, Rd), registerName(sf, Rn), registerName(sf, Rm)],
  }),
];

/** The flags of a comparison if `cond` holds, `nzcv` otherwise. */
function conditionalCompare(
  e: Emitter,
  sf: number,
  op: number,
  cond: number,
  n: Value,
  m: Value,
  otherwise: readonly [Value, Value, Value],
): void {
  const a = e.let(n);
  const b = e.let(m);
  e.if(
    ConditionHolds(e, cond),
    () => (op ? setFlagsOfSubtraction : setFlagsOfAddition)(e, sf, a, b),
    () => setFlagsFromOperands(e, ...otherwise),
  );
}

/** CCMN, and the conditions that are not of a comparison. */
const isRareConditionalCompare = ({ op, cond }: { readonly op: number; readonly cond: number }): boolean =>
  op === 0 || cond >> 1 === 0b010 || isRareCondition(cond);

/** Conditional compare (register) and (immediate). */
const CONDITIONAL_COMPARE = [
  instruction('CCMN, CCMP (register)', 'sf! op! 1 11010010 Rm:5 cond!:4 0 0 Rn:5 0 nzcv:4', {
    operands: ({ Rm, Rn, nzcv }) => ({ n: X(Rn), m: X(Rm), ...flagsOperands(nzcv) }),
    execute: (e, { sf, op, cond }, { n, m, kind, first, second }) =>
      conditionalCompare(e, sf, op, cond, e.get(n), e.get(m), [kind, first, second]),
    isRare: isRareConditionalCompare,
    assembly: ({ sf, op, Rm, cond, Rn, nzcv }) => [
      op ? 'ccmp' : 'ccmn',
      registerName(sf, Rn),
      registerName(sf, Rm),
      decimal(nzcv),
      conditionName(cond),
    ],
  }),
  instruction('CCMN, CCMP (immediate)', 'sf! op! 1 11010010 imm5:5 cond!:4 1 0 Rn:5 0 nzcv:4', {
    operands: ({ imm5, Rn, nzcv }) => ({ n: X(Rn), imm: small(imm5), ...flagsOperands(nzcv) }),
    execute: (e, { sf, op, cond }, { n, imm, kind, first, second }) =>
      conditionalCompare(e, sf, op, cond, e.get(n), imm, [kind, first, second]),
    isRare: isRareConditionalCompare,
    assembly: ({ sf, op, imm5, cond, Rn, nzcv }) => [
      op ? 'ccmp' : 'ccmn',
      registerName(sf, Rn),
      decimal(imm5),
      decimal(nzcv),
      conditionName(cond),
    ],
  }),
];

/** Names of the conditional selects by op:o2, and of their aliases with one source and with none. */
const SELECT_NAMES = [
  { name: 'csel', ofOne: undefined, ofNone: undefined },
  { name: 'csinc', ofOne: 'cinc', ofNone: 'cset' },
  { name: 'csinv', ofOne: 'cinv', ofNone: 'csetm' },
  { name: 'csneg', ofOne: 'cneg', ofNone: 'cneg' },
] as const;

/** Conditional select. */
const CONDITIONAL_SELECT = [
  instruction('CSEL, CSINC, CSINV, CSNEG', 'sf! op! 0 11010100 Rm:5 cond!:4 0 o2! Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf, op, cond, o2 }, { d, n, m }) => {
      const inverted = op ? e.not(e.get(m)) : e.get(m);
      const otherwise = o2 ? e.add(inverted, e.constant(1n)) : inverted;
      e.set(d, narrow(e, sf, e.select(ConditionHolds(e, cond), e.get(n), otherwise)));
    },
    // Beside the rare conditions, the select of an inverted register.
    isRare: ({ op, cond, o2 }) => isRareCondition(cond) || (op === 1 && o2 === 0),
    assembly: ({ sf, op, Rm, cond, o2, Rn, Rd }) => {
      const { name, ofOne, ofNone } = SELECT_NAMES[2 * op + o2] ?? SELECT_NAMES[0];
      const d = registerName(sf, Rd);
      const n = registerName(sf, Rn);
      // The aliases name the opposite condition, which `always` does not have.
      if (ofOne === undefined || Rn !== Rm || cond >= 0b1110) return [name, d, n, registerName(sf, Rm), conditionName(cond)];
      if (Rn === 31 && ofNone !== ofOne) return [ofNone, d, oppositeConditionName(cond)];
      return [ofOne, d, n, oppositeConditionName(cond)];
    },
  }),
];

/** Exchanges neighbouring groups of `bits` bits. `mask` holds the lower one of each two. */
function exchange(e: Emitter, value: Value, bits: bigint, mask: bigint): Value {
  const kept = e.let(value);
  const amount = e.constant(bits);
  const lower = e.constant(mask);
  return e.or(e.and(e.shiftRightUnsigned(kept, amount), lower), e.shiftLeft(e.and(kept, lower), amount));
}

const NEIGHBOURS = {
  bits: [1n, 0x5555_5555_5555_5555n],
  pairs: [2n, 0x3333_3333_3333_3333n],
  nibbles: [4n, 0x0f0f_0f0f_0f0f_0f0fn],
  bytes: [8n, 0x00ff_00ff_00ff_00ffn],
  halfwords: [16n, 0x0000_ffff_0000_ffffn],
  words: [32n, 0x0000_0000_ffff_ffffn],
} as const;

const exchangeAll = (e: Emitter, value: Value, ...groups: readonly (keyof typeof NEIGHBOURS)[]): Value =>
  groups.reduce((result, group) => exchange(e, result, NEIGHBOURS[group][0], NEIGHBOURS[group][1]), value);

const oneSource = (name: string, { sf, Rn, Rd }: { sf: number; Rn: number; Rd: number }) =>
  [name, registerName(sf, Rd), registerName(sf, Rn)] as const;

/** Data-processing (1 source). */
const ONE_SOURCE = [
  instruction('RBIT', 'sf! 1 0 11010110 00000 000000 Rn:5 Rd:5', {
    operands: ({ Rn, Rd }) => ({ d: toX(Rd), n: X(Rn) }),
    execute: (e, { sf }, { d, n }) => {
      const reversed = exchangeAll(e, e.get(n), 'bits', 'pairs', 'nibbles', 'bytes', 'halfwords', 'words');
      e.set(d, sf ? reversed : e.shiftRightUnsigned(reversed, e.constant(32n)));
    },
    assembly: fields => oneSource('rbit', fields),
  }),
  instruction('REV16', 'sf! 1 0 11010110 00000 000001 Rn:5 Rd:5', {
    operands: ({ Rn, Rd }) => ({ d: toX(Rd), n: X(Rn) }),
    execute: (e, { sf }, { d, n }) => e.set(d, narrow(e, sf, exchangeAll(e, e.get(n), 'bytes'))),
    assembly: fields => oneSource('rev16', fields),
  }),
  instruction('REV (32-bit), REV32', 'sf! 1 0 11010110 00000 000010 Rn:5 Rd:5', {
    operands: ({ Rn, Rd }) => ({ d: toX(Rd), n: X(Rn) }),
    execute: (e, { sf }, { d, n }) => e.set(d, narrow(e, sf, exchangeAll(e, e.get(n), 'bytes', 'halfwords'))),
    assembly: fields => oneSource(fields.sf ? 'rev32' : 'rev', fields),
  }),
  instruction('REV (64-bit)', '1 1 0 11010110 00000 000011 Rn:5 Rd:5', {
    operands: ({ Rn, Rd }) => ({ d: toX(Rd), n: X(Rn) }),
    execute: (e, _control, { d, n }) => e.set(d, exchangeAll(e, e.get(n), 'bytes', 'halfwords', 'words')),
    assembly: fields => oneSource('rev', { ...fields, sf: 1 }),
  }),
  instruction('CLZ', 'sf! 1 0 11010110 00000 000100 Rn:5 Rd:5', {
    operands: ({ Rn, Rd }) => ({ d: toX(Rd), n: X(Rn) }),
    execute: (e, { sf }, { d, n }) => {
      const count = e.countLeadingZeros(narrow(e, sf, e.get(n)));
      e.set(d, sf ? count : e.subtract(count, e.constant(32n)));
    },
    assembly: fields => oneSource('clz', fields),
  }),
  instruction('CLS', 'sf! 1 0 11010110 00000 000101 Rn:5 Rd:5', {
    operands: ({ Rn, Rd }) => ({ d: toX(Rd), n: X(Rn) }),
    execute: (e, { sf }, { d, n }) => {
      const value = e.let(sf ? e.get(n) : e.signExtend(e.get(n), 32));
      // One bits where a bit differs from the one above it. The sign itself is not counted.
      const changes = e.xor(value, e.shiftRightSigned(value, e.constant(1n)));
      e.set(d, e.subtract(e.countLeadingZeros(changes), e.constant(sf ? 1n : 33n)));
    },
    assembly: fields => oneSource('cls', fields),
  }),
];

const twoSources = (name: string, { sf, Rm, Rn, Rd }: { sf: number; Rm: number; Rn: number; Rd: number }) =>
  [name, registerName(sf, Rd), registerName(sf, Rn), registerName(sf, Rm)] as const;

/** The polynomials of CRC32 and CRC32C, bit-reversed, as the calculation runs from bit 0. */
const CRC_POLYNOMIALS = { CRC32: 0xedb8_8320n, CRC32C: 0x82f6_3b78n } as const;

/** The CRC of `bytes` bytes of `data`, on from `accumulator`. */
function crc(e: Emitter, polynomial: bigint, accumulator: Value, data: Value, bytes: number): Value {
  let rest = e.let(e.xor(accumulator, data));
  for (let bit = 0; bit < 8 * bytes; bit++) {
    const reduced = e.and(e.subtract(e.constant(0n), e.and(rest, e.constant(1n))), e.constant(polynomial));
    rest = e.let(e.xor(e.shiftRightUnsigned(rest, e.constant(1n)), reduced));
  }
  return rest;
}

/** Data-processing (2 source). */
const TWO_SOURCES = [
  instruction('UDIV', 'sf! 0 0 11010110 Rm:5 00001 0 Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf }, { d, n, m }) => e.set(d, e.divideUnsigned(narrow(e, sf, e.get(n)), narrow(e, sf, e.get(m)))),
    assembly: fields => twoSources('udiv', fields),
  }),
  instruction('SDIV', 'sf! 0 0 11010110 Rm:5 00001 1 Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf }, { d, n, m }) => {
      const wide = (value: Value): Value => (sf ? value : e.signExtend(value, 32));
      e.set(d, narrow(e, sf, e.divideSigned(wide(e.get(n)), wide(e.get(m)))));
    },
    assembly: fields => twoSources('sdiv', fields),
  }),
  instruction('LSLV, LSRV, ASRV, RORV', 'sf! 0 0 11010110 Rm:5 0010 op2!:2 Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf, op2 }, { d, n, m }) => {
      const amount = e.and(e.get(m), e.constant(sf ? 63n : 31n));
      e.set(d, narrow(e, sf, shiftRegister(e, sf, op2, e.get(n), amount)));
    },
    assembly: fields => twoSources(['lsl', 'lsr', 'asr', 'ror'][fields.op2] ?? '', fields),
  }),
  instruction('CRC32, CRC32C', 'sf! 0 0 11010110 Rm:5 010 C! sz!:2 Rn:5 Rd:5', {
    feature: (): Feature => 'FEAT_CRC32',
    where: ({ sf, sz }) => (sf === 1) === (sz === 0b11),
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    isOutOfLine: true,
    execute: (e, { C, sz }, { d, n, m }) => {
      const bytes = 2 ** sz;
      const data = e.and(e.get(m), e.constant((1n << BigInt(8 * bytes)) - 1n));
      const accumulator = e.zeroExtend(e.get(n), 32);
      e.set(d, crc(e, C ? CRC_POLYNOMIALS.CRC32C : CRC_POLYNOMIALS.CRC32, accumulator, data, bytes));
    },
    assembly: ({ sf, Rm, C, sz, Rn, Rd }) => [
      `crc32${C ? 'c' : ''}${'bhwx'[sz]}`,
      registerName(0, Rd),
      registerName(0, Rn),
      registerName(sf, Rm),
    ],
  }),
];

/** Data-processing (3 source). With register 31 as addend they are written as plain multiplications. */
const THREE_SOURCES = [
  instruction('MADD, MSUB', 'sf! 00 11011 000 Rm:5 o0! Ra:5 Rn:5 Rd:5', {
    operands: ({ Rm, Ra, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm), a: X(Ra) }),
    execute: (e, { sf, o0 }, { d, n, m, a }) => e.set(d, narrow(e, sf, combine(e, o0, e.get(a), e.multiply(e.get(n), e.get(m))))),
    assembly: fields =>
      fields.Ra === 31
        ? twoSources(fields.o0 ? 'mneg' : 'mul', fields)
        : [...twoSources(fields.o0 ? 'msub' : 'madd', fields), registerName(fields.sf, fields.Ra)],
  }),
  instruction('SMADDL, SMSUBL, UMADDL, UMSUBL', '1 00 11011 U! 01 Rm:5 o0! Ra:5 Rn:5 Rd:5', {
    operands: ({ Rm, Ra, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm), a: X(Ra) }),
    execute: (e, { U, o0 }, { d, n, m, a }) => {
      const wide = (value: Value): Value => (U ? e.zeroExtend(value, 32) : e.signExtend(value, 32));
      e.set(d, combine(e, o0, e.get(a), e.multiply(wide(e.get(n)), wide(e.get(m)))));
    },
    assembly: ({ U, Rm, o0, Ra, Rn, Rd }) => {
      const factors = [registerName(1, Rd), registerName(0, Rn), registerName(0, Rm)] as const;
      const prefix = U ? 'u' : 's';
      return Ra === 31
        ? [`${prefix}${o0 ? 'mnegl' : 'mull'}`, ...factors]
        : [`${prefix}${o0 ? 'msubl' : 'maddl'}`, ...factors, registerName(1, Ra)];
    },
  }),
  instruction('SMULH, UMULH', '1 00 11011 U! 10 Rm:5 0 ----- Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { U }, { d, n, m }) => e.set(d, U ? e.multiplyHighUnsigned(e.get(n), e.get(m)) : e.multiplyHighSigned(e.get(n), e.get(m))),
    assembly: fields => twoSources(fields.U ? 'umulh' : 'smulh', { ...fields, sf: 1 }),
  }),
];

/** Arm DDI 0487, Data Processing -- Register. */
export const DATA_PROCESSING_REGISTER = [
  ...LOGICAL_SHIFTED,
  ...ADD_SUBTRACT_SHIFTED,
  ...ADD_SUBTRACT_EXTENDED,
  ...ADD_SUBTRACT_WITH_CARRY,
  ...CONDITIONAL_COMPARE,
  ...CONDITIONAL_SELECT,
  ...ONE_SOURCE,
  ...TWO_SOURCES,
  ...THREE_SOURCES,
];
