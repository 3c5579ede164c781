// SPDX-License-Identifier: MIT
import { maskOf } from '../../registers/describeRegister.js';
import { LPCR } from './registers/controlRegisters.js';
import type { PowerRegisterFile } from './registers/registerFile.js';
import { specialPurposeSlot } from './registers/specialPurposeRegisters.js';

/** What counts the time base's ticks. */
export interface TimeBaseClock {
  /** Ticks at this moment, exact inside a run because it may read `retired`. */
  ticks(): bigint;
  /** How many more instructions must retire on this processing element until `ticks()` has become `ticks` or more; 0 or less: it has. */
  instructionsUntil(ticks: bigint): number;
}

/** A register that is kept as its distance from the time base. */
export type TimeOffset = 'TB offset' | 'PURR offset' | 'SPURR offset' | 'VTB offset';

const EXPIRY = specialPurposeSlot('DEC expiry');
const HYPERVISOR_EXPIRY = specialPurposeSlot('HDEC expiry');
const LPCR_SLOT = specialPurposeSlot('LPCR');
const LARGE = maskOf(LPCR, 'LD');
const [SMALL_BITS, LARGE_BITS] = [32, 56];
const MAXIMUM_BUDGET = 0x7fff_ffff;

/**
 * Time base and decrementers, by virtual time. A decrementer is kept as the time at which it is zero. Its interrupt exists as long as its most
 * significant bit is 1, as Power ISA 2.03 and later have it.
 */
export class TimeFacilities {
  constructor(
    private readonly registers: PowerRegisterFile,
    readonly clock: TimeBaseClock,
  ) {}

  reset(): void {
    this.decrementer = (1n << 31n) - 1n;
    this.registers.write(HYPERVISOR_EXPIRY, this.clock.ticks() + (1n << 31n) - 1n);
  }

  /** TB, 64 bits. */
  get timeBase(): bigint {
    return this.since('TB offset');
  }

  /** The clock and the offset of a register. */
  since(offset: TimeOffset): bigint {
    return BigInt.asUintN(64, this.clock.ticks() + this.registers.read(specialPurposeSlot(offset)));
  }

  /** Makes the register `value` now. */
  set(offset: TimeOffset, value: bigint): void {
    this.registers.write(specialPurposeSlot(offset), value - this.clock.ticks());
  }

  get #bits(): number {
    return (this.registers.read(LPCR_SLOT) & LARGE) !== 0n ? LARGE_BITS : SMALL_BITS;
  }

  /** DEC: 32 bits, or with LPCR[LD] 56 bits sign extended to 64. */
  get decrementer(): bigint {
    const left = BigInt.asIntN(this.#bits, this.registers.read(EXPIRY) - this.clock.ticks());
    return BigInt.asUintN(this.#bits === SMALL_BITS ? SMALL_BITS : 64, left);
  }

  set decrementer(value: bigint) {
    this.registers.write(EXPIRY, this.clock.ticks() + BigInt.asIntN(this.#bits, value));
  }

  /** HDEC, the hypervisor's. It makes no interrupt: the hypervisor gives `run` a budget. */
  get hypervisorDecrementer(): bigint {
    return BigInt.asUintN(SMALL_BITS, this.registers.read(HYPERVISOR_EXPIRY) - this.clock.ticks());
  }

  set hypervisorDecrementer(value: bigint) {
    this.registers.write(HYPERVISOR_EXPIRY, this.clock.ticks() + BigInt.asIntN(SMALL_BITS, value));
  }

  get isDecrementerPending(): boolean {
    return BigInt.asIntN(this.#bits, this.registers.read(EXPIRY) - this.clock.ticks()) < 0n;
  }

  /** Instructions that may retire before the decrementer's interrupt has to be looked at again, at least 1. */
  get instructionsUntilDecrementer(): number {
    const ticks = this.clock.ticks();
    const left = BigInt.asIntN(this.#bits, this.registers.read(EXPIRY) - ticks);
    if (left < 0n) return MAXIMUM_BUDGET;
    return Math.max(1, Math.min(MAXIMUM_BUDGET, this.clock.instructionsUntil(ticks + left + 1n)));
  }
}
