// SPDX-License-Identifier: MIT
import { book3sInstructionSet, isBranch, isRegisterOnly, type MoveToMsr, mayAccessStorage } from '../../../cpu/index.js';

/** How an instruction behaves under MSR[SE] (Power ISA, Book III, Trace Interrupt; PPC-HV section 5). */
export type StepShape =
  /** It is traced behind itself, and nothing that it does touches what the method borrows. */
  | { readonly kind: 'ordinary' }
  | { readonly kind: 'moveFromMsr' }
  | { readonly kind: 'moveToMsr'; readonly move: MoveToMsr }
  | { readonly kind: 'moveToSaveRestore'; readonly register: 'srr0' | 'srr1' }
  /** Never traced. Where it goes on is known before. */
  | { readonly kind: 'returnFromInterrupt'; readonly from: 'srr' | 'ctr' }
  | { readonly kind: 'systemCall' }
  | { readonly kind: 'hypercall' }
  | { readonly kind: 'vectoredSystemCall'; readonly LEV: number };

/** An instruction as the Trace method looks at it, before it runs. */
export interface SteppedInstruction {
  readonly word: number;
  readonly shape: StepShape;
  readonly isBranch: boolean;
  /** Nothing but a fetch or an interrupt from outside can keep it from completing. */
  readonly alwaysCompletes: boolean;
  /** It may access storage, and so a device: KVM then carries it out, and nothing is traced. */
  readonly mayBeEmulated: boolean;
}

/** Special purpose registers by their number in mtspr. */
const SAVE_RESTORE: Readonly<Record<number, 'srr0' | 'srr1'>> = { 26: 'srr0', 27: 'srr1' };
/** LEV[6]: the reserved bits before it are ignored. */
const HYPERCALL_LEVEL = 1;

/** The register in bits 6:10: RT of mfmsr, RS of mtmsr and mtspr. */
export const registerOf = (word: number): number => (word >>> 21) & 31;
/** LEV of sc and scv: bits 20:26. */
const levelOf = (word: number): number => (word >>> 5) & 127;
/** SPR of mtspr: its two halves are swapped. */
const specialPurposeNumber = (word: number): number => ((word >>> 16) & 31) | ((word >>> 6) & 0x3e0);

const ORDINARY: StepShape = { kind: 'ordinary' };

function shapeOf(name: string, word: number): StepShape {
  switch (name) {
    case 'mfmsr':
      return { kind: 'moveFromMsr' };
    case 'mtmsr':
    case 'mtmsrd':
      return { kind: 'moveToMsr', move: name };
    case 'mtmsr (L=1)':
    case 'mtmsrd (L=1)':
      return { kind: 'moveToMsr', move: 'set EE and RI' };
    case 'mtspr': {
      const register = SAVE_RESTORE[specialPurposeNumber(word)];
      return register === undefined ? ORDINARY : { kind: 'moveToSaveRestore', register };
    }
    case 'rfid':
      return { kind: 'returnFromInterrupt', from: 'srr' };
    case 'rfscv':
      return { kind: 'returnFromInterrupt', from: 'ctr' };
    case 'sc':
      return (levelOf(word) & HYPERCALL_LEVEL) !== 0 ? { kind: 'hypercall' } : { kind: 'systemCall' };
    case 'scv':
      return { kind: 'vectoredSystemCall', LEV: levelOf(word) };
    default:
      return ORDINARY;
  }
}

const { decode } = book3sInstructionSet('ppc64');

/** What is known of the instruction `word`; the same in all modes. */
export function steppedInstruction(word: number): SteppedInstruction {
  const row = decode(word);
  if (row === undefined) return { word, shape: ORDINARY, isBranch: false, alwaysCompletes: false, mayBeEmulated: false };
  return {
    word,
    shape: shapeOf(row.name, word),
    isBranch: isBranch(row),
    alwaysCompletes: isRegisterOnly(row),
    mayBeEmulated: mayAccessStorage(row),
  };
}
