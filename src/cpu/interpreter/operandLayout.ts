// SPDX-License-Identifier: MIT
import { invariant } from '../../base/index.js';
import type { OperandContents } from '../decode/row.js';
import { RECORD } from './memoryLayout.js';
import type { OperandPlace } from './node.js';

/** Where each operand of a row lies in a decoded record. */
export type OperandLayout = readonly (readonly [name: string, place: OperandPlace])[];

const SMALL_BYTES = 2;

/**
 * Lays out the operands of a row, given those of any encoding of it: 16-bit ones in order, first in
 * the three places beside the handler, then in the immediate's place if no operand needs that.
 */
export function layOut(title: string, contents: OperandContents): OperandLayout {
  const entries = Object.entries(contents);
  const immediates = entries.filter(([, content]) => typeof content === 'bigint').length;
  invariant(immediates <= 1, `${title}: more than one 64-bit immediate`);
  const end = immediates === 0 ? RECORD.bytes : RECORD.immediate;
  let next: number = RECORD.operands;
  return entries.map(([name, content]) => {
    if (typeof content === 'bigint') return [name, { kind: 'immediate', offset: RECORD.immediate }];
    const offset = next;
    next += SMALL_BYTES;
    invariant(next <= end, `${title}: too many operands`);
    return [name, { kind: typeof content === 'number' ? 'slot' : 'small', offset }];
  });
}
