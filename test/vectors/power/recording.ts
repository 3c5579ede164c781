// SPDX-License-Identifier: MIT
import type { Change } from '../observation.js';
import type { RecordedMode, RecordedModel } from './inputs.js';
import { type PowerEnding, type PowerInput, type PowerOutcome, SLOT_END } from './observation.js';

/**
 * Outcomes as differences from their inputs, little-endian; `../vectorFile.ts` has the file around:
 *
 *   head      0 not simply retired to the next word, 1 memory changed, 7..2 number of words of the state that changed, 63: as many as the next byte says
 *   ending    if head bit 0: kind, then by kind pc | address | nothing
 *   state     number (8 bits) and content (64)
 *   memory    count (8 bits), then for each doubleword its number (16) and content (64)
 */
const HEAD = { ending: 1, memory: 2, countShift: 2, manyWords: 63 } as const;
const KINDS = ['retired', 'illegal', 'trap', 'memory', 'alignment'] as const;

/** The recording of a processor in a mode, relative to the project's root. */
export const recordingPath = (mode: RecordedMode, model: RecordedModel): string => `test/vectors/power/${model}.${mode}.br`;

/** `outcomes` of `inputs`, packed. */
export function encodePowerOutcomes(inputs: readonly PowerInput[], outcomes: readonly PowerOutcome[]): Uint8Array {
  const bytes: number[] = [];
  const number = (value: number, width: number): void => {
    for (let n = 0; n < width; n++) bytes.push((value >>> (8 * n)) & 0xff);
  };
  const wide = (value: bigint): void => {
    for (let n = 0n; n < 64n; n += 8n) bytes.push(Number((value >> n) & 0xffn));
  };
  inputs.forEach(({ state: before }, n) => {
    const outcome = outcomes[n];
    if (outcome === undefined) throw new Error(`Input ${n} has no outcome.`);
    const { ending, state, changes } = outcome;
    const changed = [...state.keys()].filter(index => state[index] !== before[index]);
    const isPlain = ending.kind === 'retired' && ending.pc === SLOT_END;
    const count = Math.min(changed.length, HEAD.manyWords);
    number((isPlain ? 0 : HEAD.ending) | (changes.length > 0 ? HEAD.memory : 0) | (count << HEAD.countShift), 1);
    if (count === HEAD.manyWords) number(changed.length, 1);
    if (!isPlain) {
      if (ending.kind === 'left') throw new Error('QEMU leaves to no routine.');
      number(KINDS.indexOf(ending.kind), 1);
      if (ending.kind === 'retired') wide(ending.pc);
      if (ending.kind === 'memory') wide(ending.address);
    }
    for (const index of changed) {
      number(index, 1);
      wide(state[index] ?? 0n);
    }
    if (changes.length > 0) number(changes.length, 1);
    for (const { offset, content } of changes) {
      number(offset / 8, 2);
      wide(content);
    }
  });
  return Uint8Array.from(bytes);
}

/** The outcomes in `bytes`, which `encodePowerOutcomes` made from the same inputs. */
export function decodePowerOutcomes(inputs: readonly PowerInput[], bytes: Uint8Array): readonly PowerOutcome[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const byte = (): number => view.getUint8(at++);
  const wide = (): bigint => {
    at += 8;
    return view.getBigUint64(at - 8, true);
  };
  const readEnding = (): PowerEnding => {
    const kind = KINDS[byte()] ?? 'illegal';
    if (kind === 'retired') return { kind, pc: wide() };
    return kind === 'memory' ? { kind, address: wide() } : { kind };
  };
  return inputs.map(input => {
    const head = byte();
    const short = head >>> HEAD.countShift;
    const count = short === HEAD.manyWords ? byte() : short;
    const ending: PowerEnding = (head & HEAD.ending) !== 0 ? readEnding() : { kind: 'retired', pc: SLOT_END };
    const state = input.state.slice();
    for (let left = count; left > 0; left--) {
      const index = byte();
      state[index] = wide();
    }
    const changes: Change[] = [];
    for (let left = (head & HEAD.memory) !== 0 ? byte() : 0; left > 0; left--) {
      const offset = (byte() | (byte() << 8)) * 8;
      changes.push({ offset, content: wide() });
    }
    return { ending, state, changes };
  });
}
