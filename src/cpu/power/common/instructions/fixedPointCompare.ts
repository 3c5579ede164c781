// SPDX-License-Identifier: MIT
import { small } from '../../../decode/row.js';
import type { Emitter, Slot, Truth, Value } from '../../../operations/emitter.js';
import { GPR, RAor0 } from '../registers/stateLayout.js';
import { cr, crBit, crUnless0, decimal, r, rOr0, signedDecimal } from './assemblyText.js';
import { zeroBytes } from './bitCounting.js';
import { type ConditionOperands, CRF, conditionHolds, setComparison, setField } from './conditionRegister.js';
import { power } from './power.js';
import { EXTS, type Pseudocode } from './pseudocode.js';

interface CompareFields {
  readonly BF: number;
  readonly L: number;
  readonly RA: number;
}
type L = { readonly L: number };

const SIGN = 1n << 63n;
/** An operand of a comparison as the signed number that stands for it. */
const signedOperand = (e: Emitter, L: number, value: Value): Value => (L ? value : e.signExtend(value, 32));
const unsignedOperand = (e: Emitter, L: number, value: Value): Value => e.xor(L ? value : e.zeroExtend(value, 32), e.constant(SIGN));

const compareRegisters = (name: string, operand: typeof signedOperand) => ({
  operands: ({ BF, RA, RB }: CompareFields & { readonly RB: number }) => ({ ...CRF(BF), RA: GPR(RA), RB: GPR(RB) }),
  execute: (_pe: Pseudocode, e: Emitter, { L }: L, operands: ConditionOperands & { readonly RA: Slot; readonly RB: Slot }): void =>
    setComparison(e, operands, operand(e, L, e.get(operands.RA)), operand(e, L, e.get(operands.RB))),
  syntax: () => [],
  alias: ({ BF, L, RA, RB }: CompareFields & { readonly RB: number }) => [name + (L ? 'd' : 'w'), ...crUnless0(BF), r(RA), r(RB)] as const,
});
/** Whether `value` lies between `low` and `high`, all unsigned. */
const isWithin = (e: Emitter, value: Value, low: Value, high: Value): Truth =>
  e.both(e.negate(e.lessUnsigned(value, low)), e.negate(e.lessUnsigned(high, value)));

/** A field whose bit GT alone says what was found. */
const setGT = (e: Emitter, field: Slot, found: Truth): void => setField(e, field, e.shiftLeft(e.fromTruth(found), e.constant(2n)));

/** Power ISA, Fixed-Point Compare Instructions. */
const COMPARE = [
  power('cmpi', '001011 BF:3 - L! RA:5 SI:16', {
    operands: ({ BF, RA, SI }) => ({ ...CRF(BF), RA: GPR(RA), immediate: small(SI) }),
    execute: (_pe, e, { L }, operands) =>
      setComparison(e, operands, signedOperand(e, L, e.get(operands.RA)), e.signExtend(operands.immediate, 16)),
    syntax: () => [],
    alias: ({ BF, L, RA, SI }) => [L ? 'cmpdi' : 'cmpwi', ...crUnless0(BF), r(RA), signedDecimal(SI, 16)],
  }),
  power('cmpli', '001010 BF:3 - L! RA:5 UI:16', {
    operands: ({ BF, RA, UI }) => ({ ...CRF(BF), RA: GPR(RA), immediate: small(UI) }),
    execute: (_pe, e, { L }, operands) =>
      setComparison(e, operands, unsignedOperand(e, L, e.get(operands.RA)), e.xor(operands.immediate, e.constant(SIGN))),
    syntax: () => [],
    alias: ({ BF, L, RA, UI }) => [L ? 'cmpldi' : 'cmplwi', ...crUnless0(BF), r(RA), decimal(UI)],
  }),
  power('cmp', '011111 BF:3 - L! RA:5 RB:5 0000000000 -', compareRegisters('cmp', signedOperand)),
  power('cmpl', '011111 BF:3 - L! RA:5 RB:5 0000100000 -', compareRegisters('cmpl', unsignedOperand)),
  power('cmprb', '011111 BF:3 - L! RA:5 RB:5 0011000000 -', {
    operands: ({ BF, RA, RB }) => ({ RA: GPR(RA), RB: GPR(RB), CRkind: CRF(BF).CRkind }),
    execute: (_pe, e, { L }, { RA, RB, CRkind }) => {
      const ranges = e.let(e.get(RB));
      const value = e.let(e.zeroExtend(e.get(RA), 8));
      const byte = (n: bigint): Value => e.zeroExtend(e.shiftRightUnsigned(ranges, e.constant(8n * n)), 8);
      const first = isWithin(e, value, byte(0n), byte(1n));
      setGT(e, CRkind, L ? e.either(first, isWithin(e, value, byte(2n), byte(3n))) : first);
    },
    syntax: ({ BF, L, RA, RB }) => [cr(BF), decimal(L), r(RA), r(RB)],
    since: 'v3.0',
  }),
  power('cmpeqb', '011111 BF:3 -- RA:5 RB:5 0011100000 -', {
    operands: ({ BF, RA, RB }) => ({ RA: GPR(RA), RB: GPR(RB), CRkind: CRF(BF).CRkind }),
    execute: (_pe, e, _c, { RA, RB, CRkind }) => {
      const repeated = e.multiply(e.zeroExtend(e.get(RA), 8), e.constant(0x0101_0101_0101_0101n));
      setGT(e, CRkind, e.negate(e.isZero(zeroBytes(e, e.xor(e.get(RB), repeated)))));
    },
    syntax: ({ BF, RA, RB }) => [cr(BF), r(RA), r(RB)],
    since: 'v3.0',
  }),
];

interface TrapFields {
  readonly TO: number;
  readonly RA: number;
}

/** Power ISA, Fixed-Point Trap Instructions: TO chooses among the five ways in which the operands can compare. */
function trapIf(pe: Pseudocode, e: Emitter, TO: Value, a: Value, b: Value): void {
  const [x, y] = [e.let(a), e.let(b)];
  const select = (holds: Truth, bit: bigint): Value => e.shiftLeft(e.fromTruth(holds), e.constant(bit));
  const signed = e.or(select(e.lessSigned(x, y), 4n), select(e.lessSigned(y, x), 3n));
  const others = e.or(e.or(select(e.equal(x, y), 2n), select(e.lessUnsigned(x, y), 1n)), select(e.lessUnsigned(y, x), 0n));
  e.if(e.negate(e.isZero(e.and(TO, e.or(signed, others)))), () => pe.leave('trap'));
}

const TRAP_CONDITIONS: Readonly<Record<number, string>> = {
  1: 'lgt',
  2: 'llt',
  4: 'eq',
  5: 'lge',
  6: 'lle',
  8: 'gt',
  12: 'ge',
  16: 'lt',
  20: 'le',
  24: 'ne',
  31: 'u',
}; // prettier-ignore

const trapRegisters = (name: 'tw' | 'td') => ({
  operands: ({ TO, RA, RB }: TrapFields & { readonly RB: number }) => ({ TO: small(TO), RA: GPR(RA), RB: GPR(RB) }),
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { TO, RA, RB }: { readonly TO: Value; readonly RA: Slot; readonly RB: Slot }): void =>
    trapIf(pe, e, TO, signedOperand(e, name === 'td' ? 1 : 0, e.get(RA)), signedOperand(e, name === 'td' ? 1 : 0, e.get(RB))),
  syntax: ({ TO, RA, RB }: TrapFields & { readonly RB: number }) => [decimal(TO), r(RA), r(RB)],
  alias: ({ TO, RA, RB }: TrapFields & { readonly RB: number }) => {
    if (name === 'tw' && TO === 31 && RA === 0 && RB === 0) return ['trap'] as const;
    const condition = TRAP_CONDITIONS[TO];
    return condition === undefined ? undefined : ([name + condition, r(RA), r(RB)] as const);
  },
});
const trapImmediate = (name: 'tw' | 'td') => ({
  operands: ({ TO, RA, SI }: TrapFields & { readonly SI: number }) => ({ TO: small(TO), RA: GPR(RA), SI: EXTS(SI, 16) }),
  execute: (pe: Pseudocode, e: Emitter, _c: unknown, { TO, RA, SI }: { readonly TO: Value; readonly RA: Slot; readonly SI: Value }): void =>
    trapIf(pe, e, TO, signedOperand(e, name === 'td' ? 1 : 0, e.get(RA)), SI),
  syntax: ({ TO, RA, SI }: TrapFields & { readonly SI: number }) => [decimal(TO), r(RA), signedDecimal(SI, 16)],
  alias: ({ TO, RA, SI }: TrapFields & { readonly SI: number }) => {
    const condition = TRAP_CONDITIONS[TO];
    return condition === undefined ? undefined : ([`${name}${condition}i`, r(RA), signedDecimal(SI, 16)] as const);
  },
});

// biome-ignore format: a table
const TRAP = [
  power('tdi', '000010 TO:5 RA:5 SI:16', trapImmediate('td')),
  power('twi', '000011 TO:5 RA:5 SI:16', trapImmediate('tw')),
  power('tw',  '011111 TO:5 RA:5 RB:5 0000000100 -', trapRegisters('tw')),
  power('td',  '011111 TO:5 RA:5 RB:5 0001000100 -', trapRegisters('td')),
];

/** Power ISA, Fixed-Point Select, and Set Boolean of the move instructions. */
const SELECT = [
  power('isel', '011111 RT:5 RA:5 RB:5 BCfield:3 BCbit!:2 01111 -', {
    operands: ({ RT, RA, RB, BCfield }) => ({ RT: GPR(RT), RA: RAor0(RA), RB: GPR(RB), ...CRF(BCfield) }),
    execute: (_pe, e, { BCbit }, { RT, RA, RB, CRa, CRb, CRkind }) =>
      e.set(RT, e.select(conditionHolds(e, { CRa, CRb, CRkind }, BCbit), e.get(RA), e.get(RB))),
    syntax: ({ RT, RA, RB, BCfield, BCbit }) => [r(RT), rOr0(RA), r(RB), crBit(BCfield * 4 + BCbit)],
    alias: ({ RT, RA, RB, BCfield, BCbit }) =>
      BCfield === 0 && BCbit < 3 ? [`isel${['lt', 'gt', 'eq'][BCbit]}`, r(RT), rOr0(RA), r(RB)] : undefined,
  }),
  power('setb', '011111 RT:5 BFA:3 -- ----- 0010000000 -', {
    operands: ({ RT, BFA }) => ({ RT: GPR(RT), ...CRF(BFA) }),
    execute: (_pe, e, _c, { RT, CRa, CRb, CRkind }) => {
      const field = { CRa, CRb, CRkind };
      const positive = e.fromTruth(conditionHolds(e, field, 1));
      e.set(RT, e.select(conditionHolds(e, field, 0), e.constant(0xffff_ffff_ffff_ffffn), positive));
    },
    syntax: ({ RT, BFA }) => [r(RT), cr(BFA)],
    since: 'v3.0',
  }),
];

/** Power ISA, Fixed-Point Compare, Trap and Select Instructions. */
export const FIXED_POINT_COMPARE = [...COMPARE, ...TRAP, ...SELECT];
