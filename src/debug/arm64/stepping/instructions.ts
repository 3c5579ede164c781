// SPDX-License-Identifier: MIT
import { disassemble } from '../../../cpu/index.js';
import { endsOfSequence } from '../../stepping/exclusiveSequence.js';
import type { Instructions } from '../../stepping/instructions.js';
import { A64_SEQUENCES } from './exclusiveSequence.js';
import { isBranch, isCall, isExceptionReturn, isReturn } from './instructionKind.js';

/** BRK #0, little-endian in memory whatever the data endianness (Arm DDI 0487, BRK). */
const BRK_0 = Uint8Array.of(0x00, 0x00, 0x20, 0xd4);

/** A branch target at the end of an instruction's text. */
const TARGET = /^(?:b|bl|b\.\w+|cbz|cbnz|tbz|tbnz|adr|adrp)\s.*?(0x[0-9a-f]+)$/;

/** The instructions of A64. */
export const A64_INSTRUCTIONS: Instructions = {
  noun: 'an A64 instruction',
  trapWord: BRK_0,
  isCall,
  isReturn,
  isExceptionReturn,
  isBranch,
  isLoadExclusive: A64_SEQUENCES.isLoadExclusive,
  endsOfExclusiveSequence: (start, instructionAt) => endsOfSequence(start, instructionAt, A64_SEQUENCES),
  disassemble: (word, address) => disassemble(word, address).text,
  targetIn: text => TARGET.exec(text)?.[1],
};
