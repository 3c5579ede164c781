// SPDX-License-Identifier: MIT
import { signed, unsigned } from '../../../base/index.js';
import { instruction, small } from '../../decode/row.js';
import type { Emitter, Value } from '../../operations/emitter.js';
import { toX, X, XorSP } from '../registers/stateLayout.js';
import { decimal, hexadecimal, leftShift, registerName, registerOrSPName, target } from './assemblyText.js';
import { setFlagsOfAddition, setFlagsOfResult, setFlagsOfSubtraction } from './flags.js';
import { addOrSubtract, DecodeBitMasks, maskOf, narrow, signedImmediate } from './pseudocode.js';

/** Arm DDI 0487, Data Processing -- Immediate: PC-rel. addressing. */
const PC_RELATIVE = [
  instruction('ADR', '0 immlo:2 10000 immhi:19 Rd:5', {
    operands: ({ immlo, immhi, Rd }) => ({ d: toX(Rd), imm: signedImmediate((immhi << 2) | immlo, 21) }),
    execute: (e, _control, { d, imm }) => e.set(d, e.add(e.programCounter(), imm)),
    assembly: ({ immlo, immhi, Rd }) => ['adr', registerName(1, Rd), decimal(signed(BigInt((immhi << 2) | immlo), 21))],
  }),
  instruction('ADRP', '1 immlo:2 10000 immhi:19 Rd:5', {
    operands: ({ immlo, immhi, Rd }) => ({ d: toX(Rd), imm: signedImmediate(BigInt((immhi << 2) | immlo) << 12n, 33) }),
    execute: (e, _control, { d, imm }) => e.set(d, e.add(e.and(e.programCounter(), e.constant(PAGE_OF_ADRP)), imm)),
    assembly: ({ immlo, immhi, Rd }, { address }) => [
      'adrp',
      registerName(1, Rd),
      target(address & PAGE_OF_ADRP, signed(BigInt((immhi << 2) | immlo) << 12n, 33)),
    ],
  }),
];

/** ADRP works on pages of 4 KiB, whatever the translation granule. */
const PAGE_OF_ADRP = 0xffff_ffff_ffff_f000n;

const shiftedImmediate = (sh: number, imm12: number): bigint => BigInt(imm12) << (sh ? 12n : 0n);

/** Add/subtract (immediate). */
const ADD_SUBTRACT_IMMEDIATE = [
  instruction('ADD, SUB (immediate)', 'sf! op! 0 100010 sh imm12:12 Rn:5 Rd:5', {
    operands: ({ sh, imm12, Rn, Rd }) => ({ d: XorSP(Rd), n: XorSP(Rn), imm: shiftedImmediate(sh, imm12) }),
    execute: (e, { sf, op }, { d, n, imm }) => e.set(d, narrow(e, sf, addOrSubtract(e, op, e.get(n), imm))),
    assembly: ({ sf, op, sh, imm12, Rn, Rd }) =>
      op === 0 && sh === 0 && imm12 === 0 && (Rd === 31 || Rn === 31)
        ? ['mov', registerOrSPName(sf, Rd), registerOrSPName(sf, Rn)]
        : [op ? 'sub' : 'add', registerOrSPName(sf, Rd), registerOrSPName(sf, Rn), decimal(imm12), sh === 1 && 'lsl #12'],
  }),
  instruction('ADDS, SUBS (immediate)', 'sf! op! 1 100010 sh imm12:12 Rn:5 Rd:5', {
    operands: ({ sh, imm12, Rn, Rd }) => ({ d: toX(Rd), n: XorSP(Rn), imm: shiftedImmediate(sh, imm12) }),
    execute: (e, { sf, op }, { d, n, imm }) => {
      const a = e.let(e.get(n));
      (op ? setFlagsOfSubtraction : setFlagsOfAddition)(e, sf, a, imm);
      e.set(d, narrow(e, sf, addOrSubtract(e, op, a, imm)));
    },
    assembly: ({ sf, op, sh, imm12, Rn, Rd }) => [
      ...(Rd === 31 ? ([op ? 'cmp' : 'cmn'] as const) : ([op ? 'subs' : 'adds', registerName(sf, Rd)] as const)),
      registerOrSPName(sf, Rn),
      decimal(imm12),
      sh === 1 && 'lsl #12',
    ],
  }),
];

/** A logical immediate is allocated if its mask is, and if 64-bit elements meet a 64-bit operation. */
const isLogicalImmediate = ({ sf, N, immr, imms }: { sf: number; N: number; immr: number; imms: number }): boolean =>
  (sf === 1 || N === 0) && DecodeBitMasks(N, imms, immr) !== undefined;

const logicalImmediate = ({ sf, N, immr, imms }: { sf: number; N: number; immr: number; imms: number }): bigint =>
  maskOf(sf, DecodeBitMasks(N, imms, immr));

/** Logical operations by `opc`. */
function logical(e: Emitter, opc: number, a: Value, b: Value): Value {
  switch (opc) {
    case 0b01:
      return e.or(a, b);
    case 0b10:
      return e.xor(a, b);
    default:
      return e.and(a, b);
  }
}

const LOGICAL_NAMES = ['and', 'orr', 'eor', 'ands'] as const;

/** Whether one MOVZ or MOVN makes `value`, so that MOV does not stand for ORR. */
function isMoveWide(sf: number, value: bigint): boolean {
  const width = sf ? 64 : 32;
  const isOneHalfword = (v: bigint): boolean =>
    [0n, 16n, 32n, 48n].some(shift => Number(shift) < width && (v & ~(0xffffn << shift)) === 0n);
  return isOneHalfword(value) || isOneHalfword(unsigned(~value, width));
}

/** Logical (immediate). */
const LOGICAL_IMMEDIATE = [
  instruction('AND, ORR, EOR (immediate)', 'sf! opc!:2 100100 N immr:6 imms:6 Rn:5 Rd:5', {
    where: fields => fields.opc !== 0b11 && isLogicalImmediate(fields),
    operands: fields => ({ d: XorSP(fields.Rd), n: X(fields.Rn), imm: logicalImmediate(fields) }),
    execute: (e, { sf, opc }, { d, n, imm }) => e.set(d, narrow(e, sf, logical(e, opc, e.get(n), imm))),
    assembly: fields => {
      const { sf, opc, Rn, Rd } = fields;
      const imm = logicalImmediate(fields);
      return opc === 0b01 && Rn === 31 && !isMoveWide(sf, imm)
        ? ['mov', registerOrSPName(sf, Rd), decimal(signed(imm, sf ? 64 : 32))]
        : [LOGICAL_NAMES[opc] ?? '', registerOrSPName(sf, Rd), registerName(sf, Rn), hexadecimal(imm)];
    },
  }),
  instruction('ANDS (immediate)', 'sf! 11 100100 N immr:6 imms:6 Rn:5 Rd:5', {
    where: isLogicalImmediate,
    operands: fields => ({ d: toX(fields.Rd), n: X(fields.Rn), imm: logicalImmediate(fields) }),
    execute: (e, { sf }, { d, n, imm }) => {
      const result = e.let(e.and(e.get(n), imm));
      setFlagsOfResult(e, sf, result);
      e.set(d, result);
    },
    assembly: fields => {
      const { sf, Rn, Rd } = fields;
      const operands = [registerName(sf, Rn), hexadecimal(logicalImmediate(fields))] as const;
      return Rd === 31 ? ['tst', ...operands] : ['ands', registerName(sf, Rd), ...operands];
    },
  }),
];

const halfword = (hw: number, imm16: number): bigint => BigInt(imm16) << BigInt(16 * hw);

/** The value that MOVZ (opc 10) or MOVN (opc 00) makes. */
const moveWideValue = (sf: number, opc: number, hw: number, imm16: number): bigint =>
  unsigned(opc ? halfword(hw, imm16) : ~halfword(hw, imm16), sf ? 64 : 32);

/** Move wide (immediate). */
const MOVE_WIDE = [
  instruction('MOVN, MOVZ', 'sf opc 0 100101 hw:2 imm16:16 Rd:5', {
    where: ({ sf, hw }) => sf === 1 || hw < 2,
    operands: ({ sf, opc, hw, imm16, Rd }) => ({ d: toX(Rd), imm: moveWideValue(sf, opc, hw, imm16) }),
    execute: (e, _control, { d, imm }) => e.set(d, imm),
    assembly: ({ sf, opc, hw, imm16, Rd }) => {
      const isMove = (imm16 !== 0 || hw === 0) && !(opc === 0 && sf === 0 && imm16 === 0xffff);
      return isMove
        ? ['mov', registerName(sf, Rd), decimal(signed(moveWideValue(sf, opc, hw, imm16), sf ? 64 : 32))]
        : [opc ? 'movz' : 'movn', registerName(sf, Rd), decimal(imm16), leftShift(16 * hw)];
    },
  }),
  instruction('MOVK', 'sf! 11 100101 hw!:2 imm16:16 Rd:5', {
    where: ({ sf, hw }) => sf === 1 || hw < 2,
    operands: ({ hw, imm16, Rd }) => ({ d: toX(Rd), n: X(Rd), imm: halfword(hw, imm16) }),
    execute: (e, { sf, hw }, { d, n, imm }) => {
      const kept = e.constant(unsigned(~halfword(hw, 0xffff), sf ? 64 : 32));
      e.set(d, e.or(e.and(e.get(n), kept), imm));
    },
    assembly: ({ sf, hw, imm16, Rd }) => ['movk', registerName(sf, Rd), decimal(imm16), leftShift(16 * hw)],
  }),
];

/**
 * A bitfield move is a shift left that brings the field's highest bit to bit 63, and a shift right
 * from there: of bits imms:immr to bit 0 if imms >= immr, of bits imms:0 to bit (width - immr) otherwise.
 */
function bitfieldShifts(sf: number, immr: number, imms: number): { readonly left: number; readonly right: number } {
  const left = 63 - imms;
  return { left, right: imms >= immr ? left + immr : left - ((sf ? 64 : 32) - immr) };
}

const bitfieldOperands = (sf: number, immr: number, imms: number) => {
  const { left, right } = bitfieldShifts(sf, immr, imms);
  return { left: small(left), right: small(right) };
};

type BitfieldFields = { sf: number; N: number; immr: number; imms: number };

const isBitfield = ({ sf, N, immr, imms }: BitfieldFields): boolean => N === sf && (sf === 1 || (immr < 32 && imms < 32));

/** Assembly of SBFM and UBFM, which are always written as one of their aliases. */
function bitfieldAssembly(
  isSigned: boolean,
  { sf, immr, imms, Rn, Rd }: { sf: number; immr: number; imms: number; Rn: number; Rd: number },
): readonly [string, ...string[]] {
  const d = registerName(sf, Rd);
  const n = registerName(sf, Rn);
  const highest = sf ? 63 : 31;
  if (immr === 0 && (isSigned || !sf)) {
    if (imms === 7) return [isSigned ? 'sxtb' : 'uxtb', d, registerName(0, Rn)];
    if (imms === 15) return [isSigned ? 'sxth' : 'uxth', d, registerName(0, Rn)];
    if (imms === 31 && isSigned && sf) return ['sxtw', d, registerName(0, Rn)];
  }
  if (!isSigned && imms !== highest && imms + 1 === immr) return ['lsl', d, n, decimal(highest - imms)];
  if (imms === highest) return [isSigned ? 'asr' : 'lsr', d, n, decimal(immr)];
  const prefix = isSigned ? 's' : 'u';
  return immr > imms
    ? [`${prefix}bfiz`, d, n, decimal(highest + 1 - immr), decimal(imms + 1)]
    : [`${prefix}bfx`, d, n, decimal(immr), decimal(imms - immr + 1)];
}

/** Bitfield. */
const BITFIELD = [
  instruction('SBFM', 'sf! 00 100110 N immr:6 imms:6 Rn:5 Rd:5', {
    where: isBitfield,
    operands: ({ sf, immr, imms, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), ...bitfieldOperands(sf, immr, imms) }),
    execute: (e, { sf }, { d, n, left, right }) => e.set(d, narrow(e, sf, e.shiftRightSigned(e.shiftLeft(e.get(n), left), right))),
    assembly: fields => bitfieldAssembly(true, fields),
  }),
  instruction('BFM', 'sf! 01 100110 N immr:6 imms:6 Rn:5 Rd:5', {
    where: isBitfield,
    operands: ({ sf, immr, imms, Rn, Rd }) => ({ d: toX(Rd), old: X(Rd), n: X(Rn), ...bitfieldOperands(sf, immr, imms) }),
    execute: (e, { sf }, { d, old, n, left, right }) => {
      const place = (value: Value): Value => e.shiftRightUnsigned(e.shiftLeft(value, left), right);
      const kept = e.and(e.get(old), e.not(place(e.constant(ALL_ONES))));
      e.set(d, narrow(e, sf, e.or(kept, place(e.get(n)))));
    },
    assembly: ({ sf, immr, imms, Rn, Rd }) => {
      const registers = [registerName(sf, Rd), registerName(sf, Rn)] as const;
      return imms < immr
        ? ['bfi', ...registers, decimal((sf ? 64 : 32) - immr), decimal(imms + 1)]
        : ['bfxil', ...registers, decimal(immr), decimal(imms - immr + 1)];
    },
  }),
  instruction('UBFM', 'sf 10 100110 N immr:6 imms:6 Rn:5 Rd:5', {
    where: isBitfield,
    operands: ({ sf, immr, imms, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), ...bitfieldOperands(sf, immr, imms) }),
    // The field ends below the operation's width, so that a 32-bit result needs no narrowing.
    execute: (e, _control, { d, n, left, right }) => e.set(d, e.shiftRightUnsigned(e.shiftLeft(e.get(n), left), right)),
    assembly: fields => bitfieldAssembly(false, fields),
  }),
];

const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** Extract. */
const EXTRACT = [
  instruction('EXTR', 'sf! 00 100111 N 0 Rm:5 imms:6 Rn:5 Rd:5', {
    where: ({ sf, N, imms }) => N === sf && (sf === 1 || imms < 32),
    // The upper half goes up in two steps, because a shift by 64 is a shift by 0.
    operands: ({ Rm, imms, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm), lsb: small(imms), rest: small(63 - imms) }),
    execute: (e, { sf }, { d, n, m, lsb, rest }) => {
      const wide = (): Value => e.or(e.shiftRightUnsigned(e.get(m), lsb), e.shiftLeft(e.shiftLeft(e.get(n), e.constant(1n)), rest));
      const joined = (): Value => e.or(e.zeroExtend(e.get(m), 32), e.shiftLeft(e.get(n), e.constant(32n)));
      e.set(d, sf ? wide() : e.zeroExtend(e.shiftRightUnsigned(joined(), lsb), 32));
    },
    assembly: ({ sf, Rm, imms, Rn, Rd }) =>
      Rn === Rm
        ? ['ror', registerName(sf, Rd), registerName(sf, Rn), decimal(imms)]
        : ['extr', registerName(sf, Rd), registerName(sf, Rn), registerName(sf, Rm), decimal(imms)],
  }),
];

/** Arm DDI 0487, Data Processing -- Immediate. */
export const DATA_PROCESSING_IMMEDIATE = [
  ...PC_RELATIVE,
  ...ADD_SUBTRACT_IMMEDIATE,
  ...LOGICAL_IMMEDIATE,
  ...MOVE_WIDE,
  ...BITFIELD,
  ...EXTRACT,
];
