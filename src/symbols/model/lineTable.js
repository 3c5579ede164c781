// SPDX-License-Identifier: MIT
import { virtualAddress } from '../../base/index.js';
import { LINE_ROW_FLAG, runLineProgram } from '../dwarf/lineProgram.js';
import { readLineProgramHeader } from '../dwarf/lineProgramHeader.js';
import { joinedPath } from './sourceFiles.js';
/** The line table of one unit: header on construction, rows on first use. */
export class LineTable {
    sections;
    name;
    directory;
    sourceFiles;
    #header;
    #files = new Map();
    #rows;
    /** Reads the table at `position` of `.debug_line`. `name` and `directory` are the unit's own, for what the table leaves out. */
    constructor(sections, position, unit, name, directory, sourceFiles) {
        this.sections = sections;
        this.name = name;
        this.directory = directory;
        this.sourceFiles = sourceFiles;
        this.#header = position === undefined ? undefined : readLineProgramHeader(sections, position, unit);
    }
    /** Paths of the files by the number that rows and DW_AT_decl_file use. */
    file(number) {
        let file = this.#files.get(number);
        if (file === undefined) {
            file = this.#readFile(number);
            this.#files.set(number, file);
        }
        return file;
    }
    get files() {
        const header = this.#header;
        if (header === undefined)
            return [];
        const files = new Set();
        for (let number = header.version >= 5 ? 0 : 1; number < header.files.length; number++)
            files.add(this.file(number));
        return [...files];
    }
    /** All rows by address, in the program's order among equal ones, each with its end. */
    get rows() {
        this.#rows ??= this.#header === undefined ? [] : this.#readRows(runLineProgram(this.sections, this.#header));
        return this.#rows;
    }
    #readFile(number) {
        const header = this.#header;
        const entry = header?.files[number];
        if (header === undefined || entry === undefined) {
            // Number 0 before version 5 means the unit's own source.
            return this.sourceFiles.at(joinedPath(this.directory, number === 0 || header === undefined ? this.name : `<unknown file ${number}>`), undefined);
        }
        const directory = header.directories[entry.directory];
        return this.sourceFiles.at(joinedPath(this.directory, directory, entry.name), entry.md5);
    }
    #readRows(matrix) {
        const rows = [];
        for (let index = 0; index + 1 < matrix.length; index++) {
            const flags = matrix.flags[index] ?? 0;
            if ((flags & LINE_ROW_FLAG.end_sequence) !== 0)
                continue;
            const address = matrix.address[index] ?? 0n;
            const next = matrix.address[index + 1] ?? address;
            rows.push({
                address: virtualAddress(address),
                endAddress: virtualAddress(next < address ? address : next),
                file: this.file(matrix.file[index] ?? 0),
                line: matrix.line[index] ?? 0,
                column: matrix.column[index] ?? 0,
                isStatement: (flags & LINE_ROW_FLAG.is_stmt) !== 0,
                isBasicBlock: (flags & LINE_ROW_FLAG.basic_block) !== 0,
                isPrologueEnd: (flags & LINE_ROW_FLAG.prologue_end) !== 0,
                isEpilogueBegin: (flags & LINE_ROW_FLAG.epilogue_begin) !== 0,
                discriminator: matrix.discriminator[index] ?? 0,
                isa: matrix.isa[index] ?? 0,
            });
        }
        return rows.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    }
}
/** The index of the first row whose address is above `address`. */
export function upperBound(rows, address) {
    let low = 0;
    let high = rows.length;
    while (low < high) {
        const middle = (low + high) >>> 1;
        const row = rows[middle];
        if (row !== undefined && row.address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
/** The row for the instruction at `address`: of several that begin there, the last, which is the only one with a size. */
export function rowAt(rows, address) {
    const index = upperBound(rows, address);
    const row = rows[index - 1];
    return row !== undefined && address < row.endAddress ? row : undefined;
}
//# sourceMappingURL=lineTable.js.map