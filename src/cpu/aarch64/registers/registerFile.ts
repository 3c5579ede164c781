// SPDX-License-Identifier: MIT
import { mask32 } from '../../registers/describeRegister.js';
import { PC_SLOT } from '../../state/stateLayout.js';
import { lowWord, StatePage, valueIndex } from '../../state/statePage.js';
import { FLAGS_KIND } from '../instructions/flags.js';
import { SPSR_EL1 } from './controlRegisters.js';
import { EXCLUSIVE_BYTES_SLOT, FLAGS_A_SLOT, FLAGS_B_SLOT, FLAGS_KIND_SLOT, GENERAL_SLOTS, PSTATE_SLOT, SP_SLOT } from './stateLayout.js';
import { systemSlot } from './systemRegisters.js';

const PSTATE = lowWord(PSTATE_SLOT);
const EXCLUSIVE_BYTES = lowWord(EXCLUSIVE_BYTES_SLOT);
const [KIND, A, B] = [lowWord(FLAGS_KIND_SLOT), lowWord(FLAGS_A_SLOT), lowWord(FLAGS_B_SLOT)];
// The kinds of `FLAGS_KIND` as 32-bit numbers.
const [SUBTRACT, EXPLICIT] = [Number(FLAGS_KIND.SUBTRACT), Number(FLAGS_KIND.EXPLICIT)];
const [N, Z, C, V] = [mask32(SPSR_EL1, 'N'), mask32(SPSR_EL1, 'Z'), mask32(SPSR_EL1, 'C'), mask32(SPSR_EL1, 'V')];
const NZCV = N | Z | C | V;
const SS = mask32(SPSR_EL1, 'SS');
const MODE = mask32(SPSR_EL1, 'M');
const EL1h = 0b0101;
const EL1_BIT = 0b0100;
const SP_EL0 = systemSlot('SP_EL0');
const SP_EL1 = systemSlot('SP_EL1');

/** The registers of one AArch64 processing element. */
export class RegisterFile extends StatePage {
  x(n: number): bigint {
    const place = GENERAL_SLOTS[n];
    return place === undefined ? 0n : this.read(place);
  }

  setX(n: number, content: bigint): void {
    const place = GENERAL_SLOTS[n];
    if (place !== undefined) this.write(place, content);
  }

  /** PSTATE without NZCV, signed. */
  get status(): number {
    return this.words[PSTATE] ?? 0;
  }

  /** Sets PSTATE without NZCV. The stack pointer in use follows. */
  set status(content: number) {
    const before = this.status;
    const wasEL1h = (before & MODE) === EL1h;
    const isEL1h = (content & MODE) === EL1h;
    if (wasEL1h !== isEL1h) {
      this.write(wasEL1h ? SP_EL1 : SP_EL0, this.read(SP_SLOT));
      this.write(SP_SLOT, this.read(isEL1h ? SP_EL1 : SP_EL0));
    }
    this.words[PSTATE] = content & ~NZCV;
  }

  /** PSTATE.SS, 0 or 1. */
  get SS(): number {
    return (this.status & SS) === 0 ? 0 : 1;
  }

  set SS(content: number) {
    this.words[PSTATE] = content === 0 ? this.status & ~SS : this.status | SS;
  }

  get isEL0(): boolean {
    return (this.status & EL1_BIT) === 0;
  }

  /** NZCV as it is, in bits 31:28, signed. See `FLAGS_KIND`. */
  get nzcv(): number {
    const words = this.words;
    const kind = words[KIND];
    const aLow = words[A] ?? 0;
    if (kind === EXPLICIT) return aLow & NZCV;
    const aHigh = words[A + 1] ?? 0;
    const bLow = words[B] ?? 0;
    const bHigh = words[B + 1] ?? 0;
    const al = aLow >>> 0;
    const ah = aHigh >>> 0;
    const bl = bLow >>> 0;
    const bh = bHigh >>> 0;
    let flags = 0;
    let resultLow: number;
    let resultHigh: number;
    if (kind === SUBTRACT) {
      resultLow = (aLow - bLow) | 0;
      resultHigh = (aHigh - bHigh - (al < bl ? 1 : 0)) | 0;
      if (ah > bh || (ah === bh && al >= bl)) flags |= C;
      if (((aHigh ^ bHigh) & (aHigh ^ resultHigh)) < 0) flags |= V;
    } else {
      resultLow = (aLow + bLow) | 0;
      const sum = ah + bh + (resultLow >>> 0 < al ? 1 : 0);
      resultHigh = sum | 0;
      if (sum > 0xffff_ffff) flags |= C;
      if (((aHigh ^ resultHigh) & (bHigh ^ resultHigh)) < 0) flags |= V;
    }
    if ((resultLow | resultHigh) === 0) flags |= Z;
    if (resultHigh < 0) flags |= N;
    return flags;
  }

  set nzcv(content: number) {
    const words = this.words;
    words[KIND] = EXPLICIT;
    words[KIND + 1] = 0;
    words[A] = content & NZCV;
    words[A + 1] = 0;
    words[B] = 0;
    words[B + 1] = 0;
  }

  /** PSTATE as SPSR_ELx holds it, unsigned. */
  get pstate(): number {
    return (this.status | this.nzcv) >>> 0;
  }

  set pstate(content: number) {
    this.nzcv = content | 0;
    this.status = content | 0;
  }

  get sp_el0(): bigint {
    return this.read((this.status & MODE) === EL1h ? SP_EL0 : SP_SLOT);
  }

  set sp_el0(content: bigint) {
    this.write((this.status & MODE) === EL1h ? SP_EL0 : SP_SLOT, content);
  }

  get sp_el1(): bigint {
    return this.read((this.status & MODE) === EL1h ? SP_SLOT : SP_EL1);
  }

  set sp_el1(content: bigint) {
    this.write((this.status & MODE) === EL1h ? SP_SLOT : SP_EL1, content);
  }

  /** Whether the local exclusives monitor is set. */
  get isExclusive(): boolean {
    return this.words[EXCLUSIVE_BYTES] !== 0;
  }

  clearExclusive(): void {
    this.words[EXCLUSIVE_BYTES] = 0;
  }

  /** x0 to x30, the stack pointer in use, pc, pstate. */
  copyCore(into: BigUint64Array): void {
    const first = valueIndex(GENERAL_SLOTS[0] ?? PC_SLOT);
    into.set(this.values.subarray(first, first + 32));
    into[32] = this.pc;
    into[33] = BigInt(this.pstate);
  }
}
