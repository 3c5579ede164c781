// SPDX-License-Identifier: MIT

// Where everything of a guest of random instructions is, by real address. Effective addresses are the same, in quadrant 3 as well.

/** The streams, one for each vCPU. */
export const STREAMS = [0x2_0000n, 0x3_0000n] as const;
/** A page of data that is always there. */
export const DATA = 0x4_0000n;
/** A page whose entry is entered by the page fault that it brings, and taken away by the stream. */
export const LAZY_PAGE = 0x5_0000n;
/** A page that no table has. A program that comes here in real mode returns. */
export const HOLE = 0x6_0000n;
/** What runs in the other byte order, with translation off and in 32-bit mode, as RTAS does. */
export const FIRMWARE = 0x1_8000n;
/** Where a stream's byte order does not matter: hypercalls before it begins. */
export const SETUP = 0x1000n;
/** The image's bytes: from 0 on. */
export const IMAGE_BYTES = 0x12_0000;

export const PROCESS_TABLE = 0x10_1000n;
/** The trees: of process 0, which quadrant 3 goes by, and of process 1, which the streams belong to. */
export const TREES = [
  { root: 0x11_0000n, second: 0x10_2000n, third: 0x10_3000n, pages: 0x10_4000n },
  { root: 0xa_0000n, second: 0x10_5000n, third: 0x10_6000n, pages: 0x10_7000n },
] as const;
/**
 * Pages, by effective address, whose real address is another one in the tree of process 1: the vectors', where no handler of the guest is, and the
 * streams', of which there is a copy. So it matters through which context a debugger writes.
 */
export const REMAPPED: ReadonlyMap<bigint, bigint> = new Map([
  ...[0n, 0x3000n, 0x4000n, 0x1_7000n].map(page => [page, 0x9_0000n] as const),
  ...STREAMS.flatMap((start, n) => [0n, 0x1000n, 0x2000n].map(page => [start + page, 0x7_0000n + 0x1_0000n * BigInt(n) + page] as const)),
]);
/** The tables' part of a page that has been entered, for loads, stores and execution in both states. */
export const PAGE_ENTRY = (1n << 63n) | (1n << 62n) | 0x187n;
/** Bytes from 0 on that the tables map, by pages of 4 KiB. */
export const MAPPED_BYTES = 0x20_0000n;

/** GPRs that a stream does not write. */
export const REGISTER = {
  DATA: 20,
  /** DATA, not aligned. */
  ODD: 21,
  /** A real address where nothing is. */
  NOWHERE: 22,
  /** MSR with SE and BE off and EE as it may be, and with one or two of them. */
  MSR: 23,
  MSR_EE: 24,
  MSR_SE: 25,
  MSR_BE: 26,
  /** The entry of LAZY_PAGE and where it belongs, in the byte order of the handlers. */
  ENTRY: 27,
  ENTRY_ADDRESS: 28,
  LAZY: 29,
  HOLE: 30,
} as const;

/** GPRs that the handlers count in. */
export const COUNTER = { faults: 15, externals: 16, decrementers: 18, calls: 19, traces: 2, pageFaults: 1 } as const;
