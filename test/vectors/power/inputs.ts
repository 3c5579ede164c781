// SPDX-License-Identifier: MIT
import { type FieldPlace, fieldOf, withField } from '../../../src/cpu/decode/pattern.js';
import { fieldsOf, type InstructionRow } from '../../../src/cpu/decode/row.js';
import { type Variant, variantsOf } from '../../../src/cpu/decode/variants.js';
import { POWER_CPU_MODELS, xerMaskOf } from '../../../src/cpu/power/book3s/cpuModels.js';
import { book3sInstructionSet, POWER_MODES, type PowerModeName } from '../../../src/cpu/power/book3s/instructionSet.js';
import { executeMultipleOrString } from '../../../src/cpu/power/common/multipleAndString.js';
import { FACILITIES_SLOT } from '../../../src/cpu/power/common/registers/stateLayout.js';
import { executeReference, type ReferenceMemory } from '../../../src/cpu/reference/referencePrinter.js';
import type { StateWords } from '../../../src/cpu/state/stateLayout.js';
import { withoutReservedBits } from '../../support/powerWords.js';
import { anyContent } from '../inputs.js';
import { Hash, hashOf, immediate, Random } from '../random.js';
import { type PowerInput, SLOT, SLOT_PAGE, STATE, STATE_WORDS, WINDOW, WINDOW_BYTES } from './observation.js';
import { writePowerState } from './stateWords.js';

/** To be raised whenever this file makes other inputs; a recording knows with which version it was made. */
export const GENERATOR_VERSION = 1;
/** Vectors recorded for each variant of a row. */
export const VECTORS_PER_VARIANT = 64;

/** The modes that a program in user mode of QEMU can be run in. */
export const RECORDED_MODES = ['ppc64', 'ppc64le'] as const satisfies readonly PowerModeName[];
export type RecordedMode = (typeof RECORDED_MODES)[number];
/** The processors that QEMU was, each of another issue of the Power ISA. */
export const RECORDED_MODELS = ['power8', 'power9'] as const satisfies readonly (keyof typeof POWER_CPU_MODELS)[];
export type RecordedModel = (typeof RECORDED_MODELS)[number];

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Memory of which no byte can be accessed: it tells where an instruction would access it. */
const NOWHERE: ReferenceMemory = { faultOf: address => address, read: () => 0n, write: () => undefined };
/** Memory that has everything. */
const EVERYWHERE: ReferenceMemory = { faultOf: () => undefined, read: () => 0n, write: () => undefined };

function stateOf(state: BigUint64Array): StateWords {
  const content = new Map<number, bigint>();
  const words: StateWords = { read: slot => content.get(slot) ?? 0n, write: (slot, value) => content.set(slot, value) };
  writePowerState(words, state);
  return words;
}

/** The address that `word` accesses from `state`; `undefined` if it accesses none. */
function addressOf(row: InstructionRow, word: number, state: BigUint64Array): bigint | undefined {
  const words = stateOf(state);
  const outcome = executeReference(row, word, SLOT, words, NOWHERE);
  if (outcome.kind === 'memory fault') return outcome.address;
  if (outcome.kind !== 'leave' || outcome.routine !== 'multiple or string') return undefined;
  const transfer = executeMultipleOrString(word, words, NOWHERE, POWER_MODES.ppc64);
  return transfer.kind === 'memory fault' ? transfer.address : undefined;
}

/** Routines whose work a program in user mode can watch. QEMU in user mode breaks off at the Alignment interrupt of little-endian string instructions. */
const watchedRoutines = (mode: PowerModeName): readonly string[] =>
  POWER_MODES[mode].endianness === 'big' ? ['illegal', 'trap', 'multiple or string'] : ['illegal', 'trap'];

/** Rows whose encodings are invalid forms, or unknown to QEMU, which then does something else than we have chosen. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  'bcctr (counter)': 'an invalid form; QEMU tests and decrements CTR as some processors do',
  'dcbf (persistent)': 'QEMU knows the low bit of L only',
  'addex (reserved CY)': 'reserved values; QEMU adds with them',
  icbt: 'QEMU has it on BookE processors only',
};

/** Whether a run in user mode shows what `variant` does: it is implemented, and needs no system software. */
function isObservable(variant: Variant, mode: PowerModeName): boolean {
  if (variant.row.support.kind !== 'implemented' || variant.row.name in NOT_COMPARED) return false;
  const words = stateOf(new BigUint64Array(STATE_WORDS));
  words.write(FACILITIES_SLOT, 0xffn);
  const outcome = executeReference(variant.row, variant.word, SLOT, words, EVERYWHERE);
  return outcome.kind !== 'leave' || watchedRoutines(mode).includes(outcome.routine);
}

/** The variants of `row` that vectors are recorded of. */
export const observableVariants = (row: InstructionRow, mode: PowerModeName): readonly Variant[] =>
  variantsOf(row).filter(variant => isObservable(variant, mode));

/** The rows of which vectors are recorded. */
export const observableRows = (mode: PowerModeName): readonly InstructionRow[] =>
  book3sInstructionSet(mode).rows.filter(row => row.name !== 'illegal' && observableVariants(row, mode).length > 0);

const isRegister = (place: FieldPlace): boolean => /^(R[A-Z]?|[TABCSF]|VR[A-Z]|FR[A-Z])$/.test(place.name);

function fieldContent(random: Random, place: FieldPlace, word: number, row: InstructionRow): number {
  if (isRegister(place)) {
    if (random.once(10)) return 0;
    const others = row.encoding.fields.filter(other => other !== place && isRegister(other));
    const other = others[random.below(Math.max(others.length, 1))];
    if (other !== undefined && random.once(6)) return fieldOf(word, other);
    return random.below(2 ** place.width);
  }
  return immediate(random, place.width);
}

/** Distances that a direct branch may not go: to itself, which would never end. */
const goesToItself = (row: InstructionRow, word: number): boolean => {
  const { offset } = row.operands(fieldsOf(row.encoding, word)) as { readonly offset?: unknown };
  return offset === 0n;
};

const ATTEMPTS = 400;

/** An allocated word of `variant`, its reserved bits zero. */
function anyWord(random: Random, { row, word: sample }: Variant, mode: PowerModeName): number | undefined {
  const { encoding } = row;
  const { decode } = book3sInstructionSet(mode);
  const clean = withoutReservedBits(row, sample);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let word = clean;
    for (const place of encoding.fields) if (!place.isControl) word = withField(word, place, fieldContent(random, place, word, row));
    if (row.where(fieldsOf(encoding, word)) && decode(word) === row && !goesToItself(row, word)) return word;
  }
  return undefined;
}

const WINDOW_END = WINDOW + BigInt(WINDOW_BYTES);

function dataAddress(random: Random): bigint {
  switch (random.below(16)) {
    case 0:
    case 1:
      return WINDOW + BigInt(0x100 + random.below(WINDOW_BYTES - 0x200));
    case 2:
      return unsigned(WINDOW + BigInt(random.below(64) - 32));
    case 3:
      return WINDOW_END + BigInt(random.below(40) - 32);
    case 4:
      // About the end of a page.
      return WINDOW + 0x3000n + BigInt(random.below(32) - 24);
    default:
      return WINDOW + BigInt(0x1000 + random.below(0xd00) * 16);
  }
}

/** The recorder's own program and data, which no run may touch. */
const isRecorders = (address: bigint | undefined): boolean => address !== undefined && address >= 0xf00_0000n && address < 0x1100_0000n;

const codeAddress = (random: Random): bigint => (random.once(8) ? random.wide() : SLOT_PAGE + BigInt(random.below(0xf00)));

const RA = (word: number): number => (word >>> 16) & 31;
const RB = (word: number): number => (word >>> 11) & 31;

/** Puts into `state` what `word` needs to reach memory, if it accesses memory at all. */
export function aim(random: Random, row: InstructionRow, word: number, state: BigUint64Array): void {
  const base = RA(word);
  const saved = state[base] ?? 0n;
  if (random.once(16) && !isRecorders(addressOf(row, word, state))) return;
  // Indexes are mostly small, so that the base is what decides.
  const isIndexed = row.encoding.fields.some(({ name }) => name === 'RB');
  if (isIndexed && RB(word) !== base) state[RB(word)] = unsigned(BigInt(random.below(0x400) - 0x200));
  state[base] = 0n;
  const from = addressOf(row, word, state);
  state[base] = saved;
  if (from === undefined) return;
  const goal = dataAddress(random);
  if (base !== 0) state[base] = isIndexed && RB(word) === base ? goal / 2n : unsigned(goal - from);
  else if (isIndexed) state[RB(word)] = goal;
}

const OPCODE_31 = 31;
/** Extended opcodes of loads with reservation by those of the stores that want them. */
const RESERVATION_OF: Readonly<Record<number, number>> = { 694: 52, 726: 116, 150: 20, 214: 84, 182: 276 };
const RESERVATIONS = [52, 116, 20, 84] as const;

const readsTAR = ({ name }: InstructionRow): boolean => name.startsWith('bctar') || name === 'mfspr (TAR)';

/** Words to run before `word`: a store conditional wants a reservation, bctar its register. */
export function preludeOf(random: Random, row: InstructionRow, word: number): readonly number[] {
  const extended = (word >>> 1) & 0x3ff;
  if (readsTAR(row)) return [((OPCODE_31 << 26) | (random.below(32) << 21) | (15 << 16) | (25 << 11) | (467 << 1)) >>> 0];
  const wanted = word >>> 26 === OPCODE_31 ? RESERVATION_OF[extended] : undefined;
  if (wanted === undefined || random.once(5)) return [];
  const taken = [RA(word), RB(word), (word >>> 21) & 30, ((word >>> 21) & 30) + 1];
  const free = Array.from({ length: 16 }, (_, n) => 2 * n).filter(n => !taken.includes(n) && !taken.includes(n + 1));
  const target = free[random.below(free.length)] ?? 0;
  const load = random.once(8) ? random.pick(RESERVATIONS) : wanted;
  return [((OPCODE_31 << 26) | (target << 21) | (word & 0x001f_f800) | (load << 1)) >>> 0];
}

/** One run of an allocated word of `variant`; `undefined` if hardly any word of it is allocated. */
export function anyPowerInput(
  random: Random,
  variant: Variant,
  mode: PowerModeName,
  model: RecordedModel = 'power9',
): PowerInput | undefined {
  const word = anyWord(random, variant, mode);
  if (word === undefined) return undefined;
  const state = new BigUint64Array(STATE_WORDS);
  for (let n = 0; n < 32; n++) state[n] = anyContent(random);
  state[STATE.LR] = codeAddress(random);
  state[STATE.CTR] = random.once(2) ? BigInt(random.below(3)) : codeAddress(random);
  state[STATE.XER] = ((BigInt(random.word()) & 0xe00c_0000n) | BigInt(random.below(40))) & xerMaskOf(POWER_CPU_MODELS[model]);
  state[STATE.CR] = BigInt(random.word());
  state[STATE.VRSAVE] = BigInt(random.word());
  if (usesVectors(variant.row)) for (let n: number = STATE.VSR; n < STATE_WORDS; n++) state[n] = anyContent(random);
  aim(random, variant.row, word, state);
  const prelude = preludeOf(random, variant.row, word);
  if (readsTAR(variant.row)) state[((prelude[0] ?? 0) >>> 21) & 31] = codeAddress(random);
  return { words: [...prelude, word], state };
}

const VECTOR_FIELDS = ['TX', 'SX', 'VRT', 'F'];
/** Whether runs of `row` need the vector-scalar registers. */
export const usesVectors = (row: InstructionRow): boolean => row.encoding.fields.some(({ name }) => VECTOR_FIELDS.includes(name));

/** Whether runs of `row` may store. */
export const mayStore = ({ name }: InstructionRow): boolean => /^(st|dcbz)/.test(name);

/** The inputs of all variants of a row in a mode, and a hash of what they follow from. */
export interface PowerRowInputs {
  readonly inputs: readonly PowerInput[];
  readonly hash: string;
}

/**
 * Inputs for each observable variant of `row`, the same on every machine. On `power8` rows of version 3.0 are among them: there they are
 * illegal.
 */
export function powerInputsOf(row: InstructionRow, mode: PowerModeName, model: RecordedModel = 'power9'): PowerRowInputs {
  const hash = new Hash();
  hash.addText(`${row.name} ${row.encoding.text} ${mode} ${GENERATOR_VERSION}`);
  const inputs: PowerInput[] = [];
  for (const variant of observableVariants(row, mode)) {
    const random = new Random(hashOf(`${row.name} ${row.encoding.text} ${variant.index}`));
    for (let n = 0; n < VECTORS_PER_VARIANT; n++) {
      const input = anyPowerInput(random, variant, mode, model);
      if (input === undefined) continue;
      for (const word of input.words) hash.add(word);
      hash.addWords(input.state);
      inputs.push(input);
    }
  }
  return { inputs, hash: hash.text };
}
