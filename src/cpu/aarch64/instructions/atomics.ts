// SPDX-License-Identifier: MIT
import { instruction } from '../../decode/row.js';
import type { Emitter, MemoryAccess, Value } from '../../operations/emitter.js';
import type { Feature } from '../features.js';
import {
  EXCLUSIVE_ADDRESS_SLOT,
  EXCLUSIVE_BYTES_SLOT,
  EXCLUSIVE_HIGH_SLOT,
  EXCLUSIVE_LOW_SLOT,
  toX,
  X,
  XorSP,
} from '../registers/stateLayout.js';
import { registerName, registerOrSPName } from './assemblyText.js';
import { bytesOf } from './pseudocode.js';

/** An access to one element that must be aligned whatever SCTLR_ELx.A says. */
const atomicAccess = (size: number): MemoryAccess => ({ bytes: bytesOf(size), isAlignmentFixed: true });

/** An access to two elements, aligned to both together. */
const atomicPairAccess = (sz: number): MemoryAccess => ({
  bytes: sz ? 8 : 4,
  alignment: sz ? 16 : 8,
  isAlignmentFixed: true,
});

const SIZE_SUFFIXES = ['b', 'h', '', ''] as const;

const at = (Rn: number): string => `[${registerOrSPName(1, Rn)}]`;

const is64Bits = (size: number): number => (size === 0b11 ? 1 : 0);

const mark = (e: Emitter, bytes: number, address: Value, low: Value, high: Value): void => {
  e.set(EXCLUSIVE_BYTES_SLOT, e.constant(BigInt(bytes)));
  e.set(EXCLUSIVE_ADDRESS_SLOT, address);
  e.set(EXCLUSIVE_LOW_SLOT, low);
  e.set(EXCLUSIVE_HIGH_SLOT, high);
};

/** Whether `bytes` bytes at `address` are what this PE's monitor has marked. */
const isMarked = (e: Emitter, bytes: number, address: Value) =>
  e.both(e.equal(e.get(EXCLUSIVE_BYTES_SLOT), e.constant(BigInt(bytes))), e.equal(e.get(EXCLUSIVE_ADDRESS_SLOT), address));

/** The status of a store-exclusive that found what it had expected: 0, or 1 for a failure. */
const statusOf = (e: Emitter, hasStored: ReturnType<Emitter['equal']>): Value => e.fromTruth(e.negate(hasStored));

/**
 * Arm DDI 0487, Load/store exclusive. The monitor keeps address and data; a store-exclusive stores if
 * both are still right. Without the mark it does not touch memory, and therefore cannot fault.
 * CONSTRAINED UNPREDICTABLE: the status register is also the data's or the address's.
 * Choice: data and address are what they were before the instruction, as QEMU has it.
 * CONSTRAINED UNPREDICTABLE: a store-exclusive of other size than the load-exclusive's.
 * Choice: it fails.
 */
const EXCLUSIVE = [
  instruction('STXR, STLXR', 'size!:2 001000 0 0 0 Rs:5 o0 ----- Rn:5 Rt:5', {
    operands: ({ Rs, Rn, Rt }) => ({ s: toX(Rs), t: X(Rt), n: XorSP(Rn) }),
    isOutOfLine: true,
    execute: (e, { size }, { s, t, n }) => {
      const address = e.let(e.get(n));
      const data = e.let(e.get(t));
      e.if(
        isMarked(e, bytesOf(size), address),
        () => {
          const expected = e.let(e.get(EXCLUSIVE_LOW_SLOT));
          const found = e.let(e.update(address, atomicAccess(size), old => e.select(e.equal(old, expected), data, old)));
          e.set(s, statusOf(e, e.equal(found, expected)));
        },
        () => e.set(s, e.constant(1n)),
      );
      e.set(EXCLUSIVE_BYTES_SLOT, e.constant(0n));
    },
    assembly: ({ size, Rs, o0, Rn, Rt }) => [
      `st${o0 ? 'l' : ''}xr${SIZE_SUFFIXES[size]}`,
      registerName(0, Rs),
      registerName(is64Bits(size), Rt),
      at(Rn),
    ],
  }),
  instruction('LDXR, LDAXR', 'size!:2 001000 0 1 0 ----- o0 ----- Rn:5 Rt:5', {
    operands: ({ Rn, Rt }) => ({ t: toX(Rt), n: XorSP(Rn) }),
    isOutOfLine: true,
    execute: (e, { size }, { t, n }) => {
      const address = e.let(e.get(n));
      const loaded = e.let(e.load(address, atomicAccess(size)));
      mark(e, bytesOf(size), address, loaded, e.constant(0n));
      e.set(t, loaded);
    },
    assembly: ({ size, o0, Rn, Rt }) => [`ld${o0 ? 'a' : ''}xr${SIZE_SUFFIXES[size]}`, registerName(is64Bits(size), Rt), at(Rn)],
  }),
  instruction('STXP, STLXP', '1 sz! 001000 0 0 1 Rs:5 o0 Rt2:5 Rn:5 Rt:5', {
    operands: ({ Rs, Rt2, Rn, Rt }) => ({ s: toX(Rs), t: X(Rt), t2: X(Rt2), n: XorSP(Rn) }),
    isOutOfLine: true,
    execute: (e, { sz }, { s, t, t2, n }) => {
      const address = e.let(e.get(n));
      const low = e.let(e.get(t));
      const high = e.let(e.get(t2));
      e.if(
        isMarked(e, sz ? 16 : 8, address),
        () => {
          const expectedLow = e.let(e.get(EXCLUSIVE_LOW_SLOT));
          const expectedHigh = e.let(e.get(EXCLUSIVE_HIGH_SLOT));
          const isExpected = (first: Value, second: Value) => e.both(e.equal(first, expectedLow), e.equal(second, expectedHigh));
          const [first, second] = e.updatePair(address, atomicPairAccess(sz), (first, second) => [
            e.select(isExpected(first, second), low, first),
            e.select(isExpected(first, second), high, second),
          ]);
          e.set(s, statusOf(e, isExpected(first, second)));
        },
        () => e.set(s, e.constant(1n)),
      );
      e.set(EXCLUSIVE_BYTES_SLOT, e.constant(0n));
    },
    assembly: ({ sz, Rs, o0, Rt2, Rn, Rt }) => [
      `st${o0 ? 'l' : ''}xp`,
      registerName(0, Rs),
      registerName(sz, Rt),
      registerName(sz, Rt2),
      at(Rn),
    ],
  }),
  instruction('LDXP, LDAXP', '1 sz! 001000 0 1 1 ----- o0 Rt2:5 Rn:5 Rt:5', {
    operands: ({ Rt2, Rn, Rt }) => ({ t: toX(Rt), t2: toX(Rt2), n: XorSP(Rn) }),
    isOutOfLine: true,
    execute: (e, { sz }, { t, t2, n }) => {
      const address = e.let(e.get(n));
      const pair = e.loadPair(address, atomicPairAccess(sz));
      const low = e.let(pair[0]);
      const high = e.let(pair[1]);
      mark(e, sz ? 16 : 8, address, low, high);
      // CONSTRAINED UNPREDICTABLE: both elements go to one register.
      // Choice: it receives the second one, as QEMU has it.
      e.set(t, low);
      e.set(t2, high);
    },
    assembly: ({ sz, o0, Rt2, Rn, Rt }) => [`ld${o0 ? 'a' : ''}xp`, registerName(sz, Rt), registerName(sz, Rt2), at(Rn)],
  }),
];

/** ISS[24:14] of the accesses with acquire or release semantics. */
const orderedSyndrome = ({ size, Rt }: { readonly size: number; readonly Rt: number }): number =>
  (1 << 10) | (size << 8) | (Rt << 2) | (is64Bits(size) << 1) | 1;

/** Load/store ordered. All accesses are in program order, so that ordering costs nothing. */
const ORDERED = [
  instruction('STLR, STLLR', 'size!:2 001000 1 0 0 ----- o0 ----- Rn:5 Rt:5', {
    operands: ({ Rn, Rt }) => ({ t: X(Rt), n: XorSP(Rn) }),
    execute: (e, { size }, { t, n }) => e.store(e.get(n), atomicAccess(size), e.get(t)),
    isRare: ({ size }) => size < 0b10,
    assembly: ({ size, o0, Rn, Rt }) => [`st${o0 ? '' : 'l'}lr${SIZE_SUFFIXES[size]}`, registerName(is64Bits(size), Rt), at(Rn)],
    feature: ({ o0 }) => (o0 ? undefined : ('FEAT_LOR' satisfies Feature)),
    syndrome: orderedSyndrome,
  }),
  instruction('LDAR, LDLAR', 'size!:2 001000 1 1 0 ----- o0 ----- Rn:5 Rt:5', {
    operands: ({ Rn, Rt }) => ({ t: toX(Rt), n: XorSP(Rn) }),
    execute: (e, { size }, { t, n }) => e.set(t, e.load(e.get(n), atomicAccess(size))),
    isRare: ({ size }) => size < 0b10,
    assembly: ({ size, o0, Rn, Rt }) => [`ld${o0 ? '' : 'l'}ar${SIZE_SUFFIXES[size]}`, registerName(is64Bits(size), Rt), at(Rn)],
    feature: ({ o0 }) => (o0 ? undefined : ('FEAT_LOR' satisfies Feature)),
    syndrome: orderedSyndrome,
  }),
];

const orderSuffix = (acquires: number, releases: number): string => `${acquires ? 'a' : ''}${releases ? 'l' : ''}`;

/** `value` as an element of this size holds it. */
const elementOf = (e: Emitter, size: number, value: Value): Value =>
  size === 0b11 ? value : e.zeroExtend(value, size === 0b00 ? 8 : size === 0b01 ? 16 : 32);

/** The instructions of FEAT_LSE, from here on. */
const LSE = (): Feature => 'FEAT_LSE';

/** Compare and swap, and compare and swap pair, whose registers are even. */
const COMPARE_AND_SWAP = [
  instruction('CAS', 'size!:2 001000 1 L 1 Rs:5 o0 11111 Rn:5 Rt:5', {
    operands: ({ Rs, Rn, Rt }) => ({ s: X(Rs), toS: toX(Rs), t: X(Rt), n: XorSP(Rn) }),
    feature: LSE,
    isOutOfLine: true,
    execute: (e, { size }, { s, toS, t, n }) => {
      const expected = e.let(elementOf(e, size, e.get(s)));
      const data = e.let(elementOf(e, size, e.get(t)));
      const found = e.let(e.update(e.get(n), atomicAccess(size), old => e.select(e.equal(old, expected), data, old)));
      e.set(toS, found);
    },
    assembly: ({ size, L, Rs, o0, Rn, Rt }) => [
      `cas${orderSuffix(L, o0)}${SIZE_SUFFIXES[size]}`,
      registerName(is64Bits(size), Rs),
      registerName(is64Bits(size), Rt),
      at(Rn),
    ],
  }),
  instruction('CASP', '0 sz! 001000 0 L 1 Rs:4 0 o0 11111 Rn:5 Rt:4 0', {
    operands: ({ Rs, Rn, Rt }) => ({
      s: X(2 * Rs),
      s2: X(2 * Rs + 1),
      toS2: toX(2 * Rs + 1),
      t: X(2 * Rt),
      t2: X(2 * Rt + 1),
      n: XorSP(Rn),
    }),
    feature: LSE,
    isOutOfLine: true,
    execute: (e, { sz }, { s, s2, toS2, t, t2, n }) => {
      const size = 0b10 | sz;
      const [low, high] = [e.let(elementOf(e, size, e.get(s))), e.let(elementOf(e, size, e.get(s2)))];
      const [newLow, newHigh] = [e.let(elementOf(e, size, e.get(t))), e.let(elementOf(e, size, e.get(t2)))];
      const [first, second] = e.updatePair(e.get(n), atomicPairAccess(sz), (first, second) => {
        const isExpected = () => e.both(e.equal(first, low), e.equal(second, high));
        return [e.select(isExpected(), newLow, first), e.select(isExpected(), newHigh, second)];
      });
      const [foundLow, foundHigh] = [e.let(first), e.let(second)];
      e.set(s, foundLow);
      e.set(toS2, foundHigh);
    },
    assembly: ({ sz, L, Rs, o0, Rn, Rt }) => [
      `casp${orderSuffix(L, o0)}`,
      registerName(sz, 2 * Rs),
      registerName(sz, 2 * Rs + 1),
      registerName(sz, 2 * Rt),
      registerName(sz, 2 * Rt + 1),
      at(Rn),
    ],
  }),
];

const OPERATION_NAMES = ['add', 'clr', 'eor', 'set', 'smax', 'smin', 'umax', 'umin'] as const;

/** What the atomic operation `opc` makes of the element `old` and the register's value. */
function atomicOperation(e: Emitter, size: number, opc: number, old: Value, value: Value): Value {
  const asSigned = (a: Value): Value => (size === 0b11 ? a : e.signExtend(a, size === 0b00 ? 8 : size === 0b01 ? 16 : 32));
  switch (opc) {
    case 0b000:
      return e.add(old, value);
    case 0b001:
      return e.and(old, e.not(value));
    case 0b010:
      return e.xor(old, value);
    case 0b011:
      return e.or(old, value);
    case 0b100:
      return e.select(e.lessSigned(asSigned(old), asSigned(value)), value, old);
    case 0b101:
      return e.select(e.lessSigned(asSigned(value), asSigned(old)), value, old);
    case 0b110:
      return e.select(e.lessUnsigned(old, value), value, old);
    default:
      return e.select(e.lessUnsigned(value, old), value, old);
  }
}

/** Atomic memory operations. */
const ATOMIC_OPERATIONS = [
  instruction('LDADD, LDCLR, LDEOR, LDSET, LDSMAX, LDSMIN, LDUMAX, LDUMIN', 'size!:2 111 0 00 A R 1 Rs:5 0 opc!:3 00 Rn:5 Rt:5', {
    operands: ({ Rs, Rn, Rt }) => ({ s: X(Rs), t: toX(Rt), n: XorSP(Rn) }),
    feature: LSE,
    isOutOfLine: true,
    execute: (e, { size, opc }, { s, t, n }) => {
      const value = e.let(elementOf(e, size, e.get(s)));
      e.set(
        t,
        e.update(e.get(n), atomicAccess(size), old => elementOf(e, size, atomicOperation(e, size, opc, old, value))),
      );
    },
    assembly: ({ size, A, R, Rs, opc, Rn, Rt }) => {
      const sf = is64Bits(size);
      const suffix = `${OPERATION_NAMES[opc]}${orderSuffix(A, R)}${SIZE_SUFFIXES[size]}`;
      return Rt === 31 && A === 0
        ? [`st${suffix}`, registerName(sf, Rs), at(Rn)]
        : [`ld${suffix}`, registerName(sf, Rs), registerName(sf, Rt), at(Rn)];
    },
  }),
  instruction('SWP', 'size!:2 111 0 00 A R 1 Rs:5 1 000 00 Rn:5 Rt:5', {
    operands: ({ Rs, Rn, Rt }) => ({ s: X(Rs), t: toX(Rt), n: XorSP(Rn) }),
    feature: LSE,
    isOutOfLine: true,
    execute: (e, { size }, { s, t, n }) => {
      const value = e.let(elementOf(e, size, e.get(s)));
      e.set(
        t,
        e.update(e.get(n), atomicAccess(size), () => value),
      );
    },
    assembly: ({ size, A, R, Rs, Rn, Rt }) => [
      `swp${orderSuffix(A, R)}${SIZE_SUFFIXES[size]}`,
      registerName(is64Bits(size), Rs),
      registerName(is64Bits(size), Rt),
      at(Rn),
    ],
  }),
];

/** Exclusive, ordered and atomic loads and stores. */
export const ATOMICS = [...EXCLUSIVE, ...ORDERED, ...COMPARE_AND_SWAP, ...ATOMIC_OPERATIONS];
