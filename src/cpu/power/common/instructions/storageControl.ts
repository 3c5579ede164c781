// SPDX-License-Identifier: MIT
import type { AssemblyLine } from '../../../decode/row.js';
import type { Emitter, MemoryAccess, Slot, Value } from '../../../operations/emitter.js';
import {
  GPR,
  RAor0,
  RESERVE_ADDRESS_SLOT,
  RESERVE_BYTES_SLOT,
  RESERVE_HIGH_SLOT,
  RESERVE_LOW_SLOT,
  SO_SLOT,
} from '../registers/stateLayout.js';
import { decimal, r, rOr0 } from './assemblyText.js';
import { CRF, setField } from './conditionRegister.js';
import { power } from './power.js';
import type { Pseudocode } from './pseudocode.js';

interface XFields {
  readonly RT: number;
  readonly RA: number;
  readonly RB: number;
}
interface XOperands {
  readonly RT: Slot;
  readonly RA: Slot;
  readonly RB: Slot;
}
const X_OPERANDS = ({ RT, RA, RB }: XFields) => ({ RT: GPR(RT), RA: RAor0(RA), RB: GPR(RB) });
const X_SYNTAX = ({ RT, RA, RB }: XFields) => [r(RT), rOr0(RA), r(RB)];
const EH_SYNTAX = ({ EH, ...fields }: XFields & { readonly EH: number }) => [...X_SYNTAX(fields), ...(EH ? [decimal(EH)] : [])];

/** Accesses with reservation must be aligned. */
const aligned = (bytes: MemoryAccess['bytes']): MemoryAccess => ({ bytes, isAlignmentFixed: true });
const QUADWORD: MemoryAccess = { bytes: 8, alignment: 16, isAlignmentFixed: true };
const QUADWORD_BYTES = 16;

function reserve(e: Emitter, bytes: number, address: Value, high: Value, low: Value): void {
  e.set(RESERVE_BYTES_SLOT, e.constant(BigInt(bytes)));
  e.set(RESERVE_ADDRESS_SLOT, address);
  e.set(RESERVE_HIGH_SLOT, high);
  e.set(RESERVE_LOW_SLOT, low);
}
const isReserved = (e: Emitter, bytes: number, address: Value) =>
  e.both(e.equal(e.get(RESERVE_BYTES_SLOT), e.constant(BigInt(bytes))), e.equal(e.get(RESERVE_ADDRESS_SLOT), address));

/** CR0 <- 0b00 || `stored` || XER[SO], and the reservation is gone. `stored` is 0 or 1. */
function endReservation(e: Emitter, stored: Value): void {
  setField(e, CRF(0).CRkind, e.or(e.shiftLeft(stored, e.constant(1n)), e.get(SO_SLOT)));
  e.set(RESERVE_BYTES_SLOT, e.constant(0n));
}

const loadAndReserve = (bytes: MemoryAccess['bytes']) => ({
  operands: X_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { RT, RA, RB }: XOperands): void => {
    const EA = e.let(pe.EA(RA, e.get(RB)));
    const loaded = e.let(e.load(EA, aligned(bytes)));
    reserve(e, bytes, EA, e.constant(0n), loaded);
    e.set(RT, loaded);
  },
  syntax: EH_SYNTAX,
  isOutOfLine: true,
});

/**
 * A reservation holds address, size and the data that was there (see docs/decisions/0002-exclusives-by-value.md); without it memory is not
 * touched, so that nothing can fault. Another size than the reservation's fails, as the book allows.
 */
const storeConditional = (bytes: MemoryAccess['bytes']) => ({
  operands: X_OPERANDS,
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { RT, RA, RB }: XOperands): void => {
    const EA = e.let(pe.EA(RA, e.get(RB)));
    const stored = e.choose(
      isReserved(e, bytes, EA),
      () => {
        const [expected, data] = [e.let(e.get(RESERVE_LOW_SLOT)), e.let(e.get(RT))];
        const found = e.let(e.update(EA, aligned(bytes), old => e.select(e.equal(old, expected), data, old)));
        return e.fromTruth(e.equal(found, expected));
      },
      () => e.constant(0n),
    );
    endReservation(e, stored);
  },
  syntax: X_SYNTAX,
  isOutOfLine: true,
});

/** A pair of registers holds a quadword, the even one its high half, whatever the byte order. */
const isPair = ({ RT }: XFields): boolean => RT % 2 === 0;
const inOrder = <T>(pe: Pseudocode, first: T, second: T): readonly [T, T] =>
  pe.mode.endianness === 'big' ? [first, second] : [second, first];
const PAIR_OPERANDS = ({ RT, RA, RB }: XFields) => ({ high: GPR(RT), low: GPR(RT | 1), RA: RAor0(RA), RB: GPR(RB) });
type PairOperands = XOperands & { readonly high: Slot; readonly low: Slot };

// biome-ignore format: a table
const RESERVATION = [
  power('lbarx',  '011111 RT:5 RA:5 RB:5 0000110100 EH', loadAndReserve(1)),
  power('lharx',  '011111 RT:5 RA:5 RB:5 0001110100 EH', loadAndReserve(2)),
  power('lwarx',  '011111 RT:5 RA:5 RB:5 0000010100 EH', loadAndReserve(4)),
  power('ldarx',  '011111 RT:5 RA:5 RB:5 0001010100 EH', loadAndReserve(8)),
  power('stbcx.', '011111 RT:5 RA:5 RB:5 1010110110 1', storeConditional(1)),
  power('sthcx.', '011111 RT:5 RA:5 RB:5 1011010110 1', storeConditional(2)),
  power('stwcx.', '011111 RT:5 RA:5 RB:5 0010010110 1', storeConditional(4)),
  power('stdcx.', '011111 RT:5 RA:5 RB:5 0011010110 1', storeConditional(8)),
];

/** RT that is odd, or the same as RA or RB, is an invalid form of lqarx. Choice: illegal, as QEMU has it. */
const isValidQuadwordLoad = ({ RT, RA, RB }: XFields): boolean => isPair({ RT, RA, RB }) && RT !== RA && RT !== RB;

const QUADWORD_RESERVATION = [
  power('lqarx', '011111 RT:5 RA:5 RB:5 0100010100 EH', {
    where: isValidQuadwordLoad,
    operands: PAIR_OPERANDS,
    execute: (pe, e, _c, { high, low, RA, RB }: Omit<PairOperands, 'RT'>) => {
      const EA = e.let(pe.EA(RA, e.get(RB)));
      const [h, l] = inOrder(pe, ...e.loadPair(EA, QUADWORD));
      const [keptHigh, keptLow] = [e.let(h), e.let(l)];
      reserve(e, QUADWORD_BYTES, EA, keptHigh, keptLow);
      e.set(high, keptHigh);
      e.set(low, keptLow);
    },
    syntax: EH_SYNTAX,
    isOutOfLine: true,
  }),
  power('stqcx.', '011111 RT:5 RA:5 RB:5 0010110110 1', {
    where: isPair,
    operands: PAIR_OPERANDS,
    execute: (pe, e, _c, { high, low, RA, RB }: Omit<PairOperands, 'RT'>) => {
      const EA = e.let(pe.EA(RA, e.get(RB)));
      const stored = e.choose(
        isReserved(e, QUADWORD_BYTES, EA),
        () => {
          const expected = inOrder(pe, e.let(e.get(RESERVE_HIGH_SLOT)), e.let(e.get(RESERVE_LOW_SLOT)));
          const data = inOrder(pe, e.let(e.get(high)), e.let(e.get(low)));
          const isExpected = (first: Value, second: Value) => e.both(e.equal(first, expected[0]), e.equal(second, expected[1]));
          const [first, second] = e.updatePair(EA, QUADWORD, (a, b) => [
            e.select(isExpected(a, b), data[0], a),
            e.select(isExpected(a, b), data[1], b),
          ]);
          return e.fromTruth(isExpected(first, second));
        },
        () => e.constant(0n),
      );
      endReservation(e, stored);
    },
    syntax: X_SYNTAX,
    isOutOfLine: true,
  }),
];

const NOTHING = { operands: () => ({}), execute: () => undefined, syntax: () => [] } as const;
const addressed = ({ RA, RB }: { readonly RA: number; readonly RB: number }): readonly string[] => [rOr0(RA), r(RB)];
/** What only needs the block to be there, as a load of a byte does. */
const TOUCH = {
  operands: ({ RA, RB }: { readonly RA: number; readonly RB: number }) => ({ RA: RAor0(RA), RB: GPR(RB) }),
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { RA, RB }: { readonly RA: Slot; readonly RB: Slot }): void => {
    e.load(pe.EA(RA, e.get(RB)), { bytes: 1 });
  },
  syntax: addressed,
  isOutOfLine: true,
} as const;

/** All accesses are in program order, and instructions are what memory says: barriers do nothing. */
// biome-ignore format: a table
const BARRIERS = [
  power('isync', '010011 ----- ----- ----- 0010010110 -', NOTHING),
  power('sync',  '011111 --- L:2 ----- ----- 1001010110 -', {
    ...NOTHING,
    syntax: ({ L }) => (L === 0 ? [] : [decimal(L)]),
    alias: ({ L }) => (L === 1 ? ['lwsync'] : L === 2 ? ['ptesync'] : L === 0 ? ['hwsync'] : undefined),
  }),
  power('eieio', '011111 ----- ----- ----- 1101010110 -', NOTHING),
];

/** The block that dcbz clears, in bytes. */
const CACHE_BLOCK = 128;

/** How the assembler writes a hint by its TH: a transient one, a block, a stream. */
function touch(name: string, { TH, ...at }: { readonly TH: number; readonly RA: number; readonly RB: number }): AssemblyLine | undefined {
  if (TH === 16) return [`${name}t`, ...addressed(at)];
  if (TH > 16) return undefined;
  const [ending, omitted] = TH < 8 ? ['ct', 0] : ['ds', 8];
  return [name + ending, ...addressed(at), TH !== omitted && decimal(TH)];
}

/** There is no cache: hints do nothing, write-backs are loads of nothing. dcbz is a store of zeros. */
// biome-ignore format: a table
const CACHE = [
  power('dcbt',   '011111 TH:5 RA:5 RB:5 0100010110 -', {
    ...NOTHING,
    syntax: ({ TH, RA, RB }) => [...addressed({ RA, RB }), decimal(TH)],
    alias: fields => touch('dcbt', fields),
  }),
  power('dcbtst', '011111 TH:5 RA:5 RB:5 0011110110 -', {
    ...NOTHING,
    syntax: ({ TH, RA, RB }) => [...addressed({ RA, RB }), decimal(TH)],
    alias: fields => touch('dcbtst', fields),
  }),
  power('dcbst',  '011111 ----- RA:5 RB:5 0000110110 -', TOUCH),
  power('dcbf',   '011111 --- 0 L RA:5 RB:5 0001010110 -', {
    ...TOUCH,
    alias: ({ L, RA, RB }) => (L === 1 ? ['dcbfl', ...addressed({ RA, RB })] : undefined),
  }),
  power('dcbf (persistent)', '011111 --- 1 L RA:5 RB:5 0001010110 -', {
    ...TOUCH,
    alias: ({ L, RA, RB }) => (L === 1 ? ['dcbflp', ...addressed({ RA, RB })] : ['dcbf', ...addressed({ RA, RB }), '2']),
  }),
  power('icbi',   '011111 ----- RA:5 RB:5 1111010110 -', TOUCH),
  power('icbt',   '011111 - CT:4 RA:5 RB:5 0000010110 -', { ...NOTHING, syntax: ({ CT, RA, RB }) => [...(CT === 0 ? [] : [decimal(CT)]), ...addressed({ RA, RB })] }),
  power('dcbz',   '011111 ----- RA:5 RB:5 1111110110 -', {
    operands: ({ RA, RB }) => ({ RA: RAor0(RA), RB: GPR(RB) }),
    execute: (pe, e, _c, { RA, RB }) => {
      const block = e.let(e.and(pe.EA(RA, e.get(RB)), e.constant(0xffff_ffff_ffff_ffffn - BigInt(CACHE_BLOCK - 1))));
      for (let offset = 0; offset < CACHE_BLOCK; offset += 8) e.store(e.add(block, e.constant(BigInt(offset))), aligned(8), e.constant(0n));
    },
    syntax: addressed,
    isOutOfLine: true,
  }),
];

/** Power ISA, Book II: Load and Reserve, Store Conditional, Memory Barriers, Cache Management. */
export const STORAGE_CONTROL = [...RESERVATION, ...QUADWORD_RESERVATION, ...BARRIERS, ...CACHE];
