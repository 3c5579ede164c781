// SPDX-License-Identifier: MIT
import { type Endianness, failure, type Result, success } from '../../../base/index.js';
import { MSR_BIT } from '../../../cpu/index.js';
import type { Vcpu } from '../../../kvm/index.js';
import type { NamedRegister } from '../../frames/frameContext.js';
import type { RegisterFile, RegisterModel } from '../../registers/registerFile.js';
import { GENERAL_OFFSET, GeneralRegisters } from './generalRegisters.js';
import { REGISTER_ROWS, type RegisterPlace } from './registerRows.js';

const CR_FIELD_BITS = 4;
const DOUBLEWORD = 64n;

/** Whether `msr` is that of problem state. */
export const isProblemState = (msr: bigint): boolean => (msr & MSR_BIT.PR) !== 0n;

/** `privileged` or `problem state`. */
export const modeText = (msr: bigint): string => (isProblemState(msr) ? 'problem state' : 'privileged');

/** The registers of a vCPU through KVM_GET_REGS, KVM_SET_REGS and ONE_REG. */
export class PowerpcRegisterFile implements RegisterFile {
  readonly #wide = new Uint8Array(16);
  readonly #wideView = new DataView(this.#wide.buffer);

  readonly #general = new GeneralRegisters();

  constructor(
    readonly vcpu: Vcpu,
    readonly model: RegisterModel,
  ) {}

  /** The doubleword at `offset` of struct kvm_regs, 0 if KVM refuses it. */
  #readGeneral(offset: number): bigint {
    return this.#general.fetch(this.vcpu) === 0 ? this.#general.read(offset) : 0n;
  }

  #writeGeneral(offset: number, value: bigint): number {
    const answer = this.#general.fetch(this.vcpu);
    if (answer !== 0) return answer;
    this.#general.write(offset, value);
    return this.#general.put(this.vcpu);
  }

  get pc(): bigint {
    return this.#readGeneral(GENERAL_OFFSET.pc);
  }

  set pc(value: bigint) {
    this.#writeGeneral(GENERAL_OFFSET.pc, value);
  }

  get sp(): bigint {
    return this.#readGeneral(GENERAL_OFFSET.sp);
  }

  get link(): bigint {
    return this.#readGeneral(GENERAL_OFFSET.lr);
  }

  get #msr(): bigint {
    return this.#readGeneral(GENERAL_OFFSET.msr);
  }

  get privilege(): number {
    return isProblemState(this.#msr) ? 1 : 0;
  }

  get endianness(): Endianness {
    return (this.#msr & MSR_BIT.LE) === 0n ? 'big' : 'little';
  }

  get mode(): string {
    return modeText(this.#msr);
  }

  get interruptState(): string {
    return (this.#msr & MSR_BIT.EE) === 0n ? 'disabled' : 'enabled';
  }

  read(name: string): NamedRegister | undefined {
    const place = REGISTER_ROWS.get(name.toLowerCase());
    return place && this.#read(place);
  }

  #read(place: RegisterPlace): NamedRegister | undefined {
    switch (place.kind) {
      case 'regs':
        return { value: BigInt.asUintN(place.bits, this.#readGeneral(place.offset)), bits: place.bits };
      case 'crField':
        return { value: (this.#readGeneral(GENERAL_OFFSET.cr) >> BigInt(place.shift)) & 0xfn, bits: CR_FIELD_BITS };
      case 'oneReg': {
        if (place.bits > 64) return this.#readWide(place.id, 1);
        const value = this.vcpu.getOneRegValue(place.id);
        return value === undefined ? undefined : { value: BigInt.asUintN(place.bits, value), bits: place.bits };
      }
      case 'vsr':
        return this.#readWide(place.id, 0);
    }
  }

  /** `high`: which of the two doublewords in KVM's bytes is the register's doubleword 0. */
  #readWide(id: bigint, high: 0 | 1): NamedRegister | undefined {
    if (this.vcpu.getOneReg(id, this.#wide) < 0) return undefined;
    const [first, second] = [this.#wideView.getBigUint64(0, true), this.#wideView.getBigUint64(8, true)];
    return { value: high === 0 ? (first << DOUBLEWORD) | second : (second << DOUBLEWORD) | first, bits: 128 };
  }

  write(name: string, value: bigint): Result<undefined> {
    const place = REGISTER_ROWS.get(name.toLowerCase());
    if (!place) return failure('register', `There is no register "${name}".`);
    const outcome = this.vcpu.result(this.#write(place, value));
    return outcome.ok ? success(undefined) : failure('register', `KVM refuses to write ${name}: ${outcome.error.message}`);
  }

  #write(place: RegisterPlace, value: bigint): number {
    switch (place.kind) {
      case 'regs':
        return this.#writeGeneral(place.offset, BigInt.asUintN(place.bits, value));
      case 'crField': {
        const shift = BigInt(place.shift);
        const others = this.#readGeneral(GENERAL_OFFSET.cr) & ~(0xfn << shift);
        return this.#writeGeneral(GENERAL_OFFSET.cr, others | (BigInt.asUintN(CR_FIELD_BITS, value) << shift));
      }
      case 'oneReg':
        if (place.bits > 64) return this.#writeWide(place.id, value, 1);
        return this.vcpu.setOneRegValue(place.id, BigInt.asUintN(place.bits, value));
      case 'vsr':
        return this.#writeWide(place.id, value, 0);
    }
  }

  #writeWide(id: bigint, value: bigint, high: 0 | 1): number {
    const [zero, one] = [BigInt.asUintN(64, value >> DOUBLEWORD), BigInt.asUintN(64, value)];
    this.#wideView.setBigUint64(0, high === 0 ? zero : one, true);
    this.#wideView.setBigUint64(8, high === 0 ? one : zero, true);
    return this.vcpu.setOneReg(id, this.#wide);
  }

  dwarfBytes(number: number): Uint8Array | undefined {
    const name = this.model.dwarfName(number);
    const register = name === undefined ? undefined : this.read(name);
    if (!register) return undefined;
    const bytes = new Uint8Array(Math.ceil(register.bits / 8));
    for (let index = 0, rest = register.value; index < bytes.length; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
    return bytes;
  }
}
