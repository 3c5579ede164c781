// SPDX-License-Identifier: MIT
import { disassemblePower } from '../../cpu/index.js';
import { KVMPPC_INST_SW_BREAKPOINT } from '../../kvm/index.js';
import { endsOfSequence, type SequenceWords } from '../stepping/exclusiveSequence.js';
import type { Instructions } from '../stepping/instructions.js';

/** Primary opcodes (Power ISA, Appendix: Opcode Maps). */
const OPCODE = { BC: 16, B: 18, XL: 19, X: 31 } as const;
/** Extended opcodes of primary opcode 19. */
const BRANCH_TO = { LR: 16, CTR: 528, TAR: 560 } as const;
const RETURN = { RFID: 18, RFSCV: 82, RFEBB: 146, HRFID: 274 } as const;
/** Extended opcodes of primary opcode 31: load with reservation, and store conditional, which has Rc set. */
const LOADS_WITH_RESERVATION: readonly number[] = [20, 52, 84, 116, 276];
const STORES_CONDITIONAL: readonly number[] = [150, 182, 214, 694, 726];

const primary = (word: number): number => word >>> 26;
const extended = (word: number): number => (word >>> 1) & 0x3ff;
/** LK of branches. */
const leavesLink = (word: number): boolean => (word & 1) === 1;
/** AA of branches: the target is absolute. */
const isAbsolute = (word: number): boolean => (word & 2) === 2;

const isBranchToRegister = (word: number): boolean =>
  primary(word) === OPCODE.XL && Object.values(BRANCH_TO).some(number => number === extended(word));
const isPlainBranch = (word: number): boolean => primary(word) === OPCODE.B || primary(word) === OPCODE.BC || isBranchToRegister(word);
const isExceptionReturn = (word: number): boolean =>
  primary(word) === OPCODE.XL && Object.values(RETURN).some(number => number === extended(word));

/** Power ISA, Book II, Load and Reserve and Store Conditional Instructions. */
const SEQUENCES: SequenceWords = {
  isLoadExclusive: word => primary(word) === OPCODE.X && LOADS_WITH_RESERVATION.includes(extended(word)),
  isStoreExclusive: word => primary(word) === OPCODE.X && STORES_CONDITIONAL.includes(extended(word)) && (word & 1) === 1,
  conditionalTarget: (word, address) => {
    if (primary(word) !== OPCODE.BC || leavesLink(word)) return undefined;
    // BD is bits 15:2, signed.
    const offset = BigInt(((word & 0xfffc) << 16) >> 16);
    return BigInt.asUintN(64, isAbsolute(word) ? offset : address + offset);
  },
  leavesSequence: word =>
    (isPlainBranch(word) && (primary(word) !== OPCODE.BC || leavesLink(word))) || isExceptionReturn(word) || primary(word) === 17,
  // The architecture gives no limit; what people write is shorter.
  maximumBytes: 128n,
};

/** A branch target at the end of an instruction's text. */
const TARGET = /^b\S*\s.*?(0x[0-9a-f]+)$/;

const trapWord = new Uint8Array(4);
// The same in both byte orders (API-18).
new DataView(trapWord.buffer).setUint32(0, KVMPPC_INST_SW_BREAKPOINT);

/** The instructions of 64-bit POWER. */
export const POWER_INSTRUCTIONS: Instructions = {
  noun: 'a POWER instruction',
  trapWord,
  isCall: word => isPlainBranch(word) && leavesLink(word),
  isReturn: word => primary(word) === OPCODE.XL && extended(word) === BRANCH_TO.LR && !leavesLink(word),
  isExceptionReturn,
  isBranch: word => isPlainBranch(word) || isExceptionReturn(word),
  isLoadExclusive: SEQUENCES.isLoadExclusive,
  endsOfExclusiveSequence: (start, instructionAt) => endsOfSequence(start, instructionAt, SEQUENCES),
  disassemble: (word, address) => disassemblePower(word, address).text,
  targetIn: text => TARGET.exec(text)?.[1],
};
