// SPDX-License-Identifier: MIT
import type { Endianness } from '../../base/index.js';
import type { ProblemList } from '../problem.js';
import type { WorkBudget } from '../workBudget.js';
import { type InitialLength, SectionReader } from './sectionReader.js';

/** The sections that are read. */
export const DWARF_SECTIONS = [
  '.debug_abbrev',
  '.debug_addr',
  '.debug_frame',
  '.debug_info',
  '.debug_line',
  '.debug_line_str',
  '.debug_loc',
  '.debug_loclists',
  '.debug_ranges',
  '.debug_rnglists',
  '.debug_str',
  '.debug_str_offsets',
  '.debug_types',
  '.eh_frame',
] as const;

export type DwarfSectionName = (typeof DWARF_SECTIONS)[number];

/** A section and where it is loaded (0 if it is not; only `.eh_frame` minds). */
export interface SectionContents {
  readonly bytes: Uint8Array;
  readonly address: bigint;
}

const ABSENT: SectionContents = { bytes: new Uint8Array(), address: 0n };

/** A unit or an entry: where its length begins, and a reader behind the length. */
export interface SectionPart {
  readonly position: number;
  readonly length: InitialLength;
  readonly reader: SectionReader;
}

/** The debug sections of one file, with what all their readers share: byte order, list of problems, budget. */
export class DwarfSections {
  constructor(
    readonly contents: ReadonlyMap<string, SectionContents>,
    readonly endianness: Endianness,
    /** Size of addresses where no header tells it (`.debug_frame` before version 4). */
    readonly defaultAddressSize: number,
    readonly problems: ProblemList,
    readonly budget: WorkBudget,
  ) {}

  bytes(name: DwarfSectionName): Uint8Array {
    return (this.contents.get(name) ?? ABSENT).bytes;
  }

  address(name: DwarfSectionName): bigint {
    return (this.contents.get(name) ?? ABSENT).address;
  }

  /** A reader from `position` up to `end` (the section's end if not given). */
  reader(name: DwarfSectionName, position = 0, end?: number): SectionReader {
    return new SectionReader(this.bytes(name), this.endianness, position, end);
  }

  /**
   * The parts of a section that each begin with an initial length: units, or the entries of call frame information. `reader` stands behind the
   * length. What is cut off or reserved is reported as `what` ("unit"), and ends the walk where nothing tells where the next one begins.
   */
  *parts(name: DwarfSectionName, what: string): Generator<SectionPart> {
    const reader = this.reader(name);
    while (!reader.atEnd && this.budget.spend()) {
      const position = reader.position;
      const length = reader.initialLength();
      if (length === undefined) {
        this.problems.report(name, position, `The length of the ${what} is reserved or cut off. The rest of the section is ignored.`);
        return;
      }
      if (length.isTruncated) this.problems.report(name, position, `The ${what} is longer than what is left of the section.`);
      yield { position, length, reader };
      reader.position = length.end;
      reader.overrun = false;
    }
  }

  /** The string at `offset` of `.debug_str` or `.debug_line_str`; `undefined` with a problem if there is none. */
  string(name: '.debug_str' | '.debug_line_str', offset: number): string | undefined {
    const reader = this.reader(name, offset);
    const text = reader.string();
    if (!reader.overrun) return text;
    this.problems.report(name, offset, `No string begins at offset ${offset} of ${this.bytes(name).length}.`);
    return undefined;
  }
}
