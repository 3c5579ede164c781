import type { Endianness } from '../../base/index.js';
import type { ProblemList } from '../problem.js';
import type { WorkBudget } from '../workBudget.js';
import { SectionReader } from './sectionReader.js';
/** The sections that are read. */
export declare const DWARF_SECTIONS: readonly ['.debug_abbrev', '.debug_addr', '.debug_frame', '.debug_info', '.debug_line', '.debug_line_str', '.debug_loc', '.debug_loclists', '.debug_ranges', '.debug_rnglists', '.debug_str', '.debug_str_offsets', '.debug_types', '.eh_frame'];
export type DwarfSectionName = (typeof DWARF_SECTIONS)[number];
/** A section and where it is loaded (0 if it is not; only `.eh_frame` minds). */
export interface SectionContents {
    readonly bytes: Uint8Array;
    readonly address: bigint;
}
/** The debug sections of one file, with what all their readers share: byte order, list of problems, budget. */
export declare class DwarfSections {
    readonly contents: ReadonlyMap<string, SectionContents>;
    readonly endianness: Endianness;
    /** Size of addresses where no header tells it (`.debug_frame` before version 4). */
    readonly defaultAddressSize: number;
    readonly problems: ProblemList;
    readonly budget: WorkBudget;
    constructor(contents: ReadonlyMap<string, SectionContents>, endianness: Endianness, 
    /** Size of addresses where no header tells it (`.debug_frame` before version 4). */
    defaultAddressSize: number, problems: ProblemList, budget: WorkBudget);
    bytes(name: DwarfSectionName): Uint8Array;
    address(name: DwarfSectionName): bigint;
    /** A reader from `position` up to `end` (the section's end if not given). */
    reader(name: DwarfSectionName, position?: number, end?: number): SectionReader;
    /** The string at `offset` of `.debug_str` or `.debug_line_str`; `undefined` with a problem if there is none. */
    string(name: '.debug_str' | '.debug_line_str', offset: number): string | undefined;
}
