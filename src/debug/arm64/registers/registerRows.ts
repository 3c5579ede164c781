// SPDX-License-Identifier: MIT
import { present } from '../../../base/index.js';
import { CORE_REGISTER_IDS, packSystemRegister, systemRegisterId } from '../../../kvm/index.js';
import { AAPCS64 } from '../../../symbols/index.js';
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

/** Ids of the registers that the debugger itself asks for. */
export const CORE_ID = {
  PC: core('pc'),
  PSTATE: core('pstate'),
  SP_EL0: core('sp'),
  SP_EL1: core('SP_EL1'),
  X30: core('x30'),
} as const;

/** The assembler's name of a DWARF register number. */
export const dwarfRegisterName = (number: number): string | undefined => AAPCS64.registerNames.get(number);

/** DWARF numbers that the debugger names. */
export const DWARF_REGISTER = { FP: 29, LR: 30, SP: 31, PC: 32 } as const;
