// SPDX-License-Identifier: MIT
import { type BranchRegisters, branchTarget, disassemblePower, type PowerBranch, powerInstruction } from '../../cpu/index.js';
import { KVMPPC_INST_SW_BREAKPOINT } from '../../kvm/index.js';
import { endsOfSequence, type SequenceWords } from '../stepping/exclusiveSequence.js';
import type { Instructions } from '../stepping/instructions.js';

/** The branch that `word` is, of the Branch Facility. */
const branchIn = (word: number): PowerBranch | undefined => powerInstruction(word).branch;

/** Power ISA, Book II, Load and Reserve and Store Conditional Instructions. */
const SEQUENCES: SequenceWords = {
  isLoadExclusive: word => powerInstruction(word).reservation === 'load',
  isStoreExclusive: word => powerInstruction(word).reservation === 'store',
  conditionalTarget: (word, address) => {
    const branch = branchIn(word);
    return branch?.isConditional && !branch.leavesLink ? branchTarget(branch, address, NO_REGISTERS) : undefined;
  },
  leavesSequence: word => {
    const { branch, isReturn, isSystemCall } = powerInstruction(word);
    return (branch !== undefined && (!branch.isConditional || branch.leavesLink)) || isReturn || isSystemCall;
  },
  // The architecture gives no limit; what people write is shorter.
  maximumBytes: 128n,
};
/** For branches of format B, which go by none. */
const NO_REGISTERS: BranchRegisters = { lr: 0n, ctr: 0n, tar: () => 0n };

/** A branch target at the end of an instruction's text. */
const TARGET = /^b\S*\s.*?(0x[0-9a-f]+)$/;

const trapWord = new Uint8Array(4);
// The same in both byte orders (API-18).
new DataView(trapWord.buffer).setUint32(0, KVMPPC_INST_SW_BREAKPOINT);

/** The instructions of 64-bit POWER. */
export const POWER_INSTRUCTIONS: Instructions = {
  noun: 'a POWER instruction',
  trapWord,
  isCall: word => branchIn(word)?.leavesLink ?? false,
  isReturn: word => {
    const branch = branchIn(word);
    return branch?.goesTo === 'lr' && !branch.leavesLink;
  },
  isExceptionReturn: word => powerInstruction(word).isReturn,
  isBranch: word => branchIn(word) !== undefined || powerInstruction(word).isReturn,
  isLoadExclusive: SEQUENCES.isLoadExclusive,
  endsOfExclusiveSequence: (start, instructionAt) => endsOfSequence(start, instructionAt, SEQUENCES),
  disassemble: (word, address) => disassemblePower(word, address).text,
  targetIn: text => TARGET.exec(text)?.[1],
};
