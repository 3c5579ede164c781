// SPDX-License-Identifier: MIT

import { instruction } from '../../decode/row.js';
import type { Emitter, Value } from '../../operations/emitter.js';
import type { Feature } from '../features.js';
import { toX, X } from '../registers/stateLayout.js';
import { registerName } from './assemblyText.js';
import { addOrSubtract, narrow, shiftRegister } from './pseudocode.js';

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
    execute: (e, { sf, o0 }, { d, n, m, a }) => e.set(d, narrow(e, sf, addOrSubtract(e, o0, e.get(a), e.multiply(e.get(n), e.get(m))))),
    assembly: fields =>
      fields.Ra === 31
        ? twoSources(fields.o0 ? 'mneg' : 'mul', fields)
        : [...twoSources(fields.o0 ? 'msub' : 'madd', fields), registerName(fields.sf, fields.Ra)],
  }),
  instruction('SMADDL, SMSUBL, UMADDL, UMSUBL', '1 00 11011 U! 01 Rm:5 o0! Ra:5 Rn:5 Rd:5', {
    operands: ({ Rm, Ra, Rn, Rd }) => ({ d: toX(Rd), n: X(Rn), m: X(Rm), a: X(Ra) }),
    execute: (e, { U, o0 }, { d, n, m, a }) => {
      const wide = (value: Value): Value => (U ? e.zeroExtend(value, 32) : e.signExtend(value, 32));
      e.set(d, addOrSubtract(e, o0, e.get(a), e.multiply(wide(e.get(n)), wide(e.get(m)))));
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

/** Arm DDI 0487, Data Processing -- Register: one, two and three sources. */
export const ONE_TO_THREE_SOURCES = [...ONE_SOURCE, ...TWO_SOURCES, ...THREE_SOURCES];
