// SPDX-License-Identifier: MIT
import { field, register, reserved, wideField } from '../../../registers/describeRegister.js';

const OFF_ON = { disabled: 0, enabled: 1 } as const;

/** Power ISA, Book III, Completed Instruction Address Breakpoint Register. */
export const CIABR = register({
  name: 'CIABR',
  title: 'Completed Instruction Address Breakpoint Register',
  width: 64,
  numbering: 'msb0',
  fields: [
    wideField('0:61', 'CIEA', 'Completed Instruction Effective Address'),
    field('62:63', 'PRIV', 'Privilege of the match', { disabled: 0, problem: 1, privileged: 2, hypervisor: 3 }),
  ],
});

/** Power ISA, Book III, Data Address Watchpoint Register n. */
export const DAWR = register({
  name: 'DAWR<n>',
  title: 'Data Address Watchpoint Register',
  width: 64,
  numbering: 'msb0',
  fields: [wideField('0:60', 'DEAW', 'Data Effective Address Watchpoint, a doubleword'), reserved('61:63')],
});

/** Power ISA, Book III, Data Address Watchpoint Register Extension n. */
export const DAWRX = register({
  name: 'DAWRX<n>',
  title: 'Data Address Watchpoint Register Extension',
  width: 64,
  numbering: 'msb0',
  fields: [
    reserved('0:47'),
    field('48:53', 'MRD', 'Match Range in Doublewords, minus one'),
    reserved('54:55'),
    field('56', 'HRAMMC', 'Hypervisor Real Addressing Mode Match Control'),
    field('57', 'DW', 'Data Write', OFF_ON),
    field('58', 'DR', 'Data Read', OFF_ON),
    field('59', 'WT', 'Watchpoint Translation', { real: 0, virtual: 1 }),
    field('60', 'WTI', 'Watchpoint Translation Ignore'),
    field('61', 'HYP', 'Match in hypervisor state', OFF_ON),
    field('62', 'PNH', 'Match in privileged, non-hypervisor state', OFF_ON),
    field('63', 'PRO', 'Match in problem state', OFF_ON),
  ],
});
