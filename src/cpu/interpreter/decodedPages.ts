// SPDX-License-Identifier: MIT
import { present } from '../../base/index.js';
import type { EngineCounters } from '../engine/engine.js';
import {
  CODE_MAP,
  DECODED_PAGE_BYTES,
  DECODED_PAGE_COUNT,
  DECODED_PAGES,
  HANDLER,
  PAGE_BYTES,
  RAM_OFFSET,
  RECORD,
  RECORDS_PER_PAGE,
} from './memoryLayout.js';
import { LONGEST_SEQUENCE } from './sequences.js';

interface DecodedPage {
  /** Offset in linear memory of the page of RAM. */
  readonly hostOffset: number;
  /** Places in the page, in instructions, that carry a trap. */
  readonly traps: Set<number>;
  /** Whose records they are. */
  mode: number;
}

const INSTRUCTION_BYTES = 4;
// Shifts, without a sign, in place of divisions: each step of a debugger that writes trap words comes here for each of them.
const INSTRUCTION_SHIFT = Math.log2(INSTRUCTION_BYTES);
const PAGE_SHIFT = Math.log2(PAGE_BYTES);
const startOfPage = (hostOffset: number): number => ((hostOffset >>> PAGE_SHIFT) << PAGE_SHIFT) >>> 0;

/**
 * The decode cache: which pages of RAM have decoded records, where those lie, and which of them
 * carry traps. A record says UNDECODED until it is run for the first time, and again after its
 * instruction has been written to.
 */
export class DecodedPages {
  /** In the order of their places in linear memory. */
  #pages: DecodedPage[] = [];
  #view: DataView;
  /** The mode in which pages are decoded now. A page has the records of one mode at a time. */
  mode = 0;

  constructor(
    memory: DataView,
    private readonly counters: Pick<EngineCounters, 'givenUp'>,
  ) {
    this.#view = memory;
  }

  /** To be called when linear memory has grown. */
  set memory(memory: DataView) {
    this.#view = memory;
  }

  /** Whether a page can still be decoded without `forget`. */
  get isFull(): boolean {
    return this.#pages.length === DECODED_PAGE_COUNT;
  }

  /** Address of the records of the page at `hostOffset`; 0 if it has none. */
  recordsAt(hostOffset: number): number {
    return this.#view.getUint32(mapEntry(hostOffset), true);
  }

  /** Address of the records of the page at `hostOffset`, which are made if there are none. Must not be full. */
  recordsOf(hostOffset: number): number {
    const known = this.recordsAt(hostOffset);
    if (known !== 0) {
      this.#decodeAnew(known);
      return known;
    }
    const records = DECODED_PAGES + this.#pages.length * DECODED_PAGE_BYTES;
    this.#pages.push({ hostOffset: startOfPage(hostOffset), traps: new Set(), mode: this.mode });
    new Uint8Array(this.#view.buffer, records, DECODED_PAGE_BYTES).fill(0);
    this.#view.setUint16(records + RECORDS_PER_PAGE * RECORD.bytes + RECORD.handler, HANDLER.PAGE_END, true);
    this.#view.setUint32(mapEntry(hostOffset), records, true);
    return records;
  }

  /** Takes back all records at `records` if they are another mode's. */
  #decodeAnew(records: number): void {
    const page = this.#pageOfRecord(records);
    if (page.mode === this.mode) return;
    page.mode = this.mode;
    for (let place = 0; place < RECORDS_PER_PAGE; place++) this.#undecode(records + place * RECORD.bytes);
  }

  #pageOfRecord(record: number): DecodedPage {
    return present(this.#pages[Math.floor((record - DECODED_PAGES) / DECODED_PAGE_BYTES)], 'decoded page of a record');
  }

  /** Offset in linear memory of the instruction that `record` is for. */
  instructionOf(record: number): number {
    return this.#pageOfRecord(record).hostOffset + this.placeOf(record) * INSTRUCTION_BYTES;
  }

  /** The place of `record` in its page, in instructions. */
  placeOf(record: number): number {
    return ((record - DECODED_PAGES) % DECODED_PAGE_BYTES) / RECORD.bytes;
  }

  hasTrap(record: number): boolean {
    const { traps } = this.#pageOfRecord(record);
    return traps.size > 0 && traps.has(this.placeOf(record));
  }

  /** Puts a trap on the instruction at byte `offset` of the page with these `records`. */
  setTrap(records: number, offset: number): void {
    const place = offset / INSTRUCTION_BYTES;
    this.#pageOfRecord(records).traps.add(place);
    this.#view.setUint16(records + place * RECORD.bytes + RECORD.handler, HANDLER.TRAP, true);
  }

  clearTraps(): void {
    this.#pages.forEach(({ traps }, index) => {
      for (const place of traps) this.#undecode(DECODED_PAGES + index * DECODED_PAGE_BYTES + place * RECORD.bytes);
      traps.clear();
    });
  }

  #undecode(record: number): void {
    const place = record + RECORD.handler;
    if (this.#view.getUint16(place, true) === HANDLER.UNDECODED) return;
    this.#view.setUint16(place, HANDLER.UNDECODED, true);
    this.counters.givenUp++;
  }

  /**
   * Marks the records of the instructions in [hostOffset, hostOffset + bytes) as undecoded, with those before them that run them within a sequence:
   * `reaches` says whether a handler of a mode runs more than so many instructions.
   */
  invalidate(hostOffset: number, bytes: number, reaches: (mode: number, handler: number, instructions: number) => boolean): void {
    const end = hostOffset + bytes;
    for (let page = startOfPage(hostOffset); page < end; page += PAGE_BYTES) {
      const records = this.recordsAt(page);
      if (records === 0) continue;
      const first = page >= hostOffset ? 0 : (hostOffset - page) >>> INSTRUCTION_SHIFT;
      const last = end >= page + PAGE_BYTES ? RECORDS_PER_PAGE : (end - page + INSTRUCTION_BYTES - 1) >>> INSTRUCTION_SHIFT;
      for (let place = first; place < last; place++) this.#undecode(records + place * RECORD.bytes);
      for (let distance = 1; distance < LONGEST_SEQUENCE && distance <= first; distance++) {
        const before = records + (first - distance) * RECORD.bytes;
        const handler = this.#view.getUint16(before + RECORD.handler, true);
        if (handler >= HANDLER.FIRST_VARIANT && reaches(this.#pageOfRecord(records).mode, handler, distance)) this.#undecode(before);
      }
    }
  }

  /** Forgets all pages. */
  forget(): void {
    for (const { hostOffset } of this.#pages) this.#view.setUint32(mapEntry(hostOffset), 0, true);
    this.#pages = [];
  }
}

/** Where the code map has the page at `hostOffset`. */
const mapEntry = (hostOffset: number): number => CODE_MAP + ((hostOffset - RAM_OFFSET) >>> PAGE_SHIFT) * 4;
