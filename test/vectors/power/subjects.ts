// SPDX-License-Identifier: MIT
import type { InstructionRow } from '../../../src/cpu/decode/row.js';
import { STOP } from '../../../src/cpu/engine/engine.js';
import { buildInterpreter, type InstructionSet, Interpreter } from '../../../src/cpu/interpreter/index.js';
import type { Slot } from '../../../src/cpu/operations/emitter.js';
import { POWER_MODES, type PowerModeName } from '../../../src/cpu/power/book3s/instructionSet.js';
import type { PowerRoutine } from '../../../src/cpu/power/common/instructions/routines.js';
import { executeMultipleOrString } from '../../../src/cpu/power/common/multipleAndString.js';
import { EngineMemory } from '../../../src/cpu/reference/engineMemory.js';
import { executeReference, type ReferenceMemory } from '../../../src/cpu/reference/referencePrinter.js';
import { decodeAccess } from '../../../src/cpu/state/accessWord.js';
import { PC_SLOT, type StateWords } from '../../../src/cpu/state/stateLayout.js';
import { WINDOW_CONTENT } from '../inputs.js';
import type { Change } from '../observation.js';
import type { RecordedModel } from './inputs.js';
import {
  MAXIMUM_WORDS,
  PAGE_BYTES,
  type PowerEnding,
  type PowerInput,
  type PowerOutcome,
  type PowerSubject,
  SLOT_END,
  SLOT_PAGE,
  WINDOW,
  WINDOW_BYTES,
} from './observation.js';
import { readPowerState, writePowerState } from './stateWords.js';

const INSTRUCTION_BYTES = 4;

/** The window in a guest's byte order, with what a run changes. */
class Window {
  readonly bytes = new Uint8Array(WINDOW_BYTES);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #before = WINDOW_CONTENT.slice();

  constructor(private readonly isLittle: boolean) {
    this.startAnew();
  }

  startAnew(): void {
    this.#before.set(WINDOW_CONTENT);
    this.#before.forEach((content, n) => {
      this.#view.setBigUint64(n * 8, content, this.isLittle);
    });
  }

  apply(changes: readonly Change[]): void {
    for (const { offset, content } of changes) {
      this.#before[offset / 8] = content;
      this.#view.setBigUint64(offset, content, this.isLittle);
    }
  }

  /** The doublewords of `bytes` that are not as they are here. */
  changesIn(bytes: Uint8Array): readonly Change[] {
    if (Buffer.compare(bytes, this.bytes) === 0) return [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, WINDOW_BYTES);
    const changes: Change[] = [];
    for (let offset = 0; offset < WINDOW_BYTES; offset += 8) {
      const content = view.getBigUint64(offset, this.isLittle);
      if (content !== this.#before[offset / 8]) changes.push({ offset, content });
    }
    return changes;
  }
}

const isInWindow = (address: bigint): boolean => address >= WINDOW && address < WINDOW + BigInt(WINDOW_BYTES);

/** The ending that a routine of the rows is in user mode; `undefined`: the instruction has been done. */
function routineEnding(
  routine: string,
  word: number,
  state: StateWords,
  memory: ReferenceMemory,
  mode: PowerModeName,
): PowerEnding | undefined {
  switch (routine as PowerRoutine) {
    case 'illegal':
      return { kind: 'illegal' };
    case 'trap':
      return { kind: 'trap' };
    case 'multiple or string': {
      const outcome = executeMultipleOrString(word, state, memory, POWER_MODES[mode]);
      if (outcome.kind === 'memory fault') return { kind: 'memory', address: outcome.address };
      return outcome.kind === 'next' ? undefined : { kind: outcome.kind };
    }
    default:
      return { kind: 'left', routine };
  }
}

const faultEnding = (address: bigint, access: number): PowerEnding =>
  address % BigInt(decodeAccess(access).alignment) !== 0n ? { kind: 'alignment' } : { kind: 'memory', address };

/** One instruction on the reference printer; `undefined`: it has no row. */
function stepReference(
  row: InstructionRow | undefined,
  word: number,
  address: bigint,
  state: StateWords,
  memory: ReferenceMemory,
  mode: PowerModeName,
): PowerEnding {
  if (row === undefined) return { kind: 'illegal' };
  const outcome = executeReference(row, word, address, state, memory);
  const next: PowerEnding = { kind: 'retired', pc: address + BigInt(INSTRUCTION_BYTES) };
  switch (outcome.kind) {
    case 'next':
      return next;
    case 'branch':
      return { kind: 'retired', pc: outcome.target };
    case 'leave':
      return routineEnding(outcome.routine, word, state, memory, mode) ?? next;
    case 'memory fault':
      return faultEnding(outcome.address, outcome.access);
  }
}

/** The reference printer, on the rows of `instructions`. */
export class PowerReference implements PowerSubject {
  readonly name: string;
  readonly #window: Window;
  readonly #bytes = new Uint8Array(WINDOW_BYTES);
  readonly #isLittle: boolean;

  constructor(
    private readonly instructions: Pick<InstructionSet, 'decode'>,
    private readonly mode: PowerModeName,
    private readonly model: RecordedModel = 'power9',
  ) {
    this.name = `reference printer, ${mode}`;
    this.#isLittle = POWER_MODES[mode].endianness === 'little';
    this.#window = new Window(this.#isLittle);
  }

  run({ words, state }: PowerInput): PowerOutcome {
    const content = new Map<Slot, bigint>();
    const page: StateWords = {
      read: slot => content.get(slot) ?? 0n,
      write: (slot, value) => content.set(slot, value),
    };
    this.#bytes.set(this.#window.bytes);
    writePowerState(page, state, this.model);
    let ending: PowerEnding = { kind: 'retired', pc: SLOT_END };
    for (let n = 0; n < words.length && ending.kind === 'retired'; n++) {
      const word = words[n] ?? 0;
      const address = SLOT_END - BigInt(INSTRUCTION_BYTES * (words.length - n));
      ending = stepReference(this.instructions.decode(word), word, address, page, this.#memory, this.mode);
    }
    return { ending, state: readPowerState(page), changes: this.#window.changesIn(this.#bytes) };
  }

  apply(changes: readonly Change[]): void {
    this.#window.apply(changes);
  }

  startAnew(): void {
    this.#window.startAnew();
  }

  readonly #memory: ReferenceMemory = {
    faultOf: (address, bytes, access) => {
      if (address % BigInt(decodeAccess(access).alignment) !== 0n) return address;
      for (let n = 0n; n < BigInt(bytes); n++) {
        const at = BigInt.asUintN(64, address + n);
        if (!isInWindow(at)) return at;
      }
      return undefined;
    },
    read: (address, bytes) => {
      const from = Number(address - WINDOW);
      const part = [...this.#bytes.subarray(from, from + bytes)];
      return (this.#isLittle ? part.reverse() : part).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
    },
    write: (address, bytes, value) => {
      const from = Number(address - WINDOW);
      for (let n = 0; n < bytes; n++) this.#bytes[from + (this.#isLittle ? n : bytes - 1 - n)] = Number((value >> BigInt(8 * n)) & 0xffn);
    },
  };
}

/** An empty hull. */
const NOTHING_WATCHED = [PAGE_BYTES, PAGE_BYTES] as const;

/** The generated WebAssembly interpreter, with the window and the page of the words mapped. */
export class PowerInterpreter implements PowerSubject {
  readonly name: string;
  readonly #engine: Interpreter;
  readonly #window: Window;
  /** Host offsets of the window and of the page with the words. */
  readonly #windowAt: number;
  readonly #slotPage: number;
  readonly #isLittle: boolean;
  readonly #memory: EngineMemory;
  readonly #model: RecordedModel;

  /** With `path: 'slow'` the window's pages are as those with watched bytes are, so that every access is looked at one by one. */
  constructor(
    private readonly instructions: InstructionSet,
    private readonly mode: PowerModeName,
    { path = 'fast', model = 'power9' }: { readonly path?: 'fast' | 'slow'; readonly model?: RecordedModel } = {},
  ) {
    this.#model = model;
    this.name = `WebAssembly interpreter, ${mode}, ${path} path`;
    const watch = path === 'slow' ? NOTHING_WATCHED : undefined;
    const { endianness } = POWER_MODES[mode];
    this.#isLittle = endianness === 'little';
    this.#window = new Window(this.#isLittle);
    this.#engine = new Interpreter(instructions, buildInterpreter(instructions.rows, instructions.routines, instructions));
    const ram = this.#engine.allocateRam(WINDOW_BYTES * 2);
    if (ram === undefined) throw new Error('No memory for the window.');
    this.#windowAt = ram.hostOffset;
    this.#slotPage = ram.hostOffset + WINDOW_BYTES;
    // First, as a page that becomes code costs the engine its translations for stores.
    this.#engine.fillFetch(SLOT_PAGE, this.#slotPage);
    for (let offset = 0; offset < WINDOW_BYTES; offset += PAGE_BYTES) {
      this.#engine.fillRead(WINDOW + BigInt(offset), this.#windowAt + offset, watch);
      this.#engine.fillWrite(WINDOW + BigInt(offset), this.#windowAt + offset, watch);
    }
    const translate = (address: bigint): number | undefined =>
      isInWindow(address) ? this.#windowAt + Number(address - WINDOW) : undefined;
    this.#memory = new EngineMemory(this.#engine, translate, endianness);
    this.startAnew();
  }

  run({ words, state }: PowerInput): PowerOutcome {
    const engine = this.#engine;
    const view = new DataView(engine.memory.buffer);
    const end = this.#slotPage + PAGE_BYTES;
    words.forEach((word, n) => {
      view.setUint32(end - INSTRUCTION_BYTES * (words.length - n), word, this.#isLittle);
    });
    engine.invalidateCode(end - INSTRUCTION_BYTES * MAXIMUM_WORDS, INSTRUCTION_BYTES * MAXIMUM_WORDS);
    writePowerState(engine.state, state, this.#model);
    engine.state.write(PC_SLOT, SLOT_END - BigInt(INSTRUCTION_BYTES * words.length));
    let ending: PowerEnding | undefined;
    for (let left = words.length; ending === undefined; ) {
      const stop = engine.run(left);
      left -= engine.retired;
      const step = this.#afterStop(stop, words, left);
      if (step === undefined || (step.kind === 'retired' && --left > 0 && step.pc < SLOT_END)) continue;
      ending = step;
    }
    return { ending, state: readPowerState(engine.state), changes: this.#takeChanges() };
  }

  /** How the run has ended; `retired` also for an instruction that was done here. */
  #afterStop(stop: number, words: readonly number[], left: number): PowerEnding | undefined {
    const engine = this.#engine;
    const pc = engine.state.read(PC_SLOT);
    const word = words[words.length - Number(SLOT_END - pc) / INSTRUCTION_BYTES] ?? 0;
    switch (stop) {
      case STOP.BUDGET:
        return { kind: 'retired', pc };
      case STOP.LEAVE:
        return this.#advanced(routineEnding(engine.routine, word, engine.state, this.#memory, this.mode), pc);
      case STOP.MEMORY: {
        const { bytes, alignment } = decodeAccess(engine.faultAccess);
        const pages = [engine.faultAddress, engine.faultAddress + BigInt(bytes - 1)].map(address => address / BigInt(PAGE_BYTES));
        if (alignment >= bytes || pages[0] === pages[1]) return faultEnding(engine.faultAddress, engine.faultAccess);
        const ending = stepReference(this.instructions.decode(word), word, pc, engine.state, this.#memory, this.mode);
        if (ending.kind === 'retired') engine.state.write(PC_SLOT, ending.pc);
        return ending;
      }
      case STOP.FETCH:
        // Asked only after a branch has retired, which is when the engine looks where it leads.
        return left === 0 ? { kind: 'retired', pc } : { kind: 'left', routine: 'FETCH' };
      default:
        return { kind: 'left', routine: `stop ${stop}` };
    }
  }

  #advanced(ending: PowerEnding | undefined, pc: bigint): PowerEnding {
    if (ending !== undefined) return ending;
    const next = pc + BigInt(INSTRUCTION_BYTES);
    this.#engine.state.write(PC_SLOT, next);
    return { kind: 'retired', pc: next };
  }

  apply(changes: readonly Change[]): void {
    this.#window.apply(changes);
    this.#engine.memory.set(this.#window.bytes, this.#windowAt);
  }

  startAnew(): void {
    this.#window.startAnew();
    this.#engine.memory.set(this.#window.bytes, this.#windowAt);
  }

  /** What the run changed in the window, which is then as it was. */
  #takeChanges(): readonly Change[] {
    const bytes = this.#engine.memory.subarray(this.#windowAt, this.#windowAt + WINDOW_BYTES);
    const changes = this.#window.changesIn(bytes);
    if (changes.length > 0) bytes.set(this.#window.bytes);
    return changes;
  }
}
