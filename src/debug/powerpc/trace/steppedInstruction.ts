// SPDX-License-Identifier: MIT
import { rememberedByNumber } from '../../../base/index.js';
import { MAXIMUM_WORDS, type MoveToMsr, type PowerInstruction, powerInstruction } from '../../../cpu/index.js';

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

/**
 * An instruction as the Trace method looks at it, before it runs. One that may access storage may access a device: KVM then carries it out, and
 * nothing is traced.
 */
export interface SteppedInstruction extends PowerInstruction {
  readonly shape: StepShape;
}

/** Special purpose registers by their number in mtspr. */
const SAVE_RESTORE: Readonly<Record<number, 'srr0' | 'srr1'>> = { 26: 'srr0', 27: 'srr1' };
/** LEV[6]: the reserved bits before it are ignored. */
const HYPERCALL_LEVEL = 1;

const ORDINARY: StepShape = { kind: 'ordinary' };

function shapeOf({ name, fields, specialPurposeNumber }: PowerInstruction): StepShape {
  const { LEV = 0 } = fields;
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
      const register = SAVE_RESTORE[specialPurposeNumber ?? 0];
      return register === undefined ? ORDINARY : { kind: 'moveToSaveRestore', register };
    }
    case 'rfid':
      return { kind: 'returnFromInterrupt', from: 'srr' };
    case 'rfscv':
      return { kind: 'returnFromInterrupt', from: 'ctr' };
    case 'sc':
      return (LEV & HYPERCALL_LEVEL) !== 0 ? { kind: 'hypercall' } : { kind: 'systemCall' };
    case 'scv':
      return { kind: 'vectoredSystemCall', LEV };
    default:
      return ORDINARY;
  }
}

/** Whether MSR[SE] asks for a Trace interrupt behind it. */
export const isTraced = ({ shape }: SteppedInstruction): boolean =>
  shape.kind !== 'returnFromInterrupt' && shape.kind !== 'systemCall' && shape.kind !== 'hypercall' && shape.kind !== 'vectoredSystemCall';

/** What the method knows of the instruction `word`. */
export const steppedInstruction = rememberedByNumber(MAXIMUM_WORDS, (word: number): SteppedInstruction => {
  const instruction = powerInstruction(word);
  return { ...instruction, shape: shapeOf(instruction) };
});
