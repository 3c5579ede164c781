// SPDX-License-Identifier: MIT
import { skipForm } from './attributeValue.js';
import { DW_FORM, DW_LNCT } from './constants.js';
/** Reads the header at `position` of `.debug_line`; `undefined` with a problem if it is not usable. */
export function readLineProgramHeader(sections, position, unit) {
    const reader = sections.reader('.debug_line', position);
    const refuse = (message) => {
        sections.problems.report('.debug_line', position, message);
    };
    const length = reader.initialLength();
    if (length === undefined)
        return refuse('The length of the line number program is reserved or cut off. It is ignored.');
    if (length.isTruncated)
        refuse('The line number program is longer than what is left of the section.');
    const version = reader.u16();
    if (version < 2 || version > 5)
        return refuse(`The line number program has version ${version}; 2 to 5 are known. It is ignored.`);
    let addressSize = unit.addressSize;
    if (version >= 5) {
        addressSize = reader.u8();
        reader.skip(1); // segment_selector_size
    }
    const headerLength = reader.offset(length.offsetSize);
    const programPosition = reader.position + headerLength;
    const minimumInstructionBytes = reader.u8();
    const maximumOperations = version >= 4 ? reader.u8() : 1;
    const defaultIsStatement = reader.u8() !== 0;
    const lineBase = reader.i8();
    const lineRange = reader.u8();
    const opcodeBase = reader.u8();
    const standardOpcodeLengths = [...reader.slice(Math.max(0, opcodeBase - 1))];
    if (reader.overrun || programPosition > length.end)
        return refuse('The line number program ends inside its header. It is ignored.');
    if (lineRange === 0)
        return refuse('The line number program has a line range of 0, by which special opcodes divide. It is ignored.');
    if (![1, 2, 4, 8].includes(addressSize))
        return refuse(`The line number program has addresses of ${addressSize} bytes. It is ignored.`);
    const directories = [];
    const files = [];
    const parameters = { offsetSize: length.offsetSize, addressSize, version };
    if (version >= 5) {
        readEntries(sections, reader, parameters, unit, entry => directories.push(entry.name));
        readEntries(sections, reader, parameters, unit, entry => files.push(entry));
    }
    else {
        directories.push(undefined);
        for (let name = reader.string(); name !== ''; name = reader.string())
            directories.push(name);
        files.push(undefined);
        while (readOldFile(reader, files))
            ;
    }
    if (reader.overrun)
        refuse('The lists of directories and files end early.');
    return {
        position,
        end: length.end,
        programPosition,
        version,
        addressSize,
        minimumInstructionBytes,
        maximumOperations,
        defaultIsStatement,
        lineBase,
        lineRange,
        opcodeBase,
        standardOpcodeLengths,
        directories,
        files,
        defineFile: definition => void readOldFile(definition, files),
    };
}
/** Reads a file entry of versions 2 to 4; false at the end of the list. */
function readOldFile(reader, files) {
    const name = reader.string();
    if (name === '')
        return false;
    const directory = reader.ulebNumber();
    reader.skipLeb(); // modification time
    reader.skipLeb(); // length in bytes
    if (reader.overrun)
        return false;
    files.push({ name, directory, md5: undefined });
    return true;
}
/** Reads a list of directories or files of version 5, each described by pairs of content type and form. */
function readEntries(sections, reader, parameters, unit, add) {
    const formats = [];
    for (let count = reader.u8(); count > 0 && !reader.overrun; count--)
        formats.push({ content: reader.ulebNumber(), form: reader.ulebNumber() });
    const count = reader.ulebNumber();
    // Entries without any bytes could be counted without end.
    if (formats.length === 0)
        return;
    for (let index = 0; index < count && !reader.atEnd && sections.budget.spend(); index++) {
        const start = reader.position;
        let name = '';
        let directory = 0;
        let md5;
        for (const { content, form } of formats) {
            const position = reader.position;
            if (content === DW_LNCT.DW_LNCT_path)
                name = readString(sections, reader, form, parameters, unit) ?? '';
            else if (content === DW_LNCT.DW_LNCT_directory_index)
                directory = readNumber(reader, form);
            else if (content === DW_LNCT.DW_LNCT_MD5 && form === DW_FORM.DW_FORM_data16)
                md5 = hexadecimal(reader.slice(16));
            else if (!skipForm(reader, form, parameters)) {
                sections.problems.report('.debug_line', position, `The list of files has form ${form}, which is not known. The rest of the list is ignored.`);
                reader.overrun = true;
            }
        }
        if (reader.overrun || reader.position === start)
            return;
        add({ name, directory, md5 });
    }
}
const hexadecimal = (bytes) => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
function readString(sections, reader, form, { offsetSize, ...rest }, unit) {
    const F = DW_FORM;
    switch (form) {
        case F.DW_FORM_string:
            return reader.string();
        case F.DW_FORM_line_strp:
            return sections.string('.debug_line_str', reader.offset(offsetSize));
        case F.DW_FORM_strp:
            return sections.string('.debug_str', reader.offset(offsetSize));
        case F.DW_FORM_strx:
            return unit.stringAtIndex(reader.ulebNumber());
        case F.DW_FORM_strx1:
            return unit.stringAtIndex(reader.u8());
        case F.DW_FORM_strx2:
            return unit.stringAtIndex(reader.u16());
        case F.DW_FORM_strx3:
            return unit.stringAtIndex(reader.u24());
        case F.DW_FORM_strx4:
            return unit.stringAtIndex(reader.u32());
        default:
            if (!skipForm(reader, form, { offsetSize, ...rest }))
                reader.overrun = true;
            return undefined;
    }
}
function readNumber(reader, form) {
    switch (form) {
        case DW_FORM.DW_FORM_udata:
            return reader.ulebNumber();
        case DW_FORM.DW_FORM_data1:
            return reader.u8();
        case DW_FORM.DW_FORM_data2:
            return reader.u16();
        case DW_FORM.DW_FORM_data4:
            return reader.u32();
        default:
            reader.overrun = true;
            return 0;
    }
}
//# sourceMappingURL=lineProgramHeader.js.map