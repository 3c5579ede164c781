// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import {
  type AccessKind,
  DSISR,
  decode,
  describe,
  HASHED_GROUP,
  type HashedTable,
  HPTE_HIGH,
  HPTE_LOW,
  hashedPageShift,
  RADIX_DIRECTORY_ENTRY,
  RADIX_PAGE_ENTRY,
  RADIX_PROCESS_TABLE_ENTRY,
  type RadixContext,
  type RealMemory,
  type Register,
  type SegmentLookasideBuffer,
  SLB_ESID,
  SLB_VSID,
  type StorageFault,
  type Translated,
  translateHashed,
  translateRadix,
  type VisitEntry,
} from '../../cpu/index.js';
import type { MappingAttribute, TranslationStep, TranslationWalk } from '../memory/translationWalk.js';

/** A doubleword that a walk has come to. */
interface Visited {
  readonly layout: Register;
  readonly value: bigint;
  readonly at: bigint;
}

/** What an access of a kind comes to, and the entries on its way if `visit` is given. */
type Translate = (access: AccessKind, visit?: VisitEntry) => Translated;

const KINDS = ['load', 'store', 'fetch'] as const;
const KIND_WORDS = { load: 'read', store: 'write', fetch: 'execute' } as const;
const STATES = [
  { name: 'Privileged', isProblemState: false },
  { name: 'Problem state', isProblemState: true },
] as const;

/** The entries on the way; where it leads, if any access gets there; and what is allowed, found by trying each access. */
function walk(translate: Translate): {
  readonly visited: readonly Visited[];
  readonly translated: Translated;
  readonly rights: readonly MappingAttribute[];
} {
  const visited: Visited[] = [];
  const tried = STATES.map(({ name, isProblemState }) => ({
    name,
    kinds: KINDS.map(kind => ({ kind, translated: translate({ kind, isProblemState, records: false }) })),
  }));
  const first = translate({ kind: 'load', isProblemState: false, records: false }, (layout, value, at) =>
    visited.push({ layout, value, at }),
  );
  const reached = tried.flatMap(({ kinds }) => kinds.map(({ translated }) => translated)).find(({ kind }) => kind === 'real');
  const rights = tried.map(({ name, kinds }) => ({
    name,
    text: kinds.flatMap(({ kind, translated }) => (translated.kind === 'real' ? [KIND_WORDS[kind]] : [])).join(', ') || 'none',
  }));
  return { visited, translated: reached ?? first, rights };
}

/** How `ea` goes through the radix trees: process table, directories, page. */
export function explainRadix(
  ea: bigint,
  registers: readonly TranslationStep[],
  context: RadixContext,
  memory: RealMemory,
): TranslationWalk {
  const { visited, translated, rights } = walk((access, visit) => translateRadix(ea, context, access, memory, visit));
  const steps = visited.map(({ layout, value, at }, level): TranslationStep => {
    const title = layout === RADIX_PROCESS_TABLE_ENTRY ? 'Process Table Entry' : `Level ${level}: ${layout.name}`;
    return { kind: 'entry', title, layout, value, address: at, place: undefined };
  });
  const leaf = visited.at(-1);
  const attributes = leaf?.layout === RADIX_PAGE_ENTRY ? describe(RADIX_PAGE_ENTRY, leaf.value).filter(({ name }) => name === 'ATT') : [];
  return ended('Radix tree', [...registers, ...steps], translated, {
    why: fault => (fault.kind === 'segment' ? `${hex(ea)} lies outside of the tree: Segment interrupt.` : storageSentence(fault.status)),
    pageBytes: radixPageBytes(visited),
    attributes: [...attributes.map(({ title, meaning }) => ({ name: title, text: meaning })), ...rights],
  });
}

/** Bytes that a leaf maps: what the directories above it have left of the tree's size. */
function radixPageBytes(visited: readonly Visited[]): bigint | undefined {
  const [process, ...entries] = visited;
  if (process === undefined) return undefined;
  const { RTS1, RTS2, RPDS } = decode(RADIX_PROCESS_TABLE_ENTRY, process.value);
  let [bits, index] = [((RTS1 << 3) | RTS2) + 31, RPDS];
  for (const { value, layout } of entries) {
    bits -= index;
    if (layout === RADIX_PAGE_ENTRY) return 1n << BigInt(bits);
    index = decode(RADIX_DIRECTORY_ENTRY, value).NLS;
  }
  return undefined;
}

const noSegment = (ea: bigint): string => `No entry of the SLB has the segment of ${hex(ea)}: Segment interrupt.`;

/** How `ea` goes through the SLB and the hashed page table. */
export function explainHashed(
  ea: bigint,
  registers: readonly TranslationStep[],
  segments: SegmentLookasideBuffer,
  table: HashedTable,
  AMR: bigint,
): TranslationWalk {
  const regime = 'Hashed page table';
  const segment = segments.find(ea);
  if (segment === undefined) return { regime, steps: registers, outcome: { kind: 'unmapped', why: noSegment(ea) } };
  const number = segments.entries.indexOf(segment);
  const slb = (half: string, layout: Register, value: bigint): TranslationStep => ({
    kind: 'entry',
    title: `SLB entry ${number}: ${half}`,
    layout,
    value,
    address: undefined,
    place: undefined,
  });
  const { visited, translated, rights } = walk((access, visit) => translateHashed(ea, segment, access, AMR, table, visit));
  const isSecondary = visited[0] !== undefined && decode(HPTE_HIGH, visited[0].value).H === 1;
  const steps = visited.map(
    ({ layout, value, at }): TranslationStep => ({
      kind: 'entry',
      title: layout.name,
      layout,
      value,
      address: undefined,
      place: `${isSecondary ? 'secondary' : 'primary'} group ${hex(at / HASHED_GROUP.bytes)}, entry ${(at % HASHED_GROUP.bytes) / HASHED_GROUP.entryBytes}`,
    }),
  );
  const [high, low] = visited;
  const shift = high && low && hashedPageShift(high.value, low.value);
  const storage = low === undefined ? [] : [{ name: 'WIMG', text: wimgText(decode(HPTE_LOW, low.value).WIMG) }];
  return ended(regime, [...registers, slb('ESID', SLB_ESID, segment.esid), slb('VSID', SLB_VSID, segment.vsid), ...steps], translated, {
    why: fault => (fault.kind === 'storage' ? storageSentence(fault.status) : noSegment(ea)),
    pageBytes: shift === undefined ? undefined : 1n << shift,
    attributes: [...storage, ...rights],
  });
}

/** Power ISA, Book II, Storage Control Attributes: W, I, M, G from the most significant bit on. */
const WIMG = ['Write Through Required', 'Caching Inhibited', 'Memory Coherence Required', 'Guarded'] as const;

const wimgText = (bits: number): string => WIMG.filter((_, index) => ((bits >> (3 - index)) & 1) === 1).join(', ') || 'none';

const storageSentence = (status: bigint): string =>
  `${describe(DSISR, status)
    .filter(({ value }) => value !== 0)
    .map(({ title }) => title)
    .join('; ')}: Storage interrupt.`;

interface Ending {
  readonly why: (fault: StorageFault) => string;
  readonly pageBytes: bigint | undefined;
  readonly attributes: readonly MappingAttribute[];
}

const ended = (
  regime: string,
  steps: readonly TranslationStep[],
  translated: Translated,
  { why, pageBytes, attributes }: Ending,
): TranslationWalk => ({
  regime,
  steps,
  outcome:
    translated.kind === 'real'
      ? { kind: 'mapped', address: translated.address, pageBytes, attributes }
      : { kind: 'unmapped', why: why(translated) },
});
