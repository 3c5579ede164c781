// SPDX-License-Identifier: MIT
import { failure, type Result } from '../../base/index.js';
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
  const value = Object.entries(field?.values ?? {}).find(([known]) => known.toLowerCase() === word.toLowerCase())?.[1];
  return value === undefined ? undefined : BigInt(value);
}

/** The field `name` (`pstate.N`), `undefined` if there is none. */
export function readField(file: RegisterFile, name: string): NamedRegister | undefined {
  const field = fieldPosition(file.model, name);
  const register = field && file.read(field.register);
  if (!field || !register) return undefined;
  const bits = field.high - field.low + 1;
  return { value: BigInt.asUintN(bits, register.value >> BigInt(field.low)), bits };
}

/** Writes the field `name` and leaves the rest of its register as it is. */
export function writeField(file: RegisterFile, name: string, value: bigint): Result<undefined> {
  const field = fieldPosition(file.model, name);
  const old = field && file.read(field.register);
  if (!field || !old) return failure('register', `There is no register field "${name}".`);
  const bits = field.high - field.low + 1;
  if (value < 0n || value >= 1n << BigInt(bits))
    return failure('register', `${value} does not fit ${name}, which has ${bits} bit${bits === 1 ? '' : 's'}.`);
  const mask = ((1n << BigInt(bits)) - 1n) << BigInt(field.low);
  return file.write(field.register, (old.value & ~mask) | (value << BigInt(field.low)));
}
