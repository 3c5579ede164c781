// SPDX-License-Identifier: MIT
import { small } from '../../../decode/row.js';
import type { Emitter, Slot, Value } from '../../../operations/emitter.js';
import { cr, crBit } from './assemblyText.js';
import { CR, CRF, fieldBits, setField } from './conditionRegister.js';
import { power } from './power.js';
import type { Pseudocode } from './pseudocode.js';

interface XLFields {
  readonly BT: number;
  readonly BA: number;
  readonly BB: number;
}

/** Bits of CR are counted from the most significant of 32. */
const shiftOf = (bit: number) => small(31 - bit);

/** A logical operation on two bits of CR; the result goes to a third one and leaves the other three of its field. */
const onBits = (
  name: string,
  combine: (e: Emitter, a: Value, b: Value) => Value,
  aliases: Readonly<Record<'AB' | 'TAB', string>> | object = {},
) => ({
  operands: ({ BT, BA, BB }: XLFields) => ({
    field: CRF(BT >> 2).CRkind,
    fieldShift: small(28 - (BT & 0b11100)),
    bit: small(1 << (3 - (BT & 3))),
    BA: shiftOf(BA),
    BB: shiftOf(BB),
  }),
  execute: (
    _pe: Pseudocode,
    e: Emitter,
    _c: unknown,
    { field, fieldShift, bit, BA, BB }: { readonly field: Slot } & Readonly<Record<'fieldShift' | 'bit' | 'BA' | 'BB', Value>>,
  ): void => {
    const whole = e.let(CR(e));
    const at = (shift: Value): Value => e.shiftRightUnsigned(whole, shift);
    const result = e.and(combine(e, at(BA), at(BB)), e.constant(1n));
    const others = e.and(e.and(at(fieldShift), e.constant(0b1111n)), e.not(bit));
    setField(e, field, e.or(others, e.multiply(result, bit)));
  },
  syntax: ({ BT, BA, BB }: XLFields) => [crBit(BT), crBit(BA), crBit(BB)],
  alias: ({ BT, BA, BB }: XLFields) => {
    const { TAB, AB } = aliases as Partial<Record<'AB' | 'TAB', string>>;
    if (TAB !== undefined && BT === BA && BA === BB) return [TAB, crBit(BT)] as const;
    if (AB !== undefined && BA === BB) return [AB, crBit(BT), crBit(BA)] as const;
    return [name, crBit(BT), crBit(BA), crBit(BB)] as const;
  },
  isOutOfLine: true,
});

// biome-ignore format: a table
const LOGICAL = [
  power('crand',  '010011 BT:5 BA:5 BB:5 0100000001 -', onBits('crand', (e, a, b) => e.and(a, b))),
  power('crnand', '010011 BT:5 BA:5 BB:5 0011100001 -', onBits('crnand', (e, a, b) => e.not(e.and(a, b)))),
  power('cror',   '010011 BT:5 BA:5 BB:5 0111000001 -', onBits('cror', (e, a, b) => e.or(a, b), { AB: 'crmove' })),
  power('crxor',  '010011 BT:5 BA:5 BB:5 0011000001 -', onBits('crxor', (e, a, b) => e.xor(a, b), { TAB: 'crclr' })),
  power('crnor',  '010011 BT:5 BA:5 BB:5 0000100001 -', onBits('crnor', (e, a, b) => e.not(e.or(a, b)), { AB: 'crnot' })),
  power('creqv',  '010011 BT:5 BA:5 BB:5 0100100001 -', onBits('creqv', (e, a, b) => e.not(e.xor(a, b)), { TAB: 'crset' })),
  power('crandc', '010011 BT:5 BA:5 BB:5 0010000001 -', onBits('crandc', (e, a, b) => e.and(a, e.not(b)))),
  power('crorc',  '010011 BT:5 BA:5 BB:5 0110100001 -', onBits('crorc', (e, a, b) => e.or(a, e.not(b)))),
];

/** Power ISA, Condition Register Instructions. */
export const CONDITION_REGISTER_LOGICAL = [
  ...LOGICAL,
  power('mcrf', '010011 BF:3 -- BFA:3 -- ----- 0000000000 -', {
    operands: ({ BF, BFA }) => ({ target: CRF(BF).CRkind, ...CRF(BFA) }),
    execute: (_pe, e, _c, { target, CRa, CRb, CRkind }) => setField(e, target, fieldBits(e, { CRa, CRb, CRkind })),
    syntax: ({ BF, BFA }) => [cr(BF), cr(BFA)],
  }),
];
