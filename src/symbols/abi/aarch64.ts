// SPDX-License-Identifier: MIT
import { numbered, range } from './numberRange.js';
import type { ProcessorSupplement } from './processorSupplement.js';

const FP = 29;
const LR = 30;
const SP = 31;
const PC = 32;
const ELR_MODE = 33;
const V0 = 64;

const PRESERVED = [...range(19, FP), ...range(V0 + 8, V0 + 15)];

/** DWARF for the Arm 64-bit Architecture, DWARF register names; Procedure Call Standard for the Arm 64-bit Architecture. */
export const AAPCS64: ProcessorSupplement = {
  name: 'AAPCS64',
  registerNames: new Map([
    ...numbered(range(0, LR), n => `x${n}`),
    [SP, 'sp'],
    [PC, 'pc'],
    [ELR_MODE, 'elr_el1'],
    ...numbered(range(V0, V0 + 31), n => `v${n - V0}`),
  ]),
  stackPointer: SP,
  linkRegister: LR,
  programCounter: PC,
  preserved: new Set(PRESERVED),
  followed: [...range(0, LR), ...range(V0 + 8, V0 + 15)],
  // Of V8 to V15 the low halves are preserved.
  savedBytes: () => 8,
  // The Frame Pointer: a record {previous x29, return address}.
  frameChain: {
    register: FP,
    returnAddress: { link: 'own', bytes: 8n },
    callerStackPointer: { link: 'own', bytes: 16n },
  },
  floatsAsDoubles: new Set(),
  longDouble: 'binary128',
};
