// SPDX-License-Identifier: MIT
import type { Emitter, Slot, Value } from '../operations/emitter.js';
import { type ControlNames, type Encoding, type FieldNames, fieldOf, parsePattern } from './pattern.js';

/** A small immediate operand: 0 to 65535, decided at decode time. */
export interface SmallImmediate {
  readonly small: number;
}

/** A small immediate operand. */
export const small = (value: number): SmallImmediate => ({ small: value });

/** What an operand may be: a register's slot, a small immediate or one 64-bit immediate. */
export type OperandContent = Slot | SmallImmediate | bigint;

/** Operands as the decoder works them out: up to seven slots and small immediates, or up to three and one `bigint`. */
export type OperandContents = Readonly<Record<string, OperandContent>>;

/** The same operands as the semantics see them: slots stay opaque slots, immediates are values. */
export type Operands<O> = { readonly [K in keyof O]: O[K] extends Slot ? Slot : Value };

/** Field values by name; each at most 32 bits, unsigned. */
export type Fields<Name extends string = string> = Readonly<Record<Name, number>>;

/** What the disassembler knows beside the fields. */
export interface AssemblyContext {
  /** Address of the instruction. */
  readonly address: bigint;
}

/** An instruction in assembly: mnemonic first, then operands, joined by the printer as the assembler writes them. */
export type AssemblyLine = readonly [mnemonic: string, ...operands: (string | false | undefined)[]];

/** What the author of a row writes. */
export interface RowDefinition<P extends string, O extends OperandContents> {
  /** Which of the encodings that fit the pattern are allocated; all if absent. */
  readonly where?: (fields: Fields<FieldNames<P>>) => boolean;
  /** Works the operands out at decode time. The same keys in the same order for every encoding. Never throws. */
  readonly operands: (fields: Fields<FieldNames<P>>) => O;
  readonly execute: (e: Emitter, control: Fields<ControlNames<P>>, operands: Operands<O>) => void;
  /** The assembler's preferred text, aliases included. */
  readonly assembly: (fields: Fields<FieldNames<P>>, context: AssemblyContext) => AssemblyLine;
  /** Printed as a function of its own, because it is rare or large. Such a row may not branch. */
  readonly isOutOfLine?: boolean;
  /** Which variants compilers seldom use: no fast path is spent on them. None if absent. */
  readonly isRare?: (control: Fields<ControlNames<P>>) => boolean;
  /** The optional feature, by the manual's name, without which the encoding is not allocated; absent or `undefined`: the base architecture. */
  readonly feature?: (fields: Fields<FieldNames<P>>) => string | undefined;
  /** ISS[24:14] of a data abort by this access (Arm: ISV, SAS, SSE, SRT, SF, AR), for accesses whose syndrome is valid; 0 or absent: not valid. */
  readonly syndrome?: (fields: Fields<FieldNames<P>>) => number;
}

/** One instruction (or one class of encodings with one semantics) with everything that is known of it. */
export interface InstructionRow {
  /** The manual's name. */
  readonly name: string;
  readonly encoding: Encoding;
  readonly support: { readonly kind: 'implemented' } | { readonly kind: 'unimplemented'; readonly reason: string };
  readonly isOutOfLine: boolean;
  isRare(control: Fields): boolean;
  where(fields: Fields): boolean;
  operands(fields: Fields): OperandContents;
  execute(e: Emitter, control: Fields, operands: Operands<OperandContents>): void;
  assembly(fields: Fields, context: AssemblyContext): AssemblyLine;
  feature(fields: Fields): string | undefined;
  syndrome(fields: Fields): number;
}

/** An implemented row. */
export function instruction<const P extends string, O extends OperandContents>(
  name: string,
  pattern: P,
  definition: RowDefinition<P, O>,
): InstructionRow {
  // The pattern text types the fields for the author; a row in a table is used with fields of any name, read from that same pattern.
  const untyped = definition as unknown as RowDefinition<string, OperandContents>;
  return {
    name,
    encoding: parsePattern(pattern),
    support: { kind: 'implemented' },
    isOutOfLine: untyped.isOutOfLine ?? false,
    isRare: control => untyped.isRare?.(control) ?? false,
    where: fields => untyped.where?.(fields) ?? true,
    operands: fields => untyped.operands(fields),
    execute: (e, control, operands) => untyped.execute(e, control, operands),
    assembly: (fields, context) => untyped.assembly(fields, context),
    feature: fields => untyped.feature?.(fields),
    syndrome: fields => untyped.syndrome?.(fields) ?? 0,
  };
}

/** An allocated encoding that this engine does not run. Executing it stops the session with a sentence that names it. */
export function unimplemented<const P extends string>(
  name: string,
  pattern: P,
  reason: string,
  assembly?: (fields: Fields<FieldNames<P>>, context: AssemblyContext) => AssemblyLine,
  where?: (fields: Fields<FieldNames<P>>) => boolean,
): InstructionRow {
  return {
    ...instruction(name, pattern, {
      operands: () => ({}),
      execute: e => e.leave('unimplemented', e.constant(0n)),
      assembly: assembly ?? (() => [name.toLowerCase()]),
      ...(where === undefined ? {} : { where }),
    }),
    support: { kind: 'unimplemented', reason },
  };
}

/** All field values of `word` under `encoding`. */
export function fieldsOf(encoding: Encoding, word: number): Fields {
  const fields: Record<string, number> = {};
  for (const field of encoding.fields) fields[field.name] = fieldOf(word, field) >>> 0;
  return fields;
}

/** The values of the control fields among `fields`. */
export function controlOf(encoding: Encoding, fields: Fields): Fields {
  const control: Record<string, number> = {};
  for (const field of encoding.fields) if (field.isControl) control[field.name] = fields[field.name] ?? 0;
  return control;
}
