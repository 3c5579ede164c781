// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import type { Register } from '../../cpu/index.js';
import type { NamedRegister } from '../frames/frameContext.js';
import type { RegisterFile, RegisterModel } from './registerFile.js';

/** `pstate.N`: the register's name, and where the field lies. */
function fieldPosition(
  model: RegisterModel,
  name: string,
): { readonly register: string; readonly high: number; readonly low: number } | undefined {
  const [register = '', fieldName = ''] = name.split('.');
  const description = model.description(register);
  const index = description?.fields.findIndex(field => field.name.toLowerCase() === fieldName.toLowerCase()) ?? -1;
  const position = description?.positions[index];
  return position && { register: register.toLowerCase(), ...position };
}

/** The value that the manual calls `word` in the field `name` (`spsr_el1.M`), `undefined` if there is none. */
export function fieldValueNamed(model: RegisterModel, name: string, word: string): bigint | undefined {
  const [register = '', fieldName = ''] = name.split('.');
  const field = model.description(register)?.fields.find(each => each.name.toLowerCase() === fieldName.toLowerCase());
  return wordValue(field?.values, word);
}

/** The field `name` (`pstate.N`), `undefined` if there is none. */
export function readField(file: RegisterFile, name: string): NamedRegister | undefined {
  const field = fieldPosition(file.model, name);
  const register = field && file.read(field.register);
  if (!field || !register) return undefined;
  const bits = field.high - field.low + 1;
  return { value: BigInt.asUintN(bits, register.value >> BigInt(field.low)), bits };
}

/** `old`, a register that `description` is of, with `content` in its field `name`: a number, or the manual's word for one. `told`: the field's name in a refusal. */
export function withField(description: Register, name: string, old: bigint, content: bigint | string, told = name): Result<bigint> {
  const index = description.fields.findIndex(field => field.name.toLowerCase() === name.toLowerCase());
  const [field, position] = [description.fields[index], description.positions[index]];
  if (!field || !position) return failure('register', `There is no register field "${told}".`);
  const value = typeof content === 'bigint' ? content : wordValue(field.values, content);
  if (value === undefined) return failure('register', `"${content}" is not a value of ${told}.`);
  const bits = position.high - position.low + 1;
  if (value < 0n || value >= 1n << BigInt(bits))
    return failure('register', `${value} does not fit ${told}, which has ${bits} bit${bits === 1 ? '' : 's'}.`);
  const mask = ((1n << BigInt(bits)) - 1n) << BigInt(position.low);
  return success((old & ~mask) | (value << BigInt(position.low)));
}

function wordValue(values: Readonly<Partial<Record<string, number>>> | undefined, word: string): bigint | undefined {
  const value = Object.entries(values ?? {}).find(([known]) => known.toLowerCase() === word.toLowerCase())?.[1];
  return value === undefined ? undefined : BigInt(value);
}

/** Writes the field `name` (`pstate.N`) and leaves the rest of its register as it is. */
export function writeField(file: RegisterFile, name: string, content: bigint | string): Result<undefined> {
  const [register = '', field = ''] = name.split('.');
  const description = file.model.description(register);
  const old = file.read(register);
  if (!description || !old) return failure('register', `There is no register field "${name}".`);
  const value = withField(description, field, old.value, content, name);
  return value.ok ? file.write(register.toLowerCase(), value.value) : value;
}
