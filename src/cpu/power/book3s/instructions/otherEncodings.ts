// SPDX-License-Identifier: MIT
import { type PowerRow, unimplementedRow } from '../../common/instructions/power.js';
import { OTHER_ENCODINGS } from './otherEncodings.generated.js';

/** Primary opcodes of system software: everything else that is not there computes with floating-point numbers or vectors. */
const SYSTEM_OPCODES = ['000000', '010011', '011111'];
const SYSTEM_REASON = 'transactions, message broadcasts, accelerators and branch history of POWER are not emulated';
const ARITHMETIC_REASON = 'floating-point and vector arithmetic of POWER is not emulated';

const namesakes = new Map<string, number>();
/** `name`, with a number if there has been one of that name. */
function distinct(name: string): string {
  const count = (namesakes.get(name) ?? 0) + 1;
  namesakes.set(name, count);
  return count === 1 ? name : `${name} (${count})`;
}

/** Every other allocated encoding, one row for each set of mnemonics that share their low bits. */
export const OTHER: readonly PowerRow[] = OTHER_ENCODINGS.map(([mnemonics, pattern, since]) =>
  unimplementedRow(
    distinct(mnemonics),
    pattern,
    SYSTEM_OPCODES.some(opcode => pattern.startsWith(opcode)) ? SYSTEM_REASON : ARITHMETIC_REASON,
    since === undefined ? {} : { since },
  ),
);
