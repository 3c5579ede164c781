// SPDX-License-Identifier: MIT
import { type Endianness, unsigned } from '../../../../base/index.js';
import type { MemoryAccess, Slot, Emitter as StateEmitter, Truth, Value } from '../../../operations/emitter.js';
import { CARRY_SLOT, FACILITIES_SLOT, FACILITY, type Facility, OVERFLOW_SLOT, SO_SLOT } from '../registers/stateLayout.js';
import { setCR0 } from './conditionRegister.js';
import type { PowerRoutine } from './routines.js';

/** What MSR[SF] and MSR[LE] decide about every instruction: each combination has a module of its own. */
export interface ComputationMode {
  /** MSR[SF] = 1: addresses, the record of a result in CR0, carries and the test of CTR have 64 bits instead of 32. */
  readonly is64Bit: boolean;
  /** The byte order of data, and of instructions. */
  readonly endianness: Endianness;
}

/** Access to `bytes` bytes at any address, as storage that is not caching inhibited allows it. */
export const anyAlignment = (bytes: MemoryAccess['bytes']): MemoryAccess => ({ bytes, alignment: 1 });

/** A signed immediate of `bits` bits as the 64-bit number that it stands for. */
export const EXTS = (value: number | bigint, bits: number): bigint => unsigned(BigInt.asIntN(bits, BigInt(value)), 64);

const SIGN = 63n;
const WORD = 32n;

/** What the rows of the Power ISA share: the book's notation on an emitter, in one computation mode. */
export class Pseudocode {
  constructor(
    readonly e: StateEmitter,
    readonly mode: ComputationMode,
  ) {}

  /** An address as the mode has it: in 32-bit mode its upper half is zero. */
  address(value: Value): Value {
    return this.mode.is64Bit ? value : this.e.zeroExtend(value, 32);
  }

  /** Effective address: base and displacement or index. */
  EA(base: Slot, displacement: Value): Value {
    return this.address(this.e.add(this.e.get(base), displacement));
  }

  /** A result as the signed number that CR0 and comparisons with zero see. */
  signedResult(value: Value): Value {
    return this.mode.is64Bit ? value : this.e.signExtend(value, 32);
  }

  /** RT <- result, and CR0 if `Rc`. */
  setResult(target: Slot, result: Value, Rc: number): void {
    const kept = this.e.let(result);
    this.e.set(target, kept);
    if (Rc) setCR0(this.e, this.signedResult(kept));
  }

  /** XER[CA] as 0 or 1. */
  CA(): Value {
    return this.e.shiftRightUnsigned(this.e.get(CARRY_SLOT), this.e.constant(SIGN));
  }

  /** `a` + `b` + `carryIn`, and what carries and overflow follow from; all values may be used after a `set`. */
  sum(a: Value, b: Value, carryIn?: Value): { readonly result: Value; readonly carries: Value; readonly overflow: Value } {
    const { e } = this;
    const [keptA, keptB] = [e.let(a), e.let(b)];
    const both = e.add(keptA, keptB);
    const result = e.let(carryIn === undefined ? both : e.add(both, carryIn));
    // A bit carries if both operands have it, or if one of them has it and the result has not.
    const carries = e.or(e.and(keptA, keptB), e.and(e.or(keptA, keptB), e.not(result)));
    // The operands' signs are the same and the result's is another one.
    const overflow = e.and(e.xor(keptA, result), e.xor(keptB, result));
    return { result, carries, overflow };
  }

  /** XER[CA] and XER[CA32] from bits 0 and 32 of `carries`. In 32-bit mode both are bit 32. */
  setCarries(carries: Value): void {
    this.e.set(CARRY_SLOT, this.bothFlags(carries));
  }

  /** XER[CA] and XER[CA32] alike. */
  setCarry(carry: Truth): void {
    this.e.set(CARRY_SLOT, this.e.subtract(this.e.constant(0n), this.e.fromTruth(carry)));
  }

  /** XER[OV] and XER[OV32] from bits 0 and 32 of `overflow`, and XER[SO]. */
  setOverflow(overflow: Value): void {
    const { e } = this;
    const kept = e.let(this.bothFlags(overflow));
    e.set(OVERFLOW_SLOT, kept);
    e.set(SO_SLOT, e.or(e.get(SO_SLOT), e.shiftRightUnsigned(kept, e.constant(SIGN))));
  }

  /** A word whose bits 0 and 32 are the flag of the mode and the one of 32 bits: in 32-bit mode the lower half twice. */
  bothFlags(word: Value): Value {
    if (this.mode.is64Bit) return word;
    const kept = this.e.let(word);
    return this.e.or(this.e.shiftLeft(kept, this.e.constant(WORD)), this.e.zeroExtend(kept, 32));
  }

  /** XER[OV] and XER[OV32] alike, and XER[SO]. */
  setOverflowAlike(overflow: Truth): void {
    this.setOverflow(this.e.let(this.e.subtract(this.e.constant(0n), this.e.fromTruth(overflow))));
  }

  /** The next instruction is the one at `target`, a multiple of 4. */
  branch(target: Value): void {
    this.e.branch(this.address(target));
  }

  /** The next instruction is `offset` bytes from this one; in 32-bit mode modulo 2^32. */
  branchBy(offset: Value): void {
    const { e } = this;
    if (this.mode.is64Bit) e.branchBy(offset);
    else this.branch(e.add(e.programCounter(), offset));
  }

  /** As `branchBy` if `condition` holds, otherwise the next instruction in memory. */
  branchByIf(condition: Truth, offset: Value): void {
    if (this.mode.is64Bit) this.e.branchByIf(condition, offset);
    else this.e.if(condition, () => this.branchBy(offset));
  }

  /** Hands the instruction to a routine. */
  leave(routine: PowerRoutine, payload: Value = this.e.constant(0n)): void {
    this.e.leave(routine, payload);
  }

  /** Does `what` if `facility` is available, otherwise raises the interrupt that says it is not. Everything an instruction does goes in here. */
  ifAvailable(facility: Facility, what: () => void): void {
    const { e } = this;
    const bit = e.and(e.get(FACILITIES_SLOT), e.constant(FACILITY[facility]));
    e.if(e.isZero(bit), () => this.leave(`${facility} unavailable`), what);
  }
}
