// SPDX-License-Identifier: MIT
import type { Decoder } from '../../src/cpu/decode/decisionTree.js';
import type { InstructionRow } from '../../src/cpu/decode/row.js';
import type { Emitter } from '../../src/cpu/operations/emitter.js';
import { decodeA64, OBSERVABLE_ROWS } from './aarch64.js';

/** Methods of the emitter to be replaced, each given the emitter that it stands for. */
export type Mutation = (emitter: Emitter) => Partial<Emitter>;

/** `row` with an emitter that computes something else. */
export function mutated(row: InstructionRow, mutation: Mutation): InstructionRow {
  return {
    ...row,
    execute: (e, control, operands) => {
      const replaced = mutation(e);
      const emitter = new Proxy(e, {
        get: (target, name) => {
          const method: unknown = Reflect.get(replaced, name) ?? Reflect.get(target, name);
          return typeof method === 'function' ? method.bind(target) : method;
        },
      });
      row.execute(emitter, control, operands);
    },
  };
}

/** A deliberately wrong row: ADC and SBC that take the carry for 0. */
export function plantedRow(): InstructionRow {
  const row = OBSERVABLE_ROWS.find(({ name }) => name === 'ADC, SBC');
  if (row === undefined) throw new Error('There is no row of ADC and SBC.');
  return mutated(row, e => ({ shared: () => e.constant(0n) }));
}

/** The decoder, with `planted` in place of the row of the same name and pattern. */
export const plantedDecoder =
  (planted: InstructionRow): Decoder =>
  word => {
    const row = decodeA64(word);
    return row?.name === planted.name && row.encoding.text === planted.encoding.text ? planted : row;
  };
