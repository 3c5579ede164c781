// SPDX-License-Identifier: MIT
import type { Decoder } from '../../src/cpu/decode/decisionTree.js';
import { fieldsOf } from '../../src/cpu/decode/row.js';
import { STOP } from '../../src/cpu/engine/engine.js';
import { buildInterpreter, type InstructionSet, Interpreter } from '../../src/cpu/interpreter/index.js';
import { PC_SLOT } from '../../src/cpu/state/stateLayout.js';
import { WINDOW_CONTENT } from './inputs.js';
import {
  type Change,
  type Ending,
  MAXIMUM_WORDS,
  PAGE_BYTES,
  type RunInput,
  type RunOutcome,
  SLOT_END,
  SLOT_PAGE,
  type Subject,
  WINDOW,
  WINDOW_BYTES,
} from './observation.js';
import { memoryEnding } from './referenceSubject.js';
import { readState, writeState } from './stateWords.js';

const INSTRUCTION_BYTES = 4;
/** An empty hull. */
const NOTHING_WATCHED = [PAGE_BYTES, PAGE_BYTES] as const;
const RAM_BYTES = WINDOW_BYTES * 2;

/** The generated WebAssembly interpreter, with the window and the slot page mapped. */
export class InterpreterSubject implements Subject {
  readonly name: string;
  readonly #engine: Interpreter;
  readonly #decode: Decoder;
  /** The window as it is between runs. */
  readonly #before = WINDOW_CONTENT.slice();
  readonly #beforeBytes = new Uint8Array(this.#before.buffer);
  /** Host offsets of the window and of the slot page. */
  readonly #window: number;
  readonly #slotPage: number;

  /** With `path: 'slow'` the window's pages are as those with watched bytes are, so that every access is looked at one by one. */
  constructor(instructions: InstructionSet, { path = 'fast' }: { readonly path?: 'fast' | 'slow' } = {}) {
    this.name = `WebAssembly interpreter, ${path} path`;
    const watch = path === 'slow' ? NOTHING_WATCHED : undefined;
    this.#decode = instructions.decode;
    this.#engine = new Interpreter(instructions, buildInterpreter(instructions.rows, instructions.routines, instructions));
    const ram = this.#engine.allocateRam(RAM_BYTES);
    if (ram === undefined) throw new Error('No memory for the window.');
    this.#window = ram.hostOffset;
    this.#slotPage = ram.hostOffset + WINDOW_BYTES;
    // First, as a page that becomes code costs the engine its translations for stores.
    this.#engine.fillFetch(SLOT_PAGE, this.#slotPage);
    for (let offset = 0; offset < WINDOW_BYTES; offset += PAGE_BYTES) {
      this.#engine.fillRead(WINDOW + BigInt(offset), this.#window + offset, watch);
      this.#engine.fillWrite(WINDOW + BigInt(offset), this.#window + offset, watch);
    }
    this.#engine.memory.set(this.#beforeBytes, this.#window);
  }

  run({ words, state }: RunInput): RunOutcome {
    const engine = this.#engine;
    const view = new DataView(engine.memory.buffer);
    const end = this.#slotPage + PAGE_BYTES;
    words.forEach((word, n) => {
      view.setUint32(end - INSTRUCTION_BYTES * (words.length - n), word, true);
    });
    engine.invalidateCode(end - INSTRUCTION_BYTES * MAXIMUM_WORDS, INSTRUCTION_BYTES * MAXIMUM_WORDS);
    writeState(engine.state, state);
    engine.state.write(PC_SLOT, SLOT_END - BigInt(INSTRUCTION_BYTES * words.length));
    const stop = engine.run(words.length);
    return { ending: this.#ending(stop, words), state: readState(engine.state), changes: this.#takeChanges() };
  }

  apply(changes: readonly Change[]): void {
    for (const { offset, content } of changes) {
      this.#before[offset / 8] = content;
      this.#engine.memory.set(this.#beforeBytes.subarray(offset, offset + 8), this.#window + offset);
    }
  }

  startAnew(): void {
    this.#before.set(WINDOW_CONTENT);
    this.#engine.memory.set(this.#beforeBytes, this.#window);
  }

  #ending(stop: number, words: readonly number[]): Ending {
    const engine = this.#engine;
    const pc = engine.state.read(PC_SLOT);
    switch (stop) {
      case STOP.BUDGET:
        return { kind: 'retired', pc };
      case STOP.LEAVE:
        return engine.routine === 'UNDEFINED' ? { kind: 'undefined' } : { kind: 'left', routine: engine.routine, payload: engine.payload };
      case STOP.MEMORY: {
        const word = words[words.length - Number(SLOT_END - pc) / INSTRUCTION_BYTES] ?? 0;
        const row = this.#decode(word);
        return memoryEnding(engine.faultAddress, engine.faultAccess, row?.syndrome(fieldsOf(row.encoding, word)) ?? 0);
      }
      case STOP.FETCH:
        // Asked only after a branch has retired, which is when the engine looks where it leads.
        if (engine.retired === words.length) return { kind: 'retired', pc };
        return { kind: 'left', routine: 'FETCH', payload: pc };
      default:
        return { kind: 'left', routine: `stop ${stop}`, payload: pc };
    }
  }

  /** What the run changed in the window, which is then as it was. */
  #takeChanges(): readonly Change[] {
    const bytes = this.#engine.memory.subarray(this.#window, this.#window + WINDOW_BYTES);
    if (Buffer.compare(bytes, this.#beforeBytes) === 0) return [];
    const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, WINDOW_BYTES / 8);
    const changes: Change[] = [];
    for (const [index, content] of words.entries()) if (content !== this.#before[index]) changes.push({ offset: index * 8, content });
    bytes.set(this.#beforeBytes);
    return changes;
  }
}
