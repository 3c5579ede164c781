// SPDX-License-Identifier: MIT
// usage: node out/scripts/profileSequences.js [aarch64] [power]: counts which instructions follow each other in the bundled guests and
// writes the most frequent sequences of each instruction set to its frequentSequences.generated.ts; the interpreter gets a handler for each.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GENERAL_SLOTS } from '../src/cpu/aarch64/registers/stateLayout.js';
import {
  AARCH64_INSTRUCTION_SET,
  book3sInstructionSet,
  buildInterpreter,
  type InstructionSet,
  Interpreter,
  type InterpreterImage,
  POWER_CPU_MODELS,
  POWER_MODE_NAMES,
  PowerEngineShare,
  type PowerModeName,
  PowerProcessingElement,
  powerInterpreter,
  STOP,
} from '../src/cpu/index.js';
import { RECORD } from '../src/cpu/interpreter/memoryLayout.js';
import { LONGEST_SEQUENCE } from '../src/cpu/interpreter/sequences.js';
import { decodeAccess } from '../src/cpu/state/accessWord.js';
import { PC_SLOT, RECORD_SLOT } from '../src/cpu/state/stateLayout.js';
import { type ElfFile, PT, parseElf } from '../src/symbols/index.js';
import { hashOfSequenceInputs, SEQUENCE_PROFILES, type SequenceProfile } from './sequenceProfile.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One burst of single steps is counted after each run of this many instructions. */
const INSTRUCTIONS_BETWEEN_BURSTS = 49_999;
const STEPS_OF_A_BURST = 2_000;
const RAM_BYTES = 0x400_0000;

/** What the instructions of an image are called in a list of sequences, by their handlers' numbers. */
function handlerNames({ rows }: InstructionSet, image: InterpreterImage): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  rows.forEach((row, index) => {
    for (const [key, far, near] of image.handlers[index] ?? []) {
      names.set(far, `${row.name}|${key}|0`);
      if (near !== far) names.set(near, `${row.name}|${key}|1`);
    }
  });
  return names;
}

/** Counts the sequences of one guest. */
class SequenceCounter {
  readonly #counts = new Map<string, number>();
  #total = 0;
  #recent: { readonly record: number; readonly name: string }[] = [];

  constructor(
    private readonly engine: Interpreter,
    private readonly names: ReadonlyMap<number, string>,
  ) {}

  /** A burst begins. */
  begin(): void {
    this.#recent = [];
  }

  /** One instruction has run; the engine stands at the next. */
  count(): void {
    const { engine, names } = this;
    const record = Number(engine.state.read(RECORD_SLOT));
    const name = names.get(new DataView(engine.memory.buffer).getUint16(record + RECORD.handler, true));
    const follows = this.#recent.at(-1)?.record === record - RECORD.bytes;
    this.#recent = name === undefined ? [] : [...(follows ? this.#recent.slice(1 - LONGEST_SEQUENCE) : []), { record, name }];
    this.#total++;
    for (let length = 2; length <= this.#recent.length; length++) {
      const sequence = this.#recent
        .slice(-length)
        .map(each => each.name)
        .join('\n');
      this.#counts.set(sequence, (this.#counts.get(sequence) ?? 0) + 1);
    }
  }

  /** Adds this guest's counts to `shares`, in thousandths of its steps, so that guests count alike. */
  addTo(shares: Map<string, number>): void {
    for (const [sequence, count] of this.#counts)
      shares.set(sequence, (shares.get(sequence) ?? 0) + Math.round((count / this.#total) * 100_000) / 100);
  }
}

type Profiler = (elf: ElfFile) => SequenceCounter;

const VIRT_RAM = 0x4000_0000n;
/** Rt of a load or store. */
const DESTINATION = 0b11111;
/** Routines that a profile may pass over without doing them. */
const PASSED = new Set(['MSR', 'MRS', 'ISB', 'MSR immediate', 'SYS']);

/** A guest of `virt`, run by the engine alone. */
function profileAarch64(elf: ElfFile): SequenceCounter {
  const image = buildInterpreter(AARCH64_INSTRUCTION_SET.rows, AARCH64_INSTRUCTION_SET.routines);
  const engine = new Interpreter(AARCH64_INSTRUCTION_SET, image);
  const counter = new SequenceCounter(engine, handlerNames(AARCH64_INSTRUCTION_SET, image));
  const hostOffset = loadInto(engine, elf, VIRT_RAM);
  engine.state.write(PC_SLOT, elf.entry);
  const view = new DataView(engine.memory.buffer);
  let left = 0;
  const passOver = (): void => engine.state.write(PC_SLOT, engine.state.read(PC_SLOT) + 4n);
  for (;;) {
    const isCounted = left > 0;
    const stop = engine.run(isCounted ? 1 : INSTRUCTIONS_BETWEEN_BURSTS);
    if (isCounted) {
      left--;
      counter.count();
    } else {
      left = STEPS_OF_A_BURST;
      counter.begin();
    }
    const pc = engine.state.read(PC_SLOT);
    if (stop === STOP.FETCH) engine.fillFetch(pc, hostOffset(pc));
    else if (stop === STOP.MEMORY && engine.faultAddress < VIRT_RAM) {
      // A device: a load reads 0, which says that the UART is ready.
      const destination = GENERAL_SLOTS[view.getUint32(hostOffset(pc), true) & DESTINATION];
      const isLoad = decodeAccess(engine.faultAccess).direction === 'load';
      if (isLoad && destination !== undefined) engine.state.write(destination, 0n);
      passOver();
    } else if (stop === STOP.MEMORY) {
      engine.fillRead(engine.faultAddress, hostOffset(engine.faultAddress));
      engine.fillWrite(engine.faultAddress, hostOffset(engine.faultAddress));
    } else if (stop === STOP.LEAVE && PASSED.has(engine.routine)) passOver();
    else if (stop !== STOP.BUDGET) return counter;
  }
}

const PAGE_OFFSET = 0xfffn;

/** A guest that starts at real address 0 of a POWER processor, prints by hypercalls and loops behind its end. */
function profilePower(elf: ElfFile): SequenceCounter {
  const images = Object.fromEntries(
    POWER_MODE_NAMES.map(mode => {
      const set = book3sInstructionSet(mode);
      return [mode, buildInterpreter(set.rows, set.routines, { ...set, frequentSequences: [] })];
    }),
  ) as Record<PowerModeName, InterpreterImage>; // Every mode is a key.
  const model = POWER_CPU_MODELS.power9;
  const engine = powerInterpreter(model, images);
  // The modes number their handlers alike.
  const counter = new SequenceCounter(engine, handlerNames(book3sInstructionSet('ppc64'), images.ppc64));
  const hostOffset = loadInto(engine, elf, 0n);
  const translate = (address: bigint) =>
    address < BigInt(RAM_BYTES) ? { hostOffset: hostOffset(address & ~PAGE_OFFSET), writable: true } : undefined;
  const pe = new PowerProcessingElement({ share: new PowerEngineShare(engine), model, index: 0, partitionScope: { translate } });
  const run = (instructions: number): void => {
    if (pe.run(instructions).kind !== 'budget') pe.registers.setGpr(3, 0n); // The answer to a hypercall.
  };
  for (;;) {
    run(INSTRUCTIONS_BETWEEN_BURSTS);
    counter.begin();
    for (let step = 0; step < STEPS_OF_A_BURST; step++) {
      const { pc } = pe;
      run(1);
      if (pe.pc === pc) return counter;
      counter.count();
    }
  }
}

/** Loads `elf` into RAM that begins at `start`; answers where an address of it lies in linear memory. */
function loadInto(engine: Interpreter, elf: ElfFile, start: bigint): (address: bigint) => number {
  const ram = engine.allocateRam(RAM_BYTES);
  if (ram === undefined) throw new Error('There is no memory for the guest.');
  const hostOffset = (address: bigint): number => ram.hostOffset + Number(address - start);
  for (const segment of elf.segments) {
    if (segment.type === PT.PT_LOAD) engine.memory.set(segment.bytes, hostOffset(segment.physicalAddress));
  }
  return hostOffset;
}

/** Dispatches that a sequence saves. */
const benefit = ([sequence, share]: readonly [string, number]): number => share * (sequence.split('\n').length - 1);

/** How each instruction set is profiled, how many sequences are chosen, and what only the last instruction of a sequence may be. */
const SETS: Readonly<
  Record<keyof typeof SEQUENCE_PROFILES, { readonly profile: Profiler; readonly count: number; readonly branch: RegExp }>
> = {
  aarch64: { profile: profileAarch64, count: 32, branch: /^(B|BL|B\.cond|CBZ, CBNZ|TBZ, TBNZ)\|[^\n]*\n/m },
  power: { profile: profilePower, count: 32, branch: /^(b|bca?|bclr|bcctr|bctar)( \([a-z ]*\))?\|[^\n]*\n/m },
};

function write(name: keyof typeof SEQUENCE_PROFILES): void {
  const profile: SequenceProfile = SEQUENCE_PROFILES[name];
  const { profile: run, count, branch } = SETS[name];
  const shares = new Map<string, number>();
  for (const input of profile.inputs) {
    const elf = parseElf(readFileSync(`${root}${input}`));
    if (!elf.ok) throw new Error(elf.error.message);
    run(elf.value).addTo(shares);
  }
  const chosen = [...shares]
    .filter(([sequence]) => !branch.test(sequence))
    .sort((a, b) => benefit(b) - benefit(a) || a[0].localeCompare(b[0]))
    .slice(0, count)
    .map(([sequence]) => sequence.split('\n'));
  writeFileSync(
    `${root}${profile.output}`,
    `// SPDX-License-Identifier: MIT
// Generated by scripts/profileSequences.ts from ${profile.inputs.join(', ')}
// (SHA-256 of the inputs: ${hashOfSequenceInputs(root, profile)}).
/** Sequences of ${profile.instructions} instructions that are frequent in compiled code, each as the names of handlers (see \`handlerName\`). */
// biome-ignore format: a table
export const FREQUENT_SEQUENCES: readonly (readonly string[])[] = [
${chosen.map(sequence => `  [${sequence.map(each => `'${each}'`).join(', ')}],`).join('\n')}
];
`,
  );
}

const asked = process.argv.slice(2);
for (const name of ['aarch64', 'power'] as const) if (asked.length === 0 || asked.includes(name)) write(name);
