// SPDX-License-Identifier: MIT
import { numbered, range } from './numberRange.js';
import type { ProcessorSupplement } from './processorSupplement.js';

const R1 = 1;
const R31 = 31;
const F0 = 32;
const CR = 64;
const LR = 65;
const CTR = 66;
const CR0 = 68;
const XER = 76;
const V0 = 77;
const VRSAVE = 109;
const VSCR = 110;
/** The vector registers in the numbering of the 32-bit supplement, which some compilers use for 64 bits as well. */
const OTHER_V0 = 1124;

/** The fields CR2 to CR4 of the condition register: a function saves the whole word for any of them. */
const PRESERVED_CR = range(CR0 + 2, CR0 + 4);
const PRESERVED_FLOATS = range(F0 + 14, F0 + 31);
const PRESERVED_VECTORS = range(V0 + 20, V0 + 31);

/** 64-bit ELF V2 ABI for Power, DWARF Register Mappings and Register Usage; the V1 ABI has the same numbers and the same usage. */
const POWER64: Omit<ProcessorSupplement, 'name'> = {
  registerNames: new Map([
    ...numbered(range(0, R31), n => `r${n}`),
    ...numbered(range(F0, F0 + 31), n => `f${n - F0}`),
    [CR, 'cr'],
    [LR, 'lr'],
    [CTR, 'ctr'],
    ...numbered(range(CR0, CR0 + 7), n => `cr${n - CR0}`),
    [XER, 'xer'],
    ...numbered(range(V0, V0 + 31), n => `v${n - V0}`),
    [VRSAVE, 'vrsave'],
    [VSCR, 'vscr'],
    ...numbered(range(OTHER_V0, OTHER_V0 + 31), n => `v${n - OTHER_V0}`),
  ]),
  stackPointer: R1,
  linkRegister: LR,
  programCounter: undefined,
  // r2 changes with the module only, r13 with the thread only: in one program the caller has the same.
  preserved: new Set([2, ...range(13, R31), ...PRESERVED_FLOATS, ...PRESERVED_CR, ...PRESERVED_VECTORS, VRSAVE]),
  followed: [...range(0, R31), ...PRESERVED_FLOATS, LR, ...PRESERVED_CR, ...PRESERVED_VECTORS],
  savedBytes: register => {
    if (register === CR || register === VRSAVE || (register >= CR0 && register < XER)) return 4;
    return (register >= V0 && register < VRSAVE) || register >= OTHER_V0 ? 16 : 8;
  },
  // The Stack Frame: back chain at 0, CR save word at 8, LR save doubleword at 16. A function saves into the header of its caller's frame.
  frameChain: {
    register: R1,
    returnAddress: { link: "caller's", bytes: 16n },
    callerStackPointer: { link: "caller's", bytes: 0n },
  },
  floatsAsDoubles: new Set(range(F0, F0 + 31)),
  longDouble: 'doublePair',
};

/** Big-endian programs as a rule: functions have descriptors. */
export const ELF_V1: ProcessorSupplement = { name: 'ELFv1', ...POWER64 };

/** Little-endian programs always: functions have a global and a local entry point. */
export const ELF_V2: ProcessorSupplement = { name: 'ELFv2', ...POWER64 };
