// SPDX-License-Identifier: MIT
import { small } from '../../../decode/row.js';
import type { Emitter, Slot, Value } from '../../../operations/emitter.js';
import {
  CARRY_SLOT,
  CTR_SLOT,
  GPR,
  LR_SLOT,
  OVERFLOW_SLOT,
  SO_SLOT,
  TAR_SLOT,
  VRSAVE_SLOT,
  XER_MASK_SLOT,
  XER_REST_SLOT,
} from '../registers/stateLayout.js';
import { assemblerRegister } from './assemblerRegisterNames.js';
import { cr, decimal, r } from './assemblyText.js';
import { CONDITION_SLOTS_OPERANDS, CR, CRF, fieldBits, setField } from './conditionRegister.js';
import { power } from './power.js';
import type { Pseudocode } from './pseudocode.js';

/** Bits of XER, counted from the least significant. */
const XER_SHIFT = { SO: 31n, OV: 30n, CA: 29n, OV32: 19n, CA32: 18n } as const;
const XER_FLAGS = (1n << 31n) | (1n << 30n) | (1n << 29n) | (1n << 19n) | (1n << 18n);

/** XER put together from its parts. */
export function readXER(e: Emitter): Value {
  const bit = (slot: Slot, from: bigint, to: bigint): Value =>
    e.shiftLeft(e.and(e.shiftRightUnsigned(e.get(slot), e.constant(from)), e.constant(1n)), e.constant(to));
  const carries = e.or(bit(CARRY_SLOT, 63n, XER_SHIFT.CA), bit(CARRY_SLOT, 31n, XER_SHIFT.CA32));
  const overflows = e.or(bit(OVERFLOW_SLOT, 63n, XER_SHIFT.OV), bit(OVERFLOW_SLOT, 31n, XER_SHIFT.OV32));
  const flags = e.or(e.or(carries, overflows), bit(SO_SLOT, 0n, XER_SHIFT.SO));
  return e.and(e.or(flags, e.get(XER_REST_SLOT)), e.get(XER_MASK_SLOT));
}

/** XER taken apart. `value` must be kept by `let`. */
export function writeXER(e: Emitter, value: Value): void {
  const bit = (from: bigint, to: bigint): Value =>
    e.shiftLeft(e.and(e.shiftRightUnsigned(value, e.constant(from)), e.constant(1n)), e.constant(to));
  e.set(SO_SLOT, bit(XER_SHIFT.SO, 0n));
  e.set(OVERFLOW_SLOT, e.or(bit(XER_SHIFT.OV, 63n), bit(XER_SHIFT.OV32, 31n)));
  e.set(CARRY_SLOT, e.or(bit(XER_SHIFT.CA, 63n), bit(XER_SHIFT.CA32, 31n)));
  e.set(XER_REST_SLOT, e.and(value, e.constant(0xffff_ffffn ^ XER_FLAGS)));
}

type RT = { readonly RT: number };
type RS = { readonly RS: number };
const fromSlot = (slot: Slot, name: string) => ({
  operands: ({ RT }: RT) => ({ RT: GPR(RT) }),
  execute: (_pe: Pseudocode, e: Emitter, _c: unknown, { RT }: { readonly RT: Slot }): void => e.set(RT, e.get(slot)),
  syntax: ({ RT }: RT) => [r(RT)],
  alias: ({ RT }: RT) => [name, r(RT)] as const,
});
const toSlot = (slot: Slot, name: string, mask?: bigint) => ({
  operands: ({ RS }: RS) => ({ RS: GPR(RS) }),
  execute: (_pe: Pseudocode, e: Emitter, _c: unknown, { RS }: { readonly RS: Slot }): void =>
    e.set(slot, mask === undefined ? e.get(RS) : e.and(e.get(RS), e.constant(mask))),
  syntax: ({ RS }: RS) => [r(RS)],
  alias: ({ RS }: RS) => [name, r(RS)] as const,
});

/** The number of a special purpose register: its halves are exchanged in the instruction. */
export const sprNumber = ({ sprLow, sprHigh }: { readonly sprLow: number; readonly sprHigh: number }): number => (sprHigh << 5) | sprLow;

/** TB and, one further, TBU. */
const TIME_BASE = 268;

/** Power ISA, Move To/From System Register Instructions: those that need no more than the registers at hand. All others are the owner's. */
// biome-ignore format: a table
const SPECIAL_PURPOSE = [
  power('mfspr (XER)',    '011111 RT:5 00001 00000 0101010011 -', {
    ...fromSlot(XER_REST_SLOT, 'mfxer'),
    execute: (_pe, e, _c, { RT }: { readonly RT: Slot }) => e.set(RT, readXER(e)),
  }),
  power('mfspr (LR)',     '011111 RT:5 01000 00000 0101010011 -', fromSlot(LR_SLOT, 'mflr')),
  power('mfspr (CTR)',    '011111 RT:5 01001 00000 0101010011 -', fromSlot(CTR_SLOT, 'mfctr')),
  power('mfspr (VRSAVE)', '011111 RT:5 00000 01000 0101010011 -', fromSlot(VRSAVE_SLOT, 'mfvrsave')),
  power('mfspr (TAR)',    '011111 RT:5 01111 11001 0101010011 -', {
    ...fromSlot(TAR_SLOT, 'mftar'),
    execute: (pe, e, _c, { RT }: { readonly RT: Slot }) => pe.ifAvailable('TAR', () => e.set(RT, e.get(TAR_SLOT))),
  }),
  power('mfspr',          '011111 RT:5 sprLow:5 sprHigh:5 0101010011 -', {
    operands: ({ RT, sprLow, sprHigh }) => ({ payload: small((RT << 10) | sprNumber({ sprLow, sprHigh })) }),
    execute: (pe, _e, _c, { payload }) => pe.leave('mfspr', payload),
    syntax: ({ RT, sprLow, sprHigh }) => [r(RT), decimal(sprNumber({ sprLow, sprHigh }))],
    alias: ({ RT, ...halves }) => {
      const named = assemblerRegister(sprNumber(halves), 'read');
      return named === undefined ? undefined : [`mf${named.name}`, r(RT), named.number];
    },
  }),
  power('mtspr (XER)',    '011111 RS:5 00001 00000 0111010011 -', {
    ...toSlot(XER_REST_SLOT, 'mtxer'),
    execute: (_pe, e, _c, { RS }: { readonly RS: Slot }) => writeXER(e, e.let(e.get(RS))),
  }),
  power('mtspr (LR)',     '011111 RS:5 01000 00000 0111010011 -', toSlot(LR_SLOT, 'mtlr')),
  power('mtspr (CTR)',    '011111 RS:5 01001 00000 0111010011 -', toSlot(CTR_SLOT, 'mtctr')),
  power('mtspr (VRSAVE)', '011111 RS:5 00000 01000 0111010011 -', toSlot(VRSAVE_SLOT, 'mtvrsave', 0xffff_ffffn)),
  power('mtspr (TAR)',    '011111 RS:5 01111 11001 0111010011 -', {
    ...toSlot(TAR_SLOT, 'mttar'),
    execute: (pe, e, _c, { RS }: { readonly RS: Slot }) => pe.ifAvailable('TAR', () => e.set(TAR_SLOT, e.get(RS))),
  }),
  power('mtspr',          '011111 RS:5 sprLow:5 sprHigh:5 0111010011 -', {
    operands: ({ RS, sprLow, sprHigh }) => ({ payload: small((RS << 10) | sprNumber({ sprLow, sprHigh })) }),
    execute: (pe, _e, _c, { payload }) => pe.leave('mtspr', payload),
    syntax: ({ RS, sprLow, sprHigh }) => [decimal(sprNumber({ sprLow, sprHigh })), r(RS)],
    alias: ({ RS, ...halves }) => {
      const named = assemblerRegister(sprNumber(halves), 'write');
      return named === undefined ? undefined : [`mt${named.name}`, named.number, r(RS)];
    },
  }),
  power('mftb',           '011111 RT:5 0110 U 01000 0101110011 -', {
    operands: ({ RT, U }) => ({ payload: small((RT << 10) | (TIME_BASE + U)) }),
    execute: (pe, _e, _c, { payload }) => pe.leave('mfspr', payload),
    syntax: ({ RT }) => [r(RT)],
    alias: ({ RT, U }) => (U ? ['mftbu', r(RT)] : undefined),
  }),
];

/** The field that FXM names with one bit. */
const fieldOfFXM = (FXM: number): number => Math.clz32(FXM) - 24;
const isOneField = (FXM: number): boolean => FXM !== 0 && (FXM & (FXM - 1)) === 0;

/** Condition register and XER. FXM with more or less than one bit is an invalid form of mfocrf and mtocrf. Choice: illegal. */
const CONDITION = [
  power('mfcr', '011111 RT:5 0 -------- - 0000010011 -', {
    operands: ({ RT }) => ({ RT: GPR(RT) }),
    execute: (_pe, e, _c, { RT }) => e.set(RT, CR(e)),
    syntax: ({ RT }) => [r(RT)],
    isOutOfLine: true,
  }),
  power('mfocrf', '011111 RT:5 1 FXM:8 - 0000010011 -', {
    where: ({ FXM }) => isOneField(FXM),
    operands: ({ RT, FXM }) => ({ RT: GPR(RT), shift: small(28 - 4 * fieldOfFXM(FXM)), ...CRF(fieldOfFXM(FXM)) }),
    execute: (_pe, e, _c, { RT, shift, CRa, CRb, CRkind }) => e.set(RT, e.shiftLeft(fieldBits(e, { CRa, CRb, CRkind }), shift)),
    syntax: ({ RT, FXM }) => [r(RT), decimal(FXM)],
  }),
  power('mtcrf', '011111 RS:5 0 FXM:8 - 0010010000 -', {
    operands: ({ RS, FXM }) => ({ RS: GPR(RS), FXM: small(FXM) }),
    execute: (_pe, e, _c, { RS, FXM }) => moveToFields(e, e.let(e.get(RS)), FXM),
    syntax: ({ RS, FXM }) => [decimal(FXM), r(RS)],
    alias: ({ RS, FXM }) => (FXM === 0xff ? ['mtcr', r(RS)] : undefined),
    isOutOfLine: true,
  }),
  power('mtocrf', '011111 RS:5 1 FXM:8 - 0010010000 -', {
    where: ({ FXM }) => isOneField(FXM),
    operands: ({ RS, FXM }) => ({ RS: GPR(RS), shift: small(28 - 4 * fieldOfFXM(FXM)), field: CRF(fieldOfFXM(FXM)).CRkind }),
    execute: (_pe, e, _c, { RS, shift, field }) => setField(e, field, e.and(e.shiftRightUnsigned(e.get(RS), shift), e.constant(15n))),
    syntax: ({ RS, FXM }) => [decimal(FXM), r(RS)],
  }),
  power('mcrxrx', '011111 BF:3 -- ----- ----- 1001000000 -', {
    operands: ({ BF }) => ({ field: CRF(BF).CRkind }),
    execute: (_pe, e, _c, { field }) => {
      const bit = (slot: Slot, from: bigint, to: bigint): Value =>
        e.shiftLeft(e.and(e.shiftRightUnsigned(e.get(slot), e.constant(from)), e.constant(1n)), e.constant(to));
      const overflows = e.or(bit(OVERFLOW_SLOT, 63n, 3n), bit(OVERFLOW_SLOT, 31n, 2n));
      setField(e, field, e.or(overflows, e.or(bit(CARRY_SLOT, 63n, 1n), bit(CARRY_SLOT, 31n, 0n))));
    },
    syntax: ({ BF }) => [cr(BF)],
    since: 'v3.0',
  }),
];

/** Fields of CR from those of the low word of `source` that `FXM` names. */
function moveToFields(e: Emitter, source: Value, FXM: Value): void {
  CONDITION_SLOTS_OPERANDS.forEach(({ CRkind }, n) => {
    const nibble = e.and(e.shiftRightUnsigned(source, e.constant(BigInt(28 - 4 * n))), e.constant(15n));
    e.if(e.negate(e.isZero(e.and(FXM, e.constant(BigInt(0x80 >> n))))), () => setField(e, CRkind, nibble));
  });
}

/** Power ISA, Move To/From System Register Instructions. */
export const MOVE_REGISTERS = [...SPECIAL_PURPOSE, ...CONDITION];
