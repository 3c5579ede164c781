// SPDX-License-Identifier: MIT
import { signed } from '../../../base/index.js';
import { instruction, small } from '../../decode/row.js';
import type { Emitter, Truth, Value } from '../../operations/emitter.js';
import { GENERAL_SLOTS, X } from '../registers/stateLayout.js';
import { conditionName, decimal, hexadecimal, registerName, target } from './assemblyText.js';
import { ConditionHolds, isRareCondition } from './flags.js';
import { narrow, signedImmediate } from './pseudocode.js';
import type { A64Routine } from './routines.js';

/** The link register, X30. */
const LINK = X(GENERAL_SLOTS.length - 1);

/** The offset of a direct branch: an immediate of `bits` bits that counts instructions of four bytes. */
const instructionOffset = (imm: number, bits: number): bigint => signedImmediate(BigInt(imm) << 2n, bits + 2);

const branchTarget = (address: bigint, imm: number, bits: number): string => target(address, signed(BigInt(imm) << 2n, bits + 2));

const nextInstruction = (e: Emitter): Value => e.add(e.programCounter(), e.constant(4n));

const negateIf = (e: Emitter, condition: number, truth: Truth): Truth => (condition ? e.negate(truth) : truth);

/** Arm DDI 0487, Branches: Conditional branch (immediate), Unconditional branch, Compare and branch, Test and branch. */
const DIRECT_BRANCHES = [
  instruction('B.cond', '0101010 0 imm19:19 0 cond!:4', {
    operands: ({ imm19 }) => ({ offset: instructionOffset(imm19, 19) }),
    execute: (e, { cond }, { offset }) => e.branchByIf(ConditionHolds(e, cond), offset),
    isRare: ({ cond }) => isRareCondition(cond),
    assembly: ({ imm19, cond }, { address }) => [`b.${conditionName(cond)}`, branchTarget(address, imm19, 19)],
  }),
  instruction('B', '0 00101 imm26:26', {
    operands: ({ imm26 }) => ({ offset: instructionOffset(imm26, 26) }),
    execute: (e, _control, { offset }) => e.branchBy(offset),
    assembly: ({ imm26 }, { address }) => ['b', branchTarget(address, imm26, 26)],
  }),
  instruction('BL', '1 00101 imm26:26', {
    operands: ({ imm26 }) => ({ offset: instructionOffset(imm26, 26) }),
    execute: (e, _control, { offset }) => {
      e.set(LINK, nextInstruction(e));
      e.branchBy(offset);
    },
    assembly: ({ imm26 }, { address }) => ['bl', branchTarget(address, imm26, 26)],
  }),
  instruction('CBZ, CBNZ', 'sf! 011010 op! imm19:19 Rt:5', {
    operands: ({ imm19, Rt }) => ({ t: X(Rt), offset: instructionOffset(imm19, 19) }),
    execute: (e, { sf, op }, { t, offset }) => e.branchByIf(negateIf(e, op, e.isZero(narrow(e, sf, e.get(t)))), offset),
    assembly: ({ sf, op, imm19, Rt }, { address }) => [op ? 'cbnz' : 'cbz', registerName(sf, Rt), branchTarget(address, imm19, 19)],
  }),
  instruction('TBZ, TBNZ', 'b5 011011 op! b40:5 imm14:14 Rt:5', {
    operands: ({ b5, b40, imm14, Rt }) => ({ t: X(Rt), bit: small((b5 << 5) | b40), offset: instructionOffset(imm14, 14) }),
    execute: (e, { op }, { t, bit, offset }) => {
      const tested = e.and(e.shiftRightUnsigned(e.get(t), bit), e.constant(1n));
      e.branchByIf(negateIf(e, op, e.isZero(tested)), offset);
    },
    assembly: ({ b5, op, b40, imm14, Rt }, { address }) => [
      op ? 'tbnz' : 'tbz',
      registerName(b5, Rt),
      decimal((b5 << 5) | b40),
      branchTarget(address, imm14, 14),
    ],
  }),
];

/** Unconditional branch (register). */
const REGISTER_BRANCHES = [
  instruction('BR', '1101011 0000 11111 000000 Rn:5 00000', {
    operands: ({ Rn }) => ({ n: X(Rn) }),
    execute: (e, _control, { n }) => e.branch(e.get(n)),
    assembly: ({ Rn }) => ['br', registerName(1, Rn)],
  }),
  instruction('BLR', '1101011 0001 11111 000000 Rn:5 00000', {
    operands: ({ Rn }) => ({ n: X(Rn) }),
    execute: (e, _control, { n }) => {
      const destination = e.let(e.get(n));
      e.set(LINK, nextInstruction(e));
      e.branch(destination);
    },
    assembly: ({ Rn }) => ['blr', registerName(1, Rn)],
  }),
  instruction('RET', '1101011 0010 11111 000000 Rn:5 00000', {
    operands: ({ Rn }) => ({ n: X(Rn) }),
    execute: (e, _control, { n }) => e.branch(e.get(n)),
    assembly: ({ Rn }) => ['ret', Rn !== 30 && registerName(1, Rn)],
  }),
  instruction('ERET', '1101011 0100 11111 000000 11111 00000', {
    operands: () => ({}),
    execute: e => e.leave('ERET' satisfies A64Routine, e.constant(0n)),
    assembly: () => ['eret'],
  }),
  instruction('DRPS', '1101011 0101 11111 000000 11111 00000', {
    operands: () => ({}),
    // UNDEFINED outside Debug state, and no PE of ours is ever in Debug state.
    execute: e => e.leave('UNDEFINED' satisfies A64Routine, e.constant(0n)),
    assembly: () => ['drps'],
  }),
];

/** An exception-generating instruction that hands its immediate to the routine of its name. */
const exceptionOf = (routine: A64Routine) => ({
  operands: ({ imm16 }: { readonly imm16: number }) => ({ imm: small(imm16) }),
  execute: (e: Emitter, _control: unknown, { imm }: { readonly imm: Value }) => e.leave(routine, imm),
  assembly: ({ imm16 }: { readonly imm16: number }) => [routine.toLowerCase(), hexadecimal(imm16)] as const,
});

/** Exception generation, and the permanently undefined encodings (Reserved: UDF). */
const EXCEPTIONS = [
  instruction('SVC', '11010100 000 imm16:16 000 01', exceptionOf('SVC')),
  instruction('HVC', '11010100 000 imm16:16 000 10', exceptionOf('HVC')),
  instruction('SMC', '11010100 000 imm16:16 000 11', exceptionOf('SMC')),
  instruction('BRK', '11010100 001 imm16:16 000 00', exceptionOf('BRK')),
  instruction('HLT', '11010100 010 imm16:16 000 00', exceptionOf('HLT')),
  instruction('DCPS1, DCPS2, DCPS3', '11010100 101 imm16:16 000 LL:2', {
    where: ({ LL }) => LL !== 0b00,
    operands: () => ({}),
    // UNDEFINED outside Debug state, and no PE of ours is ever in Debug state.
    execute: e => e.leave('UNDEFINED' satisfies A64Routine, e.constant(0n)),
    assembly: ({ imm16, LL }) => [`dcps${LL}`, imm16 !== 0 && hexadecimal(imm16)],
  }),
  instruction('UDF', '0000000000000000 imm16:16', {
    operands: () => ({}),
    execute: e => e.leave('UNDEFINED' satisfies A64Routine, e.constant(0n)),
    assembly: ({ imm16 }) => ['udf', decimal(imm16)],
  }),
];

/** Arm DDI 0487, Branches, Exception Generating and System instructions, but for the system instructions. */
export const BRANCHES_AND_EXCEPTIONS = [...DIRECT_BRANCHES, ...REGISTER_BRANCHES, ...EXCEPTIONS];
