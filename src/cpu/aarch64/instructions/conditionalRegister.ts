// SPDX-License-Identifier: MIT

import { instruction, small } from '../../decode/row.js';
import type { Emitter, Value } from '../../operations/emitter.js';
import { toX, X } from '../registers/stateLayout.js';
import { conditionName, decimal, oppositeConditionName, registerName } from './assemblyText.js';
import {
  ConditionHolds,
  flagsOperands,
  isRareCondition,
  setFlagsFromOperands,
  setFlagsOfAddition,
  setFlagsOfSubtraction,
} from './flags.js';
import { narrow } from './pseudocode.js';

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

/** Arm DDI 0487, Data Processing -- Register: conditional compare and select. */
export const CONDITIONAL_REGISTER = [...CONDITIONAL_COMPARE, ...CONDITIONAL_SELECT];
