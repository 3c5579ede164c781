// SPDX-License-Identifier: MIT
import { CIABR, CR, DAWR, DAWRX, DSISR, FSCR, LPCR, MMCR0, MSR, type Register, XER } from '../../../cpu/index.js';
import { ELF_V2 } from '../../../symbols/index.js';
import type { QuickRegister, RegisterModel } from '../../registers/registerFile.js';
import { readGeneral } from './generalRegisters.js';
import { PowerpcRegisterFile } from './registerFile.js';
import { DEBUG_ROWS, REGISTER_ROWS, SYSTEM_ROWS } from './registerRows.js';

/** A description that only has to be listed: which fields it has does not matter here. */
const listed = (description: unknown): Register => description as Register;

/** Descriptions of registers that have fields, by name. SRR1 is the interrupted MSR; what an interrupt puts between is told at its vector. */
const DESCRIPTIONS: ReadonlyMap<string, Register> = new Map([
  ['cr', listed(CR)],
  ['xer', listed(XER)],
  ['msr', listed(MSR)],
  ['srr1', listed(MSR)],
  ['dsisr', listed(DSISR)],
  ['lpcr', listed(LPCR)],
  ['fscr', listed(FSCR)],
  ['mmcr0', listed(MMCR0)],
  ['ciabr', listed(CIABR)],
  ['dawr0', listed(DAWR)],
  ['dawrx0', listed(DAWRX)],
  ['dawr1', listed(DAWR)],
  ['dawrx1', listed(DAWRX)],
]);

const numbered = (letter: string, count = 32): readonly string[] => Array.from({ length: count }, (_, n) => `${letter}${n}`);

const TITLES = new Map<string, string>([
  ['cr', 'Condition Register'],
  ['xer', 'Fixed-Point Exception Register'],
  ['msr', 'Machine State Register'],
  ['lr', 'Link Register'],
  ['ctr', 'Count Register'],
  ['fpscr', 'Floating-Point Status and Control Register'],
  ['vscr', 'Vector Status and Control Register'],
  ...[...SYSTEM_ROWS, ...DEBUG_ROWS].map(([name, title]): [string, string] => [name, title]),
]);

/** KVM_SET_REGS does not take it. */
const READ_ONLY = ['pidr'];

function quick(name: string): QuickRegister | undefined {
  const place = REGISTER_ROWS.get(name);
  if (name === 'pc' || place === undefined) return undefined;
  if (place.kind === 'regs') {
    const { offset, bits } = place;
    return { bits, read: vcpu => readGeneral(vcpu, offset) };
  }
  if (place.kind !== 'oneReg' || place.bits > 64) return undefined;
  const { id, bits } = place;
  return { bits, read: vcpu => vcpu.getOneRegValue(id) };
}

const dwarfName = (number: number): string | undefined => ELF_V2.registerNames.get(number);

/** What unwinding restores of the general registers: GPRs and LR. */
const UNWOUND = ELF_V2.followed.flatMap(number => {
  const name = dwarfName(number) ?? '';
  return /^(r\d+|lr)$/.test(name) ? [{ name, number }] : [];
});

/** The registers of 64-bit Book3S. */
export const POWERPC_REGISTERS: RegisterModel = {
  names: [...REGISTER_ROWS.keys()],
  groups: {
    General: [...numbered('r'), 'pc', 'lr', 'ctr', 'cr', 'xer', 'msr'],
    System: SYSTEM_ROWS.map(([name]) => name),
    'Floating point and vector': [...numbered('f'), 'fpscr', ...numbered('vs'), ...numbered('v'), 'vscr', 'vrsave'],
    Debug: DEBUG_ROWS.map(([name]) => name),
  },
  description: name => DESCRIPTIONS.get(name.toLowerCase()),
  title: name => TITLES.get(name) ?? '',
  isReadOnly: name => READ_ONLY.includes(name),
  words: () => undefined,
  dwarfName,
  unwound: UNWOUND,
  quick,
  quickDwarf: number => quick(dwarfName(number) ?? ''),
  file: vcpu => new PowerpcRegisterFile(vcpu, POWERPC_REGISTERS),
};
