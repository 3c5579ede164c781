// SPDX-License-Identifier: MIT
import { signed, virtualAddress } from '../../base/index.js';
import type { FrameDescription } from './callFrameInformation.js';
import { DW_CFA, DW_EH_PE } from './constants.js';
import type { DwarfExpression } from './expression.js';
import type { SectionReader } from './sectionReader.js';
import type { DwarfSections } from './sections.js';
import type { CfaRule, RegisterRule, UnwindRow } from './unwindRow.js';

/** Rules that one row may have; DW_CFA_restore_extended and its like take any number. */
const MAXIMUM_RULES = 1024;
/** Depth of DW_CFA_remember_state. Compilers use one. */
const MAXIMUM_REMEMBERED = 64;
/** The primary opcodes stand in the top two bits. */
const PRIMARY_OPCODE = 0xc0;
const PRIMARY_OPERAND = 0x3f;

interface Rules {
  cfa: CfaRule;
  registers: Map<number, RegisterRule>;
  isReturnAddressSigned: boolean;
}

/** The row of `description` for `pc`, which lies in its code. */
export function unwindRow(sections: DwarfSections, description: FrameDescription, pc: bigint): UnwindRow {
  return new CallFrameProgram(sections, description).run(end => pc < end);
}

/** All rows of `description`, in the order of its program; `limit` at most. */
export function allUnwindRows(sections: DwarfSections, description: FrameDescription, limit = 4096): UnwindRow[] {
  const rows: UnwindRow[] = [];
  const program = new CallFrameProgram(sections, description);
  const last = program.run((end, snapshot) => {
    rows.push(snapshot(end));
    return rows.length >= limit;
  });
  if (rows.length < limit) rows.push(last);
  return rows;
}

/** Runs the call frame instructions of one description (DWARF, Call Frame Instructions). */
class CallFrameProgram {
  #rules: Rules = { cfa: { kind: 'undefined' }, registers: new Map(), isReturnAddressSigned: false };
  /** The rules after the common entry's instructions, for DW_CFA_restore. */
  #initial: ReadonlyMap<number, RegisterRule> = new Map();
  readonly #remembered: Rules[] = [];
  #location: bigint;
  #argumentsBytes = 0;

  constructor(
    readonly sections: DwarfSections,
    readonly description: FrameDescription,
  ) {
    this.#location = description.start;
  }

  /** Runs until `isWanted` answers true for a row that ends at `end`, or to the end; returns the row reached. */
  run(isWanted: (end: bigint, snapshot: (end: bigint) => UnwindRow) => boolean): UnwindRow {
    const { common, instructions, end } = this.description;
    const ignore = (): boolean => false;
    this.#execute(common.instructions.position, common.instructions.end, ignore);
    this.#location = this.description.start;
    this.#initial = new Map(this.#rules.registers);
    const reached = this.#execute(instructions.position, instructions.end, next => isWanted(next, rowEnd => this.#snapshot(rowEnd)));
    return this.#snapshot(reached ?? end);
  }

  #snapshot(end: bigint): UnwindRow {
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

  #expression(bytes: Uint8Array): DwarfExpression {
    const { addressSize, offsetSize } = this.description.common;
    return { bytes, endianness: this.sections.endianness, addressSize, offsetSize, version: 4, scope: undefined };
  }

  #set(register: number, rule: RegisterRule): void {
    if (this.#rules.registers.size < MAXIMUM_RULES || this.#rules.registers.has(register)) this.#rules.registers.set(register, rule);
  }

  #restore(register: number): void {
    const rule = this.#initial.get(register);
    if (rule === undefined) this.#rules.registers.delete(register);
    else this.#set(register, rule);
  }

  /** Executes [position, end); returns where the row ends that `isWanted` wanted. */
  #execute(position: number, end: number, isWanted: (rowEnd: bigint) => boolean): bigint | undefined {
    const { common } = this.description;
    const reader = this.sections.reader(common.section, position, end);
    const C = DW_CFA;
    const code = (delta: number | bigint): bigint => BigInt(delta) * common.codeAlignment;
    const factored = (): bigint => signed(reader.uleb() * common.dataAlignment, 64);
    const signedFactored = (): bigint => signed(reader.sleb() * common.dataAlignment, 64);
    while (!reader.atEnd) {
      const at = reader.position;
      const opcode = reader.u8();
      const operand = opcode & PRIMARY_OPERAND;
      let next: bigint | undefined;
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
      if (next === undefined || next === this.#location) continue;
      if (next < this.#location) {
        this.#report(at, 'The location goes backwards. The rest of the program is ignored.');
        return undefined;
      }
      if (isWanted(next)) return next;
      this.#location = next;
    }
    return undefined;
  }

  #setLocation(reader: SectionReader): bigint | undefined {
    const { common } = this.description;
    const position = reader.position;
    if (common.pointerEncoding === DW_EH_PE.DW_EH_PE_absptr) return reader.unsigned(common.addressSize);
    // The encodings that compilers use for code: four signed bytes from here.
    const value = BigInt(reader.i32());
    if (common.pointerEncoding === (DW_EH_PE.DW_EH_PE_pcrel | DW_EH_PE.DW_EH_PE_sdata4)) {
      return this.sections.address(common.section) + BigInt(position) + value;
    }
    reader.overrun = true;
    return undefined;
  }

  #changeCfa(at: number, change: { readonly register?: number; readonly offset?: bigint }): void {
    const { cfa } = this.#rules;
    if (cfa.kind === 'registerOffset') this.#rules.cfa = { ...cfa, ...change };
    else this.#report(at, 'The instruction changes a register and offset for the CFA, but none are set. It is ignored.');
  }

  #remember(at: number): void {
    if (this.#remembered.length >= MAXIMUM_REMEMBERED) {
      this.#report(at, `More than ${MAXIMUM_REMEMBERED} states are remembered. This one is not.`);
      return;
    }
    this.#remembered.push({ ...this.#rules, registers: new Map(this.#rules.registers) });
  }

  #recall(at: number): void {
    const rules = this.#remembered.pop();
    if (rules === undefined) this.#report(at, 'No state is remembered that could be restored.');
    else this.#rules = rules;
  }

  #report(position: number, message: string): void {
    this.sections.problems.report(this.description.common.section, position, message);
  }
}
