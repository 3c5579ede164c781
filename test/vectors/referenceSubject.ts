// SPDX-License-Identifier: MIT
import type { Decoder } from '../../src/cpu/decode/decisionTree.js';
import { fieldsOf } from '../../src/cpu/decode/row.js';
import type { Slot } from '../../src/cpu/operations/emitter.js';
import { executeReference, type Outcome, type ReferenceMemory } from '../../src/cpu/reference/referencePrinter.js';
import { decodeAccess } from '../../src/cpu/state/accessWord.js';
import type { StateWords } from '../../src/cpu/state/stateLayout.js';
import { WINDOW_CONTENT } from './inputs.js';
import { type Change, type Ending, type RunInput, type RunOutcome, SLOT_END, type Subject, WINDOW, WINDOW_BYTES } from './observation.js';
import { readState, writeState } from './stateWords.js';

/** The window with what was stored on top, byte by byte. All of it demands alignment, as Device memory does. */
export class WindowMemory implements ReferenceMemory {
  readonly #stored = new Map<number, number>();
  readonly #view: DataView;

  /** `content` is the window before the run; it is not written. */
  constructor(private readonly content: BigUint64Array) {
    this.#view = new DataView(content.buffer);
  }

  faultOf(address: bigint, bytes: number, access: number): bigint | undefined {
    const { alignment, bytes: element } = decodeAccess(access);
    if (address % BigInt(alignment) !== 0n) return address;
    for (let offset = 0n; offset < BigInt(bytes); offset += BigInt(element)) {
      const at = BigInt.asUintN(64, address + offset);
      if (at < WINDOW || at >= WINDOW + BigInt(WINDOW_BYTES)) return at;
    }
    return undefined;
  }

  read(address: bigint, bytes: number): bigint {
    let value = 0n;
    for (let n = bytes - 1; n >= 0; n--) value = (value << 8n) | BigInt(this.#byte(Number(address - WINDOW) + n));
    return value;
  }

  write(address: bigint, bytes: number, value: bigint): void {
    const offset = Number(address - WINDOW);
    for (let n = 0; n < bytes; n++) this.#stored.set(offset + n, Number((value >> BigInt(8 * n)) & 0xffn));
  }

  #byte(offset: number): number {
    return this.#stored.get(offset) ?? this.#view.getUint8(offset);
  }

  /** The words that are not as they were. */
  get changes(): readonly Change[] {
    const offsets = [...new Set([...this.#stored.keys()].map(offset => offset - (offset % 8)))].sort((a, b) => a - b);
    return offsets
      .map(offset => ({ offset, content: this.read(WINDOW + BigInt(offset), 8) }))
      .filter(({ offset, content }) => content !== this.content[offset / 8]);
  }
}

/** The reference printer, on the rows that `decode` finds. */
export class ReferenceSubject implements Subject {
  readonly name = 'reference printer';
  readonly #window = WINDOW_CONTENT.slice();

  constructor(private readonly decode: Decoder) {}

  run({ words, state }: RunInput): RunOutcome {
    const content = new Map<Slot, bigint>();
    const page: StateWords = {
      read: slot => content.get(slot) ?? 0n,
      write: (slot, value) => content.set(slot, value),
    };
    const memory = new WindowMemory(this.#window);
    writeState(page, state);
    let ending: Ending = { kind: 'retired', pc: SLOT_END };
    for (let n = 0; n < words.length && ending.kind === 'retired'; n++) ending = this.#step(words, n, page, memory);
    return { ending, state: readState(page), changes: memory.changes };
  }

  apply(changes: readonly Change[]): void {
    for (const { offset, content } of changes) this.#window[offset / 8] = content;
  }

  startAnew(): void {
    this.#window.set(WINDOW_CONTENT);
  }

  #step(words: readonly number[], n: number, page: StateWords, memory: ReferenceMemory): Ending {
    const word = words[n] ?? 0;
    const row = this.decode(word);
    if (row === undefined) return { kind: 'undefined' };
    const address = SLOT_END - 4n * BigInt(words.length - n);
    const outcome: Outcome = executeReference(row, word, address, page, memory);
    switch (outcome.kind) {
      case 'next':
        return { kind: 'retired', pc: address + 4n };
      case 'branch':
        return { kind: 'retired', pc: outcome.target };
      case 'leave':
        return outcome.routine === 'UNDEFINED'
          ? { kind: 'undefined' }
          : { kind: 'left', routine: outcome.routine, payload: outcome.payload };
      case 'memory fault':
        return memoryEnding(outcome.address, outcome.access, row.syndrome(fieldsOf(row.encoding, word)));
    }
  }
}

/** The ending that the fault of an access is. Memory here demands alignment of all accesses, and that comes first. */
export function memoryEnding(address: bigint, access: number, syndrome: number): Ending {
  const { alignment, direction } = decodeAccess(access);
  return {
    kind: 'memory',
    address,
    // Arm DDI 0487, ESR_ELx.WnR: an access that does both faults as a read if a read would fault.
    isWrite: direction === 'store',
    isAlignment: address % BigInt(alignment) !== 0n,
    syndrome,
  };
}
