// SPDX-License-Identifier: MIT
import type { Slot } from '../../../operations/emitter.js';
import { maskOf } from '../../../registers/describeRegister.js';
import { ZERO_SLOT } from '../../../state/stateLayout.js';
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
const [SO, OV, CA, OV32, CA32] = [maskOf(XER, 'SO'), maskOf(XER, 'OV'), maskOf(XER, 'CA'), maskOf(XER, 'OV32'), maskOf(XER, 'CA32')];
const XER_FLAGS = SO | OV | CA | OV32 | CA32;
/** Where the operands of the carry and overflow flags have the flag of 64 and of 32 bits. */
const [FLAG, FLAG32] = [1n << 63n, 1n << 31n];
const FIELDS = 8;
const PIDR = specialPurposeSlot('PIDR');

/** The registers of one Book3S processing element. */
export class PowerRegisterFile extends StatePage {
  gpr(n: number): bigint {
    return this.read(GENERAL_SLOTS[n] ?? ZERO_SLOT);
  }

  setGpr(n: number, content: bigint): void {
    const place = GENERAL_SLOTS[n];
    if (place !== undefined) this.write(place, content);
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
    for (let n = 0; n < FIELDS; n++) whole = (whole << 4) | this.#field(n);
    return whole >>> 0;
  }

  set cr(content: number) {
    CONDITION_SLOTS.forEach(({ kind }, n) => {
      this.write(kind, EXPLICIT_FIELD | BigInt((content >>> (4 * (FIELDS - 1 - n))) & 0b1111));
    });
  }

  #field(n: number): number {
    const { a, b, kind } = CONDITION_SLOTS[n] ?? { a: ZERO_SLOT, b: ZERO_SLOT, kind: ZERO_SLOT };
    const how = this.low32(kind);
    if (how >= Number(EXPLICIT_FIELD)) return how & 0b1111;
    const [x, y] = [BigInt.asIntN(64, this.read(a)), BigInt.asIntN(64, this.read(b))];
    return (x < y ? 0b1000 : x > y ? 0b0100 : 0b0010) | how;
  }

  get xer(): bigint {
    const [carry, overflow] = [this.read(CARRY_SLOT), this.read(OVERFLOW_SLOT)];
    const flag = (isSet: boolean, bit: bigint): bigint => (isSet ? bit : 0n);
    const flags =
      flag(this.low32(SO_SLOT) !== 0, SO) |
      flag((overflow & FLAG) !== 0n, OV) |
      flag((carry & FLAG) !== 0n, CA) |
      flag((overflow & FLAG32) !== 0n, OV32) |
      flag((carry & FLAG32) !== 0n, CA32);
    return (flags | this.read(XER_REST_SLOT)) & this.read(XER_MASK_SLOT);
  }

  set xer(content: bigint) {
    const word = (flag: bigint, flag32: bigint): bigint =>
      ((content & flag) !== 0n ? FLAG : 0n) | ((content & flag32) !== 0n ? FLAG32 : 0n);
    this.write(SO_SLOT, (content & SO) !== 0n ? 1n : 0n);
    this.write(OVERFLOW_SLOT, word(OV, OV32));
    this.write(CARRY_SLOT, word(CA, CA32));
    this.write(XER_REST_SLOT, BigInt.asUintN(32, content) & ~XER_FLAGS);
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

const vsrSlot = (n: number, doubleword: 0 | 1): Slot => (doubleword === 0 ? VSR_HIGH_SLOTS : VSR_LOW_SLOTS)[n] ?? ZERO_SLOT;
