// SPDX-License-Identifier: MIT
import type { ControlNames, FieldNames } from '../../../decode/pattern.js';
import {
  type AssemblyContext,
  type AssemblyLine,
  type Fields,
  type InstructionRow,
  instruction,
  type OperandContents,
  type Operands,
} from '../../../decode/row.js';
import type { Emitter } from '../../../operations/emitter.js';
import { type ComputationMode, Pseudocode } from './pseudocode.js';

/** The issue of the Power ISA that an encoding came with, by its version; absent: 2.07 or before. */
export type Since = 'v3.0';

/** What the author of a row of the Power ISA writes. */
export interface PowerDefinition<P extends string, O extends OperandContents> {
  readonly where?: (fields: Fields<FieldNames<P>>) => boolean;
  readonly operands: (fields: Fields<FieldNames<P>>) => O;
  readonly execute: (pe: Pseudocode, e: Emitter, control: Fields<ControlNames<P>>, operands: Operands<O>) => void;
  /** The operands in the assembler's order. */
  readonly syntax: (fields: Fields<FieldNames<P>>, context: AssemblyContext) => readonly string[];
  /** The extended mnemonic that the assembler prefers for these fields, with its operands; `undefined`: the basic one. */
  readonly alias?: (fields: Fields<FieldNames<P>>, context: AssemblyContext) => AssemblyLine | undefined;
  readonly isOutOfLine?: boolean;
  readonly since?: Since;
}

/** A row of the Power ISA before it is known in which mode: MSR[SF] and MSR[LE] are decided when a module is printed. */
export interface PowerRow {
  readonly name: string;
  inMode(mode: ComputationMode): InstructionRow;
}

/**
 * An implemented row. `name` is the book's mnemonic without `.`, which a field `Rc` adds; a part in parentheses tells rows of one mnemonic
 * apart. The pattern is the instruction's format in reading order.
 */
export function power<const P extends string, O extends OperandContents>(
  name: string,
  pattern: P,
  definition: PowerDefinition<P, O>,
): PowerRow {
  const { where, operands, execute, syntax, alias, isOutOfLine, since } = definition;
  const mnemonic = mnemonicOf(name);
  return {
    name,
    inMode: mode =>
      instruction(name, pattern, {
        operands,
        execute: (e, control, contents) => execute(new Pseudocode(e, mode), e, control, contents),
        assembly: (fields, context) => {
          const { Rc = 0 } = fields as Fields;
          return alias?.(fields, context) ?? [mnemonic + (Rc ? '.' : ''), ...syntax(fields, context)];
        },
        feature: () => since,
        ...(where === undefined ? {} : { where }),
        ...(isOutOfLine === undefined ? {} : { isOutOfLine }),
      }),
  };
}

/** `bc (counter)` is an instruction `bc`. */
const mnemonicOf = (name: string): string => name.replace(/ \(.*\)$/, '');

/** An allocated encoding that this engine does not run. */
export function unimplementedRow<const P extends string>(
  name: string,
  pattern: P,
  reason: string,
  definition: Pick<PowerDefinition<P, OperandContents>, 'where' | 'since'> & {
    readonly syntax?: (fields: Fields<FieldNames<P>>, context: AssemblyContext) => readonly string[];
  } = {},
): PowerRow {
  const { syntax = () => [], ...rest } = definition;
  const row = power<P, OperandContents>(name, pattern, { operands: () => ({}), execute: pe => pe.leave('unimplemented'), syntax, ...rest });
  return { name, inMode: mode => ({ ...row.inMode(mode), support: { kind: 'unimplemented', reason } }) };
}
