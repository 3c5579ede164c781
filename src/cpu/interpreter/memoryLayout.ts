// SPDX-License-Identifier: MIT
/**
 * Linear memory of one machine's engine.
 *
 *   0x0000_0000 ┌──────────────┐ state page of the running vCPU (state/stateLayout.ts)
 *   0x0000_2000 ├──────────────┤ translations for loads
 *   0x0000_4000 ├──────────────┤ translations for stores
 *   0x0000_6000 ├──────────────┤ translations for fetches
 *   0x0000_8000 ├──────────────┤ code map: for each page of RAM the decoded page, or 0
 *   0x0040_8000 ├──────────────┤ decoded pages
 *   RAM_OFFSET  ├──────────────┤ guest RAM
 *               └──────────────┘
 */
export const READ_TRANSLATIONS = 0x2000;
export const WRITE_TRANSLATIONS = 0x4000;
export const FETCH_TRANSLATIONS = 0x6000;
export const CODE_MAP = 0x8000;
const CODE_MAP_BYTES = 0x40_0000;

/** Page size of translations and of decoded pages, in bytes. */
export const PAGE_BYTES = 0x1000;
/** Entries of each kind of translation; the index is the low bits of the page number. */
export const TRANSLATION_ENTRIES = 256;

/**
 * A translation for loads or stores. A tag is the page's virtual address, or all ones: an address
 * is compared with its page offset masked except for the bits that alignment wants zero, so that a
 * misaligned access never matches. A page that needs more than the access itself has a `slowTag` and no `tag`.
 * The hull of its watched bytes is [watchLow, watchHigh), offsets in the page. `aroundBytes` bytes from the virtual address with the low
 * half `aroundStart` are the hull with what is next to it, or the page if it has decoded instructions: outside of them the access is all.
 */
export const TRANSLATION = {
  tag: 0,
  addend: 8,
  watchLow: 12,
  watchHigh: 14,
  slowTag: 16,
  aroundStart: 24,
  aroundBytes: 28,
  bytes: 32,
} as const;
/** The largest element of an access, in bytes: an aligned access touches a byte only if it touches the unit that this is in. */
export const LARGEST_ELEMENT = 8;
/** A translation for fetches. */
export const FETCH = { tag: 0, records: 8, bytes: 16 } as const;

/** A decoded instruction: handler number, three 16-bit operands, then one 64-bit immediate or four more 16-bit operands. */
export const RECORD = { handler: 0, operands: 2, immediate: 8, bytes: 16 } as const;
/** log2 of record bytes per instruction byte: how record addresses and program counters convert. */
export const RECORD_SHIFT = 2;
export const RECORDS_PER_PAGE = PAGE_BYTES / 4;
/** A decoded page ends in a sentinel record. */
export const DECODED_PAGE_BYTES = (RECORDS_PER_PAGE + 1) * RECORD.bytes;
export const DECODED_PAGES = CODE_MAP + CODE_MAP_BYTES;
/** How many pages may be decoded at a time. */
export const DECODED_PAGE_COUNT = 1024;

const align64K = (value: number): number => Math.ceil(value / 0x1_0000) * 0x1_0000;
/** Where RAM begins. */
export const RAM_OFFSET = align64K(DECODED_PAGES + DECODED_PAGE_COUNT * DECODED_PAGE_BYTES);

/** Handlers that are not instructions. */
export const HANDLER = { UNDECODED: 0, TRAP: 1, PAGE_END: 2, FIRST_VARIANT: 3 } as const;

/** How the main function says that it met a record that is not decoded; the other values are those of `STOP`. */
export const STOP_UNDECODED = 5;
/** How the fast copy of the main function says that it leaves an instruction to the complete one. */
export const STOP_GIVEN_UP = 6;
