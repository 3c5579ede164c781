// SPDX-License-Identifier: MIT
import { instruction } from '../../decode/row.js';
import type { Emitter, Value } from '../../operations/emitter.js';
import { toX, X, XorSP } from '../registers/stateLayout.js';
import { setFlagsOfAddition, setFlagsOfSubtraction } from './flags.js';
import { narrow } from './pseudocode.js';

/** Arm DDI 0487, Data Processing -- Immediate: Add/subtract (immediate). */
const immediateValue = (sh: number, imm12: number): bigint => BigInt(imm12) << (sh ? 12n : 0n);

const combine = (e: Emitter, op: number, a: Value, b: Value): Value => (op ? e.subtract(a, b) : e.add(a, b));

export const ADD_SUBTRACT = [
  instruction('ADD, SUB (immediate)', 'sf! op! 0 100010 sh imm12:12 Rn:5 Rd:5', {
    operands: ({ sh, imm12, Rn, Rd }) => ({ d: XorSP(Rd), n: XorSP(Rn), imm: immediateValue(sh, imm12) }),
    execute: (e, { sf, op }, { d, n, imm }) => e.set(d, narrow(e, sf, combine(e, op, e.get(n), imm))),
    assembly: ({ op }) => [op ? 'sub' : 'add'],
  }),
  instruction('ADDS, SUBS (immediate)', 'sf! op! 1 100010 sh imm12:12 Rn:5 Rd:5', {
    operands: ({ sh, imm12, Rn, Rd }) => ({ d: toX(Rd), n: XorSP(Rn), imm: immediateValue(sh, imm12) }),
    execute: (e, { sf, op }, { d, n, imm }) => {
      const a = e.let(e.get(n));
      (op ? setFlagsOfSubtraction : setFlagsOfAddition)(e, sf, a, imm);
      e.set(d, narrow(e, sf, combine(e, op, a, imm)));
    },
    assembly: ({ op }) => [op ? 'subs' : 'adds'],
  }),
];

export const EXAMPLES = [
  instruction('B', '000101 imm26:26', {
    operands: ({ imm26 }) => ({ offset: BigInt.asUintN(64, BigInt.asIntN(28, BigInt(imm26) << 2n)) }),
    execute: (e, _control, { offset }) => e.branchBy(offset),
    assembly: () => ['b'],
  }),
  instruction('LDR (immediate, unsigned offset)', '1 size! 111 0 01 01 imm12:12 Rn:5 Rt:5', {
    operands: ({ size, imm12, Rn, Rt }) => ({ t: toX(Rt), n: XorSP(Rn), offset: BigInt(imm12 * (size ? 8 : 4)) }),
    execute: (e, { size }, { t, n, offset }) => e.set(t, e.load(e.add(e.get(n), offset), { bytes: size ? 8 : 4 })),
    assembly: () => ['ldr'],
  }),
  instruction('SVC', '11010100 000 imm16:16 000 01', {
    operands: ({ imm16 }) => ({ imm: BigInt(imm16) }),
    execute: (e, _control, { imm }) => e.leave('SVC', imm),
    assembly: ({ imm16 }) => ['svc', `#0x${imm16.toString(16)}`],
  }),
];
// X is the source form of a register operand.
export const SOURCE = X;
