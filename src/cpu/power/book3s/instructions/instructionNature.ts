// SPDX-License-Identifier: MIT
import { rememberedByNumber } from '../../../../base/index.js';
import { type Fields, fieldsOf, type InstructionRow } from '../../../decode/row.js';
import { sprNumber } from '../../common/instructions/moveRegisters.js';
import { book3sInstructionSet } from '../instructionSet.js';
import { isBranch, isFixedPointAccess, isRegisterOnly, mayAccessStorage } from './rowNature.js';
import { SYSTEM_INSTRUCTIONS } from './system.js';

// What hypervisors and debuggers ask of an instruction word, told by its row.

/** The registers that branches go by. */
export interface BranchRegisters {
  readonly lr: bigint;
  readonly ctr: bigint;
  readonly tar: () => bigint;
}

/** A branch of the Branch Facility; returns from interrupts are none. */
export interface PowerBranch {
  /** What it goes to: the displacement from its own address, the displacement itself, or a register. */
  readonly goesTo: 'relative' | 'absolute' | 'lr' | 'ctr' | 'tar';
  /** Sign-extended to 64 bits, unsigned; 0 if it goes to a register. */
  readonly displacement: bigint;
  /** Format B, which has a BO even where it always branches. */
  readonly isConditional: boolean;
  /** LK. */
  readonly leavesLink: boolean;
}

/** What the address of a storage operand is the sum of. */
export interface StorageOperand {
  /** A GPR; 0 stands for none. */
  readonly base: number;
  /** A GPR. */
  readonly index: number | undefined;
  readonly displacement: bigint;
}

/** An instruction word by its row; the same in all modes, and of all issues of the architecture. */
export interface PowerInstruction {
  readonly word: number;
  /** The row's name, `undefined` for a word without a row. */
  readonly name: string | undefined;
  readonly fields: Fields;
  /** RT or RS, 0 if it has neither. */
  readonly register: number;
  /** The special purpose register of mfspr and mtspr. */
  readonly specialPurposeNumber: number | undefined;
  readonly branch: PowerBranch | undefined;
  /** rfid and its kin: goes to where an interrupt or an event came from. */
  readonly isReturn: boolean;
  readonly isSystemCall: boolean;
  /** Begins, or ends, a sequence that a reservation guards. */
  readonly reservation: 'load' | 'store' | undefined;
  /** Problem state cannot execute it. Moves of special purpose registers say so by a bit of the number. */
  readonly isPrivileged: boolean;
  /**
   * The interrupts that it can bring once it is fetched, on any model: none (`isRegisterOnly`), those of an access to storage and the Program interrupt
   * (`isFixedPointAccess`), or not told.
   */
  readonly mayBring: 'nothing' | 'storageInterrupts' | 'anything';
  /** Of all that may have an operand in storage: where it begins, unless the instruction aligns it. */
  readonly storage: StorageOperand | undefined;
}

const BRANCH_REGISTER = /^bc(lr|ctr|tar) /;
const ABSOLUTE = /^(b \(absolute\)|bca )/;
const CONDITIONAL = /^bca? /;
const SPECIAL_MOVE = /^m[ft]spr$/;
const LOAD_AND_RESERVE = /^l[bhwdq]arx$/;
const STORE_CONDITIONAL = /^st[bhwdq]cx\.$/;
const RETURNS: ReadonlySet<string | undefined> = new Set(['rfid', 'hrfid', 'rfscv', 'rfebb']);
const SYSTEM_CALLS: ReadonlySet<string | undefined> = new Set(['sc', 'scv']);
/** Among the system instructions: what problem state may execute, or nobody. */
const FOR_ALL: readonly string[] = ['rfebb', 'attn'];
const PRIVILEGED: ReadonlySet<string> = new Set(SYSTEM_INSTRUCTIONS.flatMap(({ name }) => (FOR_ALL.includes(name) ? [] : [name])));
/** The bit of a special purpose register's number that makes it a privileged one. */
const PRIVILEGED_NUMBER = 0x10;

const INSTRUCTION_ALIGNMENT = 3n;

/** Words that are remembered, at most. */
export const MAXIMUM_WORDS = 4096;
const { decode } = book3sInstructionSet('ppc64');

/** The instruction `word`, in register order. */
export const powerInstruction: (word: number) => PowerInstruction = rememberedByNumber(MAXIMUM_WORDS, instructionOf);

function instructionOf(word: number): PowerInstruction {
  const row = decode(word);
  const fields = row === undefined ? {} : fieldsOf(row.encoding, word);
  const { RT, RS, sprLow, sprHigh } = fields;
  const name = row?.name ?? '';
  const isSpecialMove = SPECIAL_MOVE.test(name) && sprLow !== undefined && sprHigh !== undefined;
  const specialPurposeNumber = isSpecialMove ? sprNumber({ sprLow, sprHigh }) : undefined;
  return {
    word,
    name: row?.name,
    fields,
    register: RT ?? RS ?? 0,
    specialPurposeNumber,
    branch: row === undefined || !isBranch(row) ? undefined : branchOf(row, fields),
    isReturn: RETURNS.has(row?.name),
    isSystemCall: SYSTEM_CALLS.has(row?.name),
    reservation: LOAD_AND_RESERVE.test(name) ? 'load' : STORE_CONDITIONAL.test(name) ? 'store' : undefined,
    isPrivileged: PRIVILEGED.has(name) || ((specialPurposeNumber ?? 0) & PRIVILEGED_NUMBER) !== 0,
    mayBring: row === undefined ? 'anything' : isRegisterOnly(row) ? 'nothing' : isFixedPointAccess(row) ? 'storageInterrupts' : 'anything',
    storage: row !== undefined && mayAccessStorage(row) ? storageOf(row, fields) : undefined,
  };
}

function branchOf(row: InstructionRow, fields: Fields): PowerBranch {
  const [, register] = BRANCH_REGISTER.exec(row.name) ?? [];
  // The rows of both formats with a displacement have it as their immediate.
  const displacement = Object.values(row.operands(fields)).find(operand => typeof operand === 'bigint');
  return {
    goesTo: (register as 'lr' | 'ctr' | 'tar' | undefined) ?? (ABSOLUTE.test(row.name) ? 'absolute' : 'relative'),
    displacement: displacement ?? 0n,
    isConditional: CONDITIONAL.test(row.name),
    leavesLink: fields.LK === 1,
  };
}

function storageOf(row: InstructionRow, fields: Fields): StorageOperand {
  const { D } = row.operands(fields);
  const { RA = 0, RB, D: unscaled = 0 } = fields;
  // lmw and stmw, which have no operands of their row, have their displacement in bytes.
  return { base: RA, index: RB, displacement: typeof D === 'bigint' ? D : BigInt.asIntN(16, BigInt(unscaled)) };
}

/** The effective address of a storage operand in 64-bit mode. `gpr` reads a general register. */
export function operandAddress({ base, index, displacement }: StorageOperand, gpr: (n: number) => bigint): bigint {
  const [first, second] = [base === 0 ? 0n : gpr(base), index === undefined ? 0n : gpr(index)];
  return BigInt.asUintN(64, first + second + displacement);
}

/** Where `branch` at `pc` goes if it is taken: an effective address of 64-bit mode. */
export function branchTarget(branch: PowerBranch, pc: bigint, registers: BranchRegisters): bigint {
  switch (branch.goesTo) {
    case 'relative':
      return BigInt.asUintN(64, pc + branch.displacement);
    case 'absolute':
      return branch.displacement;
    case 'lr':
    case 'ctr':
      return registers[branch.goesTo] & ~INSTRUCTION_ALIGNMENT;
    case 'tar':
      return registers.tar() & ~INSTRUCTION_ALIGNMENT;
  }
}
