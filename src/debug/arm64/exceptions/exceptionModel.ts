// SPDX-License-Identifier: MIT
import type { ExceptionModel, TakenException } from '../../exceptions/exceptionModel.js';
import type { RegisterFile } from '../../registers/registerFile.js';
import { exceptionReport } from './exceptionReport.js';
import { guestTakesDebugExceptions, injectDebugException } from './injection.js';
import { VECTOR_CHOICE, VECTOR_TABLE_BYTES, VECTORS, vectorsNamed } from './vectors.js';
import { vectorTableWrites } from './vectorTableWrites.js';

/** Arm DDI 0487, Exception vectors: 16 of 0x80 bytes; synchronous, IRQ, FIQ, SError in each group of four. */
const VECTOR_BYTES = 0x80n;
const IRQ = 1n;
const FIQ = 2n;

const vectorBase = (registers: RegisterFile): bigint => registers.read('vbar_el1')?.value ?? 0n;

function addressesOf(name: string, vcpus: readonly RegisterFile[]): readonly bigint[] {
  const [first = 0n, ...others] = vcpus.map(vectorBase);
  // A vCPU that has not come up yet has no table: 0 counts for the first one only, which boots.
  const bases = new Set([first, ...others.filter(base => base !== 0n)]);
  return [...bases].flatMap(base => vectorsNamed(name).map(({ offset }) => BigInt.asUintN(64, base + offset)));
}

function takenFrom(start: bigint, registers: RegisterFile): TakenException | undefined {
  const vectors = vectorBase(registers);
  const { pc } = registers;
  const offset = pc - vectors;
  if (offset < 0n || offset >= VECTOR_TABLE_BYTES || offset % VECTOR_BYTES !== 0n || registers.privilege !== 1) return undefined;
  const returnAddress = registers.read('elr_el1')?.value ?? 0n;
  if (returnAddress !== start && returnAddress !== start + 4n) return undefined;
  if (start >= vectors && start < vectors + VECTOR_TABLE_BYTES && start + 4n === pc) return undefined;
  const kind = (offset / VECTOR_BYTES) % 4n;
  return { isInterrupt: kind === IRQ || kind === FIQ, returnAddress };
}

/** Exceptions to EL1, by VBAR_EL1. */
export const ARM64_EXCEPTIONS: ExceptionModel = {
  choice: VECTOR_CHOICE,
  addressesOf,
  vectors: registers => {
    const base = vectorBase(registers);
    return VECTORS.map(({ name, offset }) => ({ name, address: base + offset }));
  },
  vectorMoves: vectorTableWrites,
  report: (registers, describe) => exceptionReport({ pc: registers.pc, read: name => registers.read(name)?.value ?? 0n, describe }),
  takenFrom,
  inject: injectDebugException,
  guestTakesDebugExceptions,
};
