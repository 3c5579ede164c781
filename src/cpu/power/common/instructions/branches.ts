// SPDX-License-Identifier: MIT
import { type AssemblyLine, small } from '../../../decode/row.js';
import type { Emitter, Slot, Truth, Value } from '../../../operations/emitter.js';
import { CTR_SLOT, LR_SLOT, TAR_SLOT } from '../registers/stateLayout.js';
import { cr, crBit, decimal, target } from './assemblyText.js';
import { type ConditionOperands, CRF, conditionHolds } from './conditionRegister.js';
import { power } from './power.js';
import { EXTS, type Pseudocode } from './pseudocode.js';

const setLR = (e: Emitter): void => e.set(LR_SLOT, e.add(e.programCounter(), e.constant(4n)));

/** The assembler writes an absolute target with 32 bits. */
const absoluteTarget = (address: bigint): string => target(BigInt.asUintN(32, address));

/** Power ISA, Branch Instructions: format I. */
const BRANCH = [
  power('b', '010010 LI:24 0 LK!', {
    operands: ({ LI }) => ({ offset: EXTS(LI * 4, 26) }),
    execute: (pe, e, { LK }, { offset }) => {
      if (LK) setLR(e);
      pe.branchBy(offset);
    },
    syntax: () => [],
    alias: ({ LI, LK }, { address }) => [LK ? 'bl' : 'b', target(address + BigInt.asIntN(26, BigInt(LI * 4)))],
  }),
  power('b (absolute)', '010010 LI:24 1 LK!', {
    operands: ({ LI }) => ({ LI: EXTS(LI * 4, 26) }),
    execute: (pe, e, { LK }, { LI }) => {
      if (LK) setLR(e);
      pe.branch(LI);
    },
    syntax: () => [],
    alias: ({ LI, LK }) => [LK ? 'bla' : 'ba', absoluteTarget(BigInt.asIntN(26, BigInt(LI * 4)))],
  }),
];

/**
 * BO decides what a conditional branch depends on. Each way has rows of its own, so that none of them looks at what it does not need:
 *
 *   0 0 s a t   CTR is decremented and tested (by `z` below), and a bit of CR
 *   0 s 1 a t   a bit of CR has the value s
 *   1 a 0 z t   CTR is decremented and tested: not zero for z = 0
 *   1 z 1 z z   always
 *
 * The bits a and t are hints, z is ignored.
 */
interface ConditionFields {
  readonly BIfield: number;
  readonly BIbit: number;
}

/** A bit of CR as it is, or inverted where the branch wants it clear. */
const conditionIs = (e: Emitter, operands: ConditionOperands, bit: number, sense: number): Truth => {
  const holds = conditionHolds(e, operands, bit);
  return sense ? holds : e.negate(holds);
};

/** CTR <- CTR - 1, and whether it is zero (`isZero`) or not afterwards. */
function decrementCTR(pe: Pseudocode, e: Emitter, isZero: number): Truth {
  const left = e.let(e.subtract(e.get(CTR_SLOT), e.constant(1n)));
  e.set(CTR_SLOT, left);
  const nothingLeft = e.isZero(pe.address(left));
  return isZero ? nothingLeft : e.negate(nothingLeft);
}

/** `-` and `+` of a mnemonic by the hint's two bits; 01 is reserved. */
const HINTS = ['', '', '-', '+'] as const;

const CONDITION_TRUE = ['lt', 'gt', 'eq', 'so'] as const;
const CONDITION_FALSE = ['ge', 'le', 'ne', 'ns'] as const;

/** The two bits of the hint in a BO that tests CTR only. */
const counterHint = (BO: number): string => HINTS[((BO & 8) >> 2) | (BO & 1)] ?? '';

/**
 * How the assembler writes a conditional branch whose mnemonic ends in `ending` (`lr`, `l`, `a`, …), with what follows the condition: the
 * target, or BH of a branch to a register where it is not zero. Then CR0 is not left out.
 */
function conditionalText(BO: number, BI: number, ending: string, rest: readonly string[], isToRegister: boolean): AssemblyLine {
  const [field, bit] = [BI >> 2, BI & 3];
  const isAlways = (BO & 0b10100) === 0b10100;
  const isCounter = !isAlways && (BO & 0b10100) === 0b10000;
  const basic: AssemblyLine = [`bc${ending}${isCounter ? counterHint(BO) : ''}`, decimal(BO), crBit(BI), ...rest];
  if (isAlways) return isToRegister && BO === 20 && BI === 0 ? [`b${ending}`, ...rest] : basic;
  if ((BO & 0b10100) === 0b00100) {
    const name = ((BO & 8) !== 0 ? CONDITION_TRUE : CONDITION_FALSE)[bit];
    const isFieldShown = field !== 0 || (isToRegister && rest.length > 0);
    return [`b${name}${ending}${HINTS[BO & 3]}`, ...(isFieldShown ? [cr(field)] : []), ...rest];
  }
  const counter = (BO & 2) !== 0 ? 'bdz' : 'bdnz';
  if (isCounter) return BI === 0 ? [`${counter}${ending}${counterHint(BO)}`, ...rest] : basic;
  return [`${counter}${(BO & 8) !== 0 ? 't' : 'f'}${ending}`, crBit(BI), ...rest];
}

type BFields = { readonly BD: number; readonly LK: number };
const displacement = (BD: number): bigint => EXTS(BD * 4, 16);
const bTarget = (BD: number, address: bigint): string => target(address + BigInt.asIntN(16, BigInt(BD * 4)));

/** Format B, relative and absolute: what all ways of BO share. */
const bAlias = (BO: number, BI: number, { BD, LK }: BFields, address: bigint, AA: 0 | 1): AssemblyLine => {
  const ending = `${LK ? 'l' : ''}${AA ? 'a' : ''}`;
  const goal = AA ? absoluteTarget(BigInt.asIntN(16, BigInt(BD * 4))) : bTarget(BD, address);
  return conditionalText(BO, BI, ending, [goal], false);
};

/** A relative branch, and one to an absolute address, by a condition worked out when LR and CTR have been written. */
const branchRelative = (pe: Pseudocode, condition: Truth, offset: Value): void => pe.branchByIf(condition, offset);
const branchAbsolute = (pe: Pseudocode, condition: Truth, address: Value): void => pe.e.if(condition, () => pe.branch(address));

type Go = (pe: Pseudocode, condition: Truth, goal: Value) => void;
type ConditionalOperands = ConditionOperands & { readonly offset: Value };

const byCondition = (go: Go, AA: 0 | 1) => ({
  operands: ({ BIfield, BD }: ConditionFields & BFields) => ({ offset: displacement(BD), ...CRF(BIfield) }),
  execute: (
    pe: Pseudocode,
    e: Emitter,
    { sense, BIbit, LK }: { readonly sense: number; readonly BIbit: number; readonly LK: number },
    operands: ConditionalOperands,
  ): void => {
    if (LK) setLR(e);
    go(pe, conditionIs(e, operands, BIbit, sense), operands.offset);
  },
  syntax: () => [],
  alias: (fields: ConditionFields & BFields & { readonly sense: number; readonly at: number }, { address }: { readonly address: bigint }) =>
    bAlias((fields.sense << 3) | 4 | fields.at, fields.BIfield * 4 + fields.BIbit, fields, address, AA),
});
const byCounter = (go: Go, AA: 0 | 1) => ({
  operands: ({ BD }: BFields) => ({ offset: displacement(BD) }),
  execute: (
    pe: Pseudocode,
    e: Emitter,
    { z, LK }: { readonly z: number; readonly LK: number },
    { offset }: { readonly offset: Value },
  ): void => {
    if (LK) setLR(e);
    go(pe, decrementCTR(pe, e, z), offset);
  },
  syntax: () => [],
  alias: (
    fields: BFields & { readonly a: number; readonly z: number; readonly t: number; readonly BI: number },
    { address }: { readonly address: bigint },
  ) => bAlias(16 | (fields.a << 3) | (fields.z << 1) | fields.t, fields.BI, fields, address, AA),
});
const byBoth = (go: Go, AA: 0 | 1) => ({
  operands: ({ BIfield, BD }: ConditionFields & BFields) => ({ offset: displacement(BD), ...CRF(BIfield) }),
  execute: (
    pe: Pseudocode,
    e: Emitter,
    { sense, z, BIbit, LK }: { readonly sense: number; readonly z: number; readonly BIbit: number; readonly LK: number },
    operands: ConditionalOperands,
  ): void => {
    if (LK) setLR(e);
    const counted = decrementCTR(pe, e, z);
    go(pe, e.both(counted, conditionIs(e, operands, BIbit, sense)), operands.offset);
  },
  syntax: () => [],
  alias: (
    fields: ConditionFields & BFields & { readonly sense: number; readonly z: number; readonly t: number },
    { address }: { readonly address: bigint },
  ) => bAlias((fields.sense << 3) | (fields.z << 1) | fields.t, fields.BIfield * 4 + fields.BIbit, fields, address, AA),
});
const always = (go: Go | undefined, AA: 0 | 1) => ({
  operands: ({ BD }: BFields) => ({ offset: displacement(BD) }),
  execute: (pe: Pseudocode, e: Emitter, { LK }: { readonly LK: number }, { offset }: { readonly offset: Value }): void => {
    if (LK) setLR(e);
    if (go === undefined) pe.branchBy(offset);
    else pe.branch(offset);
  },
  syntax: () => [],
  alias: (fields: BFields & { readonly z1: number; readonly z2: number; readonly BI: number }, { address }: { readonly address: bigint }) =>
    bAlias(20 | (fields.z1 << 3) | fields.z2, fields.BI, fields, address, AA),
});

// biome-ignore format: a table
const BRANCH_CONDITIONAL = [
  power('bc (condition)',             '010000 0 sense! 1 at:2 BIfield:3 BIbit!:2 BD:14 0 LK!', byCondition(branchRelative, 0)),
  power('bc (counter)',               '010000 1 a 0 z! t BI:5 BD:14 0 LK!', byCounter(branchRelative, 0)),
  power('bc (counter and condition)', '010000 0 sense! 0 z! t BIfield:3 BIbit!:2 BD:14 0 LK!', byBoth(branchRelative, 0)),
  power('bc (always)',                '010000 1 z1 1 z2:2 BI:5 BD:14 0 LK!', always(undefined, 0)),
  power('bca (condition)',             '010000 0 sense! 1 at:2 BIfield:3 BIbit!:2 BD:14 1 LK!', byCondition(branchAbsolute, 1)),
  power('bca (counter)',               '010000 1 a 0 z! t BI:5 BD:14 1 LK!', byCounter(branchAbsolute, 1)),
  power('bca (counter and condition)', '010000 0 sense! 0 z! t BIfield:3 BIbit!:2 BD:14 1 LK!', byBoth(branchAbsolute, 1)),
  power('bca (always)',                '010000 1 z1 1 z2:2 BI:5 BD:14 1 LK!', always(branchAbsolute, 1)),
];

/** A register that branches go to: its slot, the end of mnemonics, and the facility that it belongs to. */
interface BranchRegister {
  readonly slot: Slot;
  readonly ending: string;
  readonly facility?: 'TAR';
}
const TO_LR: BranchRegister = { slot: LR_SLOT, ending: 'lr' };
const TO_CTR: BranchRegister = { slot: CTR_SLOT, ending: 'ctr' };
const TO_TAR: BranchRegister = { slot: TAR_SLOT, ending: 'tar', facility: 'TAR' };

/** Goes to what `register` was before LR is written, if the condition that is worked out then holds. */
function branchToRegister(pe: Pseudocode, register: BranchRegister, LK: number, condition: (() => Truth) | undefined): void {
  const { e } = pe;
  const go = (): void => {
    const goal = e.let(e.and(e.get(register.slot), e.constant(0xffff_ffff_ffff_fffcn)));
    if (LK) setLR(e);
    if (condition === undefined) pe.branch(goal);
    else e.if(condition(), () => pe.branch(goal));
  };
  if (register.facility === undefined) go();
  else pe.ifAvailable(register.facility, go);
}

type XLFields = { readonly BH: number; readonly LK: number };
const xlAlias = (register: BranchRegister, BO: number, BI: number, { BH, LK }: XLFields): AssemblyLine => {
  const ending = `${register.ending}${LK ? 'l' : ''}`;
  return conditionalText(BO, BI, ending, BH === 0 ? [] : [decimal(BH)], true);
};

const registerByCondition = (register: BranchRegister) => ({
  operands: ({ BIfield }: ConditionFields) => ({ ...CRF(BIfield) }),
  execute: (
    pe: Pseudocode,
    e: Emitter,
    { sense, BIbit, LK }: { readonly sense: number; readonly BIbit: number; readonly LK: number },
    operands: ConditionOperands,
  ): void => branchToRegister(pe, register, LK, () => conditionIs(e, operands, BIbit, sense)),
  syntax: () => [],
  alias: (fields: ConditionFields & XLFields & { readonly sense: number; readonly at: number }) =>
    xlAlias(register, (fields.sense << 3) | 4 | fields.at, fields.BIfield * 4 + fields.BIbit, fields),
});
const registerByCounter = (register: BranchRegister) => ({
  operands: () => ({}),
  execute: (pe: Pseudocode, e: Emitter, { z, LK }: { readonly z: number; readonly LK: number }): void =>
    branchToRegister(pe, register, LK, () => decrementCTR(pe, e, z)),
  syntax: () => [],
  alias: (fields: XLFields & { readonly a: number; readonly z: number; readonly t: number; readonly BI: number }) =>
    xlAlias(register, 16 | (fields.a << 3) | (fields.z << 1) | fields.t, fields.BI, fields),
});
const registerByBoth = (register: BranchRegister) => ({
  operands: ({ BIfield }: ConditionFields) => ({ ...CRF(BIfield) }),
  execute: (
    pe: Pseudocode,
    e: Emitter,
    { sense, z, BIbit, LK }: { readonly sense: number; readonly z: number; readonly BIbit: number; readonly LK: number },
    operands: ConditionOperands,
  ): void =>
    branchToRegister(pe, register, LK, () => {
      const counted = decrementCTR(pe, e, z);
      return e.both(counted, conditionIs(e, operands, BIbit, sense));
    }),
  syntax: () => [],
  alias: (fields: ConditionFields & XLFields & { readonly sense: number; readonly z: number; readonly t: number }) =>
    xlAlias(register, (fields.sense << 3) | (fields.z << 1) | fields.t, fields.BIfield * 4 + fields.BIbit, fields),
});
const registerAlways = (register: BranchRegister) => ({
  operands: () => ({}),
  execute: (pe: Pseudocode, _e: Emitter, { LK }: { readonly LK: number }): void => branchToRegister(pe, register, LK, undefined),
  syntax: () => [],
  alias: (fields: XLFields & { readonly z1: number; readonly z2: number; readonly BI: number }) =>
    xlAlias(register, 20 | (fields.z1 << 3) | fields.z2, fields.BI, fields),
});

/** bcctr that decrements CTR is an invalid form. Choice: illegal, as QEMU has it. */
// biome-ignore format: a table
const BRANCH_TO_REGISTER = [
  power('bclr (condition)',              '010011 0 sense! 1 at:2 BIfield:3 BIbit!:2 --- BH:2 0000010000 LK!', registerByCondition(TO_LR)),
  power('bclr (counter)',                '010011 1 a 0 z! t BI:5 --- BH:2 0000010000 LK!', registerByCounter(TO_LR)),
  power('bclr (counter and condition)',  '010011 0 sense! 0 z! t BIfield:3 BIbit!:2 --- BH:2 0000010000 LK!', registerByBoth(TO_LR)),
  power('bclr (always)',                 '010011 1 z1 1 z2:2 BI:5 --- BH:2 0000010000 LK!', registerAlways(TO_LR)),
  power('bcctr (condition)',             '010011 0 sense! 1 at:2 BIfield:3 BIbit!:2 --- BH:2 1000010000 LK!', registerByCondition(TO_CTR)),
  power('bcctr (always)',                '010011 1 z1 1 z2:2 BI:5 --- BH:2 1000010000 LK!', registerAlways(TO_CTR)),
  power('bcctr (counter)',               '010011 BO0 BO1 0 z t BI:5 --- BH:2 1000010000 LK', {
    operands: () => ({}),
    execute: pe => pe.leave('illegal'),
    syntax: () => [],
    alias: ({ BO0, BO1, z, t, BI, ...fields }) => {
      const BO = (BO0 << 4) | (BO1 << 3) | (z << 1) | t;
      const hint = BO0 === 1 ? counterHint(BO) : '';
      return [`bcctr${fields.LK ? 'l' : ''}${hint}`, decimal(BO), crBit(BI), fields.BH !== 0 && decimal(fields.BH)];
    },
  }),
  power('bctar (condition)',             '010011 0 sense! 1 at:2 BIfield:3 BIbit!:2 --- BH:2 1000110000 LK!', registerByCondition(TO_TAR)),
  power('bctar (counter)',               '010011 1 a 0 z! t BI:5 --- BH:2 1000110000 LK!', registerByCounter(TO_TAR)),
  power('bctar (counter and condition)', '010011 0 sense! 0 z! t BIfield:3 BIbit!:2 --- BH:2 1000110000 LK!', registerByBoth(TO_TAR)),
  power('bctar (always)',                '010011 1 z1 1 z2:2 BI:5 --- BH:2 1000110000 LK!', registerAlways(TO_TAR)),
];

/** Power ISA, System Call Instructions. */
const SYSTEM_CALL = [
  power('sc', '010001 ----- ----- ---- LEV:7 --- 1 -', {
    operands: ({ LEV }) => ({ LEV: small(LEV) }),
    execute: (pe, _e, _c, { LEV }) => pe.leave('sc', LEV),
    syntax: ({ LEV }) => (LEV === 0 ? [] : [decimal(LEV)]),
  }),
  power('scv', '010001 ----- ----- ---- LEV:7 --- 0 1', {
    operands: ({ LEV }) => ({ LEV: small(LEV) }),
    execute: (pe, _e, _c, { LEV }) => pe.leave('scv', LEV),
    syntax: ({ LEV }) => [decimal(LEV)],
    since: 'v3.0',
  }),
];

/** Power ISA, Branch Facility: branches and system calls. */
export const BRANCHES = [...BRANCH, ...BRANCH_CONDITIONAL, ...BRANCH_TO_REGISTER, ...SYSTEM_CALL];
