// SPDX-License-Identifier: MIT
import { type PpcRegisterName, ppc_kvm_regs, ppcRegisterId } from '../../../kvm/index.js';

/** Where KVM has a register: in struct kvm_regs, by ONE_REG, or as bits of CR. */
export type RegisterPlace =
  | { readonly kind: 'regs'; readonly offset: number; readonly bits: number }
  | { readonly kind: 'oneReg'; readonly id: bigint; readonly bits: number }
  /** KVM_REG_PPC_VSR: doubleword 0 first. */
  | { readonly kind: 'vsr'; readonly id: bigint }
  | { readonly kind: 'crField'; readonly shift: number };

const GPRS = 32;
const BITS_OF_CR = 32;
const { fields } = ppc_kvm_regs;
const regs = (name: Exclude<keyof typeof fields, 'gpr'>, bits = 64): RegisterPlace => ({ kind: 'regs', offset: fields[name][1], bits });
const gpr = (n: number): RegisterPlace => ({ kind: 'regs', offset: fields.gpr[1] + 8 * n, bits: 64 });
const oneReg = (name: PpcRegisterName, bits = 64, n = 0): RegisterPlace => ({ kind: 'oneReg', id: ppcRegisterId(name, n), bits });
const many = (letter: string, make: (n: number) => RegisterPlace): [string, RegisterPlace][] =>
  Array.from({ length: GPRS }, (_, n) => [`${letter}${n}`, make(n)]);

// biome-ignore format: a table
/** What a guest's system software keeps in special purpose registers, as KVM has them; KVM-PR has only some. In the order of display. */
export const SYSTEM_ROWS: readonly (readonly [name: string, title: string, place: RegisterPlace])[] = [
  ['srr0',   'Machine Status Save/Restore Register 0',                 regs('srr0')],
  ['srr1',   'Machine Status Save/Restore Register 1',                 regs('srr1')],
  ['dar',    'Data Address Register',                                  oneReg('DAR')],
  ['dsisr',  'Data Storage Interrupt Status Register',                 oneReg('DSISR', 32)],
  ['sprg0',  'Software-use Special Purpose Register 0',                regs('sprg0')],
  ['sprg1',  'Software-use Special Purpose Register 1',                regs('sprg1')],
  ['sprg2',  'Software-use Special Purpose Register 2',                regs('sprg2')],
  ['sprg3',  'Software-use Special Purpose Register 3',                regs('sprg3')],
  ['lpcr',   'Logical Partitioning Control Register',                  oneReg('LPCR_64')],
  ['pidr',   'Process Identification Register',                        regs('pid')],
  ['fscr',   'Facility Status and Control Register',                   oneReg('FSCR')],
  ['tar',    'Target Address Register',                                oneReg('TAR')],
  ['dscr',   'Data Stream Control Register',                           oneReg('DSCR')],
  ['amr',    'Authority Mask Register',                                oneReg('AMR')],
  ['iamr',   'Instruction Authority Mask Register',                    oneReg('IAMR')],
  ['uamor',  'User Authority Mask Override Register',                  oneReg('UAMOR')],
  ['pspb',   'Problem State Priority Boost Register',                  oneReg('PSPB', 32)],
  ['ppr',    'Program Priority Register',                              oneReg('PPR')],
  ['dpdes',  'Directed Privileged Doorbell Exception State Register',  oneReg('DPDES')],
  ['vtb',    'Virtual Time Base',                                      oneReg('VTB')],
  ['purr',   'Processor Utilization of Resources Register',            oneReg('PURR')],
  ['spurr',  'Scaled Processor Utilization of Resources Register',     oneReg('SPURR')],
  ['ebbhr',  'Event-Based Branch Handler Register',                    oneReg('EBBHR')],
  ['ebbrr',  'Event-Based Branch Return Register',                     oneReg('EBBRR')],
  ['bescr',  'Branch Event Status and Control Register',               oneReg('BESCR')],
  ['tidr',   'Thread Identification Register',                         oneReg('TIDR')],
  ['psscr',  'Processor Stop Status and Control Register',             oneReg('PSSCR')],
];

// biome-ignore format: a table
/** What debugging and the performance monitor use; KVM-PR has none of them. */
export const DEBUG_ROWS: readonly (readonly [name: string, title: string, place: RegisterPlace])[] = [
  ['ciabr',  'Completed Instruction Address Breakpoint Register',      oneReg('CIABR')],
  ['dawr0',  'Data Address Watchpoint Register 0',                     oneReg('DAWR')],
  ['dawrx0', 'Data Address Watchpoint Register Extension 0',           oneReg('DAWRX')],
  ['dawr1',  'Data Address Watchpoint Register 1',                     oneReg('DAWR1')],
  ['dawrx1', 'Data Address Watchpoint Register Extension 1',           oneReg('DAWRX1')],
  ['siar',   'Sampled Instruction Address Register',                   oneReg('SIAR')],
  ['sdar',   'Sampled Data Address Register',                          oneReg('SDAR')],
  ['sier',   'Sampled Instruction Event Register',                     oneReg('SIER')],
  ['mmcr0',  'Monitor Mode Control Register 0',                        oneReg('MMCR0')],
];

/** The registers of KVM by the assembler's name in lower case. */
export const REGISTER_ROWS: ReadonlyMap<string, RegisterPlace> = new Map<string, RegisterPlace>([
  ...many('r', gpr),
  ['sp', gpr(1)],
  ['pc', regs('pc')],
  ['lr', regs('lr')],
  ['ctr', regs('ctr')],
  ['cr', regs('cr', BITS_OF_CR)],
  ...Array.from({ length: 8 }, (_, n): [string, RegisterPlace] => [`cr${n}`, { kind: 'crField', shift: 28 - 4 * n }]),
  ['xer', regs('xer')],
  ['msr', regs('msr')],
  ...[...SYSTEM_ROWS, ...DEBUG_ROWS].map(([name, , place]): [string, RegisterPlace] => [name, place]),
  ...many('f', n => oneReg('FPR0', 64, n)),
  ['fpscr', oneReg('FPSCR')],
  ...many('vs', n => ({ kind: 'vsr', id: ppcRegisterId('VSR0', n) })),
  // VSR 32 to 63 are the vector registers.
  ...many('v', n => oneReg('VR0', 128, n)),
  ...Array.from({ length: GPRS }, (_, n): [string, RegisterPlace] => [`vs${GPRS + n}`, oneReg('VR0', 128, n)]),
  ['vscr', oneReg('VSCR', 32)],
  ['vrsave', oneReg('VRSAVE', 32)],
]);
