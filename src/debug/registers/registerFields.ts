// SPDX-License-Identifier: MIT
import { failure, type Result } from '../../base/index.js';
import { CPACR_EL1, ESR_ELx, MDCCINT_EL1, MDSCR_EL1, OSLSR_EL1, type Register, SCTLR_EL1, SPSR_EL1, TCR_EL1 } from '../../cpu/index.js';
import type { NamedRegister } from '../frames/frameContext.js';
import type { RegisterFile } from './registerFile.js';

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

/** The fields of the register `name`, `undefined` if it is shown without any. */
export const descriptionOf = (name: string): Register | undefined => DESCRIPTIONS.get(name.toLowerCase());

/** `pstate.N`: the register's name, and where the field lies. */
function fieldPosition(name: string): { readonly register: string; readonly high: number; readonly low: number } | undefined {
  const [register = '', fieldName = ''] = name.split('.');
  const description = descriptionOf(register);
  const index = description?.fields.findIndex(field => field.name.toLowerCase() === fieldName.toLowerCase()) ?? -1;
  const position = description?.positions[index];
  return position && { register: register.toLowerCase(), ...position };
}

/** The value that the manual calls `word` in the field `name` (`spsr_el1.M`), `undefined` if there is none. */
export function fieldValueNamed(name: string, word: string): bigint | undefined {
  const [register = '', fieldName = ''] = name.split('.');
  const field = descriptionOf(register)?.fields.find(each => each.name.toLowerCase() === fieldName.toLowerCase());
  const value = Object.entries(field?.values ?? {}).find(([known]) => known.toLowerCase() === word.toLowerCase())?.[1];
  return value === undefined ? undefined : BigInt(value);
}

/** The field `name` (`pstate.N`), `undefined` if there is none. */
export function readField(file: RegisterFile, name: string): NamedRegister | undefined {
  const field = fieldPosition(name);
  const register = field && file.read(field.register);
  if (!field || !register) return undefined;
  const bits = field.high - field.low + 1;
  return { value: BigInt.asUintN(bits, register.value >> BigInt(field.low)), bits };
}

/** Writes the field `name` and leaves the rest of its register as it is. */
export function writeField(file: RegisterFile, name: string, value: bigint): Result<undefined> {
  const field = fieldPosition(name);
  const old = field && file.read(field.register);
  if (!field || !old) return failure('register', `There is no register field "${name}".`);
  const bits = field.high - field.low + 1;
  if (value < 0n || value >= 1n << BigInt(bits))
    return failure('register', `${value} does not fit ${name}, which has ${bits} bit${bits === 1 ? '' : 's'}.`);
  const mask = ((1n << BigInt(bits)) - 1n) << BigInt(field.low);
  return file.write(field.register, (old.value & ~mask) | (value << BigInt(field.low)));
}
