// SPDX-License-Identifier: MIT
import { signed, virtualAddress } from '../../base/index.js';
import { DW_CFA, DW_EH_PE } from './constants.js';
/** Rules that one row may have; DW_CFA_restore_extended and its like take any number. */
const MAXIMUM_RULES = 1024;
/** Depth of DW_CFA_remember_state. Compilers use one. */
const MAXIMUM_REMEMBERED = 64;
/** The primary opcodes stand in the top two bits. */
const PRIMARY_OPCODE = 0xc0;
const PRIMARY_OPERAND = 0x3f;
/** The row of `description` for `pc`, which lies in its code. */
export function unwindRow(sections, description, pc) {
    return new CallFrameProgram(sections, description).run(end => pc < end);
}
/** All rows of `description`, in the order of its program; `limit` at most. */
export function allUnwindRows(sections, description, limit = 4096) {
    const rows = [];
    const program = new CallFrameProgram(sections, description);
    const last = program.run((end, snapshot) => {
        rows.push(snapshot(end));
        return rows.length >= limit;
    });
    if (rows.length < limit)
        rows.push(last);
    return rows;
}
/** Runs the call frame instructions of one description (DWARF, Call Frame Instructions). */
class CallFrameProgram {
    sections;
    description;
    #rules = { cfa: { kind: 'undefined' }, registers: new Map(), isReturnAddressSigned: false };
    /** The rules after the common entry's instructions, for DW_CFA_restore. */
    #initial = new Map();
    #remembered = [];
    #location;
    #argumentsBytes = 0;
    constructor(sections, description) {
        this.sections = sections;
        this.description = description;
        this.#location = description.start;
    }
    /** Runs until `isWanted` answers true for a row that ends at `end`, or to the end; returns the row reached. */
    run(isWanted) {
        const { common, instructions, end } = this.description;
        const ignore = () => false;
        this.#execute(common.instructions.position, common.instructions.end, ignore);
        this.#location = this.description.start;
        this.#initial = new Map(this.#rules.registers);
        const reached = this.#execute(instructions.position, instructions.end, next => isWanted(next, rowEnd => this.#snapshot(rowEnd)));
        return this.#snapshot(reached ?? end);
    }
    #snapshot(end) {
        const { common, start } = this.description;
        return {
            start: virtualAddress(this.#location),
            end: virtualAddress(end),
            cfa: this.#rules.cfa,
            registers: new Map(this.#rules.registers),
            returnAddressRegister: common.returnAddressRegister,
            isSignalFrame: common.isSignalFrame,
            isReturnAddressSigned: this.#rules.isReturnAddressSigned,
            argumentsBytes: this.#argumentsBytes,
            functionStart: virtualAddress(start),
            functionEnd: virtualAddress(this.description.end),
        };
    }
    #expression(bytes) {
        const { addressSize, offsetSize } = this.description.common;
        return { bytes, endianness: this.sections.endianness, addressSize, offsetSize, version: 4, scope: undefined };
    }
    #set(register, rule) {
        if (this.#rules.registers.size < MAXIMUM_RULES || this.#rules.registers.has(register))
            this.#rules.registers.set(register, rule);
    }
    #restore(register) {
        const rule = this.#initial.get(register);
        if (rule === undefined)
            this.#rules.registers.delete(register);
        else
            this.#set(register, rule);
    }
    /** Executes [position, end); returns where the row ends that `isWanted` wanted. */
    #execute(position, end, isWanted) {
        const { common } = this.description;
        const reader = this.sections.reader(common.section, position, end);
        const C = DW_CFA;
        const code = (delta) => BigInt(delta) * common.codeAlignment;
        const factored = () => signed(reader.uleb() * common.dataAlignment, 64);
        const signedFactored = () => signed(reader.sleb() * common.dataAlignment, 64);
        while (!reader.atEnd) {
            const at = reader.position;
            const opcode = reader.u8();
            const operand = opcode & PRIMARY_OPERAND;
            let next;
            switch (opcode & PRIMARY_OPCODE) {
                case C.DW_CFA_advance_loc:
                    next = this.#location + code(operand);
                    break;
                case C.DW_CFA_offset:
                    this.#set(operand, { kind: 'offset', offset: factored() });
                    break;
                case C.DW_CFA_restore:
                    this.#restore(operand);
                    break;
                default:
                    switch (opcode) {
                        case C.DW_CFA_nop:
                            break;
                        case C.DW_CFA_set_loc:
                            next = this.#setLocation(reader);
                            break;
                        case C.DW_CFA_advance_loc1:
                            next = this.#location + code(reader.u8());
                            break;
                        case C.DW_CFA_advance_loc2:
                            next = this.#location + code(reader.u16());
                            break;
                        case C.DW_CFA_advance_loc4:
                            next = this.#location + code(reader.u32());
                            break;
                        case C.DW_CFA_MIPS_advance_loc8:
                            next = this.#location + code(reader.u64());
                            break;
                        case C.DW_CFA_offset_extended:
                            this.#set(reader.ulebNumber(), { kind: 'offset', offset: factored() });
                            break;
                        case C.DW_CFA_offset_extended_sf:
                            this.#set(reader.ulebNumber(), { kind: 'offset', offset: signedFactored() });
                            break;
                        case C.DW_CFA_GNU_negative_offset_extended:
                            this.#set(reader.ulebNumber(), { kind: 'offset', offset: -factored() });
                            break;
                        case C.DW_CFA_restore_extended:
                            this.#restore(reader.ulebNumber());
                            break;
                        case C.DW_CFA_undefined:
                            this.#set(reader.ulebNumber(), { kind: 'undefined' });
                            break;
                        case C.DW_CFA_same_value:
                            this.#set(reader.ulebNumber(), { kind: 'sameValue' });
                            break;
                        case C.DW_CFA_register:
                            this.#set(reader.ulebNumber(), { kind: 'register', register: reader.ulebNumber() });
                            break;
                        case C.DW_CFA_val_offset:
                            this.#set(reader.ulebNumber(), { kind: 'valueOffset', offset: factored() });
                            break;
                        case C.DW_CFA_val_offset_sf:
                            this.#set(reader.ulebNumber(), { kind: 'valueOffset', offset: signedFactored() });
                            break;
                        case C.DW_CFA_expression:
                            this.#set(reader.ulebNumber(), { kind: 'expression', expression: this.#expression(reader.slice(reader.ulebNumber())) });
                            break;
                        case C.DW_CFA_val_expression:
                            this.#set(reader.ulebNumber(), { kind: 'valueExpression', expression: this.#expression(reader.slice(reader.ulebNumber())) });
                            break;
                        case C.DW_CFA_def_cfa:
                            this.#rules.cfa = { kind: 'registerOffset', register: reader.ulebNumber(), offset: reader.uleb() };
                            break;
                        case C.DW_CFA_def_cfa_sf:
                            this.#rules.cfa = { kind: 'registerOffset', register: reader.ulebNumber(), offset: signedFactored() };
                            break;
                        case C.DW_CFA_def_cfa_register:
                            this.#changeCfa(at, { register: reader.ulebNumber() });
                            break;
                        case C.DW_CFA_def_cfa_offset:
                            this.#changeCfa(at, { offset: reader.uleb() });
                            break;
                        case C.DW_CFA_def_cfa_offset_sf:
                            this.#changeCfa(at, { offset: signedFactored() });
                            break;
                        case C.DW_CFA_def_cfa_expression:
                            this.#rules.cfa = { kind: 'expression', expression: this.#expression(reader.slice(reader.ulebNumber())) };
                            break;
                        case C.DW_CFA_remember_state:
                            this.#remember(at);
                            break;
                        case C.DW_CFA_restore_state:
                            this.#recall(at);
                            break;
                        case C.DW_CFA_GNU_window_save:
                            this.#rules.isReturnAddressSigned = !this.#rules.isReturnAddressSigned;
                            break;
                        case C.DW_CFA_GNU_args_size:
                            this.#argumentsBytes = reader.ulebNumber();
                            break;
                        default:
                            // Its operands are unknown, so nothing after it can be read.
                            this.#report(at, `Call frame instruction 0x${opcode.toString(16)} is not known. The rest of the program is ignored.`);
                            return undefined;
                    }
            }
            if (reader.overrun) {
                this.#report(at, 'The call frame program ends inside this instruction.');
                return undefined;
            }
            if (next === undefined || next === this.#location)
                continue;
            if (next < this.#location) {
                this.#report(at, 'The location goes backwards. The rest of the program is ignored.');
                return undefined;
            }
            if (isWanted(next))
                return next;
            this.#location = next;
        }
        return undefined;
    }
    #setLocation(reader) {
        const { common } = this.description;
        const position = reader.position;
        if (common.pointerEncoding === DW_EH_PE.DW_EH_PE_absptr)
            return reader.unsigned(common.addressSize);
        // The encodings that compilers use for code: four signed bytes from here.
        const value = BigInt(reader.i32());
        if (common.pointerEncoding === (DW_EH_PE.DW_EH_PE_pcrel | DW_EH_PE.DW_EH_PE_sdata4)) {
            return this.sections.address(common.section) + BigInt(position) + value;
        }
        reader.overrun = true;
        return undefined;
    }
    #changeCfa(at, change) {
        const { cfa } = this.#rules;
        if (cfa.kind === 'registerOffset')
            this.#rules.cfa = { ...cfa, ...change };
        else
            this.#report(at, 'The instruction changes a register and offset for the CFA, but none are set. It is ignored.');
    }
    #remember(at) {
        if (this.#remembered.length >= MAXIMUM_REMEMBERED) {
            this.#report(at, `More than ${MAXIMUM_REMEMBERED} states are remembered. This one is not.`);
            return;
        }
        this.#remembered.push({ ...this.#rules, registers: new Map(this.#rules.registers) });
    }
    #recall(at) {
        const rules = this.#remembered.pop();
        if (rules === undefined)
            this.#report(at, 'No state is remembered that could be restored.');
        else
            this.#rules = rules;
    }
    #report(position, message) {
        this.sections.problems.report(this.description.common.section, position, message);
    }
}
//# sourceMappingURL=callFrameProgram.js.map