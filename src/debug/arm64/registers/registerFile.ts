// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../../base/index.js';
import type { Vcpu } from '../../../kvm/index.js';
import type { NamedRegister } from '../../frames/frameContext.js';
import type { RegisterFile, RegisterModel } from '../../registers/registerFile.js';
import { interruptText, modeText } from './pstateText.js';
import { CORE_ID, dwarfRegisterName, REGISTER_ROWS, type RegisterRow } from './registerRows.js';

/** PSTATE.M[3:0] of EL1 with its own stack pointer. */
const EL1H = 0b0101n;

/** The stack pointer that PSTATE selects. */
export const stackPointerId = (pstate: bigint): bigint => ((pstate & 0xfn) === EL1H ? CORE_ID.SP_EL1 : CORE_ID.SP_EL0);

/** The registers of a vCPU through KVM_GET_ONE_REG and KVM_SET_ONE_REG. */
export class Arm64RegisterFile implements RegisterFile {
  readonly endianness = 'little';

  constructor(
    readonly vcpu: Vcpu,
    readonly model: RegisterModel,
  ) {}

  /** The register with this id, 0 if KVM refuses it. */
  #value(id: bigint): bigint {
    return this.vcpu.getOneRegValue(id) ?? 0n;
  }

  get pc(): bigint {
    return this.#value(CORE_ID.PC);
  }

  set pc(value: bigint) {
    this.vcpu.setOneRegValue(CORE_ID.PC, value);
  }

  get pstate(): bigint {
    return this.#value(CORE_ID.PSTATE);
  }

  set pstate(value: bigint) {
    this.vcpu.setOneRegValue(CORE_ID.PSTATE, value);
  }

  /** The exception level, 0 or 1. */
  get privilege(): number {
    return Number((this.pstate >> 2n) & 3n);
  }

  get sp(): bigint {
    return this.#value(this.#spId);
  }

  get link(): bigint {
    return this.#value(CORE_ID.X30);
  }

  get mode(): string {
    return modeText(this.pstate);
  }

  get interruptState(): string {
    return interruptText(this.pstate);
  }

  get #spId(): bigint {
    return stackPointerId(this.pstate);
  }

  #row(name: string): RegisterRow | undefined {
    return name === 'sp' ? { id: this.#spId, bits: 64 } : REGISTER_ROWS.get(name);
  }

  read(name: string): NamedRegister | undefined {
    const row = this.#row(name.toLowerCase());
    if (!row) return undefined;
    if (row.bits <= 64) {
      const value = this.vcpu.getOneRegValue(row.id);
      return value === undefined
        ? undefined
        : { value: BigInt.asUintN(row.visibleBits ?? row.bits, value), bits: row.visibleBits ?? row.bits };
    }
    const bytes = new Uint8Array(row.bits / 8);
    if (this.vcpu.getOneReg(row.id, bytes) < 0) return undefined;
    const view = new DataView(bytes.buffer);
    const value = view.getBigUint64(0, true) | (view.getBigUint64(8, true) << 64n);
    return { value: BigInt.asUintN(row.visibleBits ?? row.bits, value), bits: row.visibleBits ?? row.bits };
  }

  write(name: string, value: bigint): Result<undefined> {
    const row = this.#row(name.toLowerCase());
    if (!row) return failure('register', `There is no register "${name}".`);
    const cut = BigInt.asUintN(row.visibleBits ?? row.bits, value);
    let answer: number;
    if (row.bits <= 64) answer = this.vcpu.setOneRegValue(row.id, cut);
    else {
      const bytes = new Uint8Array(16);
      const view = new DataView(bytes.buffer);
      view.setBigUint64(0, BigInt.asUintN(64, cut), true);
      view.setBigUint64(8, cut >> 64n, true);
      answer = this.vcpu.setOneReg(row.id, bytes);
    }
    const outcome = this.vcpu.result(answer);
    return outcome.ok ? success(undefined) : failure('register', `KVM refuses to write ${name}: ${outcome.error.message}`);
  }

  dwarfBytes(number: number): Uint8Array | undefined {
    const name = dwarfRegisterName(number);
    const register = name === undefined ? undefined : this.read(name);
    if (!register) return undefined;
    const bytes = new Uint8Array(register.bits / 8);
    for (let index = 0, rest = register.value; index < bytes.length; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
    return bytes;
  }
}
