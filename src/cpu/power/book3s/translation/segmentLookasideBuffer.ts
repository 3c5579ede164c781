// SPDX-License-Identifier: MIT
import { decode, field, maskOf, register, reserved, wideField } from '../../../registers/describeRegister.js';

/** Power ISA, Book III, SLB Entry: what slbmte takes in RB. */
export const SLB_ESID = register({
  name: 'SLBE (RB)',
  title: 'Segment Lookaside Buffer Entry, effective half',
  width: 64,
  numbering: 'msb0',
  fields: [
    wideField('0:35', 'ESID', 'Effective Segment ID'),
    field('36', 'V', 'Valid'),
    reserved('37:51'),
    field('52:63', 'index', 'Entry number'),
  ],
});
/** Power ISA, Book III, SLB Entry: what slbmte takes in RS. */
export const SLB_VSID = register({
  name: 'SLBE (RS)',
  title: 'Segment Lookaside Buffer Entry, virtual half',
  width: 64,
  numbering: 'msb0',
  fields: [
    field('0:1', 'B', 'Segment Size Selector', { MB256: 0, TB1: 1 }),
    wideField('2:51', 'VSID', 'Virtual Segment ID'),
    field('52', 'Ks', 'Privileged State Storage Key'),
    field('53', 'Kp', 'Problem State Storage Key'),
    field('54', 'N', 'No-execute'),
    field('55', 'L', 'Virtual Page Size Selector, L'),
    field('56', 'C', 'Class'),
    reserved('57'),
    field('58:59', 'LP', 'Virtual Page Size Selector, LP'),
    reserved('60:63'),
  ],
});

/** What slbie takes in RB: class and segment size lie where slbmte has V. */
export const SLBIE_OPERAND = register({
  name: 'slbie RB',
  title: 'SLB Invalidate Entry',
  width: 64,
  numbering: 'msb0',
  fields: [
    wideField('0:35', 'ESID', 'Effective Segment ID'),
    field('36', 'C', 'Class'),
    field('37:38', 'B', 'Segment Size Selector'),
    reserved('39:63'),
  ],
});

const [ESID, VALID, LOWEST_CLASS] = [maskOf(SLB_ESID, 'ESID'), maskOf(SLB_ESID, 'V'), maskOf(SLB_VSID, 'C')];
/** Bits of an offset in a segment of 256 MB, of 1 TB. */
const SEGMENT_BITS = [28n, 40n] as const;
/** Entries of POWER8 and POWER9. */
export const SLB_ENTRIES = 32;

/** One entry as slbmte writes it; bits of the entry number are zero. */
export interface SegmentEntry {
  readonly esid: bigint;
  readonly vsid: bigint;
}

const EMPTY: SegmentEntry = { esid: 0n, vsid: 0n };

/** Bits of an offset in the entry's segment. */
export const segmentBits = ({ vsid }: SegmentEntry): bigint => SEGMENT_BITS[decode(SLB_VSID, vsid).B === 0 ? 0 : 1];
const isValid = ({ esid }: SegmentEntry): boolean => (esid & VALID) !== 0n;
const covers = (entry: SegmentEntry, ea: bigint): boolean =>
  isValid(entry) && (entry.esid & ESID) >> segmentBits(entry) === ea >> segmentBits(entry);

/** The segment lookaside buffer of one processing element. */
export class SegmentLookasideBuffer {
  #entries: SegmentEntry[] = Array.from({ length: SLB_ENTRIES }, () => EMPTY);

  /** All entries by number; KVM_GET_SREGS reads them. */
  get entries(): readonly SegmentEntry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries.fill(EMPTY);
  }

  /** Writes entry `index`; nothing if there is none. */
  write(index: number, esid: bigint, vsid: bigint): void {
    if (index < SLB_ENTRIES) this.#entries[index] = { esid: esid & (ESID | VALID), vsid };
  }

  /** slbmte. */
  moveToEntry(RB: bigint, RS: bigint): void {
    this.write(decode(SLB_ESID, RB).index, RB, RS);
  }

  /** The entry that RB of slbmfee and slbmfev names. */
  entryAt(RB: bigint): SegmentEntry {
    const entry = this.#entries[decode(SLB_ESID, RB).index] ?? EMPTY;
    return isValid(entry) ? entry : EMPTY;
  }

  /** The segment that holds `ea`; `undefined`: none. Of several the one with the lowest number. Choice: no machine check. */
  find(ea: bigint): SegmentEntry | undefined {
    return this.#entries.find(entry => covers(entry, ea));
  }

  /** slbie. The class is not compared: a wrong one is boundedly undefined. */
  invalidate(RB: bigint): void {
    const { B } = decode(SLBIE_OPERAND, RB);
    this.#entries = this.#entries.map(entry => (covers(entry, RB & ESID) && decode(SLB_VSID, entry.vsid).B === B ? EMPTY : entry));
  }

  /** slbia by its IH: 0 and 1 keep entry 0, 2 keeps it and class 0 entries, 3 (3.0) all class 0 ones, 4 none, 6 class 0 ones and entry 0, 7 entry 0. */
  invalidateAll(IH: number): void {
    const keepsFirst = IH !== 3 && IH !== 4;
    const keepsClass0 = IH === 2 || IH === 3 || IH === 6;
    this.#entries = this.#entries.map((entry, n) =>
      (keepsFirst && n === 0) || (keepsClass0 && (entry.vsid & LOWEST_CLASS) === 0n) ? entry : EMPTY,
    );
  }
}
