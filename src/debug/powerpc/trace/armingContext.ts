// SPDX-License-Identifier: MIT
import { operandAddress } from '../../../cpu/index.js';
import type { Vcpu } from '../../../kvm/index.js';
import type { DebugQuirks } from '../../execution/debugQuirks.js';
import type { GeneralRegisters } from '../registers/generalRegisters.js';
import type { TrapPlace } from './internalTraps.js';
import { readLpcr, readTar } from './savedState.js';
import type { SteppedInstruction } from './steppedInstruction.js';
import type { StepSite } from './stepSite.js';
import { effectiveAddress, type StepContext } from './stepSites.js';
import type { TrapPlacement } from './trapPlacement.js';
import { BLOCK_BYTES, blockBit, PLACE_IN_PAGE, type VectorList, VectorSites } from './vectorSites.js';

const BLOCK = BigInt.asUintN(64, -BigInt(BLOCK_BYTES));

const inPage = (address: bigint): number => Number(BigInt.asUintN(12, address)) & PLACE_IN_PAGE;
/** Vectors are placed at multiples of a page. */
const placeOf = ({ address, vector }: StepSite): number => (vector === undefined ? inPage(address) : vector.offset & PLACE_IN_PAGE);

/** What a step is armed by besides the registers. */
export interface ArmingParts {
  readonly registers: GeneralRegisters;
  readonly traps: TrapPlacement;
  readonly quirks: DebugQuirks;
  /** Whether the user has a breakpoint at an effective address. */
  readonly hasBreakpointAt: (address: bigint) => boolean;
  /** The guest's own instruction at a place, in the byte order of an MSR. */
  readonly instructionIn: (place: TrapPlace | undefined, msr: bigint) => SteppedInstruction | undefined;
}

/** Where a vCPU stands that is to be stepped: one object, which `standAt` makes the next step's. */
export class ArmingContext implements StepContext {
  readonly registers: GeneralRegisters;
  readonly quirks: DebugQuirks;
  readonly vectors = new VectorSites();
  pc = 0n;
  msr = 0n;
  lpcr = 0n;
  #vcpu: Vcpu | undefined;
  #here: TrapPlace | undefined;
  /** Of the instruction's first access: its address, the place of its block in a page and of the next block, and the real blocks once they are known. */
  #hasAccess = false;
  #accessMsr = 0n;
  #first = 0n;
  #place = 0;
  #nextPlace = 0;
  #areBlocksKnown = false;
  #real: bigint | undefined;
  #nextReal: bigint | undefined;

  constructor(private readonly parts: ArmingParts) {
    this.registers = parts.registers;
    this.quirks = parts.quirks;
  }

  /** `vcpu`, whose registers are those of the parts, stands at `here` before `instruction`. */
  standAt(vcpu: Vcpu, here: TrapPlace | undefined, instruction: SteppedInstruction): this {
    const { registers } = this.parts;
    this.#vcpu = vcpu;
    this.#here = here;
    this.pc = registers.pc;
    this.msr = registers.msr;
    this.lpcr = readLpcr(vcpu);
    this.accessesOf(instruction, this.msr);
    return this;
  }

  accessesOf({ storage }: SteppedInstruction, msr: bigint): void {
    this.#areBlocksKnown = false;
    this.#hasAccess = storage !== undefined;
    if (storage === undefined) return;
    this.#accessMsr = msr;
    this.#first = effectiveAddress(operandAddress(storage, this.#gpr), msr);
    this.#place = inPage(this.#first);
    this.#nextPlace = (this.#place + BLOCK_BYTES) & PLACE_IN_PAGE;
  }

  readonly #gpr = (n: number): bigint => this.parts.registers.gpr(n);

  tar(): bigint {
    return this.#vcpu === undefined ? 0n : readTar(this.#vcpu);
  }

  isAt(site: StepSite): boolean {
    const here = this.#here;
    return here !== undefined && (here.inPage & PLACE_IN_PAGE) === placeOf(site) && this.#realOf(site) === here.real;
  }

  #realOf(site: Pick<StepSite, 'address' | 'msr'>): bigint | undefined {
    return this.#vcpu === undefined ? undefined : this.parts.traps.realOf(this.#vcpu, site, this.msr);
  }

  /**
   * Tells whether the instruction may read or write the word of a site, where a trap would show in what it loads or be lost under what it stores: as when
   * a kernel copies its vectors. By whole cache blocks.
   */
  isAccessed(site: StepSite): boolean {
    if (!this.#hasAccess) return false;
    const place = placeOf(site);
    if (place !== this.#place && place !== this.#nextPlace) return false;
    const real = this.#realOf(site);
    if (real === undefined) return false;
    this.#findBlocks();
    const block = real & BLOCK;
    return block === this.#real || block === this.#nextReal;
  }

  mayAccess({ blocks }: VectorList): boolean {
    return this.#hasAccess && (blocks & (blockBit(this.#place) | blockBit(this.#nextPlace))) !== 0;
  }

  #findBlocks(): void {
    const vcpu = this.#vcpu;
    if (this.#areBlocksKnown || vcpu === undefined) return;
    this.#areBlocksKnown = true;
    const block = this.#first & BLOCK;
    const msr = this.#accessMsr;
    this.#real = this.parts.traps.realOfData(vcpu, block, msr, this.msr);
    this.#nextReal = this.parts.traps.realOfData(vcpu, effectiveAddress(block + BigInt(BLOCK_BYTES), msr), msr, this.msr);
  }

  hasBreakpointAt(address: bigint): boolean {
    return this.parts.hasBreakpointAt(address);
  }

  instructionAt(address: bigint, msr: bigint): SteppedInstruction | undefined {
    if (this.#vcpu === undefined) return undefined;
    return this.parts.instructionIn(this.parts.traps.placeOf(this.#vcpu, { address, msr }, this.msr), msr);
  }
}
