// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import { describe, type Register } from '../../cpu/index.js';
import type { PhysicalFrame } from '../frames/physicalFrame.js';
import { characterText } from '../values/format.js';
import type { ValueFormat } from '../values/valueView.js';
import { descriptionOf } from './registerFields.js';
import type { RegisterFile } from './registerFile.js';
import type { BeforeValue } from './registerHistory.js';
import type { FieldView, RegisterGroupName, RegisterView } from './registerView.js';
import { SYSTEM_REGISTERS } from './systemRegisters.js';

const GENERAL = [...Array.from({ length: 31 }, (_, n) => `x${n}`), 'sp', 'pc', 'pstate'];
const CORE_SYSTEM = ['sp_el0', 'sp_el1', 'elr_el1', 'spsr_el1'];
const DEBUG_CONTROLS = ['mdscr_el1', 'mdccint_el1', 'oslsr_el1'];
const VECTOR = [...Array.from({ length: 32 }, (_, n) => `v${n}`), 'fpsr', 'fpcr'];

const TITLES = new Map([
  ...SYSTEM_REGISTERS.map(({ name, title }) => [name, title] as const),
  ['pstate', 'Process state'],
  ['cpsr', 'Process state'],
]);
const READ_ONLY = ['mpidr_el1'];

/** The fields of `value` as `description` names them, and which of them were different in `before`. */
export function fieldViews(description: Register, value: bigint, before: bigint | undefined): readonly FieldView[] {
  const earlier = before === undefined ? undefined : describe(description, before);
  return describe(description, value).map(({ name, bits, title, value: content, meaning }, index) => ({
    name,
    bits,
    value: BigInt(content),
    meaning: meaning || undefined,
    description: title,
    isChanged: earlier !== undefined && earlier[index]?.value !== content,
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
export function registerView(file: RegisterFile, name: string, history: BeforeValue): RegisterView | undefined {
  const register = file.read(name);
  if (!register) return undefined;
  const before = history(name, register.value);
  const description = descriptionOf(name);
  const digits = hex(register.value, register.bits / 4);
  const fields = description ? fieldViews(description, register.value, before) : [];
  const isPstate = name === 'pstate' || name === 'cpsr' || name === 'spsr_el1';
  const words = isPstate ? pstateText(register.value) : setFieldsText(fields);
  return {
    name,
    bits: register.bits,
    value: register.value,
    text: `${digits} ${words}`.trimEnd(),
    description: TITLES.get(name) ?? '',
    isWritable: !READ_ONLY.includes(name),
    fields,
    isChanged: before !== undefined && before !== register.value,
  };
}

/** The fields that are not zero: flags by their name, the others as `TG0=size4K`, the most significant first. */
function setFieldsText(fields: readonly FieldView[]): string {
  return fields
    .filter(({ value }) => value !== 0n)
    .map(({ name, bits, value, meaning }) => (bits.includes(':') ? `${name}=${meaning ?? hex(value)}` : name))
    .join(' ');
}

/** A value of so many bits in a format; in `natural`, `text`. */
function formatted(value: bigint, bits: number, format: ValueFormat, text: string): string {
  switch (format) {
    case 'natural':
    case 'string':
      return text;
    case 'hexadecimal':
      return hex(value, Math.ceil(bits / 4));
    case 'decimal':
      return `${value}`;
    case 'binary':
      return `0b${value.toString(2).padStart(bits, '0')}`;
    case 'octal':
      return value === 0n ? '0' : `0${value.toString(8)}`;
    case 'character':
      return characterText(value);
  }
}

/** A register's value in a format. */
export const registerText = ({ value, bits, text }: RegisterView, format: ValueFormat): string => formatted(value, bits, format, text);

/** A field's value in a format; `natural` is hexadecimal with the value's name. */
export function fieldText({ value, bits, meaning }: FieldView, format: ValueFormat): string {
  const [first, last = first] = bits.split(':').map(Number);
  const width = Math.abs((first ?? 0) - (last ?? 0)) + 1;
  return formatted(value, width, format, meaning === undefined ? hex(value) : `${hex(value)} (${meaning})`);
}

/** The registers of a group, in the order of display. */
export function registerGroup(file: RegisterFile, group: RegisterGroupName, history: BeforeValue): readonly RegisterView[] {
  const names: Readonly<Record<RegisterGroupName, readonly string[]>> = {
    General: GENERAL,
    System: [...CORE_SYSTEM, ...SYSTEM_REGISTERS.map(({ name }) => name).filter(name => !DEBUG_CONTROLS.includes(name))],
    'Floating point and vector': VECTOR,
    Debug: DEBUG_CONTROLS,
  };
  return names[group].flatMap(name => registerView(file, name, history) ?? []);
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
      isChanged: false,
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
    isChanged: false,
  };
  return [...known, pc];
}
