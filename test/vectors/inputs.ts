// SPDX-License-Identifier: MIT

import type { Decoder } from '../../src/cpu/decode/decisionTree.js';
import { type FieldPlace, fieldOf, withField } from '../../src/cpu/decode/pattern.js';
import { fieldsOf, type InstructionRow } from '../../src/cpu/decode/row.js';
import type { Variant } from '../../src/cpu/decode/variants.js';
import {
  EL1_VECTORS,
  PAGE_BYTES,
  type RunInput,
  SLOT,
  SLOT_PAGE,
  STATE_NZCV,
  STATE_SP,
  STATE_WORDS,
  WINDOW,
  WINDOW_BYTES,
} from './observation.js';
import { Hash, hashOf, immediate, Random } from './random.js';

/** To be raised whenever this file makes other inputs; a recording knows with which version it was made. */
export const GENERATOR_VERSION = 1;

const ALL_ONES = 0xffff_ffff_ffff_ffffn;
// prettier-ignore
const INTERESTING: readonly [bigint, ...bigint[]] = [
  0n,
  1n,
  2n,
  ALL_ONES,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0000_0000_0000n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0xffff_ffff_8000_0000n,
  0xffff_ffff_7fff_ffffn,
  0x1_0000_0000n,
];

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** A number that instructions may treat specially, a small one, or a random one. */
export function anyContent(random: Random): bigint {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return random.pick(INTERESTING);
    case 3:
      return BigInt(random.below(256));
    case 4:
      return unsigned(-BigInt(random.below(256)));
    case 5:
      return BigInt(random.word());
    default:
      return random.wide();
  }
}

/** The window as every run finds it: interesting numbers and random ones, in 64-bit words. */
export const WINDOW_CONTENT: BigUint64Array = (() => {
  const random = new Random(hashOf('window'));
  return BigUint64Array.from({ length: WINDOW_BYTES / 8 }, () => anyContent(random));
})();

// What the encoding index of Arm DDI 0487 fixes for a class of instructions, whatever the rows say.
const isLoadOrStore = (word: number): boolean => ((word >>> 25) & 0b0101) === 0b0100;
const isBranchToRegister = (word: number): boolean => word >>> 25 === 0b1101011;
const hasRegisterOffset = (word: number): boolean =>
  ((word >>> 27) & 0b111) === 0b111 && ((word >>> 21) & 1) === 1 && ((word >>> 10) & 0b11) === 0b10;
const isExclusiveOrCompare = (word: number): boolean => ((word >>> 24) & 0b111111) === 0b001000;
/** STXR, STLXR, STXP, STLXP. */
export const isStoreExclusive = (word: number): boolean =>
  isExclusiveOrCompare(word) && ((word >>> 22) & 0b11) === 0 && (((word >>> 21) & 1) === 0 || word >>> 31 === 1);
/** CAS and CASP with acquire and release forms. */
const isCompareAndSwap = (word: number): boolean =>
  isExclusiveOrCompare(word) && ((word >>> 21) & 1) === 1 && !isStoreExclusive(word) && !(word >>> 31 === 1 && ((word >>> 23) & 1) === 0);

const Rn = (word: number): number => (word >>> 5) & 31;
const Rm = (word: number): number => (word >>> 16) & 31;
const Rt2 = (word: number): number => (word >>> 10) & 31;
const Rt = (word: number): number => word & 31;

/** The distance that a direct branch goes; `undefined` for anything else. */
function branchDistance(word: number): number | undefined {
  const signed = (value: number, bits: number): number => ((value << (32 - bits)) >> (32 - bits)) * 4;
  if (((word >>> 26) & 0b11111) === 0b00101) return signed(word, 26);
  if (((word >>> 25) & 0b111111) === 0b011011) return signed(word >>> 5, 14);
  if (((word >>> 25) & 0b111111) === 0b011010 || word >>> 24 === 0b01010100) return signed(word >>> 5, 19);
  return undefined;
}

/** A branch to itself would never end, and one to the recorder's vectors would look like an exception. */
function isBranchThatCannotBeObserved(word: number): boolean {
  const distance = branchDistance(word);
  if (distance === undefined) return false;
  const target = SLOT + BigInt(distance);
  return target === SLOT || (target >= EL1_VECTORS && target < EL1_VECTORS + BigInt(PAGE_BYTES));
}

/**
 * Whether `word` needs more than registers and memory: exception generation, exception return and the system
 * instructions other than the hints that do nothing and the barriers. These hand over to a routine.
 */
export function isSystemWork(word: number): boolean {
  if (word >>> 16 === 0) return true; // UDF
  if (word >>> 24 === 0xd4) return true;
  if (isBranchToRegister(word)) return ((word >>> 21) & 0b1111) >= 0b0100; // ERET, DRPS
  if (word >>> 22 !== 0b1101010100) return false;
  if ((word & 0xffff_f01f) >>> 0 === 0xd503_201f) return [2, 3, 4, 5].includes((word >>> 5) & 0x7f);
  if ((word & 0xffff_f01f) >>> 0 === 0xd503_301f) return ((word >>> 5) & 7) === 0b110; // ISB
  return true;
}

function fieldContent(random: Random, place: FieldPlace, word: number, row: InstructionRow): number {
  const isRegister = place.width === 5 && /^R/.test(place.name);
  if (isRegister) {
    if (random.once(8)) return 31;
    const others = row.encoding.fields.filter(other => other !== place && other.width === 5 && /^R/.test(other.name));
    const other = others[random.below(Math.max(others.length, 1))];
    if (other !== undefined && random.once(5)) return fieldOf(word, other);
    return random.below(31);
  }
  return immediate(random, place.width);
}

const ATTEMPTS = 200;

const isLiteralLoad = (word: number): boolean => ((word >>> 27) & 0b111) === 0b011 && ((word >>> 24) & 0b11) === 0;

/** A literal load with its distance such that most of them reach the window. */
function aimed(random: Random, word: number): number {
  if (!isLiteralLoad(word) || random.once(4)) return word;
  const distance = Number(WINDOW - SLOT) / 4 + random.below(WINDOW_BYTES / 8) * 2 + (random.once(4) ? 1 : 0);
  return withField(word, { name: 'imm19', low: 5, width: 19, isControl: false }, distance);
}

/** An allocated word of `variant`. */
function anyWord(random: Random, variant: Variant, decode: Decoder): number | undefined {
  const { row } = variant;
  const { encoding } = row;
  let controls = 0;
  for (const place of encoding.fields) if (place.isControl) controls = withField(controls, place, -1);
  const fixed = encoding.mask | controls;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Bits that belong to no field are ignored by the CPU: mostly ones, as assemblers write them.
    let word = ((variant.word & fixed) | (~fixed & (random.once(4) ? random.word() : -1))) >>> 0;
    for (const place of encoding.fields) if (!place.isControl) word = withField(word, place, fieldContent(random, place, word, row));
    word = aimed(random, word);
    if (row.where(fieldsOf(encoding, word)) && decode(word) === row && !isBranchThatCannotBeObserved(word)) return word;
  }
  return undefined;
}

const WINDOW_END = WINDOW + BigInt(WINDOW_BYTES);

function dataAddress(random: Random): bigint {
  switch (random.below(16)) {
    case 0:
      return WINDOW + BigInt(random.below(WINDOW_BYTES));
    case 1:
      return WINDOW + BigInt(0x1000 + random.below(0x2000));
    case 2:
      return unsigned(WINDOW + BigInt(random.below(64) - 32));
    case 3:
      return WINDOW_END + BigInt(random.below(5) * 8 - 24);
    case 4:
      return random.once(2) ? random.wide() : random.pick(INTERESTING);
    default:
      return WINDOW + BigInt(0x1000 + random.below(0x600) * 16);
  }
}

function codeAddress(random: Random): bigint {
  switch (random.below(6)) {
    case 0:
      return random.pick(INTERESTING);
    case 1:
      return random.wide();
    case 2:
      return SLOT_PAGE + BigInt(random.below(0xff0));
    default:
      return SLOT_PAGE + BigInt(random.below(0x3f0) * 4);
  }
}

function index(random: Random): bigint {
  const distance = BigInt((random.below(0x200) - 0x100) * (random.once(4) ? 1 : 8));
  const kept = random.pick<bigint>([
    unsigned(distance),
    unsigned(distance),
    BigInt.asUintN(32, distance),
    BigInt.asUintN(32, distance) | (random.wide() & 0xffff_ffff_0000_0000n),
  ]);
  return random.once(12) ? anyContent(random) : kept;
}

/** Which registers `word` needs to hold something in particular, by number (31: SP); what makes most runs reach memory or code. */
export function preparedRegisters(random: Random, word: number): ReadonlyMap<number, bigint> {
  const prepared = new Map<number, bigint>();
  if (isLoadOrStore(word) && ((word >>> 27) & 0b111) !== 0b011) {
    const base = dataAddress(random);
    if (isCompareAndSwap(word) && random.once(2)) {
      const offset = Number(BigInt.asUintN(16, base - WINDOW));
      prepared.set(Rm(word), WINDOW_CONTENT[offset >>> 3] ?? 0n);
      // CASP: the size is bit 30 alone, and the pair lies in Rs and Rs + 1.
      if (((word >>> 23) & 1) === 0) {
        const content = WINDOW_CONTENT[offset >>> 3] ?? 0n;
        if (((word >>> 30) & 1) === 0) {
          prepared.set(Rm(word), content & 0xffff_ffffn);
          prepared.set(Rm(word) + 1, content >> 32n);
        } else prepared.set(Rm(word) + 1, WINDOW_CONTENT[(offset >>> 3) + 1] ?? 0n);
      }
      prepared.delete(31); // The zero register; SP is never compared.
      prepared.delete(32);
    }
    if (hasRegisterOffset(word) && Rm(word) !== 31) prepared.set(Rm(word), index(random));
    // All ones is what QEMU takes for "no exclusive access is pending".
    prepared.set(Rn(word), isStoreExclusive(word) && random.once(32) ? ALL_ONES : base);
  }
  if (isBranchToRegister(word) && Rn(word) !== 31) prepared.set(Rn(word), codeAddress(random));
  return prepared;
}

const CLREX = 0xd503_3f5f;
const EXCLUSIVE_LOAD = 1 << 22;

/** Words to run before `word` so that it can do what it is for: a store-exclusive wants its load-exclusive. */
export function preludeOf(random: Random, word: number): readonly number[] {
  if (!isStoreExclusive(word) || random.once(4)) return [];
  const taken = [Rn(word), Rm(word), Rt(word), Rt2(word)];
  const free = Array.from({ length: 30 }, (_, n) => n).filter(n => !taken.includes(n));
  const first = free[random.below(free.length - 1)] ?? 0;
  const second = free.find(n => n !== first) ?? 0;
  const isPair = ((word >>> 21) & 1) === 1;
  const load = ((word & 0xffe0_83e0) | EXCLUSIVE_LOAD | (31 << 16) | ((isPair ? second : 31) << 10) | first) >>> 0;
  return random.once(5) ? [load, CLREX] : [load];
}

/** One run of an allocated word of `variant`; `undefined` if hardly any word of it is allocated. */
export function anyInput(random: Random, variant: Variant, decode: Decoder): RunInput | undefined {
  const word = anyWord(random, variant, decode);
  if (word === undefined) return undefined;
  const state = new BigUint64Array(STATE_WORDS);
  for (let n = 0; n < STATE_SP; n++) state[n] = anyContent(random);
  state[STATE_SP] = random.once(8) ? anyContent(random) : WINDOW + BigInt(random.below(WINDOW_BYTES / 16) * 16);
  state[STATE_NZCV] = BigInt(random.below(16)) << 28n;
  for (const [n, content] of preparedRegisters(random, word)) state[n] = content;
  return { words: [...preludeOf(random, word), word], state };
}

/** The inputs of all variants of a row, and a hash of what they follow from. */
export interface RowInputs {
  readonly inputs: readonly RunInput[];
  /** Of the row's name and pattern, the generator's version and every input. */
  readonly hash: string;
}

/** `count` inputs for each of `variants`, which are those of one row. The same on every machine. */
export function inputsOf(row: InstructionRow, variants: readonly Variant[], count: number, decode: Decoder): RowInputs {
  const hash = new Hash();
  hash.addText(`${row.name} ${row.encoding.text} ${GENERATOR_VERSION}`);
  const inputs: RunInput[] = [];
  for (const variant of variants) {
    const random = new Random(hashOf(`${row.name} ${row.encoding.text} ${variant.index}`));
    for (let n = 0; n < count; n++) {
      const input = anyInput(random, variant, decode);
      if (input === undefined) continue;
      for (const word of input.words) hash.add(word);
      hash.addWords(input.state);
      inputs.push(input);
    }
  }
  return { inputs, hash: hash.text };
}
