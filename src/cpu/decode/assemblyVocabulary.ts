// SPDX-License-Identifier: MIT
import { type FieldPlace, withField } from './pattern.js';
import { fieldsOf, type InstructionRow } from './row.js';

/** The words that the assembly of an instruction set is made of, in lower case and sorted. */
export interface AssemblyVocabulary {
  /** The manual's names and all aliases; a condition stays with its mnemonic (`b.eq`). */
  readonly mnemonics: readonly string[];
  /** What stands for itself among the operands, by mnemonic: registers, conditions, barrier options, kinds of shift. */
  readonly operandWords: ReadonlyMap<string, readonly string[]>;
}

/** Fields of up to so many bits are tried with every value: conditions, parts of a system register's encoding, the ends of a bit-field. */
const MAXIMUM_WIDTH = 6;
/** Wider fields are immediates and offsets; their size and sign choose between aliases, not each value. */
const EDGES = [0, 1, -1];
/** An ordinary register, and 31, which means the zero register or the stack pointer. Two fields that name the same one make an alias, too. */
const REGISTERS = [0, 31];
/** With every register's number only if a row has no more words than this: prefetch operations stand in a register's place. */
const FEW_WORDS = 1 << 13;
const MANY_WORDS = 1 << 16;

const isRegister = ({ name, width }: FieldPlace): boolean => width === 5 && name.startsWith('R');

const allValues = ({ width }: FieldPlace): readonly number[] =>
  width > MAXIMUM_WIDTH ? EDGES : Array.from({ length: 2 ** width }, (_, value) => value);
const fewRegisters = (field: FieldPlace): readonly number[] => (isRegister(field) ? REGISTERS : allValues(field));
const onlyEdges = (field: FieldPlace): readonly number[] => (field.width > 2 ? EDGES : allValues(field));

/** Encodings of `row`, allocated or not, that between them show every word of its assembly. */
function* wordsOf({ encoding }: InstructionRow): Generator<number> {
  const { fields } = encoding;
  const count = (values: (field: FieldPlace) => readonly number[]) => fields.reduce((product, field) => product * values(field).length, 1);
  const values = count(allValues) <= FEW_WORDS ? allValues : count(fewRegisters) <= MANY_WORDS ? fewRegisters : onlyEdges;
  const choices = fields.map(field => ({ field, values: values(field) }));
  for (let number = count(values) - 1; number >= 0; number--) {
    let word = encoding.value;
    let rest = number;
    for (const { field, values } of choices) {
      word = withField(word, field, values[rest % values.length] ?? 0);
      rest = Math.floor(rest / values.length);
    }
    yield word;
  }
}

const NAME_OF_MNEMONICS = /^[A-Z0-9]+(?:, [A-Z0-9]+)*(?: \(.*\))?$/;
const WORD = /(?<![#\w.])[a-z]\w*/gi;

/** The words of the assembly of `rows`. A row that stands for a group of encodings (`Advanced SIMD permute`) has none. */
export function assemblyVocabulary(rows: readonly InstructionRow[]): AssemblyVocabulary {
  const operandsOf = new Map<string, Set<string>>();
  const operandsAfter = (mnemonic: string): Set<string> => {
    const operands = operandsOf.get(mnemonic) ?? new Set<string>();
    operandsOf.set(mnemonic, operands);
    return operands;
  };
  for (const row of rows) {
    // A name such as 'MOVN, MOVZ' has what the assembler takes and the disassembler, which prefers an alias, does not print.
    if (NAME_OF_MNEMONICS.test(row.name))
      for (const [name] of row.name.replace(/ \(.*/, '').matchAll(/\w+/g)) operandsAfter(name.toLowerCase());
    if (row.support.kind === 'unimplemented') continue;
    for (const word of wordsOf(row)) {
      const fields = fieldsOf(row.encoding, word);
      if (!row.where(fields)) continue;
      const [mnemonic, ...operands] = row.assembly(fields, { address: 0n });
      const known = operandsAfter(mnemonic);
      for (const operand of operands) if (typeof operand === 'string') known.add(operand);
    }
  }
  const mnemonics = [...operandsOf.keys()].sort();
  const words = (operands: Iterable<string>) =>
    [...operands].flatMap(operand => [...operand.toLowerCase().matchAll(WORD)].map(([word]) => word));
  return { mnemonics, operandWords: new Map(mnemonics.map(name => [name, [...new Set(words(operandsOf.get(name) ?? []))].sort()])) };
}
