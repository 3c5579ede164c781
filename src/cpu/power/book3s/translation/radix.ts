// SPDX-License-Identifier: MIT
import { ones } from '../../../../base/index.js';
import { decode, encode, field, maskOf, register, reserved, wideField } from '../../../registers/describeRegister.js';
import { DSISR } from '../registers/controlRegisters.js';
import type { AccessKind, RealMemory, Translated, VisitEntry } from './processScope.js';

/** Power ISA, Book III, Process Table Entry, doubleword 0, radix. */
export const RADIX_PROCESS_TABLE_ENTRY = register({
  name: 'PRTE0',
  title: 'Process Table Entry, doubleword 0, radix',
  width: 64,
  numbering: 'msb0',
  fields: [
    reserved('0'),
    field('1:2', 'RTS1', 'Radix Tree Size, high part'),
    reserved('3'),
    wideField('4:55', 'RPDB', 'Root Page Directory Base'),
    field('56:58', 'RTS2', 'Radix Tree Size, low part'),
    field('59:63', 'RPDS', 'Root Page Directory Size'),
  ],
});
/** Power ISA, Book III, Radix Tree Page Directory Entry. */
export const RADIX_DIRECTORY_ENTRY = register({
  name: 'PDE',
  title: 'Radix Tree Page Directory Entry',
  width: 64,
  numbering: 'msb0',
  fields: [
    field('0', 'V', 'Valid'),
    field('1', 'L', 'Leaf'),
    reserved('2:3'),
    wideField('4:55', 'NLB', 'Next Level Base'),
    reserved('56:58'),
    field('59:63', 'NLS', 'Next Level Size'),
  ],
});
/** Power ISA, Book III, Radix Tree Page Table Entry. */
export const RADIX_PAGE_ENTRY = register({
  name: 'PTE',
  title: 'Radix Tree Page Table Entry',
  width: 64,
  numbering: 'msb0',
  fields: [
    field('0', 'V', 'Valid'),
    field('1', 'L', 'Leaf'),
    field('2', 'SW0', 'Software bit 0'),
    reserved('3:6'),
    wideField('7:51', 'RPN', 'Real Page Number'),
    field('52:54', 'SW', 'Software bits 1 to 3'),
    field('55', 'R', 'Reference'),
    field('56', 'C', 'Change'),
    reserved('57'),
    field('58:59', 'ATT', 'Attributes', { normal: 0, SAO: 1, nonIdempotent: 2, tolerant: 3 }),
    field('60', 'PRIV', 'Privileged access only'),
    field('61', 'READ', 'Loads'),
    field('62', 'WRITE', 'Loads and stores'),
    field('63', 'EXECUTE', 'Fetches'),
  ],
});

const [QUADRANT_SHIFT, OFFSET_BITS] = [62n, 62];
const [OWN_PROCESS, OPERATING_SYSTEM] = [0n, 3n];
const ENTRY_BYTES = 16n;
const [RPDB, NLB] = [maskOf(RADIX_PROCESS_TABLE_ENTRY, 'RPDB'), maskOf(RADIX_DIRECTORY_ENTRY, 'NLB')];
const [RPN, R, C] = [maskOf(RADIX_PAGE_ENTRY, 'RPN'), maskOf(RADIX_PAGE_ENTRY, 'R'), maskOf(RADIX_PAGE_ENTRY, 'C')];
const RTS_BASE = 31;
const [SMALLEST_DIRECTORY, SMALLEST_PAGE] = [5, 12];
const MAXIMUM_LEVELS = 4;

const fault = (name: 'NO_TRANSLATION' | 'PROTECTION' | 'NO_EXECUTE' | 'CONFIGURATION' | 'TABLE'): Translated => ({
  kind: 'storage',
  status: encode(DSISR, { [name]: 1 }),
});

/** What a radix walk starts from. */
export interface RadixContext {
  readonly processTable: bigint;
  /** Size of the process table in bytes. */
  readonly bytes: bigint;
  /** PIDR. */
  readonly pid: bigint;
  /** AMR and IAMR. */
  readonly AMR: bigint;
  readonly IAMR: bigint;
}

/**
 * Power ISA, Book III, Radix Tree Translation, process-scoped. Quadrants 1 and 2 are the hypervisor's. Hardware sets the reference and change bits.
 * A size of a directory that is smaller than the book allows is an unsupported configuration.
 */
export function translateRadix(
  ea: bigint,
  { processTable, bytes, pid, AMR, IAMR }: RadixContext,
  access: AccessKind,
  memory: RealMemory,
  visit?: VisitEntry,
): Translated {
  const quadrant = ea >> QUADRANT_SHIFT;
  if (quadrant !== OWN_PROCESS && quadrant !== OPERATING_SYSTEM) return { kind: 'segment' };
  const process = quadrant === OWN_PROCESS ? pid : 0n;
  if ((process + 1n) * ENTRY_BYTES > bytes) return fault('NO_TRANSLATION');
  const entry = memory.read(processTable + process * ENTRY_BYTES);
  if (entry === undefined) return fault('TABLE');
  visit?.(RADIX_PROCESS_TABLE_ENTRY, entry, processTable + process * ENTRY_BYTES);
  const { RTS1, RTS2, RPDS } = decode(RADIX_PROCESS_TABLE_ENTRY, entry);
  let size = ((RTS1 << 3) | RTS2) + RTS_BASE;
  const offset = BigInt.asUintN(OFFSET_BITS, ea);
  if (offset >> BigInt(size) !== 0n) return { kind: 'segment' };

  let [base, indexBits] = [entry & RPDB, RPDS];
  for (let level = 0; level < MAXIMUM_LEVELS; level++) {
    if (indexBits < SMALLEST_DIRECTORY || indexBits > size - SMALLEST_PAGE) return fault('CONFIGURATION');
    const at = base + ((offset >> BigInt(size - indexBits)) & ones(indexBits)) * 8n;
    const found = memory.read(at);
    if (found === undefined) return fault('TABLE');
    const { V, L, NLS } = decode(RADIX_DIRECTORY_ENTRY, found);
    visit?.(L === 1 ? RADIX_PAGE_ENTRY : RADIX_DIRECTORY_ENTRY, found, at);
    if (V === 0) return fault('NO_TRANSLATION');
    size -= indexBits;
    if (L === 1) {
      const refused = refusal(found, access, AMR, IAMR);
      if (refused !== undefined) return refused;
      const recorded = found | R | (access.kind === 'store' ? C : 0n);
      if (access.records && recorded !== found) memory.write(at, recorded);
      const within = ones(size);
      return { kind: 'real', address: (found & RPN & ~within) | (offset & within) };
    }
    base = found & NLB;
    indexBits = NLS;
  }
  return fault('CONFIGURATION');
}

/** Key 0 of AMR and IAMR, which privileged accesses to problem state's pages obey: its two bits are the most significant ones. */
const [AMR_STORE, AMR_LOAD, IAMR_FETCH] = [1n << 63n, 1n << 62n, 1n << 62n];

function refusal(entry: bigint, { kind, isProblemState }: AccessKind, AMR: bigint, IAMR: bigint): Translated | undefined {
  const { PRIV, READ, WRITE, EXECUTE, ATT } = decode(RADIX_PAGE_ENTRY, entry);
  const isKeyed = !isProblemState && PRIV === 0;
  const isForbidden = isProblemState && PRIV === 1;
  switch (kind) {
    case 'fetch':
      if (isForbidden || EXECUTE === 0 || ATT >= GUARDED || (isKeyed && (IAMR & IAMR_FETCH) !== 0n)) return fault('NO_EXECUTE');
      return undefined;
    case 'load':
      return isForbidden || (READ === 0 && WRITE === 0) || (isKeyed && (AMR & AMR_LOAD) !== 0n) ? fault('PROTECTION') : undefined;
    case 'store':
      return isForbidden || WRITE === 0 || (isKeyed && (AMR & AMR_STORE) !== 0n) ? fault('PROTECTION') : undefined;
  }
}
const GUARDED = 2;
