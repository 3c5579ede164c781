// SPDX-License-Identifier: MIT

import { instruction, small } from '../../decode/row.js';
import type { Emitter, Value } from '../../operations/emitter.js';
import { toX, X, XorSP } from '../registers/stateLayout.js';
import { EXTENSIONS, leftShift, registerName, registerOrSPName, shiftText } from './assemblyText.js';
import { ConditionHolds, setFlagsExplicitly, setFlagsOfAddition, setFlagsOfResult, setFlagsOfSubtraction } from './flags.js';
import { addOrSubtract, extendRegister, narrow, shiftRegister } from './pseudocode.js';

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
  set(narrow(e, sf, addOrSubtract(e, op, a, b)));
}

/** Add/subtract (shifted register), again with rows for what is not shifted. */
const ADD_SUBTRACT_SHIFTED = [
  instruction('ADD, SUB (register)', 'sf! op! 0 01011 00 0 Rm:5 000000 Rn:5 Rd:5', {
    operands: ({ Rm, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm) }),
    execute: (e, { sf, op }, { d, n, m }) => e.set(d, narrow(e, sf, addOrSubtract(e, op, e.get(n), e.get(m)))),
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
      e.set(d, narrow(e, sf, addOrSubtract(e, op, e.get(n), shiftRegister(e, sf, shift, e.get(m), amount)))),
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
      e.set(d, narrow(e, sf, addOrSubtract(e, op, e.get(n), e.shiftLeft(extendRegister(e, option, e.get(m)), amount)))),
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

/** Arm DDI 0487, Data Processing -- Register: logical, and add/subtract shifted, extended and with carry. */
export const LOGICAL_AND_ARITHMETIC_REGISTER = [
  ...LOGICAL_SHIFTED,
  ...ADD_SUBTRACT_SHIFTED,
  ...ADD_SUBTRACT_EXTENDED,
  ...ADD_SUBTRACT_WITH_CARRY,
];
