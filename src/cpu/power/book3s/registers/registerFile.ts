// SPDX-License-Identifier: MIT
import type { Slot } from '../../../operations/emitter.js';
import { mask32 } from '../../../registers/describeRegister.js';
import { PC_SLOT, ZERO_SLOT } from '../../../state/stateLayout.js';
import { lowWord, StatePage, valueIndex } from '../../../state/statePage.js';
import { EXPLICIT_FIELD } from '../../common/instructions/conditionRegister.js';
import {
  CARRY_SLOT,
  CONDITION_SLOTS,
  CTR_SLOT,
  FPSCR_SLOT,
  GENERAL_SLOTS,
  LR_SLOT,
  MSR_SLOT,
  OVERFLOW_SLOT,
  RESERVE_BYTES_SLOT,
  SO_SLOT,
  VSCR_SLOT,
  VSR_HIGH_SLOTS,
  VSR_LOW_SLOTS,
  XER_MASK_SLOT,
  XER_REST_SLOT,
} from '../../common/registers/stateLayout.js';
import { XER } from './controlRegisters.js';
import { specialPurposeSlot } from './specialPurposeRegisters.js';

const MSR_LOW = lowWord(MSR_SLOT);
const [SO, OV, CA, OV32, CA32] = [mask32(XER, 'SO'), mask32(XER, 'OV'), mask32(XER, 'CA'), mask32(XER, 'OV32'), mask32(XER, 'CA32')];
const XER_FLAGS = SO | OV | CA | OV32 | CA32;
const [SO_WORD, REST_WORD, MASK_WORD] = [lowWord(SO_SLOT), lowWord(XER_REST_SLOT), lowWord(XER_MASK_SLOT)];
const [OVERFLOW_WORD, CARRY_WORD] = [lowWord(OVERFLOW_SLOT), lowWord(CARRY_SLOT)];
/** The operands of the carry and overflow flags have the flag of 64 bits in this bit of the upper word, that of 32 bits in this bit of the lower. */
const FLAG = 1 << 31;
const flagAt = (words: Int32Array, place: number): boolean => ((words[place] ?? 0) & FLAG) !== 0;
const EXPLICIT = Number(EXPLICIT_FIELD);
const [GPRS_OFFSET, GPRS_BYTES] = [8 * valueIndex(GENERAL_SLOTS[0] ?? ZERO_SLOT), 8 * GENERAL_SLOTS.length];
const FIELDS = 8;
const PIDR = specialPurposeSlot('PIDR');
/** By CR field: places of the operands that it was compared from, and of how. */
const CONDITION_A = Int32Array.from(CONDITION_SLOTS, ({ a }) => lowWord(a));
const CONDITION_B = Int32Array.from(CONDITION_SLOTS, ({ b }) => lowWord(b));
const CONDITION_KIND = Int32Array.from(CONDITION_SLOTS, ({ kind }) => lowWord(kind));

/** Where `words` has registers of 64 bits: the low half, which the high half follows; SPRG0 to 3 in order. For who copies them without making a `bigint` of each. */
export const POWER_WORDS = {
  pc: lowWord(PC_SLOT),
  msr: MSR_LOW,
  lr: lowWord(LR_SLOT),
  ctr: lowWord(CTR_SLOT),
  srr0: lowWord(specialPurposeSlot('SRR0')),
  srr1: lowWord(specialPurposeSlot('SRR1')),
  pid: lowWord(PIDR),
  sprg: ['SPRG0', 'SPRG1', 'SPRG2', 'SPRG3'].map(name => lowWord(specialPurposeSlot(name))),
} as const;

/** The registers of one Book3S processing element. */
export class PowerRegisterFile extends StatePage {
  #gprsOf: BigUint64Array | undefined;
  #gprBytes: Uint8Array = new Uint8Array(0);

  gpr(n: number): bigint {
    return this.read(GENERAL_SLOTS[n] ?? ZERO_SLOT);
  }

  setGpr(n: number, content: bigint): void {
    const place = GENERAL_SLOTS[n];
    if (place !== undefined) this.write(place, content);
  }

  /** r0 to r31 as bytes, 8 each, least significant first: the registers themselves, as long as they stay where they are. Not to be kept. */
  get gprBytes(): Uint8Array {
    const { values } = this;
    if (this.#gprsOf !== values) {
      this.#gprsOf = values;
      this.#gprBytes = new Uint8Array(values.buffer, values.byteOffset + GPRS_OFFSET, GPRS_BYTES);
    }
    return this.#gprBytes;
  }

  get lr(): bigint {
    return this.read(LR_SLOT);
  }
  set lr(content: bigint) {
    this.write(LR_SLOT, content);
  }

  get ctr(): bigint {
    return this.read(CTR_SLOT);
  }
  set ctr(content: bigint) {
    this.write(CTR_SLOT, content);
  }

  get msr(): bigint {
    return this.read(MSR_SLOT);
  }
  set msr(content: bigint) {
    this.write(MSR_SLOT, content);
  }

  /** Bits 32:63 of MSR, signed; without making a `bigint`. */
  get status(): number {
    return this.words[MSR_LOW] ?? 0;
  }

  get pid(): bigint {
    return this.read(PIDR);
  }

  get fpscr(): bigint {
    return this.read(FPSCR_SLOT);
  }
  set fpscr(content: bigint) {
    this.write(FPSCR_SLOT, content);
  }

  get vscr(): bigint {
    return this.read(VSCR_SLOT);
  }
  set vscr(content: bigint) {
    this.write(VSCR_SLOT, content);
  }

  /** Doubleword 0 or 1 of vector-scalar register `n`, 0 to 63. */
  vsr(n: number, doubleword: 0 | 1): bigint {
    return this.read(vsrSlot(n, doubleword));
  }
  setVsr(n: number, doubleword: 0 | 1, content: bigint): void {
    this.write(vsrSlot(n, doubleword), content);
  }

  /** The condition register, 32 bits. */
  get cr(): number {
    let whole = 0;
    const { words } = this;
    for (let n = 0; n < FIELDS; n++) whole = (whole << 4) | conditionField(words, n);
    return whole >>> 0;
  }

  set cr(content: number) {
    const { words } = this;
    for (let n = 0; n < FIELDS; n++) {
      const place = CONDITION_KIND[n] ?? 0;
      words[place] = EXPLICIT | ((content >>> (4 * (FIELDS - 1 - n))) & 0b1111);
      words[place + 1] = 0;
    }
  }

  get xer(): bigint {
    return BigInt(this.xerWord);
  }

  set xer(content: bigint) {
    this.xerWord = Number(BigInt.asUintN(32, content));
  }

  /** XER as a number: it has 32 bits. */
  get xerWord(): number {
    const { words } = this;
    const flags =
      (words[SO_WORD] !== 0 ? SO : 0) |
      (flagAt(words, OVERFLOW_WORD + 1) ? OV : 0) |
      (flagAt(words, CARRY_WORD + 1) ? CA : 0) |
      (flagAt(words, OVERFLOW_WORD) ? OV32 : 0) |
      (flagAt(words, CARRY_WORD) ? CA32 : 0) |
      (words[REST_WORD] ?? 0);
    return (flags & (words[MASK_WORD] ?? 0)) >>> 0;
  }

  set xerWord(content: number) {
    const { words } = this;
    words[SO_WORD] = (content & SO) !== 0 ? 1 : 0;
    words[SO_WORD + 1] = 0;
    words[OVERFLOW_WORD] = (content & OV32) !== 0 ? FLAG : 0;
    words[OVERFLOW_WORD + 1] = (content & OV) !== 0 ? FLAG : 0;
    words[CARRY_WORD] = (content & CA32) !== 0 ? FLAG : 0;
    words[CARRY_WORD + 1] = (content & CA) !== 0 ? FLAG : 0;
    words[REST_WORD] = content & ~XER_FLAGS;
    words[REST_WORD + 1] = 0;
  }

  clearReservation(): void {
    this.write(RESERVE_BYTES_SLOT, 0n);
  }

  /** GPR 0 to 31, then pc, MSR, CR, LR, CTR, XER. */
  copyCore(into: BigUint64Array): void {
    const first = valueIndex(GENERAL_SLOTS[0] ?? ZERO_SLOT);
    into.set(this.values.subarray(first, first + GENERAL_SLOTS.length));
    into.set([this.pc, this.msr, BigInt(this.cr), this.lr, this.ctr, this.xer], GENERAL_SLOTS.length);
  }
}

/** Doublewords that `copyCore` delivers. */
export const POWER_CORE_REGISTER_COUNT = 38;

/** CR field `n`, 4 bits. */
function conditionField(words: Int32Array, n: number): number {
  const how = words[CONDITION_KIND[n] ?? 0] ?? 0;
  if (how >= EXPLICIT) return how & 0b1111;
  const [a, b] = [CONDITION_A[n] ?? 0, CONDITION_B[n] ?? 0];
  const [x, y] = [words[a + 1] ?? 0, words[b + 1] ?? 0];
  const [lowX, lowY] = [(words[a] ?? 0) >>> 0, (words[b] ?? 0) >>> 0];
  return (x === y && lowX === lowY ? 0b0010 : x < y || (x === y && lowX < lowY) ? 0b1000 : 0b0100) | how;
}

const vsrSlot = (n: number, doubleword: 0 | 1): Slot => (doubleword === 0 ? VSR_HIGH_SLOTS : VSR_LOW_SLOTS)[n] ?? ZERO_SLOT;
