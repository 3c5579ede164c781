// SPDX-License-Identifier: MIT
import { handlerEntry, INTERRUPT, PROGRAM, SRR1_STATUS } from '../../../cpu/index.js';
import type { ExceptionModel, PlacedVector, TakenException } from '../../exceptions/exceptionModel.js';
import type { RegisterFile } from '../../registers/registerFile.js';
import { exceptionReport } from './exceptionReport.js';
import { vectorMoves } from './vectorMoves.js';
import { addressesOfVector, VECTOR_CHOICE, VECTORS, vectorAt, vectorsNamed } from './vectors.js';

const addressesOf = (name: string, vcpus: readonly RegisterFile[]): readonly bigint[] => [
  ...new Set(vcpus.flatMap(registers => vectorsNamed(name).flatMap(vector => addressesOfVector(vector, registers)))),
];

const vectors = (registers: RegisterFile): readonly PlacedVector[] =>
  VECTORS.flatMap(vector => addressesOfVector(vector, registers).map(address => ({ name: vector.name, address })));

function takenFrom(start: bigint, registers: RegisterFile): TakenException | undefined {
  const vector = vectorAt(registers);
  if (vector === undefined) return undefined;
  const returnAddress = registers.read(vector.key === 'systemCallVectored' ? 'lr' : 'srr0')?.value ?? 0n;
  if (returnAddress !== start && returnAddress !== start + 4n) return undefined;
  return { isInterrupt: vector.group !== 'sync', returnAddress };
}

/** A trap word of the guest's own is an illegal instruction: SRR0, SRR1, MSR and the vector as the processor would have them. */
function inject(registers: RegisterFile): void {
  const { pc } = registers;
  const msr = registers.read('msr')?.value ?? 0n;
  const entry = handlerEntry(INTERRUPT.program, msr, registers.read('lpcr')?.value ?? 0n);
  registers.write('srr0', pc);
  registers.write('srr1', (msr & ~SRR1_STATUS) | PROGRAM.illegal);
  registers.write('msr', entry.msr);
  registers.pc = entry.address;
}

/** Interrupts to the privileged state of Book3S, by LPCR[AIL]. */
export const POWERPC_EXCEPTIONS: ExceptionModel = {
  choice: VECTOR_CHOICE,
  addressesOf,
  vectors,
  vectorMoves,
  report: exceptionReport,
  takenFrom,
  inject,
  guestTakesDebugExceptions: () => true,
};
