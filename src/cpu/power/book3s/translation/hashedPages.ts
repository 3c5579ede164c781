// SPDX-License-Identifier: MIT
import { ones } from '../../../../base/index.js';
import { decode, encode, field, maskOf, register, reserved, wideField } from '../../../registers/describeRegister.js';
import { DSISR } from '../registers/controlRegisters.js';
import type { AccessKind, Translated, VisitEntry } from './processScope.js';
import { type SegmentEntry, SLB_VSID, segmentBits } from './segmentLookasideBuffer.js';

/** Power ISA 2.07, Book III-S, Hashed Page Table Entry, doubleword 0. */
export const HPTE_HIGH = register({
  name: 'HPTE0',
  title: 'Hashed Page Table Entry, doubleword 0',
  width: 64,
  numbering: 'msb0',
  fields: [
    field('0:1', 'B', 'Segment Size'),
    wideField('2:56', 'AVA', 'Abbreviated Virtual Address'),
    field('57:60', 'SW', 'For software'),
    field('61', 'L', 'Virtual page size: larger than 4 KB'),
    field('62', 'H', 'Hash function identifier'),
    field('63', 'V', 'Valid'),
  ],
});
/** Power ISA 2.07, Book III-S, Hashed Page Table Entry, doubleword 1. */
export const HPTE_LOW = register({
  name: 'HPTE1',
  title: 'Hashed Page Table Entry, doubleword 1',
  width: 64,
  numbering: 'msb0',
  fields: [
    field('0', 'pp0', 'Page Protection bit 0'),
    reserved('1'),
    field('2:3', 'keyHigh', 'Virtual page class key, high part'),
    wideField('4:51', 'ARPN', 'Abbreviated Real Page Number and LP'),
    field('52:54', 'keyLow', 'Virtual page class key, low part'),
    field('55', 'R', 'Reference'),
    field('56', 'C', 'Change'),
    field('57:60', 'WIMG', 'Storage control bits'),
    field('61', 'N', 'No-execute'),
    field('62:63', 'pp', 'Page Protection bits 1:2'),
  ],
});

/** One base page size: `L` and `LP` of a segment that has it, and the actual page sizes by the LP of an entry (its lowest ARPN bits). `shift` is log2 of the bytes. */
export interface HashedPageSize {
  readonly shift: bigint;
  readonly L: number;
  readonly LP: number;
  /** Actual sizes other than 4 KB, whose entries have L = 1. */
  readonly pages: readonly { readonly shift: bigint; readonly LP: bigint }[];
}

/** The page sizes of POWER8 and POWER9; KVM_PPC_GET_SMMU_INFO tells guests. */
export const HASHED_PAGE_SIZES: readonly HashedPageSize[] = [
  {
    shift: 12n,
    L: 0,
    LP: 0,
    pages: [
      { shift: 16n, LP: 0x7n },
      { shift: 24n, LP: 0x38n },
    ],
  },
  {
    shift: 16n,
    L: 1,
    LP: 1,
    pages: [
      { shift: 16n, LP: 0x1n },
      { shift: 24n, LP: 0x8n },
    ],
  },
  { shift: 24n, L: 1, LP: 0, pages: [{ shift: 24n, LP: 0x0n }] },
  { shift: 34n, L: 1, LP: 2, pages: [{ shift: 34n, LP: 0x3n }] },
];
const SMALLEST_PAGE_SHIFT = 12n;

const [AVA, ARPN, R, C] = [maskOf(HPTE_HIGH, 'AVA'), maskOf(HPTE_LOW, 'ARPN'), maskOf(HPTE_LOW, 'R'), maskOf(HPTE_LOW, 'C')];
/** Where the virtual segment number begins in an SLB entry, for segments of 256 MB and of 1 TB. */
const VSID_SHIFT = [12n, 24n] as const;
/** A virtual address loses its lower 23 bits in AVA, whose lowest bit is 7: the offset in a segment is shifted by the difference. */
const AVA_SHIFT = 16n;
const TB_HASH_SHIFT = 25n;
const [GROUP_BYTES, ENTRY_BYTES, ENTRIES] = [128n, 16, 8];
/** Page Table Entry Groups: bytes of one, and of an entry of it. */
export const HASHED_GROUP = { bytes: GROUP_BYTES, entryBytes: BigInt(ENTRY_BYTES) } as const;
const COMPARED = maskOf(HPTE_HIGH, 'B') | AVA | maskOf(HPTE_HIGH, 'H') | maskOf(HPTE_HIGH, 'V');
const [VALID, SECONDARY, VIRTUAL] = [maskOf(HPTE_HIGH, 'V'), maskOf(HPTE_HIGH, 'H'), maskOf(SLB_VSID, 'B') | maskOf(SLB_VSID, 'VSID')];

const fault = (...names: readonly ('NO_TRANSLATION' | 'PROTECTION' | 'NO_EXECUTE' | 'KEY')[]): Translated => ({
  kind: 'storage',
  status: names.reduce((all, name) => all | encode(DSISR, { [name]: 1 }), 0n),
});

/** The bytes of a hashed page table as a walk reads them, and writes reference and change bits; a DataView is one. */
export type HashedTable = Pick<DataView, 'byteLength' | 'getBigUint64' | 'setBigUint64'>;

/** Power ISA, Book III, Hashed Page Table Translation, for an address in `segment`. */
export function translateHashed(
  ea: bigint,
  segment: SegmentEntry,
  access: AccessKind,
  AMR: bigint,
  table: HashedTable,
  visit?: VisitEntry,
): Translated {
  const { B, N, L, LP } = decode(SLB_VSID, segment.vsid);
  if (access.kind === 'fetch' && N === 1) return fault('NO_EXECUTE');
  const base = HASHED_PAGE_SIZES.find(each => each.L === L && each.LP === LP);
  if (base === undefined) return fault('NO_TRANSLATION');
  const offset = ea & ones(Number(segmentBits(segment)));
  const page = offset >> base.shift;
  const vsid = (segment.vsid & maskOf(SLB_VSID, 'VSID')) >> VSID_SHIFT[B === 0 ? 0 : 1];
  const hash = B === 0 ? vsid ^ page : vsid ^ (vsid << TB_HASH_SHIFT) ^ page;
  const wanted = (segment.vsid & VIRTUAL) | (((page << base.shift) >> AVA_SHIFT) & AVA) | VALID;
  const groups = BigInt(table.byteLength) / GROUP_BYTES - 1n;
  for (const [index, compared] of [
    [hash, wanted],
    [~hash, wanted | SECONDARY],
  ] as const) {
    const group = Number((index & groups) * GROUP_BYTES);
    for (let n = 0; n < ENTRIES; n++) {
      const at = group + n * ENTRY_BYTES;
      const high = table.getBigUint64(at);
      if (((high ^ compared) & COMPARED) !== 0n) continue;
      const low = table.getBigUint64(at + 8);
      const shift = pageShift(base, decode(HPTE_HIGH, high).L, low);
      if (shift === undefined) continue;
      visit?.(HPTE_HIGH, high, BigInt(at));
      visit?.(HPTE_LOW, low, BigInt(at + 8));
      const refused = refusal(low, segment, access, AMR);
      if (refused !== undefined) return refused;
      const recorded = low | R | (access.kind === 'store' ? C : 0n);
      if (access.records && recorded !== low) table.setBigUint64(at + 8, recorded);
      const within = ones(Number(shift));
      return { kind: 'real', address: (low & ARPN & ~within) | (ea & within) };
    }
  }
  return fault('NO_TRANSLATION');
}

/** log2 of the actual page size that an entry asks for, whatever segment it is for; `undefined`: there is no such encoding. */
export function hashedPageShift(high: bigint, low: bigint): bigint | undefined {
  const { L } = decode(HPTE_HIGH, high);
  for (const base of HASHED_PAGE_SIZES) {
    const shift = pageShift(base, L, low);
    if (shift !== undefined) return shift;
  }
  return undefined;
}

/** log2 of the actual page size; `undefined`: the entry is for another base page size. */
function pageShift(base: HashedPageSize, L: number, low: bigint): bigint | undefined {
  if (L === 0) return base.shift === SMALLEST_PAGE_SHIFT ? SMALLEST_PAGE_SHIFT : undefined;
  return base.pages.find(({ shift, LP }) => (low & ARPN & ones(Number(shift))) === LP << SMALLEST_PAGE_SHIFT)?.shift;
}

/** Power ISA, Book III, Basic Storage Protection: what a key of 0 or 1 allows by pp0 and pp. */
const RIGHTS = {
  readWrite: [[0, 1, 2], [2]],
  readOnly: [
    [3, 6],
    [1, 3],
  ],
} as const;
const GUARDED = 1;
const KEYS = 31n;

function refusal(low: bigint, segment: SegmentEntry, { kind, isProblemState }: AccessKind, AMR: bigint): Translated | undefined {
  const { Ks, Kp } = decode(SLB_VSID, segment.vsid);
  const { pp0, pp, N, WIMG, keyHigh, keyLow } = decode(HPTE_LOW, low);
  if (kind === 'fetch' && (N === 1 || (WIMG & GUARDED) !== 0)) return fault('NO_EXECUTE');
  const [key, protection] = [isProblemState ? Kp : Ks, (pp0 << 2) | pp] as const;
  const isWritable = RIGHTS.readWrite[key === 0 ? 0 : 1].some(each => each === protection);
  const isReadable = isWritable || RIGHTS.readOnly[key === 0 ? 0 : 1].some(each => each === protection);
  if (kind === 'store' ? !isWritable : !isReadable) return fault('PROTECTION');
  if (kind === 'fetch') return undefined;
  const forbidden = (AMR >> (2n * (KEYS - BigInt((keyHigh << 3) | keyLow)))) & 3n;
  return (forbidden & (kind === 'store' ? 2n : 1n)) !== 0n ? fault('KEY') : undefined;
}
