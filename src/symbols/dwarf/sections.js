import { SectionReader } from './sectionReader.js';
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
];
const ABSENT = { bytes: new Uint8Array(), address: 0n };
/** The debug sections of one file, with what all their readers share: byte order, list of problems, budget. */
export class DwarfSections {
    contents;
    endianness;
    defaultAddressSize;
    problems;
    budget;
    constructor(contents, endianness, 
    /** Size of addresses where no header tells it (`.debug_frame` before version 4). */
    defaultAddressSize, problems, budget) {
        this.contents = contents;
        this.endianness = endianness;
        this.defaultAddressSize = defaultAddressSize;
        this.problems = problems;
        this.budget = budget;
    }
    bytes(name) {
        return (this.contents.get(name) ?? ABSENT).bytes;
    }
    address(name) {
        return (this.contents.get(name) ?? ABSENT).address;
    }
    /** A reader from `position` up to `end` (the section's end if not given). */
    reader(name, position = 0, end) {
        return new SectionReader(this.bytes(name), this.endianness, position, end);
    }
    /** The string at `offset` of `.debug_str` or `.debug_line_str`; `undefined` with a problem if there is none. */
    string(name, offset) {
        const reader = this.reader(name, offset);
        const text = reader.string();
        if (!reader.overrun)
            return text;
        this.problems.report(name, offset, `No string begins at offset ${offset} of ${this.bytes(name).length}.`);
        return undefined;
    }
}
//# sourceMappingURL=sections.js.map