// SPDX-License-Identifier: MIT
import { instruction } from '../../decode/row.js';
import { EXCLUSIVE_BYTES_SLOT } from '../registers/stateLayout.js';
import { decimal, registerName } from './assemblyText.js';
import type { A64Routine } from './routines.js';
import { systemInstructionName, systemRegisterName } from './systemRegisterNames.js';

/** Names of the hints of Armv8.0. DGH and CSDB are hints that older PEs run as NOP. */
const HINT_NAMES: Readonly<Record<number, string>> = {
  0: 'nop',
  1: 'yield',
  2: 'wfe',
  3: 'wfi',
  4: 'sev',
  5: 'sevl',
  6: 'dgh',
  20: 'csdb',
};

/** Hints that are more than a NOP, with the routine that does them. */
const HINT_ROUTINES: Readonly<Record<number, A64Routine>> = { 2: 'WFE', 3: 'WFI', 4: 'SEV', 5: 'SEVL' };

const hintOf = (CRm: number, op2: number): number => (CRm << 3) | op2;

/** Arm DDI 0487, Hints. What is not allocated is a NOP; so is YIELD on a PE with one thread. */
const HINTS = [
  instruction('WFE, WFI, SEV, SEVL', '11010101000000110010 0000 op2!:3 11111', {
    where: ({ op2 }) => HINT_ROUTINES[op2] !== undefined,
    operands: () => ({}),
    execute: (e, { op2 }) => e.leave(HINT_ROUTINES[op2] ?? ('UNDEFINED' satisfies A64Routine), e.constant(0n)),
    assembly: ({ op2 }) => [HINT_NAMES[op2] ?? ''],
  }),
  instruction('HINT', '11010101000000110010 CRm:4 op2:3 11111', {
    where: ({ CRm, op2 }) => HINT_ROUTINES[hintOf(CRm, op2)] === undefined,
    operands: () => ({}),
    execute: () => undefined,
    assembly: ({ CRm, op2 }) => {
      const name = HINT_NAMES[hintOf(CRm, op2)];
      return name === undefined ? ['hint', decimal(hintOf(CRm, op2))] : [name];
    },
  }),
];

/** Options of DSB and DMB by CRm; the rest is a number. */
const BARRIER_OPTIONS: Readonly<Record<number, string>> = {
  1: 'oshld',
  2: 'oshst',
  3: 'osh',
  5: 'nshld',
  6: 'nshst',
  7: 'nsh',
  9: 'ishld',
  10: 'ishst',
  11: 'ish',
  13: 'ld',
  14: 'st',
  15: 'sy',
};

const barrierOption = (CRm: number): string => BARRIER_OPTIONS[CRm] ?? decimal(CRm);

/** DSB with these options has names of its own. */
const SPECULATION_BARRIERS: Readonly<Record<number, string>> = { 0: 'ssbb', 4: 'pssbb' };

/** Barriers. */
const BARRIERS = [
  instruction('CLREX', '11010101000000110011 CRm:4 010 11111', {
    operands: () => ({}),
    execute: e => e.set(EXCLUSIVE_BYTES_SLOT, e.constant(0n)),
    assembly: ({ CRm }) => ['clrex', CRm !== 15 && decimal(CRm)],
  }),
  instruction('DSB', '11010101000000110011 CRm:4 100 11111', {
    operands: () => ({}),
    // Every access is complete before the next instruction.
    execute: () => undefined,
    assembly: ({ CRm }) => {
      const name = SPECULATION_BARRIERS[CRm];
      return name === undefined ? ['dsb', barrierOption(CRm)] : [name];
    },
  }),
  instruction('DMB', '11010101000000110011 CRm:4 101 11111', {
    operands: () => ({}),
    // Every access is complete before the next instruction.
    execute: () => undefined,
    assembly: ({ CRm }) => ['dmb', barrierOption(CRm)],
  }),
  instruction('ISB', '11010101000000110011 CRm:4 110 11111', {
    operands: () => ({}),
    execute: e => e.leave('ISB' satisfies A64Routine, e.constant(0n)),
    assembly: ({ CRm }) => ['isb', CRm !== 15 && decimal(CRm)],
  }),
];

/** The fields of PSTATE that MSR (immediate) writes in Armv8.0, by op1 and op2. */
const PSTATE_FIELDS = [
  { op1: 0b000, op2: 0b101, name: 'SPSel' },
  { op1: 0b011, op2: 0b110, name: 'DAIFSet' },
  { op1: 0b011, op2: 0b111, name: 'DAIFClr' },
] as const;

const pstateField = (op1: number, op2: number) => PSTATE_FIELDS.find(field => field.op1 === op1 && field.op2 === op2);

/** A system register or system instruction: what MRS, MSR, SYS and SYSL encode. */
interface SystemOperands {
  readonly op0: number;
  readonly op1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly op2: number;
  readonly Rt: number;
}

const systemPayload = ({ op0, op1, CRn, CRm, op2, Rt }: SystemOperands): bigint =>
  BigInt((Rt << 16) | (op0 << 14) | (op1 << 11) | (CRn << 7) | (CRm << 3) | op2);

/** op0 of MRS and MSR is 1:o0. */
const withOp0 = <F extends { readonly o0: number }>(fields: F) => ({ ...fields, op0: 0b10 | fields.o0 });

const systemInstructionText = ({ op1, CRn, CRm, op2 }: Omit<SystemOperands, 'op0' | 'Rt'>): string =>
  `${decimal(op1)}, c${CRn}, c${CRm}, ${decimal(op2)}`;

/** PSTATE, System instructions, System register move. */
const SYSTEM_MOVES = [
  instruction('MSR (immediate)', '1101010100 0 00 op1:3 0100 CRm:4 op2:3 11111', {
    where: ({ op1, op2 }) => pstateField(op1, op2) !== undefined,
    operands: ({ op1, CRm, op2 }) => ({ payload: BigInt((op1 << 7) | (CRm << 3) | op2) }),
    execute: (e, _control, { payload }) => e.leave('MSR immediate' satisfies A64Routine, payload),
    assembly: ({ op1, CRm, op2 }) => ['msr', pstateField(op1, op2)?.name, decimal(CRm)],
  }),
  instruction('SYS', '1101010100 0 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    operands: fields => ({ payload: systemPayload({ ...fields, op0: 0b01 }) }),
    execute: (e, _control, { payload }) => e.leave('SYS' satisfies A64Routine, payload),
    assembly: fields => {
      const { Rt } = fields;
      const known = systemInstructionName({ ...fields, op0: 0b01 });
      if (known === undefined) return ['sys', systemInstructionText(fields), Rt !== 31 && registerName(1, Rt)];
      return [known.mnemonic, known.operation, known.takesRegister && registerName(1, Rt)];
    },
  }),
  instruction('SYSL', '1101010100 1 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    operands: fields => ({ payload: systemPayload({ ...fields, op0: 0b01 }) }),
    execute: (e, _control, { payload }) => e.leave('SYSL' satisfies A64Routine, payload),
    assembly: fields => ['sysl', registerName(1, fields.Rt), systemInstructionText(fields)],
  }),
  instruction('MSR (register)', '1101010100 0 1 o0 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    operands: fields => ({ payload: systemPayload(withOp0(fields)) }),
    execute: (e, _control, { payload }) => e.leave('MSR' satisfies A64Routine, payload),
    assembly: fields => ['msr', systemRegisterName(withOp0(fields), 'write'), registerName(1, fields.Rt)],
  }),
  instruction('MRS', '1101010100 1 1 o0 op1:3 CRn:4 CRm:4 op2:3 Rt:5', {
    operands: fields => ({ payload: systemPayload(withOp0(fields)) }),
    execute: (e, _control, { payload }) => e.leave('MRS' satisfies A64Routine, payload),
    assembly: fields => ['mrs', registerName(1, fields.Rt), systemRegisterName(withOp0(fields), 'read')],
  }),
];

/** Arm DDI 0487, Branches, Exception Generating and System instructions: the system instructions. */
export const SYSTEM = [...HINTS, ...BARRIERS, ...SYSTEM_MOVES];
