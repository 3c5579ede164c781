// SPDX-License-Identifier: MIT
import { hex } from '../../base/index.js';
import { describe, type Register } from '../../cpu/index.js';
import type { PhysicalFrame } from '../frames/physicalFrame.js';
import { characterText } from '../values/format.js';
import type { ValueFormat } from '../values/valueView.js';
import type { RegisterFile } from './registerFile.js';
import type { BeforeValue } from './registerHistory.js';
import type { FieldView, RegisterGroupName, RegisterView } from './registerView.js';

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

/** One register for people. */
export function registerView(file: RegisterFile, name: string, history: BeforeValue): RegisterView | undefined {
  const register = file.read(name);
  if (!register) return undefined;
  const before = history(name, register.value);
  const { model } = file;
  const description = model.description(name);
  const digits = hex(register.value, register.bits / 4);
  const fields = description ? fieldViews(description, register.value, before) : [];
  const words = model.words(name, register.value) ?? setFieldsText(fields);
  return {
    name,
    bits: register.bits,
    value: register.value,
    text: `${digits} ${words}`.trimEnd(),
    description: model.title(name),
    isWritable: !model.isReadOnly(name),
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
  return file.model.groups[group].flatMap(name => registerView(file, name, history) ?? []);
}

/** The general registers as an outer frame had them at its call. */
export function unwoundRegisters(frame: PhysicalFrame): readonly RegisterView[] {
  const known = frame.surroundings.registers.model.unwound.map(({ name, number }): RegisterView => {
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
