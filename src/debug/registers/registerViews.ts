// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import {
  CPACR_EL1,
  describe,
  ESR_ELx,
  MDCCINT_EL1,
  MDSCR_EL1,
  OSLSR_EL1,
  type Register,
  SCTLR_EL1,
  SPSR_EL1,
  TCR_EL1,
} from '../../cpu/index.js';
import type { PhysicalFrame } from '../frames/physicalFrame.js';
import type { RegisterFile } from './registerFile.js';
import type { FieldView, RegisterGroupName, RegisterView } from './registerView.js';
import { SYSTEM_REGISTERS } from './systemRegisters.js';

/** A description that only has to be listed: which fields it has does not matter to a view. */
const listed = (description: unknown): Register => description as Register;

/** Descriptions of registers that have fields, by name. */
const DESCRIPTIONS: ReadonlyMap<string, Register> = new Map([
  ['pstate', listed(SPSR_EL1)],
  ['spsr_el1', listed(SPSR_EL1)],
  ['sctlr_el1', listed(SCTLR_EL1)],
  ['cpacr_el1', listed(CPACR_EL1)],
  ['tcr_el1', listed(TCR_EL1)],
  ['esr_el1', listed(ESR_ELx)],
  ['mdscr_el1', listed(MDSCR_EL1)],
  ['mdccint_el1', listed(MDCCINT_EL1)],
  ['oslsr_el1', listed(OSLSR_EL1)],
]);

const GENERAL = [...Array.from({ length: 31 }, (_, n) => `x${n}`), 'sp', 'pc', 'pstate'];
const CORE_SYSTEM = ['sp_el0', 'sp_el1', 'elr_el1', 'spsr_el1'];
const DEBUG_CONTROLS = ['mdscr_el1', 'mdccint_el1', 'oslsr_el1'];
const VECTOR = [...Array.from({ length: 32 }, (_, n) => `v${n}`), 'fpsr', 'fpcr'];

const TITLES = new Map(SYSTEM_REGISTERS.map(({ name, title }) => [name, title]));
const READ_ONLY = ['mpidr_el1'];

/** The fields of `value` as `description` names them. */
export function fieldViews(description: Register, value: bigint): readonly FieldView[] {
  return describe(description, value).map(({ name, bits, title, value: content, meaning }) => ({
    name,
    bits,
    value: BigInt(content),
    meaning: meaning || undefined,
    description: title,
  }));
}

/** The flags of a PSTATE as letters, capital where set: `NzCv DaIF`. */
export function pstateText(pstate: bigint): string {
  const letter = (name: string, bit: bigint): string => ((pstate >> bit) & 1n ? name : name.toLowerCase());
  const flags = letter('N', 31n) + letter('Z', 30n) + letter('C', 29n) + letter('V', 28n);
  return `${flags} ${interruptText(pstate)} ${modeText(pstate)}`;
}

/** PSTATE's masks: `DAIF`, small where clear. */
export function interruptText(pstate: bigint): string {
  return [['D', 9n] as const, ['A', 8n] as const, ['I', 7n] as const, ['F', 6n] as const]
    .map(([name, bit]) => ((pstate >> bit) & 1n ? name : name.toLowerCase()))
    .join('');
}

/** `EL1h`, `EL0t`, `EL0 (AArch32)`. */
export function modeText(pstate: bigint): string {
  if ((pstate >> 4n) & 1n) return 'EL0 (AArch32)';
  return `EL${(pstate >> 2n) & 3n}${pstate & 1n ? 'h' : 't'}`;
}

/** One register for people. */
export function registerView(file: RegisterFile, name: string): RegisterView | undefined {
  const register = file.read(name);
  if (!register) return undefined;
  const description = DESCRIPTIONS.get(name);
  const digits = hex(register.value, register.bits / 4);
  const isPstate = name === 'pstate' || name === 'spsr_el1';
  return {
    name,
    bits: register.bits,
    value: register.value,
    text: isPstate ? `${digits} ${pstateText(register.value)}` : digits,
    description: TITLES.get(name) ?? '',
    isWritable: !READ_ONLY.includes(name),
    fields: description ? fieldViews(description, register.value) : [],
  };
}

/** The registers of a group, in the order of display. */
export function registerGroup(file: RegisterFile, group: RegisterGroupName): readonly RegisterView[] {
  const names: Readonly<Record<RegisterGroupName, readonly string[]>> = {
    General: GENERAL,
    System: [...CORE_SYSTEM, ...SYSTEM_REGISTERS.map(({ name }) => name).filter(name => !DEBUG_CONTROLS.includes(name))],
    'Floating point and vector': VECTOR,
    Debug: DEBUG_CONTROLS,
  };
  return names[group].flatMap(name => registerView(file, name) ?? []);
}

/** `pstate.N`: the register's name, and where the field lies. */
export function fieldPosition(name: string): { readonly register: string; readonly high: number; readonly low: number } | undefined {
  const [register = '', fieldName = ''] = name.split('.');
  const description = DESCRIPTIONS.get(register.toLowerCase());
  const index = description?.fields.findIndex(field => field.name.toLowerCase() === fieldName.toLowerCase()) ?? -1;
  const position = description?.positions[index];
  return position && { register: register.toLowerCase(), ...position };
}

/** DWARF for the Arm 64-bit Architecture: x0 to x30 are 0 to 30, SP 31. */
const UNWOUND = [...Array.from({ length: 31 }, (_, n) => `x${n}`), 'sp'];

/** The general registers as an outer frame had them at its call. */
export function unwoundRegisters(frame: PhysicalFrame): readonly RegisterView[] {
  const known = UNWOUND.map((name, number): RegisterView => {
    const value = frame.readRegister(number);
    const home = frame.home(number).kind;
    return {
      name,
      bits: 64,
      value: value ?? 0n,
      text: value === undefined ? '<not saved>' : hex(value, 16),
      description: value === undefined ? 'The called function may have changed it.' : '',
      isWritable: home === 'memory' || home === 'live',
      fields: [],
    };
  });
  const pc: RegisterView = {
    name: 'pc',
    bits: 64,
    value: frame.pc,
    text: hex(frame.pc, 16),
    description: '',
    isWritable: false,
    fields: [],
  };
  return [...known, pc];
}
