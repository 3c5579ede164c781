// SPDX-License-Identifier: MIT
// usage: node out/scripts/profileSequences.js: counts which instructions follow each other in the bundled guests and writes the most
// frequent sequences to src/cpu/aarch64/frequentSequences.generated.ts; the interpreter gets a handler for each.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GENERAL_SLOTS } from '../src/cpu/aarch64/registers/stateLayout.js';
import { AARCH64_INSTRUCTION_SET, buildInterpreter, Interpreter, STOP } from '../src/cpu/index.js';
import { RECORD } from '../src/cpu/interpreter/memoryLayout.js';
import { LONGEST_SEQUENCE } from '../src/cpu/interpreter/sequences.js';
import { decodeAccess } from '../src/cpu/state/accessWord.js';
import { PC_SLOT, RECORD_SLOT } from '../src/cpu/state/stateLayout.js';
import { PT, parseElf } from '../src/symbols/index.js';
import { hashOfSequenceInputs, SEQUENCE_INPUTS, SEQUENCE_OUTPUT } from './sequenceProfile.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

const RAM_START = 0x4000_0000n;
const RAM_BYTES = 0x400_0000;
/** One burst of single steps is counted after each run of this many instructions. */
const INSTRUCTIONS_BETWEEN_BURSTS = 49_999;
const STEPS_OF_A_BURST = 2_000;
/** Rt of a load or store. */
const DESTINATION = 0b11111;
const SEQUENCES = 32;
/** Routines that a profile may pass over without doing them. */
const PASSED = new Set(['MSR', 'MRS', 'ISB', 'MSR immediate', 'SYS']);

const { rows, routines } = AARCH64_INSTRUCTION_SET;
const image = buildInterpreter(rows, routines);
const names = new Map<number, string>();
rows.forEach((row, index) => {
  for (const [key, far, near] of image.handlers[index] ?? []) {
    names.set(far, `${row.name}|${key}|0`);
    if (near !== far) names.set(near, `${row.name}|${key}|1`);
  }
});

/** How often each sequence was met, by its names joined by a line break; in thousandths of its guest's steps, so that guests count alike. */
const shares = new Map<string, number>();

function profile(bytes: Uint8Array): void {
  const elf = parseElf(bytes);
  if (!elf.ok) throw new Error(elf.error.message);
  const engine = new Interpreter(AARCH64_INSTRUCTION_SET, image);
  const ram = engine.allocateRam(RAM_BYTES);
  if (ram === undefined) throw new Error('There is no memory for the guest.');
  const hostOffset = (address: bigint): number => ram.hostOffset + Number(address - RAM_START);
  for (const segment of elf.value.segments) {
    if (segment.type === PT.PT_LOAD) engine.memory.set(segment.bytes, hostOffset(segment.physicalAddress));
  }
  engine.state.write(PC_SLOT, elf.value.entry);
  const view = new DataView(engine.memory.buffer);
  const counts = new Map<string, number>();
  let total = 0;
  let left = 0;
  let recent: { readonly record: number; readonly name: string }[] = [];
  const passOver = (): void => engine.state.write(PC_SLOT, engine.state.read(PC_SLOT) + 4n);
  for (;;) {
    const isCounted = left > 0;
    const stop = engine.run(isCounted ? 1 : INSTRUCTIONS_BETWEEN_BURSTS);
    if (isCounted) {
      left--;
      const record = Number(engine.state.read(RECORD_SLOT));
      const name = names.get(view.getUint16(record + RECORD.handler, true));
      const follows = recent.at(-1)?.record === record - RECORD.bytes;
      recent = name === undefined ? [] : [...(follows ? recent.slice(1 - LONGEST_SEQUENCE) : []), { record, name }];
      total++;
      for (let length = 2; length <= recent.length; length++) {
        const sequence = recent
          .slice(-length)
          .map(each => each.name)
          .join('\n');
        counts.set(sequence, (counts.get(sequence) ?? 0) + 1);
      }
    } else {
      left = STEPS_OF_A_BURST;
      recent = [];
    }
    const pc = engine.state.read(PC_SLOT);
    if (stop === STOP.FETCH) engine.fillFetch(pc, hostOffset(pc));
    else if (stop === STOP.MEMORY && engine.faultAddress < RAM_START) {
      // A device: a load reads 0, which says that the UART is ready.
      const destination = GENERAL_SLOTS[view.getUint32(hostOffset(pc), true) & DESTINATION];
      const isLoad = decodeAccess(engine.faultAccess).direction === 'load';
      if (isLoad && destination !== undefined) engine.state.write(destination, 0n);
      passOver();
    } else if (stop === STOP.MEMORY) {
      engine.fillRead(engine.faultAddress, hostOffset(engine.faultAddress));
      engine.fillWrite(engine.faultAddress, hostOffset(engine.faultAddress));
    } else if (stop === STOP.LEAVE && PASSED.has(engine.routine)) passOver();
    else if (stop !== STOP.BUDGET) break;
  }
  for (const [sequence, count] of counts) shares.set(sequence, (shares.get(sequence) ?? 0) + Math.round((count / total) * 100_000) / 100);
}

for (const name of SEQUENCE_INPUTS) profile(readFileSync(`${root}${name}`));

/** Dispatches that a sequence saves. */
const benefit = ([sequence, share]: readonly [string, number]): number => share * (sequence.split('\n').length - 1);
/** Only the last instruction of a sequence may branch. */
const BRANCHES_INSIDE = /^(B|BL|B\.cond|CBZ, CBNZ|TBZ, TBNZ)\|[^\n]*\n/m;
const chosen = [...shares]
  .filter(([sequence]) => !BRANCHES_INSIDE.test(sequence))
  .sort((a, b) => benefit(b) - benefit(a) || a[0].localeCompare(b[0]))
  .slice(0, SEQUENCES)
  .map(([sequence]) => sequence.split('\n'));
writeFileSync(
  `${root}${SEQUENCE_OUTPUT}`,
  `// SPDX-License-Identifier: MIT
// Generated by scripts/profileSequences.ts from ${SEQUENCE_INPUTS.join(', ')}
// (SHA-256 of the inputs: ${hashOfSequenceInputs(root)}).
/** Sequences of A64 instructions that are frequent in compiled code, each as the names of handlers (see \`handlerName\`). */
// biome-ignore format: a table
export const FREQUENT_SEQUENCES: readonly (readonly string[])[] = [
${chosen.map(sequence => `  [${sequence.map(name => `'${name}'`).join(', ')}],`).join('\n')}
];
`,
);
