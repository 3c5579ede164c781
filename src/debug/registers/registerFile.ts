// SPDX-License-Identifier: MIT
import { failure, present, type Result, success } from '../../base/index.js';
import { CORE_REGISTER_IDS, packSystemRegister, systemRegisterId, type Vcpu } from '../../kvm/index.js';
import type { NamedRegister } from '../frames/frameContext.js';
import { SYSTEM_REGISTERS } from './systemRegisters.js';

/** How a name leads to KVM's registers. */
export interface RegisterRow {
  readonly id: bigint;
  readonly bits: number;
  /** The name is the low part of a wider register; writing it zeroes the rest, as the architecture does. */
  readonly visibleBits?: number;
}

const core = (name: string): bigint => present(CORE_REGISTER_IDS.get(name), name);

function rows(): ReadonlyMap<string, RegisterRow> {
  const all = new Map<string, RegisterRow>();
  for (let n = 0; n < 31; n++) {
    all.set(`x${n}`, { id: core(`x${n}`), bits: 64 });
    all.set(`w${n}`, { id: core(`x${n}`), bits: 64, visibleBits: 32 });
  }
  for (let n = 0; n < 32; n++) {
    for (const [letter, visibleBits] of [
      ['v', 128],
      ['q', 128],
      ['d', 64],
      ['s', 32],
    ] as const) {
      all.set(`${letter}${n}`, { id: core(`v${n}`), bits: 128, visibleBits });
    }
  }
  all.set('fp', { id: core('x29'), bits: 64 });
  all.set('lr', { id: core('x30'), bits: 64 });
  all.set('pc', { id: core('pc'), bits: 64 });
  all.set('pstate', { id: core('pstate'), bits: 64, visibleBits: 32 });
  all.set('cpsr', { id: core('pstate'), bits: 64, visibleBits: 32 });
  all.set('sp_el0', { id: core('sp'), bits: 64 });
  all.set('sp_el1', { id: core('SP_EL1'), bits: 64 });
  all.set('elr_el1', { id: core('ELR_EL1'), bits: 64 });
  all.set('spsr_el1', { id: core('SPSR_EL1'), bits: 64 });
  all.set('fpsr', { id: core('fpsr'), bits: 32 });
  all.set('fpcr', { id: core('fpcr'), bits: 32 });
  for (const { name, encoding } of SYSTEM_REGISTERS) {
    const [op0, op1, CRn, CRm, op2] = encoding;
    all.set(name, { id: systemRegisterId(packSystemRegister({ op0, op1, CRn, CRm, op2 })), bits: 64 });
  }
  return all;
}

/** The registers of KVM by the assembler's name in lower case. `sp` is missing: which one it is depends on PSTATE. */
export const REGISTER_ROWS = rows();

const PC = core('pc');
const PSTATE = core('pstate');
const SP_EL0 = core('sp');
const SP_EL1 = core('SP_EL1');
const X = Array.from({ length: 31 }, (_, n) => core(`x${n}`));

/** PSTATE.M[3:0] of EL1 with its own stack pointer. */
const EL1H = 0b0101n;

/**
 * A vCPU's registers by name and by DWARF number, through KVM_GET_ONE_REG and KVM_SET_ONE_REG.
 * The vCPU must be outside of KVM_RUN.
 */
export class RegisterFile {
  constructor(readonly vcpu: Vcpu) {}

  /** The register with this id, 0 if KVM refuses it. */
  value(id: bigint): bigint {
    return this.vcpu.getOneRegValue(id) ?? 0n;
  }

  get pc(): bigint {
    return this.value(PC);
  }

  set pc(value: bigint) {
    this.vcpu.setOneRegValue(PC, value);
  }

  get pstate(): bigint {
    return this.value(PSTATE);
  }

  set pstate(value: bigint) {
    this.vcpu.setOneRegValue(PSTATE, value);
  }

  /** 0 or 1. */
  get exceptionLevel(): number {
    return Number((this.pstate >> 2n) & 3n);
  }

  get sp(): bigint {
    return this.value(this.#spId);
  }

  /** Xn, n from 0 to 30. */
  x(n: number): bigint {
    const id = X[n];
    return id === undefined ? 0n : this.value(id);
  }

  get #spId(): bigint {
    return (this.pstate & 0xfn) === EL1H ? SP_EL1 : SP_EL0;
  }

  #row(name: string): RegisterRow | undefined {
    return name === 'sp' ? { id: this.#spId, bits: 64 } : REGISTER_ROWS.get(name);
  }

  /** The register's value, `undefined` if there is none of this name. */
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

  /** The bytes of the register with this DWARF number (DWARF for the Arm 64-bit Architecture), little-endian. */
  dwarfBytes(number: number): Uint8Array | undefined {
    const name = dwarfRegisterName(number);
    const register = name === undefined ? undefined : this.read(name);
    if (!register) return undefined;
    const bytes = new Uint8Array(register.bits / 8);
    for (let index = 0, rest = register.value; index < bytes.length; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
    return bytes;
  }
}

/** The assembler's name of a DWARF register number: 0 to 30 X, 31 SP, 32 PC, 33 ELR_mode, 64 to 95 V. */
export function dwarfRegisterName(number: number): string | undefined {
  if (number >= 0 && number <= 30) return `x${number}`;
  if (number === 31) return 'sp';
  if (number === 32) return 'pc';
  if (number === 33) return 'elr_el1';
  return number >= 64 && number <= 95 ? `v${number - 64}` : undefined;
}

/** DWARF numbers that the unwinder names. */
export const DWARF_REGISTER = { FP: 29, LR: 30, SP: 31, PC: 32 } as const;
