// SPDX-License-Identifier: MIT
import { buildDecoder } from '../decode/decisionTree.js';
import { fieldsOf, type InstructionRow } from '../decode/row.js';
import { A64_ROWS } from './instructions/index.js';

/** An instruction word as text. */
export interface Disassembly {
  /** As the LLVM tools write it, with aliases: mnemonic, a space, operands. `<unknown>` for a word without a row. */
  readonly text: string;
  /** The row that the word belongs to; `undefined` if it is UNDEFINED. */
  readonly row?: InstructionRow;
}

const decode = buildDecoder(A64_ROWS);

/** The text of the A64 instruction `word`, were it at `address`. */
export function disassemble(word: number, address: bigint): Disassembly {
  const row = decode(word);
  if (row === undefined) return { text: '<unknown>' };
  const [mnemonic, ...operands] = row.assembly(fieldsOf(row.encoding, word), { address });
  const shown = operands.filter(operand => typeof operand === 'string');
  return { text: shown.length === 0 ? mnemonic : `${mnemonic} ${shown.join(', ')}`, row };
}
