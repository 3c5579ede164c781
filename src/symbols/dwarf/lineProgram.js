// SPDX-License-Identifier: MIT
import { DW_LNE, DW_LNS } from './constants.js';
/** Flags of a row, as the state machine's registers name them. */
export const LINE_ROW_FLAG = { is_stmt: 1, basic_block: 2, end_sequence: 4, prologue_end: 8, epilogue_begin: 16 };
/** Rows as the line number program appends them, column by column. `file` is the program's own number. */
export class LineMatrix {
    address = [];
    file = [];
    line = [];
    column = [];
    flags = [];
    discriminator = [];
    isa = [];
    get length() {
        return this.address.length;
    }
}
const WORD = 0xffff_ffff;
/** Runs the line number program of `header` (DWARF, The Line Number Program). Rows of unfinished sequences are dropped. */
export function runLineProgram(sections, header) {
    const rows = new LineMatrix();
    const reader = sections.reader('.debug_line', header.programPosition, header.end);
    const mask = (1n << BigInt(8 * header.addressSize)) - 1n;
    const report = (position, message) => sections.problems.report('.debug_line', position, message);
    // The state-machine registers.
    let address = 0n;
    let op_index = 0;
    let file = 1;
    let line = 1;
    let column = 0;
    let flags = header.defaultIsStatement ? LINE_ROW_FLAG.is_stmt : 0;
    let isa = 0;
    let discriminator = 0;
    let finished = 0;
    /** Whether the sequence's code was thrown away by the linker: its address is 0 or all ones where nothing else is. */
    let isDiscarded = false;
    const reset = () => {
        address = 0n;
        op_index = 0;
        file = 1;
        line = 1;
        column = 0;
        flags = header.defaultIsStatement ? LINE_ROW_FLAG.is_stmt : 0;
        isa = 0;
        discriminator = 0;
        isDiscarded = false;
    };
    const append = () => {
        rows.address.push(address & mask);
        rows.file.push(file);
        rows.line.push(line);
        rows.column.push(column);
        rows.flags.push(flags);
        rows.discriminator.push(discriminator);
        rows.isa.push(isa);
        discriminator = 0;
        flags &= LINE_ROW_FLAG.is_stmt;
    };
    const drop = () => {
        for (const columnOfRows of [rows.address, rows.file, rows.line, rows.column, rows.flags, rows.discriminator, rows.isa]) {
            columnOfRows.length = finished;
        }
    };
    const advance = (operationAdvance) => {
        if (header.maximumOperations <= 1) {
            address += BigInt(header.minimumInstructionBytes) * BigInt(operationAdvance);
            return;
        }
        // VLIW: several operations share an instruction.
        const operations = BigInt(op_index) + BigInt(operationAdvance);
        const perInstruction = BigInt(header.maximumOperations);
        address += BigInt(header.minimumInstructionBytes) * (operations / perInstruction);
        op_index = Number(operations % perInstruction);
    };
    const lineAdvance = (delta) => {
        line = (line + delta) >>> 0;
    };
    const extended = (position) => {
        const length = reader.ulebNumber();
        const end = reader.position + length;
        if (length === 0)
            return;
        const opcode = reader.u8();
        switch (opcode) {
            case DW_LNE.DW_LNE_end_sequence:
                flags |= LINE_ROW_FLAG.end_sequence;
                append();
                if (isDiscarded)
                    drop();
                finished = rows.length;
                reset();
                break;
            case DW_LNE.DW_LNE_set_address:
                address = reader.unsigned(length - 1);
                op_index = 0;
                // Linkers mark code that they dropped with -1 or -2 (lld); 0 is left to stand, since bare metal may begin there.
                isDiscarded = address >= mask - 1n;
                break;
            case DW_LNE.DW_LNE_define_file:
                header.defineFile(reader);
                break;
            case DW_LNE.DW_LNE_set_discriminator:
                discriminator = Math.min(reader.ulebNumber(), WORD);
                break;
            default:
                report(position, `Extended opcode ${opcode} of the line number program is not known. It is passed over.`);
        }
        if (end > reader.length)
            reader.overrun = true;
        else
            reader.position = end;
    };
    while (!reader.atEnd && sections.budget.spend()) {
        const position = reader.position;
        const opcode = reader.u8();
        if (opcode >= header.opcodeBase) {
            const adjusted = opcode - header.opcodeBase;
            advance(Math.floor(adjusted / header.lineRange));
            lineAdvance(header.lineBase + (adjusted % header.lineRange));
            append();
            continue;
        }
        switch (opcode) {
            case 0:
                extended(position);
                break;
            case DW_LNS.DW_LNS_copy:
                append();
                break;
            case DW_LNS.DW_LNS_advance_pc:
                advance(reader.uleb());
                break;
            case DW_LNS.DW_LNS_advance_line:
                lineAdvance(Number(BigInt.asIntN(32, reader.sleb())));
                break;
            case DW_LNS.DW_LNS_set_file:
                file = Math.min(reader.ulebNumber(), WORD);
                break;
            case DW_LNS.DW_LNS_set_column:
                column = Math.min(reader.ulebNumber(), WORD);
                break;
            case DW_LNS.DW_LNS_negate_stmt:
                flags ^= LINE_ROW_FLAG.is_stmt;
                break;
            case DW_LNS.DW_LNS_set_basic_block:
                flags |= LINE_ROW_FLAG.basic_block;
                break;
            case DW_LNS.DW_LNS_const_add_pc:
                advance(Math.floor((255 - header.opcodeBase) / header.lineRange));
                break;
            case DW_LNS.DW_LNS_fixed_advance_pc:
                address += BigInt(reader.u16());
                op_index = 0;
                break;
            case DW_LNS.DW_LNS_set_prologue_end:
                flags |= LINE_ROW_FLAG.prologue_end;
                break;
            case DW_LNS.DW_LNS_set_epilogue_begin:
                flags |= LINE_ROW_FLAG.epilogue_begin;
                break;
            case DW_LNS.DW_LNS_set_isa:
                isa = Math.min(reader.ulebNumber(), WORD);
                break;
            default:
                // The header tells how many operands an unknown standard opcode has.
                for (let count = header.standardOpcodeLengths[opcode - 1] ?? 0; count > 0; count--)
                    reader.skipLeb();
        }
    }
    if (rows.length > finished) {
        report(header.position, 'The line number program ends without ending its last sequence, which is ignored.');
        drop();
    }
    return rows;
}
//# sourceMappingURL=lineProgram.js.map