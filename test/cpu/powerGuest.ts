// SPDX-License-Identifier: MIT
import { buildInterpreter, type InterpreterImage } from '../../src/cpu/interpreter/index.js';
import { POWER_CPU_MODELS, type PowerCpuModel } from '../../src/cpu/power/book3s/cpuModels.js';
import { PowerEngineShare, powerInterpreter } from '../../src/cpu/power/book3s/engineShare.js';
import type { PowerGuestExit } from '../../src/cpu/power/book3s/guestExit.js';
import { book3sInstructionSet, POWER_MODE_NAMES, type PowerModeName } from '../../src/cpu/power/book3s/instructionSet.js';
import { PowerProcessingElement } from '../../src/cpu/power/book3s/processingElement.js';
import { MSR_BIT } from '../../src/cpu/power/book3s/registers/machineState.js';

const entries = POWER_MODE_NAMES.map(mode => {
  const set = book3sInstructionSet(mode);
  return [mode, buildInterpreter(set.rows, set.routines, set)] as const;
});
const IMAGES = Object.fromEntries(entries) as Record<PowerModeName, InterpreterImage>;

export const RAM_BYTES = 0x10_0000;
/** Where code lies, in real mode. */
export const CODE = 0x1_0000n;
/** A page for data. */
export const DATA = 0x2_0000n;
export const { SF, EE, PR, FP, ME, SE, BE, IR, DR, RI, LE } = MSR_BIT;
/** Privileged, 64-bit, translation off. */
export const MSR_REAL = SF | ME;

/** A machine of one or more processing elements with RAM from real address 0 and code at `CODE`. */
export class PowerGuest {
  readonly engine;
  readonly elements: readonly PowerProcessingElement[];
  readonly #hostOffset: number;

  constructor(words: readonly number[], options: { model?: PowerCpuModel; count?: number; isLittle?: boolean; ramBytes?: number } = {}) {
    const { ramBytes = RAM_BYTES } = options;
    const model = options.model ?? POWER_CPU_MODELS.power9;
    this.engine = powerInterpreter(model, IMAGES);
    const ram = this.engine.allocateRam(ramBytes);
    if (ram === undefined) throw new Error('no RAM');
    this.#hostOffset = ram.hostOffset;
    const share = new PowerEngineShare(this.engine);
    const partitionScope = {
      translate: (address: bigint) =>
        address < BigInt(ramBytes) ? { hostOffset: ram.hostOffset + (Number(address) & ~0xfff), writable: true } : undefined,
    };
    this.elements = Array.from(
      { length: options.count ?? 1 },
      (_, index) => new PowerProcessingElement({ share, model, index, partitionScope }),
    );
    words.forEach((word, n) => {
      this.poke32(CODE + BigInt(n * 4), word, options.isLittle);
    });
    for (const pe of this.elements) {
      pe.pc = CODE;
      if (options.isLittle) pe.msr |= LE;
    }
  }

  get pe(): PowerProcessingElement {
    const [first] = this.elements;
    if (first === undefined) throw new Error('no processing element');
    return first;
  }

  get #view(): DataView {
    return new DataView(this.engine.memory.buffer);
  }

  load(address: bigint, bytes: Uint8Array): void {
    this.engine.memory.set(bytes, this.#hostOffset + Number(address));
  }

  peek32(address: bigint, isLittle = false): number {
    return this.#view.getUint32(this.#hostOffset + (Number(address) & 0xff_ffff), isLittle);
  }

  poke32(address: bigint, word: number, isLittle = false): void {
    const offset = this.#hostOffset + Number(address);
    this.#view.setUint32(offset, word, isLittle);
    this.engine.invalidateCode(offset, 4);
  }

  poke64(address: bigint, word: bigint, isLittle = false): void {
    const offset = this.#hostOffset + Number(address);
    this.#view.setBigUint64(offset, word, isLittle);
    this.engine.invalidateCode(offset, 8);
  }

  peek64(address: bigint, isLittle = false): bigint {
    return this.#view.getBigUint64(this.#hostOffset + Number(address), isLittle);
  }

  spr(number: number): bigint {
    return this.pe.specialPurposeRegister(number) ?? -1n;
  }

  setSpr(number: number, value: bigint): void {
    if (!this.pe.setSpecialPurposeRegister(number, value)) throw new Error(`SPR ${number} cannot be written`);
  }

  gpr(n: number): bigint {
    return this.pe.registers.gpr(n);
  }

  setGpr(n: number, value: bigint): void {
    this.pe.registers.setGpr(n, value);
  }

  /** Runs until `count` instructions have retired. */
  run(count: number): PowerGuestExit {
    return this.pe.run(count);
  }
}
