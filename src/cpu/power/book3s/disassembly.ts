// SPDX-License-Identifier: MIT
import { fieldsOf, type InstructionRow } from '../../decode/row.js';
import { book3sInstructionSet } from './instructionSet.js';

/** An instruction word as text. */
export interface PowerDisassembly {
  /** As GNU objdump writes it for power9, with extended mnemonics: mnemonic, a space, operands with commas. `.long` and the word if it has no row. */
  readonly text: string;
  /** The row that the word belongs to; `undefined` if it is illegal. */
  readonly row?: InstructionRow;
}

/** The text of the instruction `word`, were it at `address`. It is the same in all modes. */
export function disassemblePower(word: number, address: bigint): PowerDisassembly {
  const row = book3sInstructionSet('ppc64').decode(word);
  if (row === undefined) return { text: `.long 0x${(word >>> 0).toString(16)}` };
  const [mnemonic, ...operands] = row.assembly(fieldsOf(row.encoding, word), { address });
  const shown = operands.filter(operand => typeof operand === 'string');
  return { text: shown.length === 0 ? mnemonic : `${mnemonic} ${shown.join(',')}`, row };
}
