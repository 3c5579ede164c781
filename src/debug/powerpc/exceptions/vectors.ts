// SPDX-License-Identifier: MIT
import { handlerEntry, INTERRUPT, type InterruptName, MSR_BIT, vectoredSystemCallEntry } from '../../../cpu/index.js';
import type { VectorChoice, VectorGroup } from '../../exceptions/exceptionModel.js';
import type { RegisterFile } from '../../registers/registerFile.js';

type Group = 'sync' | 'IRQ' | 'machine check';

/** The vector of System Call Vectored with the level 0 has no offset of its own table: it is worked out. */
type VectorKey = InterruptName | 'systemCallVectored';

/** A vector that a guest can be interrupted to. */
export interface PowerVector {
  readonly key: VectorKey;
  /** As people write it: `data storage`. */
  readonly name: string;
  readonly group: Group;
}

// biome-ignore format: a table
/** Power ISA, Book III, Interrupt Definitions: those that come to a guest. */
export const VECTORS: readonly PowerVector[] = [
  { key: 'systemReset',                name: 'system reset',                 group: 'machine check' },
  { key: 'machineCheck',               name: 'machine check interrupt',      group: 'machine check' },
  { key: 'dataStorage',                name: 'data storage',                 group: 'sync' },
  { key: 'dataSegment',                name: 'data segment',                 group: 'sync' },
  { key: 'instructionStorage',         name: 'instruction storage',          group: 'sync' },
  { key: 'instructionSegment',         name: 'instruction segment',          group: 'sync' },
  { key: 'external',                   name: 'external',                     group: 'IRQ' },
  { key: 'alignment',                  name: 'alignment',                    group: 'sync' },
  { key: 'program',                    name: 'program',                      group: 'sync' },
  { key: 'floatingPointUnavailable',   name: 'floating-point unavailable',   group: 'sync' },
  { key: 'decrementer',                name: 'decrementer',                  group: 'IRQ' },
  { key: 'directedPrivilegedDoorbell', name: 'directed privileged doorbell', group: 'IRQ' },
  { key: 'systemCall',                 name: 'system call',                  group: 'sync' },
  { key: 'trace',                      name: 'trace',                        group: 'sync' },
  { key: 'performanceMonitor',         name: 'performance monitor',          group: 'IRQ' },
  { key: 'vectorUnavailable',          name: 'vector unavailable',           group: 'sync' },
  { key: 'VSXUnavailable',             name: 'VSX unavailable',              group: 'sync' },
  { key: 'facilityUnavailable',        name: 'facility unavailable',         group: 'sync' },
  { key: 'systemCallVectored',         name: 'system call vectored',         group: 'sync' },
];

// biome-ignore format: a table
const GROUPS: readonly (VectorGroup & { readonly name: Group })[] = [
  { name: 'sync',          title: 'Synchronous interrupts', description: 'System calls, storage and segment interrupts, illegal instructions, traps and facilities that are off' },
  { name: 'IRQ',           title: 'External interrupts',    description: 'External interrupts, the decrementer, doorbells and the performance monitor' },
  { name: 'machine check', title: 'Machine check',          description: 'Machine check and system reset' },
];

export const VECTOR_CHOICE: VectorChoice = {
  groups: GROUPS,
  names: [...GROUPS, ...VECTORS].map(({ name }) => name),
  conditionExamples: '$srr1.PR == 1 (from problem state) or $dsisr.STORE == 1 (a store)',
};

/** The vectors that `name` means, none if it is unknown. */
export const vectorsNamed = (name: string): readonly PowerVector[] =>
  VECTORS.filter(vector => vector.name === name || vector.group === name);

const [IR_DR, NO_TRANSLATION] = [MSR_BIT.IR | MSR_BIT.DR, 0n];

const entryOf = ({ key }: PowerVector, msr: bigint, lpcr: bigint): bigint =>
  (key === 'systemCallVectored' ? vectoredSystemCallEntry(0, msr, lpcr) : handlerEntry(INTERRUPT[key], msr, lpcr)).address;

/** Where the handler of `vector` may begin under the present LPCR: without translation at its offset, with it where LPCR[AIL] moves it. */
export function addressesOfVector(vector: PowerVector, registers: RegisterFile): readonly bigint[] {
  const lpcr = registers.read('lpcr')?.value ?? 0n;
  return [...new Set([entryOf(vector, NO_TRANSLATION, lpcr), entryOf(vector, IR_DR, lpcr)])];
}

/** Elsewhere nothing has to be worked out. */
const VECTOR_ALIGNMENT = 0x20n;

/** The vector whose handler begins at the vCPU's pc. */
export const vectorAt = (registers: RegisterFile): PowerVector | undefined => {
  const { pc } = registers;
  if (pc % VECTOR_ALIGNMENT !== 0n || registers.privilege !== 0) return undefined;
  return VECTORS.find(vector => addressesOfVector(vector, registers).includes(pc));
};
