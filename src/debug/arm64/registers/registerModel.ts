// SPDX-License-Identifier: MIT
import { CPACR_EL1, ESR_ELx, MDCCINT_EL1, MDSCR_EL1, OSLSR_EL1, type Register, SCTLR_EL1, SPSR_EL1, TCR_EL1 } from '../../../cpu/index.js';
import type { QuickRegister, RegisterModel } from '../../registers/registerFile.js';
import { pstateText } from './pstateText.js';
import { Arm64RegisterFile, stackPointerId } from './registerFile.js';
import { CORE_ID, DWARF_REGISTER, dwarfRegisterName, REGISTER_ROWS } from './registerRows.js';
import { SYSTEM_REGISTERS } from './systemRegisters.js';

/** A description that only has to be listed: which fields it has does not matter here. */
const listed = (description: unknown): Register => description as Register;

/** Descriptions of registers that have fields, by name. */
const DESCRIPTIONS: ReadonlyMap<string, Register> = new Map([
  ['pstate', listed(SPSR_EL1)],
  ['cpsr', listed(SPSR_EL1)],
  ['spsr_el1', listed(SPSR_EL1)],
  ['sctlr_el1', listed(SCTLR_EL1)],
  ['cpacr_el1', listed(CPACR_EL1)],
  ['tcr_el1', listed(TCR_EL1)],
  ['esr_el1', listed(ESR_ELx)],
  ['mdscr_el1', listed(MDSCR_EL1)],
  ['mdccint_el1', listed(MDCCINT_EL1)],
  ['oslsr_el1', listed(OSLSR_EL1)],
]);

const X = Array.from({ length: 31 }, (_, n) => `x${n}`);
const CORE_SYSTEM = ['sp_el0', 'sp_el1', 'elr_el1', 'spsr_el1'];
const DEBUG_CONTROLS = ['mdscr_el1', 'mdccint_el1', 'oslsr_el1'];
const PROCESS_STATES = ['pstate', 'cpsr', 'spsr_el1'];

const TITLES = new Map([
  ...SYSTEM_REGISTERS.map(({ name, title }) => [name, title] as const),
  ['pstate', 'Process state'],
  ['cpsr', 'Process state'],
]);
const READ_ONLY = ['mpidr_el1'];

/** `sp` depends on PSTATE, vectors are wider than 64 bits, and a condition on the pc is not worth the trouble. */
function quick(name: string): QuickRegister | undefined {
  const row = REGISTER_ROWS.get(name);
  if (!row || row.bits > 64 || name === 'pc') return undefined;
  const { id } = row;
  return { bits: row.visibleBits ?? row.bits, read: vcpu => vcpu.getOneRegValue(id) };
}

const STACK_POINTER: QuickRegister = {
  bits: 64,
  read: vcpu => vcpu.getOneRegValue(stackPointerId(vcpu.getOneRegValue(CORE_ID.PSTATE) ?? 0n)),
};

/** The registers of ARM64. */
export const ARM64_REGISTERS: RegisterModel = {
  names: [...REGISTER_ROWS.keys(), 'sp'],
  groups: {
    General: [...X, 'sp', 'pc', 'pstate'],
    System: [...CORE_SYSTEM, ...SYSTEM_REGISTERS.map(({ name }) => name).filter(name => !DEBUG_CONTROLS.includes(name))],
    'Floating point and vector': [...Array.from({ length: 32 }, (_, n) => `v${n}`), 'fpsr', 'fpcr'],
    Debug: DEBUG_CONTROLS,
  },
  description: name => DESCRIPTIONS.get(name.toLowerCase()),
  title: name => TITLES.get(name) ?? '',
  isReadOnly: name => READ_ONLY.includes(name),
  words: (name, value) => (PROCESS_STATES.includes(name) ? pstateText(value) : undefined),
  dwarfName: dwarfRegisterName,
  unwound: [...X, 'sp'].map((name, number) => ({ name, number })),
  quick,
  quickDwarf: number => (number === DWARF_REGISTER.SP ? STACK_POINTER : quick(dwarfRegisterName(number) ?? '')),
  file: vcpu => new Arm64RegisterFile(vcpu, ARM64_REGISTERS),
};
